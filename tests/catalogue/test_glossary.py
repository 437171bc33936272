"""Plain words are found whatever way the ministry writes a name."""

import pytest

from pillnuts.catalogue.glossary import Glossary, glossary, key

WORDS = Glossary(
    substances={"가나펜": "열을 내립니다"},
    additives={"가나펜": "맛을 냅니다"},
    classes={"해열진통소염제": "열과 통증을 줄입니다"},
)


@pytest.mark.parametrize(
    "name", ["해열.진통.소염제", "해열 진통 소염제", "해열·진통ㆍ소염제", "해열,진통,소염제"]
)
def test_blanks_and_dots_do_not_tell_names_apart(name: str) -> None:
    assert key(name) == "해열진통소염제"
    assert WORDS.classes[key(name)] == "열과 통증을 줄입니다"


def test_capitals_do_not_tell_names_apart() -> None:
    assert key("L-멘톨") == key("l-멘톨")


def test_the_first_name_with_plain_words_speaks_in_its_role() -> None:
    assert WORDS.plain("active", "다라민", "가나펜") == "열을 내립니다"
    assert WORDS.plain("additive", "가나펜") == "맛을 냅니다"
    assert WORDS.plain("active", "다라민") is None
    assert WORDS.plain("active") is None


def test_the_written_glossary_knows_what_people_ask_for() -> None:
    written = glossary()
    assert written.plain("active", "아세트아미노펜")
    assert written.plain("additive", "유당수화물")
    assert "진통제" in written.class_words["해열.진통.소염제"]
    assert written.classes[key("해열.진통.소염제")]
    assert all(written.symptoms.values())
    assert glossary() is written, "read once"
