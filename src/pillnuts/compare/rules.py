"""Comparing two to four products: pure, from the catalogue's shapes to the comparison's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import inf
from operator import itemgetter

from pillnuts.catalogue.brief import Brief
from pillnuts.catalogue.shapes import Role
from pillnuts.compare.amounts import size
from pillnuts.compare.bases import ground
from pillnuts.compare.cells import Chosen, Lone, Presence, basis_of, choose
from pillnuts.compare.measures import Measured, measure, measure_lone
from pillnuts.compare.rows import compared_row, lone_row
from pillnuts.compare.scales import bars, dimensions
from pillnuts.compare.sections import compared_facts, compared_sections
from pillnuts.compare.shapes import ComparedProduct, ComparedRow, Comparison
from pillnuts.compare.summary import summarise

_Order = tuple[bool, bool, float, Fraction | int]
_BARE: dict[Role, _Order] = {
    "active": (False, True, inf, 0),
    "additive": (True, True, inf, 0),
}
"""Where a row without an amount stands."""


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
    return _product(choose(product, None), product.short_name)


def _rows(chosen: Sequence[Chosen], labels: Sequence[str]) -> tuple[ComparedRow, ...]:
    holders: dict[str, list[int]] = {}
    for column, each in enumerate(chosen):
        for id_ in each.rows:
            holders.setdefault(id_, []).append(column)
    lone = _lone(holders, chosen)
    bare = {id_ for id_, found in lone.items() if found.row.amount is None}
    measured = [
        measure_lone(found.row, found.counted_in, found.column, len(chosen))
        if (found := lone.get(id_))
        else measure(id_, chosen)
        for id_ in holders
        if id_ not in bare
    ]
    under = dimensions(measured)
    drawn = bars(measured, under)
    ranks = list(dict.fromkeys(under.values()))
    ordered = {id_: (_BARE[lone[id_].row.role], lone_row(lone[id_], None, None)) for id_ in bare}
    for place, row in enumerate(measured):
        unit = _unit(row, under)
        if said := lone.get(row.id):
            made = lone_row(said, drawn.get((place, said.column)), unit)
        else:
            row_bars = [drawn.get((place, column)) for column in range(len(chosen))]
            made = compared_row(row, labels, row_bars, unit)
        ordered[row.id] = _order(row, unit, ranks), made
    return tuple([row for _, row in sorted([ordered[id_] for id_ in holders], key=itemgetter(0))])


def _lone(holders: Mapping[str, Sequence[int]], chosen: Sequence[Chosen]) -> dict[str, Lone]:
    """What is to be said of these was often said before, of another product."""
    found: dict[str, Lone] = {}
    presences: dict[tuple[bool, int], Presence] = {}
    for id_, columns in holders.items():
        column = columns[0]
        holder = chosen[column]
        if len(columns) > 1 or len(holder.rows[id_]) > 1:
            continue
        (row,) = holder.rows[id_]
        key = row.role == "active", column
        if key not in presences:
            presences[key] = tuple([each is holder or each.lacks(active=key[0]) for each in chosen])
        found[id_] = Lone(row, basis_of(row, holder.product), column, presences[key])
    return found


def _order(row: Measured, unit: str | None, ranks: list[str]) -> _Order:
    """Active first, shared first, one unit after another, the largest amount first; then as on the label.

    `ranks` are the units that stand for a dimension, `unit` is one of them.
    """
    if unit is None or not row.active:
        return not row.active, not row.shared, inf, 0
    return not row.active, not row.shared, ranks.index(unit), -max(_sizes(row, unit))


def _unit(row: Measured, under: dict[str, str]) -> str | None:
    """The unit its group of the graph goes by: one for all rows of a dimension."""
    return next((under[amount.unit] for amount in row.counted if amount), None)


def _sizes(row: Measured, unit: str) -> list[Fraction | int]:
    return [size(amount, unit) or 0 for amount in row.counted if amount]


def _labels(products: Sequence[Brief]) -> list[str]:
    """Names without brackets; with the maker, and at last the code, where that leaves two the same."""
    labels = [product.short_name for product in products]
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
