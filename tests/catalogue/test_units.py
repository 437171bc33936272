"""Units: the ministry's words become one closed list, and only like is compared with like."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue import units
from pillnuts.catalogue.shapes import Amount


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("밀리그램", "mg"),
        ("밀리그람", "mg"),
        ("㎎", "mg"),
        (" mg ", "mg"),
        ("밀리그램밀리그램", "mg"),
        ("mg밀리그램", "mg"),
        ("밀리그램(역가)", "mg"),
        ("그램역가", "g"),
        ("그람", "g"),
        ("킬로그램", "kg"),
        ("마이크로그램", "µg"),
        ("㎍", "µg"),
        ("μg", "µg"),
        ("mcg", "µg"),
        ("나노그램", "ng"),
        ("밀리리터", "mL"),
        ("㎖", "mL"),
        ("마이크로리터", "µL"),
        ("리터", "L"),
        ("아이.유", "IU"),
        ("I.U.", "IU"),
        ("국제단위", "IU"),
        ("유니트", "unit"),
        ("단위", "unit"),
        ("메가베크렐", "MBq"),
        ("밀리퀴리", "mCi"),
        ("밀리당량", "mEq"),
        ("퍼센트", "%"),
        ("％", "%"),
        ("v/v%", "v/v%"),
        ("용량백분율", "v/v%"),
        ("밀리그램/리터", "mg/L"),
        ("밀리그램/밀리리터", "mg/mL"),
        ("EP단위", "EP unit"),
    ],
)
def test_a_spelling_of_the_ministry_is_one_known_unit(written: str, unit: str) -> None:
    assert units.unit(written) == unit
    assert units.is_known(unit)


def test_an_unknown_word_stays_the_ministrys_own() -> None:
    assert units.unit(" 분류되지 않는 함량단위 ") == "분류되지 않는 함량단위"
    assert not units.is_known("분류되지 않는 함량단위")
    assert units.unit("v/v%이상") == "v/v%이상"


def test_blank_is_no_unit() -> None:
    assert units.unit("  ") == ""
    assert not units.is_known("")


@pytest.mark.parametrize(
    ("written", "scaled"),
    [
        ("만단위", (10_000, "unit")),
        ("100만단위", (1, "100만단위")),
        ("백만아이유", (10**6, "IU")),
        ("억CFU", (10**8, "CFU")),
        ("천", (1, "천")),
        ("밀리그램", (1, "mg")),
    ],
)
def test_a_number_word_before_a_unit_multiplies(written: str, scaled: tuple[int, str]) -> None:
    assert units.scaled(written) == scaled


@given(st.text())
def test_any_text_gives_a_unit_and_normalising_again_changes_nothing(text: str) -> None:
    unit = units.unit(text)
    assert units.unit(unit) == unit


@given(st.sampled_from(sorted(units.UNITS)))
def test_every_unit_of_the_list_is_a_spelling_of_itself(unit: str) -> None:
    assert units.unit(unit) == unit


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_a_decimal_is_written_without_exponent_and_trailing_zeros(value: Decimal) -> None:
    text = units.decimal_text(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert not ("." in text and text.endswith(("0", ".")))


def _amount(value: str, unit: str) -> Amount:
    return Amount(value=value, unit=unit)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("1", "g"), ("1000", "mg")),
        (("0.25", "mg"), ("250", "µg")),
        (("1", "L"), ("1000", "mL")),
        (("1", "mCi"), ("37", "MBq")),
        (("2", "Eq"), ("2000", "mEq")),
    ],
)
def test_the_same_amount_in_two_units_is_equal(a: tuple[str, str], b: tuple[str, str]) -> None:
    both = units.comparable(_amount(*a), _amount(*b))
    assert both is not None
    assert both[0] == both[1]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("1", "mg"), ("1", "mL")),
        (("1", "IU"), ("1", "unit")),
        (("1", "mg"), ("1", "mg/mL")),
        (("많이", "mg"), ("1", "g")),
    ],
)
def test_amounts_of_different_things_are_not_compared(a: tuple[str, str], b: tuple[str, str]) -> None:
    assert units.comparable(_amount(*a), _amount(*b)) is None


def test_the_same_unknown_unit_is_compared_as_it_is() -> None:
    assert units.comparable(_amount("1", "매"), _amount("2", "매")) == (Decimal(1), Decimal(2))


@given(st.text(max_size=9), st.text(max_size=9), st.sampled_from(sorted(units.UNITS)), st.text(max_size=9))
def test_comparing_any_text_never_fails(a: str, b: str, unit: str, other: str) -> None:
    units.comparable(_amount(a, unit), _amount(b, other))
