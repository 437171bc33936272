"""What the product page draws: amounts of one kind on one scale, unknown amounts apart, nothing lost."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pillnuts.catalogue import units
from pillnuts.catalogue.shapes import Amount, FieldSource, Product
from pillnuts.catalogue.view import Group, another_form, heading, product_view
from tests.compare.medicines import ingredient, product, section

PATIENT = settings(deadline=None)


def groups(found: Product, chosen: int = 0) -> list[tuple[str | None, list[tuple[str, str | None]]]]:
    return [
        (group.unit, [(bar.ingredient.name, bar.share) for bar in group.bars])
        for group in product_view(found, chosen=chosen).groups
    ]


def test_amounts_of_one_dimension_share_a_scale_in_the_unit_of_the_largest() -> None:
    found = product("새봄정", ingredient("다라민", "5 mg"), ingredient("가나펜", "0.5 g"))
    [(unit, bars)] = groups(found)
    assert unit == "g"
    assert [(name, Decimal(share or "-1")) for name, share in bars] == [
        ("다라민", Decimal("0.01")),
        ("가나펜", Decimal(1)),
    ]


def test_units_that_cannot_be_compared_never_share_a_scale() -> None:
    found = product("새봄정", ingredient("가나펜", "500 mg"), ingredient("비타민디", "400 IU"))
    assert [unit for unit, _ in groups(found)] == ["mg", "IU"]


def test_amounts_counted_in_different_things_never_share_a_scale() -> None:
    found = product(
        "새봄키트",
        ingredient("가나펜", "500 mg", basis="1정 중"),
        ingredient("다라민", "5 mg", basis="1포 중"),
    )
    assert [[name for name, _ in bars] for _, bars in groups(found)] == [["가나펜"], ["다라민"]]


def test_unknown_amounts_stand_last_and_have_no_length() -> None:
    found = product(
        "새봄정", ingredient("다라민", None), ingredient("가나펜", "500 mg"), ingredient("라마펜", None)
    )
    assert groups(found)[1] == (None, [("다라민", None), ("라마펜", None)])


def test_of_several_formulations_the_chosen_one_is_shown_with_what_all_hold() -> None:
    found = product(
        "새봄트로키",
        ingredient("가나펜", "5 mg", formulation="딸기"),
        ingredient("가나펜", "9 mg", formulation="레몬"),
        ingredient("다라민", "1 mg"),
        item_seq="200000003",
        formulations=("딸기", "레몬"),
    )
    view = product_view(found, chosen=1)
    assert [bar.ingredient.amount for group in view.groups for bar in group.bars] == [
        Amount(value="9", unit="mg"),
        Amount(value="1", unit="mg"),
    ]
    assert [(tab.name, tab.url, tab.chosen) for tab in view.tabs] == [
        ("딸기", "/products/200000003?f=1", False),
        ("레몬", "/products/200000003?f=2", True),
    ]


@pytest.mark.parametrize("chosen", [-1, 2, 10**20])
def test_a_formulation_that_is_not_there_shows_the_first(chosen: int) -> None:
    found = product("새봄", ingredient("가나펜", "5 mg", formulation="딸기"), formulations=("딸기", "레몬"))
    assert [tab.chosen for tab in product_view(found, chosen=chosen).tabs] == [True, False]


def test_sections_are_told_apart_by_address() -> None:
    found = product("새봄정", sections=(section("efficacy", "두통", plain=True), section("efficacy", "두통")))
    view = product_view(found)
    assert [anchored.anchor for anchored in view.plain] == ["easy-efficacy"]
    assert [anchored.anchor for anchored in view.label] == ["label-efficacy"]


def test_filled_fields_are_facts_with_their_source() -> None:
    found = product("새봄정", item_seq="200000001").model_copy(
        update={
            "etc_otc": "일반의약품",
            "atc": ("N02BE01", "N02BE51"),
            "form": None,
            "sources": {"etc_otc": FieldSource(source="식약처 목록", date="2025-07")},
        }
    )
    facts = {fact.key: fact for fact in product_view(found).facts}
    assert (facts["etc_otc"].value, facts["etc_otc"].source, facts["etc_otc"].date) == (
        "일반의약품",
        "식약처 목록",
        "2025-07",
    )
    assert facts["atc"].value == "N02BE01, N02BE51"
    assert facts["atc"].source is None
    assert "form" not in facts
    assert product_view(found).ministry_url.endswith("itemSeq=200000001")


@pytest.mark.parametrize(
    ("written", "shown"),
    [("1정(280mg) 중", True), ("100밀리리터 중", True), ("1595.85", False), ("100-내수용/100-수출용", False)],
)
def test_a_total_without_any_unit_is_not_shown(written: str, *, shown: bool) -> None:
    found = product("새봄정").model_copy(update={"total_content": written})
    assert ("total_content" in {fact.key for fact in product_view(found).facts}) is shown


AMOUNTS = st.none() | st.builds(
    lambda value, unit: f"{value} {unit}",
    st.decimals("0.001", 10000, places=3),
    st.sampled_from(["mg", "g", "µg", "IU", "mL", "mEq", "%", "포"]),
)
PRODUCTS = st.lists(
    st.tuples(AMOUNTS, st.booleans(), st.sampled_from([None, "1정 중", "1포 중"])), max_size=8
)


def drawn(rows: list[tuple[str | None, bool, str | None]]) -> Product:
    return product(
        "새봄정",
        *(
            ingredient(f"성분{n}", amount, additive=additive, basis=basis)
            for n, (amount, additive, basis) in enumerate(rows)
        ),
    )


@PATIENT
@given(PRODUCTS)
def test_every_ingredient_stands_on_the_page_exactly_once(
    rows: list[tuple[str | None, bool, str | None]],
) -> None:
    found = drawn(rows)
    view = product_view(found)
    shown = [bar.ingredient.name for group in view.groups for bar in group.bars]
    shown += [additive.name for additive in view.additives]
    assert Counter(shown) == Counter(i.name for i in found.ingredients)


@PATIENT
@given(PRODUCTS)
def test_shares_are_true_and_units_never_mixed(rows: list[tuple[str | None, bool, str | None]]) -> None:
    for group in product_view(drawn(rows)).groups:
        known = [bar for bar in group.bars if bar.share is not None]
        assert not known or len(known) == len(group.bars)
        assert all(0 <= Decimal(bar.share or 0) <= 1 for bar in known)
        assert not known or max(Decimal(bar.share or 0) for bar in known) == 1
        assert {bar.ingredient.basis for bar in known} <= {group.basis}
        assert _one_dimension(group)


def _one_dimension(group: Group) -> bool:
    amounts = [bar.ingredient.amount for bar in group.bars if bar.ingredient.amount]
    return all(units.comparable(one, other) is not None for one in amounts for other in amounts)


@pytest.mark.parametrize(
    ("name", "substance"),
    [
        ("L-발린", "엘발린"),
        ("L-발린", "엘-발린"),
        ("DL-메티오닌", "디엘메티오닌"),
        ("dl-메틸에페드린 염산염", "DL-메틸에페드린염산염"),
        ("아세틸-L-카르니틴", "아세틸엘카르니틴"),
    ],
)
def test_another_spelling_is_no_other_form(name: str, substance: str) -> None:
    assert not another_form(name, substance)


@pytest.mark.parametrize(
    ("name", "substance"),
    [("라이신염산염", "라이신"), ("DL-메티오닌", "L-메티오닌"), ("D-발린", "L-발린")],
)
def test_a_salt_or_another_isomer_is_another_form(name: str, substance: str) -> None:
    assert another_form(name, substance)


@given(st.text())
def test_a_name_is_never_another_form_of_itself(name: str) -> None:
    assert not another_form(name, f" {name} ")


def test_only_a_bar_of_another_form_names_the_substance() -> None:
    found = product("새봄정", ingredient("가나펜", "5 mg"))
    [group] = product_view(found).groups
    assert [bar.form_of for bar in group.bars] == [None]


def test_a_short_name_stays_whole() -> None:
    assert heading("새봄정(가나펜)(수출명:Saebom)") == "새봄정(가나펜)(수출명:Saebom)"


def test_a_very_long_name_loses_its_notes() -> None:
    assert heading(f"새봄정(가나펜)(수출명:{', '.join(['Saebom Tablet'] * 20)})") == "새봄정"


def test_granules_are_drawn_by_what_they_are_counted_as_and_else_not_at_all() -> None:
    rows = (
        ingredient("가나프라졸과립", "230 mg", equivalent=("가나프라졸", "20 mg")),
        ingredient("다라민", "40 mg"),
        ingredient("마바졸과립", "300 mg"),
    )

    (unit, drawn), unknown = groups(product("새봄캡슐", *rows))

    assert (unit, [(name, Decimal(share or "-1")) for name, share in drawn]) == (
        "mg",
        [("가나프라졸과립", Decimal("0.5")), ("다라민", Decimal(1))],
    )
    assert unknown == (None, [("마바졸과립", None)])
