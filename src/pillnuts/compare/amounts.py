"""Amounts as numbers and as words: units turned into one another exactly, differences put into a sentence."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from pillnuts.catalogue.shapes import Amount
from pillnuts.catalogue.units import comparable, decimal_text

_ONE = Decimal(1)
_WHOLE = Fraction(1)
_SHARE = Decimal("0.0001")
_RATIO = Decimal("0.01")
_DIGITS = 6
"""Significant digits of a difference that no decimal can hold exactly."""
_SMALLER = {"kg": "g", "g": "mg", "mg": "µg", "µg": "ng"}
_WHOLE_RATIO, _CLOSE_RATIO = 10, Decimal("1.1")


@lru_cache(maxsize=4096)
def factor(unit: str, into: str) -> Fraction | None:
    """How many `into` one `unit` is: mg, g → 1/1000. None where they measure different things."""
    if unit == into:
        return Fraction(1)
    pair = comparable(Amount(value="1", unit=unit), Amount(value="1", unit=into))
    return Fraction(pair[0]) / Fraction(pair[1]) if pair and pair[1] else None


@lru_cache(maxsize=16384)
def exact(value: str) -> Fraction:
    """The number in a decimal string."""
    return Fraction(value)


def is_concentration(unit: str) -> bool:
    """Whether the unit already says in what it is counted: `%`, `mg/mL`, 용량백분율."""
    return "%" in unit or "/" in unit or "백분율" in unit


def decimal(value: Fraction) -> Decimal:
    """The exact decimal where there is a short one, else six significant digits."""
    quotient = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(quotient) == value:
        return quotient
    return quotient.quantize(Decimal(1).scaleb(quotient.adjusted() - _DIGITS + 1))


def words(amount: Amount) -> str:
    """`1,000 mg`, `0.15%`: for people."""
    whole, point, rest = amount.value.partition(".")
    grouped = f"{int(whole):,}" if whole.isdecimal() else whole
    gap = "" if amount.unit == "%" or not amount.unit else " "
    return f"{grouped}{point}{rest}{gap}{amount.unit}"


def per_millilitre(amount: Amount, millilitres: Fraction) -> str | None:
    """The concentration, in a unit that keeps the number at 1 or above where there is one: `32 mg/mL`."""
    unit, value = amount.unit, exact(amount.value) / millilitres
    if is_concentration(unit):
        return None
    while 0 < value < 1 and unit in _SMALLER:
        value *= factor(unit, _SMALLER[unit]) or 1
        unit = _SMALLER[unit]
    return f"{words(Amount(value=decimal_text(decimal(value)), unit=unit))}/mL"


def share(value: Fraction, largest: Fraction) -> str:
    """Part of the largest, 0 to 1, four places."""
    if not largest:
        return "0"
    if value == largest:
        return "1"
    return decimal_text((_as_decimal(value) / _as_decimal(largest)).quantize(_SHARE))


def size(amount: Amount, unit: str, divisor: Fraction = _WHOLE) -> Fraction | None:
    """The amount in `unit`, divided by what it is counted in; None where the unit measures something else."""
    into = factor(amount.unit, unit)
    if into is None:
        return None
    value = exact(amount.value)
    # Nearly always mg in one tablet: worth not multiplying by one.
    if into != 1:
        value *= into
    return value if divisor == 1 else value / divisor


def ratio(more: Fraction, less: Fraction) -> str | None:
    return decimal_text(_as_decimal(more / less).quantize(_RATIO)) if less else None


def ratio_words(value: str | None) -> str:
    """` (1.5배)`, rounded for people; "" where it says nothing."""
    if value is None:
        return ""
    times = Decimal(value)
    if times <= _ONE:
        return ""
    places = _RATIO if times < _CLOSE_RATIO else Decimal("0.1") if times < _WHOLE_RATIO else _ONE
    return f" ({Decimal(decimal_text(times.quantize(places))):,f}배)"


def _as_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
