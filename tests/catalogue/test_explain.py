"""A substance is explained from what the products that hold it alone share, each fact with its source."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pillnuts.catalogue import explain
from pillnuts.catalogue.explain import Tally
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.merge import Fact, Facts
from pillnuts.catalogue.shapes import IngredientFact
from pillnuts.catalogue.statements import DailyLimit
from pillnuts.catalogue.substances import Substance

PATIENT = settings(deadline=None)

GANAPEN = Substance(
    id="D009001",
    name="가나펜",
    name_en=None,
    names={"가나펜": ("M900001",), "가나펜과립": ()},
    names_en=(),
    codes=("D009001", "M900001"),
    roles=("active",),
)


def facts(day: str = "2025-07", **said: object) -> Facts:
    return {name: Fact(value, "목록", day, (day, 0)) for name, value in said.items()}


def told(tally: Tally, *limits: DailyLimit, glossary: Glossary | None = None) -> Sequence[IngredientFact]:
    return explain.about(GANAPEN, tally, limits, glossary or Glossary()).active.facts


def of(*singles: Facts) -> Tally:
    tally = Tally()
    for single in singles:
        tally.single(single)
    return tally


def dur(text: str, form: str | None = None, date: str | None = "2014-10-24") -> DailyLimit:
    return DailyLimit("D009001", text, "DUR", date, form)


def table(text: str, form: str | None) -> DailyLimit:
    return DailyLimit("M900001", text, "1일 최대투여량", None, form)


def daily(*limits: DailyLimit) -> list[str]:
    return [fact.text.removeprefix("하루 최대 투여량") for fact in told(Tally(), *limits)]


def test_of_a_substance_nobody_says_anything_about_nothing_is_said() -> None:
    about = explain.about(GANAPEN, Tally(), (), Glossary())
    assert about.active == about.additive
    assert about.active == explain.Explanation(None, (), "")


def test_what_most_products_say_speaks_with_the_newest_day_it_was_stated() -> None:
    tally = of(
        facts("2024-01", class_name="해열.진통.소염제", atc=("N02BE01",)),
        facts("2025-07", class_name="해열.진통.소염제", atc=("N02BE01", "N02BE51")),
        facts("2026-01", class_name="기타의 비타민제"),
    )
    assert [(fact.kind, fact.text, fact.date) for fact in told(tally)] == [
        ("class", "이 성분만 든 제품은 주로 ‘해열.진통.소염제’로 분류됩니다.", "2025-07"),
        ("atc", "국제 분류(ATC) 코드는 N02BE01입니다.", "2025-07"),
    ]


def test_texts_that_begin_alike_are_counted_together() -> None:
    often = [facts(**{"easy.efficacy": f"이 약은 두통에 씁니다. 또 {other}에 씁니다."}) for other in "가나다"]
    seldom = [facts(**{"easy.efficacy": "이 약은 가려움에 씁니다."})] * 2
    fact = told(of(*often, *seldom))[0]
    assert fact.text == "이 성분만 든 제품의 설명: “이 약은 두통에 씁니다.”"


def test_a_text_without_a_sentence_is_quoted_whole() -> None:
    assert "“두통,\u0020치통”" in told(of(facts(**{"easy.efficacy": "두통,\n치통"})))[0].text


def test_a_value_of_an_unknown_form_is_not_counted() -> None:
    assert told(of(facts(atc="N02BE01"))) == ()


def test_the_number_of_products_is_said_for_each_role() -> None:
    about = explain.about(GANAPEN, Tally(active=1200, additive=3), (), Glossary())
    assert about.active.text == "제품 1,200개에 주성분으로 들어 있습니다(허가가 끝난 제품은 세지 않음)."
    assert about.additive.text == "제품 3개에 첨가제로 들어 있습니다(허가가 끝난 제품은 세지 않음)."


def test_plain_words_come_first_and_name_themselves_ours() -> None:
    glossary = Glossary(substances={"가나펜과립": "열을 내립니다"}, additives={"가나펜": "맛을 냅니다"})
    about = explain.about(GANAPEN, Tally(active=1, additive=1), (), glossary)
    assert (about.active.plain, about.additive.plain) == ("열을 내립니다", "맛을 냅니다")
    assert [fact.kind for fact in about.active.facts] == ["role", "products"]
    assert about.active.facts[0].source == "필넛츠 풀이"
    assert about.additive.text.startswith("맛을 냅니다. ")


def test_two_wordings_of_one_limit_are_one_fact_with_the_newest_notice() -> None:
    fact = told(Tally(), dur("가나펜 4,000밀리그램"), dur("4000 밀리그램", date="2020-01-02"))
    assert [(one.text, one.source, one.date) for one in fact] == [
        ("하루 최대 투여량: 4000 밀리그램.", "DUR", "2020-01-02")
    ]


def test_limits_that_differ_by_form_name_their_form() -> None:
    assert daily(dur("2000밀리그램", "서방정/서방성필름코팅정"), dur("2550밀리그램", "나정")) == [
        "(서방정, 서방성필름코팅정): 2000밀리그램.",
        "(나정): 2550밀리그램.",
    ]


def test_many_forms_are_cut_short_and_a_limit_for_every_form_names_none() -> None:
    assert daily(dur("3밀리그램", "나정/캡슐/환")) == ["(나정, 캡슐 등): 3밀리그램."]
    assert daily(dur("3밀리그램", "나정"), dur("3밀리그램")) == [": 3밀리그램."]


def test_the_dosage_table_speaks_only_where_no_notice_does() -> None:
    assert daily(table("4정", "나정"), dur("3밀리그램")) == [": 3밀리그램."]
    assert daily(table("4정", "나정")) == ["(나정): 4정."]


def test_a_form_with_several_limits_in_the_dosage_table_is_left_out() -> None:
    assert daily(table("8정", "서방정"), table("12정", "서방정"), table("4정", "나정")) == ["(나정): 4정."]


def test_a_limit_for_no_form_in_the_dosage_table_is_left_out() -> None:
    assert daily(table("8정", None)) == []


def test_no_more_than_three_limits_are_given() -> None:
    assert len(daily(*(dur(f"{n}밀리그램", f"{n}형") for n in range(5)))) == 3


def test_limits_find_their_substance_by_any_of_its_codes() -> None:
    unknown = DailyLimit("D000999", "1정", "DUR", None)
    found = explain.limits_by_id(
        [dur("3g"), table("4정", "나정"), unknown], dict.fromkeys(GANAPEN.codes, GANAPEN.id)
    )
    assert found.keys() == {GANAPEN.id}
    assert {limit.text for limit in found[GANAPEN.id]} == {"3g", "4정"}


LIMITS = st.lists(
    st.builds(
        dur,
        st.sampled_from(["3g", "3000mg", "4g", "가나펜 4g"]),
        st.none() | st.sampled_from(["나정", "나정/환"]),
        st.none() | st.sampled_from(["2014-10-24", "2020-01-02"]),
    ),
    max_size=6,
)


@PATIENT
@given(LIMITS)
def test_the_order_of_limits_changes_nothing(limits: list[DailyLimit]) -> None:
    def said(given_limits: list[DailyLimit]) -> Sequence[IngredientFact]:
        return told(Tally(), *explain.limits_by_id(given_limits, {"D009001": "D009001"}).get("D009001", ()))

    assert said(limits) == said(limits[::-1])


@pytest.mark.parametrize("name", ["class_name", "easy.efficacy"])
def test_a_tie_goes_to_the_first_in_order(name: str) -> None:
    one, other = facts(**{name: "가."}), facts(**{name: "나."})
    assert told(of(one, other)) == told(of(other, one))
