"""A substance across the products, measured in one form, on one ground, in one unit, as far as that goes."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from pillnuts.catalogue.brief import BriefIngredient
from pillnuts.catalogue.shapes import Amount
from pillnuts.compare.amounts import factor, size
from pillnuts.compare.bases import Basis, Ground, ground
from pillnuts.compare.cells import MISSING, Chosen, Content, content, said_once
from pillnuts.compare.forms import form_key


class Measured(NamedTuple):
    """`values` are the amounts divided by the ground, in `unit`; None where that cannot be done."""

    id: str
    active: bool
    contents: tuple[Content, ...]
    holding: list[Content]
    """Those of `contents` that are surely present."""
    shared: bool
    """Surely present in every product."""
    counted: tuple[Amount | None, ...]
    """The amounts that are held against each other: all as `compared_as` where the ministry states it."""
    compared_as: str | None
    form_differs: bool
    ground: Ground | None
    unit: str | None
    values: tuple[Fraction | None, ...]


def measure(id_: str, chosen: Sequence[Chosen]) -> Measured:
    """Find the substance in every product. Unknown stays None all the way."""
    rows = tuple([row for each in chosen for row in each.rows.get(id_, ())])
    active = "active" in [row.role for row in rows]
    return _measured(rows, tuple([content(each, id_, active=active) for each in chosen]))


@lru_cache(maxsize=4096)
def measure_lone(row: BriefIngredient, counted_in: Basis, column: int, columns: int) -> Measured:
    """Measure what one product alone names, in one row: like `measure`, without asking the others."""
    nowhere = [MISSING[None]] * columns
    return _measured((row,), (*nowhere[:column], said_once(row, counted_in), *nowhere[column + 1 :]))


def _measured(rows: tuple[BriefIngredient, ...], contents: tuple[Content, ...]) -> Measured:
    holding = [each for each in contents if each.present]
    found = Measured(
        id=rows[0].id,
        active="active" in [row.role for row in rows],
        contents=contents,
        holding=holding,
        shared=len(holding) == len(contents),
        counted=(None,) * len(contents),
        compared_as=None,
        form_differs=len(rows) > 1 and _form_differs(rows),
        ground=None,
        unit=None,
        values=(None,) * len(contents),
    )
    # Nearly no additive has an amount.
    return _counted(found) if [row for row in rows if row.amount] else found


def _counted(found: Measured) -> Measured:
    contents, holding = found.contents, found.holding
    form = _common_form(holding)
    counted = tuple([each.forms()[form][1] if form and each.present else each.amount for each in contents])
    common = ground([each.basis for each in holding])
    unit = _common_unit([amount.unit for amount in counted if amount])
    return found._replace(
        counted=counted,
        compared_as=holding[0].forms()[form][0] if form and found.form_differs else None,
        ground=common,
        unit=unit,
        values=_values(contents, counted, common, unit),
    )


def _form_differs(rows: Sequence[BriefIngredient]) -> bool:
    return (
        len({row.name for row in rows}) > 1 and len({row.spelled or form_key(row.name) for row in rows}) > 1
    )


def _common_form(holding: Sequence[Content]) -> str | None:
    """A form under which the ministry counts every one of them: their own, or the one stated beside it."""
    if len(holding) == 1:
        return None
    forms = [each.forms() for each in holding]
    candidates = (form_key(holding[0].rows[0].name), *forms[0])
    return next((key for key in candidates if all(key in each for each in forms)), None)


def _common_unit(units: Sequence[str]) -> str | None:
    """The finest of the units, or None where they do not measure the same thing."""
    if len(set(units)) <= 1:
        return next(iter(units), None)
    factors = {unit: factor(unit, units[0]) for unit in units}
    known = {unit: each for unit, each in factors.items() if each}
    return min(known, key=lambda unit: known[unit]) if known and len(known) == len(factors) else None


def _values(
    contents: Sequence[Content], counted: Sequence[Amount | None], common: Ground | None, unit: str | None
) -> tuple[Fraction | None, ...]:
    if common is None or unit is None:
        return (None,) * len(contents)
    divisors = iter(common.divisors)
    values: list[Fraction | None] = []
    for each, amount in zip(contents, counted, strict=True):
        divisor = next(divisors, None) if each.present else None
        values.append(size(amount, unit, divisor) if amount and divisor else None)
    return tuple(values)
