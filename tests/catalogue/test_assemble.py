"""From what files say to documents: every ingredient once, unknown stays unknown, order changes nothing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pillnuts.catalogue import assemble as assembling
from pillnuts.catalogue import parse
from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.identity import Group
from pillnuts.catalogue.material import Material
from pillnuts.catalogue.merge import Origin
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import Caution, IngredientDetail, Product, Recall
from pillnuts.catalogue.statements import (
    CodeNamed,
    DailyLimit,
    Grouped,
    Label,
    NamedList,
    NameText,
    Noted,
    NotedOfAll,
    Recalled,
    Said,
    Statement,
)
from tests.catalogue import documents

PATIENT = settings(deadline=None)

LIST = Origin("목록", "2025-07", rank=3)
PILL = Origin("낱알", "2023-03", rank=2)
SEQ = "202000001"


def gathered(*statements: Statement, origin: Origin = LIST) -> Gathered:
    found = Gathered()
    for statement in statements:
        found.take(statement, origin)
    return found


class Catalogue(NamedTuple):
    products: tuple[Product, ...]
    ingredients: tuple[IngredientDetail, ...]
    digest: str
    data_date: str | None


def assemble(found: Gathered, glossary: Glossary | None = None, report: Report | None = None) -> Catalogue:
    made = assembling.assemble(found, glossary or Glossary(), report or Report(), lambda _: None)
    products, ingredients = documents.products(made.products), documents.ingredients(made.ingredients)
    return Catalogue(products, ingredients, made.digest, made.data_date)


def made(*statements: Statement, glossary: Glossary | None = None) -> Catalogue:
    return assemble(gathered(*statements), glossary)


def said(item_seq: str = SEQ, name: str = "새봄정", **fields: object) -> Said:
    return Said(item_seq, {"name": name, "maker": "새봄제약(주)", "status": "정상", **fields})


def holding(item_seq: str, active: str, name: str = "새봄정", **fields: object) -> Said:
    return said(item_seq, name, active=NameText(active), **fields)


def product(*statements: Statement) -> Product:
    [found] = made(*statements).products
    return found


def material(name: str, amount: str, formulation: str | None = None) -> Material:
    return Material("1정 중", formulation, name, parse.quantity(amount, "밀리그램"))


def test_a_product_of_which_only_the_name_is_known_says_that_the_rest_is_unknown() -> None:
    bare = product(Said(SEQ, {"name": "새봄정"}))
    assert (bare.maker, bare.status, bare.withdrawn) == ("", "알 수 없음", False)
    assert (bare.etc_otc, bare.form, bare.pill, bare.image_url) == (None, None, None, None)
    assert not bare.ingredients_complete
    assert not bare.additives_known
    assert bare.sources.keys() == {"name"}


@pytest.mark.parametrize("status", ["취하", "취소", "유효기간만료", "폐업", "새로 생긴 상태"])
def test_what_is_not_on_the_market_is_withdrawn_with_its_day(status: str) -> None:
    gone = product(said(status=status, status_date="2023-05-01"))
    assert (gone.status, gone.withdrawn, gone.status_date) == (status, True, "2023-05-01")


def test_a_product_back_on_the_market_bears_no_old_day_of_withdrawal() -> None:
    assert product(said(status="정상", status_date="2023-05-01")).status_date is None


def test_kinds_are_true_only_where_a_file_says_so_and_then_name_it() -> None:
    kinds = product(said(new_drug=True, rare=False))
    assert (kinds.new_drug, kinds.rare, kinds.raw_material) == (True, False, False)
    assert kinds.sources["new_drug"].source == "목록"
    assert "rare" not in kinds.sources


def test_looks_from_several_files_name_the_newest() -> None:
    found = gathered(Said(SEQ, {"name": "새봄정", "pill.shape": "원형"}))
    found.take(Said(SEQ, {"pill.colors": ("하양",)}), PILL)
    [pilled] = assemble(found).products
    assert pilled.pill is not None
    assert (pilled.pill.shape, pilled.pill.colors, pilled.pill.imprint_front) == ("원형", ("하양",), None)
    assert pilled.sources["pill"].date == "2025-07"


def test_codes_of_class_and_form_get_the_names_other_rows_teach() -> None:
    taught = (CodeNamed("class", "01140", "해열.진통.소염제"), CodeNamed("form", "010101", "나정"))
    named = product(said(class_code="01140", form_code="010101"), *taught)
    assert (named.class_name, named.form) == ("해열.진통.소염제", "나정")
    own = product(said(class_code="01140", class_name="진통제", form_code="999999"), *taught)
    assert (own.class_name, own.form) == ("진통제", None)


def test_active_ingredients_come_first_in_the_order_of_the_label() -> None:
    found = product(said(active=NameText("다라민/가나펜"), additives=NameText("전분")))
    assert [(i.name, i.role) for i in found.ingredients] == [
        ("다라민", "active"),
        ("가나펜", "active"),
        ("전분", "additive"),
    ]
    assert all(i.source == "목록" and i.date == "2025-07" for i in found.ingredients)


def test_a_name_that_a_permit_gives_with_a_code_stays_whole_in_every_list() -> None:
    whole = "정제올리브유,정제대두유혼합물"
    catalogue = made(
        said(SEQ, additives=NamedList((whole,), ("M900009",))),
        said("202000002", additives=NameText(f"{whole},전분")),
        Grouped(Group("D009001", "가나펜", None, ((None, "가나펜"),))),
    )
    assert [i.name for i in catalogue.products[1].ingredients] == [whole, "전분"]


def test_salts_are_one_substance_with_their_own_names() -> None:
    group = Grouped(
        Group("D009001", "가나펜", "Ganapen", (("M900001", "가나펜"), ("M900002", "가나펜염산염")))
    )
    one, other = made(group, holding("202000001", "가나펜"), holding("202000002", "가나펜염산염")).products
    assert {one.ingredients[0].id, other.ingredients[0].id} == {"D009001"}
    assert (other.ingredients[0].name, other.ingredients[0].substance) == ("가나펜염산염", "가나펜")
    assert [ref.item_seq for ref in one.same_ingredient] == ["202000002"]


def test_a_product_beside_another_says_its_form_and_whether_it_was_recalled() -> None:
    recall = Recall(reason="이물", enforced=None, source="회수", date=None)
    gone = Recalled("202000002", recall)
    one, other = made(
        holding("202000001", "가나펜"), holding("202000002", "가나펜", form="시럽제"), gone
    ).products
    assert [(ref.form, ref.recalled) for ref in one.same_ingredient] == [("시럽제", True)]
    assert [(ref.form, ref.recalled) for ref in other.same_ingredient] == [(None, False)]


def test_english_names_reach_the_active_ingredient_alone() -> None:
    found = product(said(active=NameText("가나펜", "Ganapen"), additives=NameText("전분")))
    assert [i.name_en for i in found.ingredients] == ["Ganapen", None]


def test_an_amount_in_words_is_no_number_but_is_shown() -> None:
    rows = (material("가나펜", "50~100"), material("다라민", "적량"), material("라마펜", ""))
    found = product(said(materials=rows)).ingredients
    assert [(i.amount, i.amount_text) for i in found] == [(None, "50~100"), (None, "적량"), (None, None)]


def test_formulations_are_told_apart_only_where_there_are_several() -> None:
    two = product(said(materials=(material("가나펜", "5", "딸기"), material("가나펜", "5", "레몬"))))
    one = product(said(materials=(material("가나펜", "5", "딸기"),)))
    assert two.formulations == ("딸기", "레몬")
    assert [i.formulation for i in two.ingredients] == ["딸기", "레몬"]
    assert one.formulations == ()
    assert one.ingredients[0].formulation is None


def test_amounts_stand_in_one_line_only_where_all_are_known() -> None:
    def line(*materials: Material) -> str | None:
        every = made(said(SEQ, materials=materials), said("202000002", materials=materials)).products
        return every[0].same_ingredient[0].amounts

    assert line(material("가나펜", "500"), material("다라민", "5")) == "500\u2009mg / 5\u2009mg"
    assert line(material("가나펜", "500"), material("다라민", "")) is None
    assert line(material("가나펜", "5", "딸기"), material("가나펜", "5", "레몬")) is None


def test_products_of_the_same_amount_come_first_among_the_same_ingredient() -> None:
    statements = [
        said(f"20200000{n}", f"새봄{letter}정", materials=(material("가나펜", amount),))
        for n, (letter, amount) in enumerate((("A", "5"), ("B", "3"), ("C", "5"), ("D", "3")))
    ]
    found = made(*statements).products[3]
    assert [ref.name for ref in found.same_ingredient] == ["새봄B정", "새봄A정", "새봄C정"]
    assert found.same_ingredient_total == 3


def test_an_incomplete_list_is_the_same_as_nothing() -> None:
    catalogue = made(holding("202000001", "가나펜"), said("202000002"))
    assert catalogue.products[1].same_ingredient == ()
    assert catalogue.products[1].same_ingredient_total == 0


def test_the_list_of_the_same_is_limited_and_its_number_is_not() -> None:
    found = made(*(holding(f"2020000{n:02}", "가나펜") for n in range(20))).products[0]
    assert (len(found.same_ingredient), found.same_ingredient_total) == (12, 19)


def test_plain_texts_come_before_the_label_each_in_reading_order() -> None:
    label = Label("<p>두통</p>", "두통")
    fields: dict[str, Any] = {
        "label.usage": label,
        "label.efficacy": label,
        "easy.caution": "조심합니다.",
        "easy.efficacy": "두통에 씁니다.",
        "easy.usage": " ",
    }
    sections = product(said(**fields)).sections
    assert [(s.key, s.plain_language) for s in sections] == [
        ("efficacy", True),
        ("caution", True),
        ("efficacy", False),
        ("usage", False),
    ]
    assert [s.title for s in sections] == ["무엇에 쓰는 약", "주의할 것", "효능·효과", "용법·용량"]
    assert {(s.source, s.date) for s in sections} == {("목록", "2025-07")}


CAUTIONS = st.builds(
    Caution,
    kind=st.sampled_from(["노인주의", "임부금기"]),
    ingredient=st.none() | st.sampled_from(["가나펜", "다라민"]),
    text=st.sampled_from(["", "2등급"]),
    source=st.just("DUR"),
    date=st.none() | st.sampled_from(["2014-10-24", "2020-01-02"]),
)
RECALLS = st.builds(
    Recall,
    reason=st.sampled_from(["함량", "이물"]),
    enforced=st.none() | st.booleans(),
    source=st.just("회수"),
    date=st.none() | st.sampled_from(["2014-10-24", "2020-01-02"]),
)


@PATIENT
@given(st.lists(CAUTIONS), st.lists(RECALLS))
def test_notices_and_recalls_stand_in_one_order_whatever_came_first(
    cautions: list[Caution], recalls: list[Recall]
) -> None:
    notices: list[Statement] = [*(Noted(SEQ, c) for c in cautions), *(Recalled(SEQ, r) for r in recalls)]
    one, other = product(said(), *notices), product(said(), *notices[::-1])
    assert one == other
    kinds = [(caution.kind, caution.text) for caution in one.cautions]
    assert kinds == sorted(kinds)
    assert set(one.cautions) == set(cautions)
    days = [recall.date or "" for recall in one.recalls]
    assert days == sorted(days, reverse=True), "the newest recall first"


def test_a_substance_counts_products_on_the_market_and_lists_single_ones_first() -> None:
    catalogue = made(
        holding("202000001", "가나펜/다라민", "가가정"),
        holding("202000002", "가나펜", "하하정"),
        holding("202000003", "가나펜", status="취하"),
        said("202000004", additives=NameText("가나펜")),
    )
    [ganapen] = [i for i in catalogue.ingredients if i.name == "가나펜"]
    assert (ganapen.product_count, ganapen.additive_count) == (2, 1)
    assert [ref.item_seq for ref in ganapen.products] == ["202000002", "202000001"]
    assert [name.name for name in ganapen.names] == ["가나펜"]


def test_a_substance_only_in_withdrawn_products_is_still_explained() -> None:
    [ganapen] = made(holding(SEQ, "가나펜", status="취하")).ingredients
    assert (ganapen.product_count, ganapen.products, ganapen.explanation) == (0, (), "")


def test_an_additive_is_explained_as_what_it_is_added_for() -> None:
    glossary = Glossary(additives={"전분": "알약을 뭉치게 합니다"}, substances={"가나펜": "열을 내립니다"})
    catalogue = made(said(active=NameText("가나펜"), additives=NameText("전분")), glossary=glossary)
    assert [i.plain for i in catalogue.products[0].ingredients] == ["열을 내립니다", "알약을 뭉치게 합니다"]
    assert {i.name: i.plain for i in catalogue.ingredients} == {
        "가나펜": "열을 내립니다",
        "전분": "알약을 뭉치게 합니다",
    }


def test_daily_limits_reach_the_product() -> None:
    limit = DailyLimit("D009001", "4000밀리그램", "DUR", "2020-01-02")
    found = product(
        Grouped(Group("D009001", "가나펜", None, ((None, "가나펜"),))), limit, holding(SEQ, "가나펜")
    )
    assert "하루 최대 투여량: 4000밀리그램." in found.ingredients[0].explanation


GROUP = Grouped(Group("D009001", "가나펜", None, ((None, "가나펜"),)))


def of_all(text: str, date: str | None = "2020-01-02") -> NotedOfAll:
    return NotedOfAll(
        "D009001",
        Caution(kind="임부금기", ingredient="가나펜", text=text, source="식약처 DUR 성분정보", date=date),
    )


def test_a_notice_about_a_substance_reaches_every_product_with_it_the_newest_first() -> None:
    newest = of_all("1등급", "2022-06-30")
    found = product(GROUP, of_all("2등급"), newest, holding(SEQ, "가나펜염산염/다라민"))

    assert found.cautions == (newest.caution,)
    assert product(GROUP, newest, holding(SEQ, "마바졸")).cautions == ()


def test_a_notice_about_the_product_itself_stands_for_that_of_its_substance() -> None:
    own = Caution(kind="임부금기", ingredient="가나펜", text="2등급", source="식약처 DUR 품목정보")
    other = own.model_copy(update={"kind": "노인주의"})
    found = product(
        GROUP, of_all("1등급"), holding(SEQ, "가나펜"), Noted(SEQ, own, "D009001"), Noted(SEQ, other)
    )

    assert set(found.cautions) == {own, other}


def test_the_data_are_as_old_as_the_newest_file() -> None:
    found = gathered(said())
    found.take(said("202000002"), PILL)
    assert assemble(found).data_date == "2025-07"
    undated = gathered(said(), origin=Origin("목록", None, rank=0))
    assert assemble(undated).data_date is None


def test_a_unit_nobody_knows_is_counted() -> None:
    report = Report()
    rows = (Material("1정 중", None, "가나펜", parse.quantity("3", "봄단위")),)
    [found] = assemble(gathered(said(materials=rows)), report=report).products
    assert report.unknown_units["봄단위"].examples == [SEQ]
    assert found.ingredients[0].amount is not None
    assert (found.ingredients[0].amount.value, found.ingredients[0].amount.unit) == ("3", "봄단위")


def test_an_amount_that_cannot_be_is_named_in_the_report_and_shown_as_words() -> None:
    report = Report()
    rows = (Material("1정 (260 mg) 중", None, "가나펜", parse.quantity("300", "그램")),)
    [found] = assemble(gathered(said(materials=rows)), report=report).products

    assert report.impossible_amounts.examples == [f"{SEQ} 가나펜 300 g"]
    assert found.ingredients[0].amount is None
    assert found.ingredients[0].amount_text == (
        "300 g (자료의 값이 이상합니다 · 제품 설명서를 확인해 주십시오)"
    )


def test_progress_is_told_as_a_share() -> None:
    told: list[float] = []
    found = gathered(said(), said("202000002"), said("202000003"))
    assembling.assemble(found, Glossary(), Report(), told.append)
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1


NAMES = ["가나펜", "가나펜염산염", "다라민", "전분", "유당수화물"]
PRODUCTS = st.lists(
    st.builds(
        lambda n, active, additives, status: said(
            f"20200000{n}",
            status=status,
            active=NameText("/".join(active)),
            additives=NameText(",".join(additives)),
        ),
        st.integers(0, 9),
        st.lists(st.sampled_from(NAMES), unique=True, max_size=4),
        st.lists(st.sampled_from(NAMES), unique=True, max_size=4),
        st.sampled_from(["정상", "취하"]),
    ),
    max_size=6,
    unique_by=lambda one: one.item_seq,
)


@PATIENT
@given(PRODUCTS)
def test_every_ingredient_of_every_product_is_a_substance_of_the_catalogue(products: Sequence[Said]) -> None:
    catalogue = made(*products)
    substances = {ingredient.id: ingredient for ingredient in catalogue.ingredients}
    for found in catalogue.products:
        for ingredient in found.ingredients:
            names = {name.name for name in substances[ingredient.id].names}
            assert ingredient.name in names
        assert not {ref.item_seq for ref in found.same_ingredient} & {found.item_seq}
    assert {i.id for p in catalogue.products for i in p.ingredients} == set(substances)


@PATIENT
@given(PRODUCTS)
def test_the_same_statements_give_the_same_documents_in_any_order(products: Sequence[Said]) -> None:
    assert made(*products) == made(*reversed(products))


def test_an_amount_is_decimal_text() -> None:
    [found] = product(said(materials=(material("가나펜", "1,300.50"),))).ingredients
    assert found.amount is not None
    assert Decimal(found.amount.value) == Decimal("1300.5")
    assert found.amount.value == "1300.5"
