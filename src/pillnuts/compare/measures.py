"""A substance across the products, measured in one form, on one ground, in one unit, as far as that goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pillnuts.catalogue.shapes import Amount
from pillnuts.compare.amounts import factor, size
from pillnuts.compare.bases import Ground, ground
from pillnuts.compare.cells import Chosen, Content, content
from pillnuts.compare.forms import form_key


@dataclass(frozen=True)
class Measured:
    """`values` are the amounts divided by the ground, in `unit`; None where that cannot be done."""

    id: str
    active: bool
    contents: tuple[Content, ...]
    counted: tuple[Amount | None, ...]
    """The amounts that are held against each other: all as `compared_as` where the ministry states it."""
    compared_as: str | None
    form_differs: bool
    ground: Ground | None
    unit: str | None
    values: tuple[Fraction | None, ...]

    @property
    def holding(self) -> list[Content]:
        return [each for each in self.contents if each.present]

    @property
    def shared(self) -> bool:
        return all(each.present for each in self.contents)


def measure(id_: str, chosen: Sequence[Chosen]) -> Measured:
    """Find the substance in every product. Unknown stays None all the way."""
    active = any(row.role == "active" for each in chosen for row in each.rows.get(id_, ()))
    contents = tuple(content(each, id_, active=active) for each in chosen)
    holding = [each for each in contents if each.present]
    if not any(row.amount for each in holding for row in each.rows):
        return _unmeasured(id_, contents, active=active, form_differs=_form_differs(holding))
    form = _common_form(holding)
    counted = tuple(each.forms()[form][1] if form and each.present else each.amount for each in contents)
    form_differs = _form_differs(holding)
    common = ground([each.basis for each in holding])
    unit = _common_unit([amount.unit for amount in counted if amount])
    return Measured(
        id=id_,
        active=active,
        contents=contents,
        counted=counted,
        compared_as=holding[0].forms()[form][0] if form and form_differs else None,
        form_differs=form_differs,
        ground=common,
        unit=unit,
        values=_values(contents, counted, common, unit),
    )


def _unmeasured(id_: str, contents: tuple[Content, ...], *, active: bool, form_differs: bool) -> Measured:
    """A substance without any amount: nearly every additive."""
    nothing = (None,) * len(contents)
    return Measured(id_, active, contents, nothing, None, form_differs, None, None, nothing)


def _form_differs(holding: Sequence[Content]) -> bool:
    names = {row.name for each in holding for row in each.rows}
    return len(names) > 1 and len({form_key(name) for name in names}) > 1


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
