"""The common scale: how long each bar is, never mixing units or kinds of basis."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from pillnuts.compare.amounts import factor, share, size
from pillnuts.compare.measures import Measured


class Bar(NamedTuple):
    scale: str
    share: str


class _Length(NamedTuple):
    row: int
    column: int
    scale: str
    value: Fraction


def dimensions(rows: Sequence[Measured]) -> dict[str, str]:
    """Unit → the first unit of the same dimension: under `mg` stand mg, g and µg."""
    found: dict[str, str] = {}
    for unit in dict.fromkeys([amount.unit for row in rows for amount in row.counted if amount]):
        found[unit] = next((first for first in dict.fromkeys(found.values()) if factor(unit, first)), unit)
    return found


def bars(rows: Sequence[Measured], under: dict[str, str]) -> dict[tuple[int, int], Bar]:
    """(row, column) → its bar. Without a common ground a bar keeps to its own kind of basis or product.

    `under` are the `dimensions` of the rows.
    """
    lengths = [
        length for index, row in enumerate(rows) if any(row.counted) for length in _lengths(index, row, under)
    ]
    largest: dict[str, Fraction] = {}
    for length in lengths:
        largest[length.scale] = max(length.value, largest.get(length.scale, Fraction(0)))
    return {
        (length.row, length.column): Bar(length.scale, share(length.value, largest[length.scale]))
        for length in lengths
    }


def _lengths(index: int, row: Measured, under: dict[str, str]) -> list[_Length]:
    divisors = iter(row.ground.divisors if row.ground else ())
    lengths = []
    for column, (each, amount) in enumerate(zip(row.contents, row.counted, strict=True)):
        divisor = next(divisors, each.basis.quantity) if each.present else Fraction(1)
        if amount is None:
            continue
        unit = under[amount.unit]
        kind = row.ground.kind if row.ground else each.basis.kind
        place = f"{kind}:{column}" if kind == "unknown" else kind
        role = "active" if row.active else "additive"
        value = size(amount, unit, divisor) or Fraction(0)
        lengths.append(_Length(index, column, f"{role}:{unit}:{place}", value))
    return lengths
