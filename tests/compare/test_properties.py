"""What holds for any medicines."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pillnuts.catalogue.brief import Brief
from pillnuts.catalogue.shapes import ProductIngredient
from pillnuts.compare.amounts import factor
from pillnuts.compare.rules import compare
from pillnuts.compare.shapes import Comparison
from tests.compare.medicines import ingredient, medicine

PATIENT = settings(deadline=None, max_examples=60)
"""Time says nothing on a machine that does other things as well."""

AMOUNTS = st.one_of(
    st.none(),
    st.builds(
        lambda value, unit: f"{value} {unit}",
        st.sampled_from(["0", "0.25", "1", "3", "500", "1000"]),
        st.sampled_from(["mg", "g", "µg", "IU", "mL", "%", "EP단위"]),
    ),
)
BASES = st.sampled_from([None, "1정 중", "2정 중", "1층", "1병 (30 mL) 중", "100 mL 중", "1 g 중", "모름"])
FORMS = st.sampled_from(["가", "가염산염", "염산가"])


@st.composite
def ingredients(draw: st.DrawFn) -> ProductIngredient:
    id_ = draw(st.sampled_from("ABCD"))
    counted = draw(st.sampled_from([None, ("가", "5 mg")]))
    return ingredient(
        draw(FORMS),
        draw(AMOUNTS),
        id_=id_,
        additive=draw(st.booleans()),
        basis=draw(BASES),
        equivalent=counted,
    )


@st.composite
def medicines(draw: st.DrawFn, name: str) -> Brief:
    return medicine(
        name + draw(st.sampled_from(["정", "시럽", "연고", ""])),
        *draw(st.lists(ingredients(), max_size=5)),
        ingredients_complete=draw(st.booleans()),
        additives_known=draw(st.booleans()),
        withdrawn=draw(st.booleans()),
    )


SEVERAL = st.integers(2, 4).flatmap(
    lambda count: st.tuples(*(medicines(name) for name in "가나다라"[:count]))
)


def compared(products: tuple[Brief, ...]) -> Comparison:
    return compare(products, [None] * len(products))


@PATIENT
@given(SEVERAL)
def test_every_ingredient_of_every_product_appears_once(products: tuple[Brief, ...]) -> None:
    rows = compared(products).ingredients
    ids = [row.ingredient.id for row in rows]
    assert len(ids) == len(set(ids))
    for place, each in enumerate(products):
        present = {row.ingredient.id for row in rows if row.cells[place].present}
        assert present == {found.id for found in each.ingredients}


@PATIENT
@given(SEVERAL)
def test_the_order_of_the_products_changes_no_relation(products: tuple[Brief, ...]) -> None:
    forward, backward = compared(products), compared(products[::-1])
    assert {row.ingredient.id: row.relation for row in forward.ingredients} == {
        row.ingredient.id: row.relation for row in backward.ingredients
    }
    assert forward.summary.kind == backward.summary.kind
    assert set(forward.summary.shared) == set(backward.summary.shared)
    for one, other in zip(forward.summary.only, reversed(backward.summary.only), strict=True):
        assert set(one) == set(other)


@PATIENT
@given(SEVERAL)
def test_bars_are_between_nothing_and_the_whole_scale(products: tuple[Brief, ...]) -> None:
    rows = compared(products).ingredients
    drawn = [(row, cell) for row in rows for cell in row.cells if cell.share is not None]
    assert all(0 <= Decimal(cell.share or "") <= 1 for _, cell in drawn)
    # What is counted as another form may have its bar in that form's unit.
    as_written = [cell for row, cell in drawn if row.compared_as is None]
    for scale in {cell.scale for cell in as_written}:
        units = {cell.amount.unit for cell in as_written if cell.scale == scale and cell.amount}
        assert all(factor(unit, other) for unit in units for other in units)


@PATIENT
@given(SEVERAL)
def test_same_and_different_are_said_only_of_amounts_that_are_all_known(
    products: tuple[Brief, ...],
) -> None:
    for row in compared(products).ingredients:
        if row.relation in {"same", "different_amount"}:
            assert row.shared
            assert None not in row.amounts
        if row.relation == "same":
            assert row.difference is None
        if row.relation == "different_amount":
            assert row.difference is not None


@PATIENT
@given(SEVERAL)
def test_absence_is_claimed_only_of_complete_lists(products: tuple[Brief, ...]) -> None:
    for row in compared(products).ingredients:
        for cell, each in zip(row.cells, products, strict=True):
            if cell.present is False:
                assert each.ingredients_complete if row.ingredient.role == "active" else each.additives_known


@PATIENT
@given(SEVERAL)
def test_missing_data_never_ends_in_silence(products: tuple[Brief, ...]) -> None:
    said = compared(products).summary
    assert ("확인할 수 없음" in said.sentence) == bool(said.unknown_products)
    assert not (said.identical_actives and said.unknown)


@PATIENT
@given(medicines("가"))
def test_a_medicine_equals_itself_where_everything_is_known(one: Brief) -> None:
    for row in compared((one, one)).ingredients:
        assert row.relation in {"same", "unknown"}
