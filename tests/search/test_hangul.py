import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.search.hangul import (
    INITIALS,
    choseong,
    clean,
    compose,
    from_qwerty,
    is_choseong,
    jamo,
    normalise,
    to_qwerty,
    unfinished_unit,
    words,
)

syllables = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=12)
anything = st.text(max_size=40)


@given(syllables)
def test_composing_the_keys_of_a_text_gives_the_text(text: str) -> None:
    assert compose(jamo(text)) == text


@given(syllables, st.data())
def test_what_is_shown_while_typing_is_a_prefix_of_the_finished_text(text: str, data: st.DataObject) -> None:
    keys = jamo(text)
    typed = keys[: data.draw(st.integers(0, len(keys)))]
    assert keys.startswith(jamo(normalise(compose(typed))))


@given(syllables)
def test_a_text_typed_on_the_wrong_layout_comes_back(text: str) -> None:
    typed = "".join(_KEYBOARD[letter] for letter in jamo(text))
    keys = from_qwerty(typed)
    # Letters that all need shift are the exception: nothing but capitals reads as caps lock.
    assert typed.isupper() or (keys is not None and compose(keys) == text)


_KEYBOARD = dict(
    zip(
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        strict=True,
    )
)


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_latin_typed_on_the_korean_layout_comes_back(word: str) -> None:
    letters = {key: letter for letter, key in _KEYBOARD.items()}
    shown = compose("".join(letters[key] for key in word))
    assert to_qwerty(normalise(shown)) == word


@given(anything)
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    normal = normalise(text)
    assert normalise(normal) == normal
    assert not any(letter.isspace() for letter in normal)


@given(st.text(st.characters(), max_size=40))
def test_what_is_shown_of_a_query_can_be_written_as_utf8(text: str) -> None:
    shown = clean(text)
    shown.encode()
    assert clean(shown) == shown


@given(syllables)
def test_the_initials_of_a_text_are_one_consonant_for_each_syllable(text: str) -> None:
    initials = choseong(text)
    assert len(initials) == len(text)
    assert set(initials) <= set(INITIALS)
    assert is_choseong(initials)


@pytest.mark.parametrize(
    "text",
    ["500mg", "500 mg", "500밀리그램", "500 밀리그람", "500㎎", "５００ｍｇ", "500MG", "500 미리그람"],
)
def test_milligrams_are_written_one_way(text: str) -> None:
    assert normalise(text) == "500mg"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("1,000밀리리터", "1000ml"),
        ("2.5 ㎎", "2.5mg"),
        ("5/20mg", "5/20mg"),
        ("25마이크로그램", "25ug"),
        ("25 mcg", "25ug"),
        ("25㎍", "25ug"),
        ("1그람", "1g"),
        ("0.1퍼센트", "0.1%"),
        ("500 20", "500/20"),
        ("비타민 B-1", "비타민b1"),
        ("해열ㆍ진통·소염제", "해열진통소염제"),
        ("ㅌㅇㄹㄴ", "ㅌㅇㄹㄴ"),
        ("😀\x00 \ud800", ""),
        ("", ""),
    ],
)
def test_normal_forms(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("500밀", "500m"),
        ("500밀리ㄱ", "500mg"),
        ("500ㅁ", "500"),
        ("5그", "5g"),
        ("500", None),
        ("5정", None),
        ("타이레놀", None),
    ],
)
def test_a_unit_that_is_being_typed_is_as_much_of_it_as_is_sure(typed: str, read: str | None) -> None:
    assert unfinished_unit(normalise(typed)) == read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("xkdlfpshf", "타이레놀"),
        ("XKDLFPSHF", "타이레놀"),
        ("xkdlfpsh", "타이레노"),
        ("Qoqodldzmfla", "빼배잉크림"),
        ("xdfs", "ㅌㅇㄹㄴ"),
        ("xkdlfpshf500", "타이레놀500"),
    ],
)
def test_korean_typed_on_the_latin_layout(typed: str, meant: str) -> None:
    keys = from_qwerty(typed)
    assert keys is not None
    assert compose(keys) == meant


@pytest.mark.parametrize("typed", ["tylenol", "aspirin", "500", "타이레놀", "", "!?"])
def test_what_makes_no_korean_syllables_was_not_meant_so(typed: str) -> None:
    assert from_qwerty(typed) is None


def test_latin_typed_on_the_korean_layout() -> None:
    assert to_qwerty(normalise("ㅅㅛㅣ두ㅐㅣ")) == "tylenol"
    assert to_qwerty("500mg") is None


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("리도펜 500 mg", ["리도펜", "500mg"]),
        ("리도펜 500 밀리그람 정", ["리도펜", "500밀리그람", "정"]),
        ("5 gum", ["5", "gum"]),
        ("  ", []),
    ],
)
def test_words_are_not_cut_between_a_number_and_its_unit(text: str, cut: list[str]) -> None:
    assert words(text) == cut


def test_only_lone_consonants_are_initials() -> None:
    assert is_choseong("ㅌㅇㄹㄴ500")
    assert not is_choseong("타이ㄹ")
    assert not is_choseong("500")
