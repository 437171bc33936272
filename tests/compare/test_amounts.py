from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue.units import decimal_text
from pillnuts.compare.amounts import (
    decimal,
    factor,
    per_millilitre,
    ratio,
    ratio_words,
    share,
    size,
    words,
)
from tests.compare.medicines import amount


@pytest.mark.parametrize(
    ("unit", "into", "times"),
    [
        ("g", "mg", 1000),
        ("mg", "g", Fraction(1, 1000)),
        ("IU", "IU", 1),
        ("EP단위", "EP단위", 1),
        ("mg", "IU", None),
        ("mg", "mL", None),
    ],
)
def test_units_turn_into_one_another_within_a_dimension(unit: str, into: str, times: Fraction | None) -> None:
    assert factor(unit, into) == times


@pytest.mark.parametrize(
    ("said", "read"),
    [("500 mg", "500 mg"), ("1000 mg", "1,000 mg"), ("1234567.5 IU", "1,234,567.5 IU"), ("0.15 %", "0.15%")],
)
def test_amounts_are_written_for_people(said: str, read: str) -> None:
    assert words(amount(said)) == read


@pytest.mark.parametrize(
    ("said", "millilitres", "read"),
    [
        ("3.2 g", 100, "32 mg/mL"),
        ("500 mg", 5, "100 mg/mL"),
        ("1 µg", 1000, "1 ng/mL"),
        ("0.5 IU", 1, "0.5 IU/mL"),
        ("5 %", 10, None),
    ],
)
def test_a_concentration_is_said_in_a_readable_unit(said: str, millilitres: int, read: str | None) -> None:
    assert per_millilitre(amount(said), Fraction(millilitres)) == read


@pytest.mark.parametrize(
    ("more", "less", "exact", "read"),
    [
        (500, 325, "1.54", " (1.5배)"),
        (325, 300, "1.08", " (1.08배)"),
        (1000, 10, "100", " (100배)"),
        (20000, 1, "20000", " (20,000배)"),
        (500, 499, "1", ""),
        (5, 0, None, ""),
    ],
)
def test_a_ratio_is_rounded_for_people(more: int, less: int, exact: str | None, read: str) -> None:
    assert ratio(Fraction(more), Fraction(less)) == exact
    assert ratio_words(exact) == read


def test_a_decimal_without_end_is_cut_to_six_digits() -> None:
    assert decimal_text(decimal(Fraction(100, 3))) == "33.3333"
    assert decimal_text(decimal(Fraction(175))) == "175"


def test_an_amount_has_no_size_in_another_dimension() -> None:
    assert size(amount("5 mg"), "mL") is None
    assert size(amount("5 g"), "mg", Fraction(2)) == 2500


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(Fraction(0), Fraction(0)) == "0"


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_numbers_keep_their_value_and_have_no_exponent(value: Decimal) -> None:
    assert Decimal(decimal_text(value)) == value
    assert "E" not in decimal_text(value)
