"""Comparing two to four products: pure, from the catalogue's shapes to the comparison's."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import inf
from operator import itemgetter
from typing import NamedTuple

from pillnuts.catalogue.brief import Brief, BriefIngredient
from pillnuts.compare.amounts import size
from pillnuts.compare.bases import Basis, ground
from pillnuts.compare.cells import Chosen, Presence, basis_of, choose
from pillnuts.compare.forms import short_name
from pillnuts.compare.measures import Measured, measure, measure_lone
from pillnuts.compare.rows import compared_row, lone_row
from pillnuts.compare.scales import bars, dimensions
from pillnuts.compare.sections import compared_facts, compared_sections
from pillnuts.compare.shapes import ComparedProduct, ComparedRow, Comparison
from pillnuts.compare.summary import summarise

_NOTHING = Fraction(0)
_Order = tuple[bool, bool, float, Fraction]


def compare(products: Sequence[Brief], formulations: Sequence[str | None]) -> Comparison:
    """Compare the products as they stand, each with the named formulation or its first one.

    Raises ValueError for a formulation that a product does not have.
    """
    chosen = [choose(product, name) for product, name in zip(products, formulations, strict=True)]
    labels = _labels(products)
    rows = _rows(chosen, labels)
    return Comparison(
        products=tuple([_product(each, label) for each, label in zip(chosen, labels, strict=True)]),
        ingredients=rows,
        sections=compared_sections(products),
        summary=summarise(chosen, rows, labels),
        facts=compared_facts(products),
        basis_differs=any(row.basis_differs for row in rows) or not _one_ground(chosen),
    )


def alone(product: Brief) -> ComparedProduct:
    """A product that waits for others to be compared with."""
    return _product(choose(product, None), short_name(product.name))


class _Lone(NamedTuple):
    """What one product alone names, and in one row: what is to be said of it was often said before."""

    row: BriefIngredient
    counted_in: Basis
    present: Presence


def _rows(chosen: Sequence[Chosen], labels: Sequence[str]) -> tuple[ComparedRow, ...]:
    holders: dict[str, list[int]] = {}
    for column, each in enumerate(chosen):
        for id_ in each.rows:
            holders.setdefault(id_, []).append(column)
    lone = {id_: found for id_, held in holders.items() if (found := _lone(id_, held, chosen))}
    bare = {id_: found for id_, found in lone.items() if found.row.amount is None}
    measured = [
        measure_lone(*lone[id_]) if id_ in lone else measure(id_, chosen)
        for id_ in holders
        if id_ not in bare
    ]
    under = dimensions(measured)
    drawn = bars(measured, under)
    ranks = list(dict.fromkeys(under.values()))
    ordered: dict[str, tuple[_Order, ComparedRow]] = {}
    for place, row in enumerate(measured):
        unit = _unit(row, under)
        row_bars = [drawn.get((place, column)) for column in range(len(chosen))]
        alone = lone.get(row.id)
        ordered[row.id] = (
            _order(row, unit, ranks),
            lone_row(*alone, next(filter(None, row_bars), None), unit)
            if alone
            else compared_row(row, labels, row_bars, unit),
        )
    for id_, found in bare.items():
        ordered[id_] = (found.row.role != "active", True, inf, _NOTHING), lone_row(*found, None, None)
    return tuple([row for _, row in sorted([ordered[id_] for id_ in holders], key=itemgetter(0))])


def _lone(id_: str, holders: Sequence[int], chosen: Sequence[Chosen]) -> _Lone | None:
    if len(holders) > 1:
        return None
    (holder,) = holders
    rows = chosen[holder].rows[id_]
    if len(rows) > 1:
        return None
    active = rows[0].role == "active"
    present = tuple([column == holder or each.lacks(active=active) for column, each in enumerate(chosen)])
    return _Lone(rows[0], basis_of(rows[0], chosen[holder].product), present)


def _order(row: Measured, unit: str | None, ranks: list[str]) -> _Order:
    """Active first, shared first, one unit after another, the largest amount first; then as on the label.

    `ranks` are the units that stand for a dimension, `unit` is one of them.
    """
    if unit is None or not row.active:
        return not row.active, not row.shared, inf, _NOTHING
    return not row.active, not row.shared, ranks.index(unit), -max(_sizes(row, unit))


def _unit(row: Measured, under: dict[str, str]) -> str | None:
    """The unit its group of the graph goes by: one for all rows of a dimension."""
    return next((under[amount.unit] for amount in row.counted if amount), None)


def _sizes(row: Measured, unit: str) -> list[Fraction]:
    return [size(amount, unit) or _NOTHING for amount in row.counted if amount]


def _labels(products: Sequence[Brief]) -> list[str]:
    """Names without brackets; with the maker, and at last the code, where that leaves two the same."""
    labels = [short_name(product.name) for product in products]
    for notes in ([product.maker for product in products], [product.item_seq for product in products]):
        if len(set(labels)) == len(labels):
            break
        count = Counter(labels)
        labels = [
            f"{label} ({note})" if count[label] > 1 else label
            for label, note in zip(labels, notes, strict=True)
        ]
    return labels


def _product(chosen: Chosen, label: str) -> ComparedProduct:
    product = chosen.product
    rows = [row for each in chosen.rows.values() for row in each]
    bases = {row.basis for row in rows if row.role == "active"}
    first = rows[0] if rows else None
    return ComparedProduct(
        item_seq=product.item_seq,
        name=product.name,
        label=label,
        maker=product.maker,
        etc_otc=product.etc_otc,
        class_name=product.class_name,
        form=product.form,
        status=product.status,
        withdrawn=product.withdrawn,
        recalled=product.recalled,
        image_url=product.image_url,
        pill=product.pill,
        formulation=chosen.formulation,
        formulations=product.formulations,
        basis=next(iter(bases)) if len(bases) == 1 else None,
        ingredients_complete=product.ingredients_complete,
        additives_known=product.additives_known,
        source=first.source if first else None,
        date=first.date if first else None,
    )


def _one_ground(chosen: Sequence[Chosen]) -> bool:
    """Whether the products as such are counted in something that can be compared."""
    bases = [
        basis_of(row, each.product)
        for each in chosen
        for row in [
            row for rows in each.rows.values() for row in rows if row.role == "active" and row.amount
        ][:1]
    ]
    return len(bases) < len(chosen) or ground(bases) is not None
