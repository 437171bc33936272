"""One substance in one product: its rows found, added where they can be, and made ready to be measured."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from pillnuts.catalogue.brief import Brief, BriefIngredient
from pillnuts.catalogue.shapes import Amount, Equivalent
from pillnuts.catalogue.units import decimal_text
from pillnuts.compare.amounts import is_concentration, per_millilitre, words
from pillnuts.compare.bases import RATIO, UNKNOWN, Basis, basis
from pillnuts.compare.forms import form_key

Presence = tuple[bool | None, ...]
"""For each product whether a substance is in it; None: nobody knows."""
UNKNOWN_AMOUNT, ABSENT, CANNOT_SAY = "함량 정보 없음", "없음", "확인할 수 없음"


class Chosen(NamedTuple):
    """A product with one of its formulations, its rows gathered by substance."""

    product: Brief
    formulation: str | None
    rows: dict[str, tuple[BriefIngredient, ...]]

    def lacks(self, *, active: bool) -> bool | None:
        """What is to be said of a substance without a row: False, it is not in it; None, nobody knows.

        A list with gaps never says that something is absent.
        """
        complete = self.product.ingredients_complete if active else self.product.additives_known
        return False if complete else None


class Lone(NamedTuple):
    """A substance that one product alone names, and in one row."""

    row: BriefIngredient
    counted_in: Basis
    column: int
    present: Presence


class Content(NamedTuple):
    """What a product says about a substance; `rows` is empty unless `present`."""

    present: bool | None
    rows: tuple[BriefIngredient, ...] = ()
    amount: Amount | None = None
    equivalent: Equivalent | None = None
    basis: Basis = UNKNOWN
    text: str = CANNOT_SAY
    in_parts: bool = False
    """Several amounts that cannot be added: two salts, two units."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([row.name for row in self.rows]))

    @property
    def basis_text(self) -> str | None:
        if len(self.rows) == 1:
            return self.rows[0].basis or None
        return " + ".join(dict.fromkeys([row.basis for row in self.rows if row.basis])) or None

    @property
    def per_volume(self) -> str | None:
        if self.amount is None or self.basis.kind != "volume":
            return None
        return per_millilitre(self.amount, self.basis.quantity)

    def forms(self) -> dict[str, tuple[str, Amount]]:
        """Form key → (name, amount) for every form the ministry counts it as, its own form last."""
        counted = [(self.equivalent.name, self.equivalent.amount)] if self.equivalent else []
        if self.amount and self.rows:
            counted.append((self.rows[0].name, self.amount))
        return {form_key(name): (name, amount) for name, amount in counted}


MISSING = {False: Content(present=False, text=ABSENT), None: Content(present=None)}
"""By what `Chosen.lacks` says."""


def choose(product: Brief, formulation: str | None) -> Chosen:
    """The rows of `formulation`, or of the first one. Raises ValueError for one the permit does not hold."""
    if formulation is not None and formulation not in product.formulations:
        raise ValueError(formulation)
    chosen = formulation or next(iter(product.formulations), None)
    rows: dict[str, list[BriefIngredient]] = {}
    for row in product.ingredients:
        if chosen is None or row.formulation in {None, chosen}:
            rows.setdefault(row.id, []).append(row)
    return Chosen(product, chosen, {id_: tuple(each) for id_, each in rows.items()})


def content(chosen: Chosen, substance: str, *, active: bool) -> Content:
    """What is known of a substance."""
    rows = chosen.rows.get(substance)
    if rows is None:
        return MISSING[chosen.lacks(active=active)]
    if len(rows) == 1:
        return said_once(rows[0], basis_of(rows[0], chosen.product))
    parts = _added(rows, chosen.product)
    total = parts[0] if len(parts) == 1 else None
    return Content(
        present=True,
        rows=rows,
        amount=total,
        equivalent=_equivalent(rows) if total else None,
        basis=basis_of(rows[0], chosen.product),
        text=" + ".join([words(part) if part else _unnumbered(rows) for part in parts]),
        in_parts=len(parts) > 1,
    )


@lru_cache(maxsize=4096)
def said_once(row: BriefIngredient, counted_in: Basis) -> Content:
    """What one row says. Few rows are of one product only: most say the same of an additive."""
    return Content(
        present=True,
        rows=(row,),
        amount=row.amount,
        equivalent=row.equivalent if row.amount else None,
        basis=counted_in,
        text=words(row.amount) if row.amount else row.amount_text or UNKNOWN_AMOUNT,
    )


def _added(rows: Sequence[BriefIngredient], product: Brief) -> tuple[Amount | None, ...]:
    """Amounts added up within one form, unit and basis (the layers of a tablet); None: unknown."""
    sums: dict[tuple[str, str, Basis], Decimal] = {}
    for row in rows:
        if row.amount:
            key = (form_key(row.name), row.amount.unit, basis_of(row, product))
            sums[key] = sums.get(key, Decimal(0)) + Decimal(row.amount.value)
    known = tuple(Amount(value=decimal_text(total), unit=unit) for (_, unit, _), total in sums.items())
    return known if all(row.amount for row in rows) else (*known, None)


def _equivalent(rows: Sequence[BriefIngredient]) -> Equivalent | None:
    """The sum of what all rows are counted as, where all are counted as the same."""
    if not rows[0].equivalent:
        return None
    stated = [row.equivalent for row in rows if row.equivalent]
    if len(stated) != len(rows) or len({(form_key(each.name), each.amount.unit) for each in stated}) != 1:
        return None
    total = sum((Decimal(each.amount.value) for each in stated), Decimal(0))
    return Equivalent(
        name=stated[0].name, amount=Amount(value=decimal_text(total), unit=stated[0].amount.unit)
    )


def basis_of(row: BriefIngredient, product: Brief) -> Basis:
    """In what a row's amount is counted; a concentration says it itself."""
    if row.amount and is_concentration(row.amount.unit):
        return RATIO
    return basis(row.basis, product)


def _unnumbered(rows: Iterable[BriefIngredient]) -> str:
    said = dict.fromkeys([row.amount_text for row in rows if row.amount is None and row.amount_text])
    return ", ".join(said) or UNKNOWN_AMOUNT
