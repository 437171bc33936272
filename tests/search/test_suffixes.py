from hypothesis import given
from hypothesis import strategies as st

from pillnuts.search.hangul import jamo, normalise
from pillnuts.search.suffixes import (
    END,
    FIRST,
    INSIDE,
    NOTE,
    START,
    Entry,
    Suffixes,
    decode,
    encode,
    suffixes,
)

texts = st.lists(
    st.text("가각간고과갂나b1.5/%é", min_size=1, max_size=8).map(normalise).filter(bool),
    min_size=1,
    max_size=12,
)


def _of(*names: str) -> Suffixes:
    return suffixes([Entry(n, name) for n, name in enumerate(names)], len(names))


def _owners(field: Suffixes, text: str) -> list[int]:
    found = field.find(encode(jamo(text)))
    return sorted(set(field.owner[found.low : found.high].tolist()))


@given(st.text("가힣ㄱㅏab1.%", max_size=20))
def test_encoding_loses_nothing(text: str) -> None:
    assert decode(encode(jamo(text))) == jamo(text)


def test_letters_beyond_the_keyboard_are_told_apart() -> None:
    assert encode("é") != encode("è")
    assert _owners(_of("é", "è"), "é") == [0]


@given(texts, st.data())
def test_every_text_is_found_by_any_part_that_starts_where_a_letter_does(
    names: list[str], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(names))
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    inside_number = start > 0 and name[start] in "0123456789." and name[start - 1] in "0123456789."
    if not inside_number and name[start] != "/":
        assert names.index(name) in _owners(_of(*names), part)


@given(texts, st.text("가각간고나b15", min_size=1, max_size=4))
def test_nothing_is_found_that_does_not_hold_the_keys(names: list[str], part: str) -> None:
    for owner in _owners(_of(*names), part):
        assert jamo(part) in jamo(names[owner])


def test_a_match_begins_with_a_syllable_and_not_with_its_final() -> None:
    assert _owners(_of("각오", "고기"), "고") == [1]


def test_a_number_is_not_entered_in_the_middle() -> None:
    assert _owners(_of("정5mg", "정25mg", "정2.5mg"), "5mg") == [0]


def test_a_match_knows_where_it_begins_and_ends() -> None:
    field = suffixes([Entry(0, "타이정노트", ends=(2, 3))], 1)

    def ends(text: str) -> tuple[int, int]:
        found = field.find(encode(jamo(text)))
        return int(field.part[found.low]), int(field.edges(found)[0])

    assert ends("타이") == (FIRST, END)
    assert ends("타") == (FIRST, START)
    assert ends("타이저") == (FIRST, INSIDE)
    assert ends("노트") == (NOTE, END)
