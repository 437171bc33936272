"""A text is taken apart without loss, and look-alikes are the same while meanings stay apart."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue import history_words
from pillnuts.catalogue.history_words import digest, lines, normal, words

LABEL = st.text("가나다 \t\n5.,~∼～㎎mg⁹()|·ㆍ\u200b１", max_size=40) | st.text(max_size=40)


def test_the_examples_hold() -> None:
    assert doctest.testmod(history_words).failed == 0


@given(LABEL)
def test_lines_and_words_together_are_the_text(text: str) -> None:
    assert "".join(line.text for line in lines(text)) == text
    assert "".join(word.text for word in words(text)) == text


@given(LABEL)
def test_no_word_holds_a_blank_or_more_than_one_number(text: str) -> None:
    for word in words(text):
        assert not any(sign.isspace() for sign in word.key.strip())
        assert (
            word.key == "" or word.key.isdecimal() or not word.key[0].isdecimal() or set(word.key) & set(".,")
        )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("복용 하십시오.", "복용하십시오 ."),
        ("1일 3회\n\n식후", "1일 3회 식후"),
        ("５００㎎", "500mg"),
        ("1～2정", "1∼2정"),
        ("15 µg", "15 μg"),
        ("간ㆍ신장", "간·신장"),
        ("30℃", "30 °C"),
    ],
)
def test_what_only_looks_different_is_the_same(one: str, other: str) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 10", "510"),
        ("10⁹", "109"),
        ("1.5", "15"),
        ("두통 | 1.5 |", "두통 | | 1.5"),
        ("5 mg", "5 g"),
        ("먹는다", "안 먹는다"),
        ("5~10", "5, 10"),
        ("1. 5세", "1.5세"),
    ],
)
def test_what_means_something_else_is_not_the_same(one: str, other: str) -> None:
    assert normal(one) != normal(other)
    assert [word.key for word in words(one)] != [word.key for word in words(other)]


@given(LABEL)
def test_blanks_between_words_never_matter(text: str) -> None:
    assert digest(text) == digest(text.replace(" ", "  ")) == digest(f" {text}\n")


@given(st.text("35., 가", max_size=12), st.text("35., 가", max_size=12))
def test_equal_words_are_equal_texts(one: str, other: str) -> None:
    if [word.key for word in words(one)] == [word.key for word in words(other)]:
        assert normal(one) == normal(other)
