"""The difference of two texts is whole, the same both ways, precise, and found in reasonable time."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue.history_diff import Segment, difference
from pillnuts.catalogue.history_words import normal

WORDS = st.sampled_from(
    ["두통", "1회", "500mg", "을", "복용", "한다.", "\n", "|", "3", ".", ",", "5", "임부", "㎎", "\u200b"]
)
TEXT = st.lists(st.tuples(WORDS, st.sampled_from(["", " "])), max_size=30).map(
    lambda parts: "".join(word + blank for word, blank in parts)
) | st.text(max_size=30)


@given(TEXT, TEXT)
def test_nothing_is_lost_and_the_old_becomes_the_new(old: str, new: str) -> None:
    found = difference(old, new)
    assert "".join(each.before for each in found) == old
    assert "".join(each.after for each in found) == new


@given(TEXT, TEXT)
def test_what_counts_as_the_same_says_the_same(old: str, new: str) -> None:
    for each in difference(old, new):
        assert each.same == (normal(each.before) == normal(each.after))


@given(TEXT, TEXT)
def test_turned_round_it_is_the_difference_of_the_new_and_the_old(old: str, new: str) -> None:
    turned = [Segment(each.same, each.after, each.before) for each in difference(new, old)]
    assert difference(old, new) == turned


@given(TEXT, TEXT)
def test_same_and_changed_take_turns(old: str, new: str) -> None:
    same = [each.same for each in difference(old, new)]
    assert all(one != other for one, other in pairwise(same))


@given(TEXT)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(each.same for each in difference(text, text))


def changed(old: str, new: str) -> list[tuple[str, str]]:
    return [(each.before.strip(), each.after.strip()) for each in difference(old, new) if not each.same]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1회 500mg을 먹는다", "1회 650 mg을 먹는다", [("500", "650")]),
        ("1일 3회, 500mg", "1일 2회, 650mg", [("3", "2"), ("500", "650")]),
        ("두통에 쓴다.\n끝", "두통에 쓴다.\n임부는 먹지 않는다.\n끝", [("", "임부는 먹지 않는다.")]),
        ("두통 | 1.5 | 2.0\n발열 | 2.3 | 1.0", "두통 | 1.5 | 2.0\n발열 | 2.9 | 1.0", [("2.3", "2.9")]),
        ("복용 하십시오. 5mg", "복용하십시오.  6 ㎎", [("5", "6")]),
        ("", "새 글", [("", "새 글")]),
        ("없어질 글", "", [("없어질 글", "")]),
    ],
)
def test_only_the_words_that_changed_are_told(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert changed(old, new) == expected


def test_words_that_are_equal_by_chance_are_no_common_text() -> None:
    old = "간질환 환자 및 신장질환 환자에게 투여하지 않는다"
    new = "임신했을 가능성이 있는 여성 및 수유 중인 여성에게 신중히 준다"
    assert changed(old, new) == [(old, new)]


def test_a_document_of_400_kb_takes_no_longer_than_a_reader_waits() -> None:
    chance = random.Random(1)  # noqa: S311 -- the same text each time
    vocabulary = [
        "".join(chr(chance.randrange(0xAC00, 0xD7A3)) for _ in range(chance.randrange(1, 5)))
        for _ in range(3000)
    ]
    told = [chance.choice(vocabulary) + chance.choice([" "] * 30 + ["\n", ". "]) for _ in range(110_000)]
    other = [chance.choice(vocabulary) + " " if chance.random() < 0.01 else word for word in told]
    whole = [chance.choice(vocabulary) + " " for _ in told]
    for new in (other, whole):
        began = time.process_time()
        found = difference("".join(told), "".join(new))
        assert "".join(each.after for each in found) == "".join(new)
        assert time.process_time() - began < 6
