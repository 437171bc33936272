"""What is in a product is put together from whichever files speak of it, and unknown stays unknown."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pillnuts.catalogue.contents import (
    Contents,
    amount,
    amount_text,
    contents,
    english_names,
    equivalent,
    own_amount,
)
from pillnuts.catalogue.material import Material
from pillnuts.catalogue.merge import Fact, Facts, Measured, Origin
from pillnuts.catalogue.parse import Quantity
from pillnuts.catalogue.shapes import Amount, Equivalent
from pillnuts.catalogue.statements import NamedList, NameText

DAY = "2025-07"
NOTHING = Quantity(value=None, unit="mg", text=None)


def mg(value: str) -> Quantity:
    return Quantity(value=Decimal(value), unit="mg", text=None)


def facts(name: str = "새봄정", **fields: object) -> Facts:
    return {
        key: Fact(value, f"{key}의 출처", DAY, (DAY, 0)) for key, value in {"name": name, **fields}.items()
    }


def rows(day: str | None = "2026-07", **amounts: Quantity) -> dict[str, Measured]:
    origin = Origin("주성분 정보", day, rank=0)
    return {name: Measured(quantity, origin) for name, quantity in amounts.items()}


def inside(said: Facts, measured: dict[str, Measured] | None = None, *known: str) -> Contents:
    return contents(said, measured or {}, set(known).__contains__)


def material(name: str, quantity: Quantity, formulation: str | None = None) -> Material:
    return Material(total="1정 중", formulation=formulation, name=name, quantity=quantity, standard="KP")


def amounts(found: Contents) -> list[tuple[str, object]]:
    return [(entry.name, entry.quantity.value) for entry in found.active]


def test_a_permit_tells_names_codes_amounts_and_what_they_are_counted_in() -> None:
    said = facts(
        materials=(material("가나펜", mg("300")), material("다라민", mg("5"))),
        active=NamedList(("가나펜", "다라민"), ("M900001", None)),
    )
    found = inside(said)
    assert amounts(found) == [("가나펜", 300), ("다라민", 5)]
    assert [entry.code for entry in found.active] == ["M900001", None]
    assert {(e.basis, e.standard, e.source, e.date) for e in found.active} == {
        ("1정 중", "KP", "materials의 출처", DAY)
    }
    assert found.complete


def test_a_permit_without_materials_tells_names_and_codes_each_once() -> None:
    found = inside(facts(materials=(), active=NamedList(("가나펜", "가나펜"), ("M900001", "M900001"))))
    assert [(entry.name, entry.code) for entry in found.active] == [("가나펜", "M900001")]
    assert found.complete


def test_materials_without_a_list_of_codes_stand_without_codes() -> None:
    said = facts(materials=(material("가나펜", mg("300")),), active=NameText("가나펜"))
    assert inside(said).active[0].code is None


def test_a_listed_ingredient_takes_the_amount_of_the_row_of_its_name() -> None:
    found = inside(
        facts(active=NameText("가나펜/다라민 염산염")), rows(다라민염산염=mg("5"), 가나펜=mg("300"))
    )
    assert amounts(found) == [("가나펜", 300), ("다라민 염산염", 5)]
    assert {(entry.source, entry.date) for entry in found.active} == {("주성분 정보", "2026-07")}


def test_an_ingredient_without_a_row_is_of_unknown_amount() -> None:
    found = inside(facts(active=NameText("가나펜/다라민")), rows(가나펜=mg("300")))
    assert amounts(found) == [("가나펜", 300), ("다라민", None)]
    assert found.active[1].source == "active의 출처"


def test_a_row_without_an_amount_is_no_source_of_one() -> None:
    found = inside(facts(active=NameText("가나펜/다라민")), rows(가나펜=NOTHING, 다라민=mg("5")))
    assert [entry.source for entry in found.active] == ["active의 출처", "주성분 정보"]


def test_the_only_row_is_of_the_only_ingredient_whatever_it_is_called() -> None:
    found = inside(facts(active=NameText("가나펜과립")), rows(가나펜=mg("300")))
    assert amounts(found) == [("가나펜과립", 300)]
    assert [entry.equivalent for entry in found.active] == [("가나펜", mg("300"))]
    assert [own_amount(entry) for entry in found.active] == [Amount(value="300", unit="mg")]


def test_rows_alone_are_no_complete_list() -> None:
    found = inside(facts(), rows(가나펜=mg("300"), 다라민=NOTHING))
    assert amounts(found) == [("가나펜", 300), ("다라민", None)]
    assert not found.complete


def test_rows_alone_stand_newest_first() -> None:
    found = inside(facts(), rows("2021-08", 가나펜=mg("300")) | rows("2026-07", 다라민=mg("5")))
    assert [entry.name for entry in found.active] == ["다라민", "가나펜"]


def test_a_product_that_nothing_is_known_of_is_empty_and_unknown() -> None:
    assert inside(facts()) == Contents((), (), (), complete=False, additives_known=False)


def test_additives_are_split_with_the_names_that_other_files_know() -> None:
    found = inside(
        facts(additives=NameText("정제올리브유,정제대두유혼합물,전분")), None, "정제올리브유,정제대두유혼합물"
    )
    assert [(entry.name, entry.role) for entry in found.additives] == [
        ("정제올리브유,정제대두유혼합물", "additive"),
        ("전분", "additive"),
    ]
    assert found.additives_known


def test_a_list_in_no_known_form_says_nothing() -> None:
    assert inside(facts(active=3, additives=None)).active == ()


def test_several_formulations_are_told_apart_and_one_is_not() -> None:
    two = facts(materials=(material("가나펜", mg("300"), "딸기"), material("가나펜", mg("300"), "레몬")))
    assert inside(two).formulations == ("딸기", "레몬")
    assert inside(facts(materials=(material("가나펜", mg("300"), "딸기"),))).formulations == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("새봄정500밀리그람", 500),
        ("새봄정 0.25mg", Decimal("0.25")),
        ("새봄연고0.15%", None),
        ("새봄정5/20mg", None),
        ("새봄정", None),
    ],
)
def test_the_name_tells_the_amount_of_a_single_ingredient(name: str, value: Decimal | None) -> None:
    found = inside(facts(name, active=NamedList(("가나펜",), ("M900001",)))).active[0]
    assert found.quantity.value == value
    assert found.code == "M900001"
    assert found.source == ("제품명 표시 (name의 출처)" if value else "active의 출처")


def test_the_name_tells_nothing_where_a_file_does_or_where_ingredients_are_several() -> None:
    name = "새봄정500밀리그람"
    stated = inside(facts(name, active=NameText("가나펜")), rows(가나펜=mg("325")))
    worded = Quantity(value=None, unit="mg", text="적량")
    said = inside(facts(name, active=NameText("가나펜")), rows(가나펜=worded))
    several = inside(facts(name, active=NameText("가나펜/다라민")))
    assert amounts(stated) == [("가나펜", 325)]
    assert said.active[0].quantity == worded
    assert amounts(several) == [("가나펜", None), ("다라민", None)]


def test_english_names_are_believed_only_where_both_lists_are_as_long() -> None:
    def paired(korean: str, english: str) -> dict[str, str]:
        fact = Fact(NameText(korean, english), "목록", DAY, (DAY, 0))
        return english_names(fact, lambda _: False)

    assert paired("가나펜/다라민", "Ganapen/Daramin") == {"가나펜": "Ganapen", "다라민": "Daramin"}
    assert paired("가나펜/다라민", "Ganapen") == {}
    assert paired("가나펜", "") == {}
    assert english_names(None, lambda _: False) == {}


def test_an_amount_is_a_number_with_a_unit_or_nothing() -> None:
    assert amount(Quantity(value=Decimal("1300.50"), unit="mg", text=None)) == Amount(
        value="1300.5", unit="mg"
    )
    assert amount(Quantity(value=Decimal(3), unit="", text=None)) is None
    assert amount(Quantity(value=None, unit="mg", text="50~100")) is None


def test_a_converted_amount_is_given_where_it_is_one_number() -> None:
    assert equivalent(None) is None
    assert equivalent(("가나펜", Quantity(value=None, unit="mg", text="50~100"))) is None
    converted = Equivalent(name="가나펜", amount=Amount(value="300", unit="mg"))
    assert equivalent(("가나펜", mg("300"))) == converted


@pytest.mark.parametrize(
    ("product", "ingredient", "value", "text"),
    [
        ("노바새봄정5밀리그램", "가나펜", "5", None),
        ("노바새봄정5밀리그램", "가나펜베실산염", None, "제품명에 적힌 양 5 mg"),
        ("리피새봄정20mg", "가나스타틴칼슘삼수화물", None, "제품명에 적힌 양 20 mg"),
        ("새봄액7.5밀리그램/밀리리터", "가나펜", None, None),
    ],
)
def test_the_number_in_a_name_is_the_base_and_never_the_amount_of_a_salt(
    product: str, ingredient: str, value: str | None, text: str | None
) -> None:
    (entry,) = inside(facts(product, active=NamedList((ingredient,), (None,)))).active
    found = amount(entry.quantity)
    assert (found and found.value, amount_text(entry.quantity)) == (value, text)


@pytest.mark.parametrize("unit", ["분류되지 않는 함량단위", "적량", "mm"])
def test_a_word_that_is_no_unit_of_amount_makes_none(unit: str) -> None:
    quantity = Quantity(Decimal("0.05"), unit, None)
    assert amount(quantity) is None
    assert amount_text(quantity) == f"0.05 {unit}"


def test_what_granules_weigh_is_words_and_no_amount() -> None:
    found = inside(facts(active=NameText("가나프라졸장용성과립")), rows(가나프라졸장용성과립=mg("1230")))
    [entry] = found.active

    assert amount(entry.quantity) is None
    assert amount_text(entry.quantity) == "과립 1,230 mg (성분만의 양은 확인할 수 없음)"


def test_granules_that_a_permit_counts_as_the_drug_keep_both_amounts() -> None:
    counted = replace(material("가나프라졸과립", mg("230")), equivalent=("가나프라졸", mg("20")))
    [entry] = inside(facts(materials=(counted,))).active

    assert amount(entry.quantity) == Amount(value="230", unit="mg")
    assert own_amount(entry) == Amount(value="20", unit="mg")


def test_a_strength_in_the_name_is_not_what_a_mixture_weighs() -> None:
    [entry] = inside(facts(name="가나정10밀리그램", active=NameText("가나글리플로진무수유당혼합물"))).active

    assert (entry.quantity.value, entry.quantity.text) == (None, "제품명에 적힌 양 10 mg")


def test_an_amount_that_cannot_be_is_words_and_so_are_those_of_the_same_slip() -> None:
    found = inside(
        facts(active=NameText("가나닌/다라닌/마바닌/사아닌")),
        rows(
            가나닌=Quantity(Decimal(8100), "g"),
            다라닌=Quantity(Decimal(200), "g"),
            마바닌=mg("300"),
        ),
    )

    assert [(entry.quantity.value, entry.quantity.text) for entry in found.active] == [
        (None, "8,100 g (자료의 값이 이상합니다 · 제품 설명서를 확인해 주십시오)"),
        (None, "200 g (자료의 값이 이상합니다 · 제품 설명서를 확인해 주십시오)"),
        (300, None),
        (None, None),
    ]
    assert found.impossible == ("가나닌 8100 g", "다라닌 200 g")
