"""One row for each substance: who has it, how much, and what that means."""

from collections.abc import Sequence
from functools import lru_cache

from pillnuts.catalogue.brief import BriefIngredient
from pillnuts.catalogue.shapes import Amount
from pillnuts.catalogue.units import decimal_text
from pillnuts.compare.amounts import decimal, ratio, ratio_words, words
from pillnuts.compare.bases import Basis, differ
from pillnuts.compare.cells import MISSING, Content, Lone, said_once
from pillnuts.compare.josa import with_josa
from pillnuts.compare.measures import Measured
from pillnuts.compare.scales import Bar
from pillnuts.compare.shapes import Cell, ComparedIngredient, ComparedRow, Difference, Relation

_TWO = 2
OTHER_BASIS = "기준이 달라 양을 바로 비교할 수 없습니다."
NO_BASIS = "무엇을 기준으로 한 양인지 자료에 없어 양을 비교할 수 없습니다."
OTHER_UNIT = "단위가 달라 양을 바로 비교할 수 없습니다."
OTHER_FORM = "염이나 원료의 형태가 달라 숫자만으로 양을 비교할 수 없습니다."
OTHER_PIECE = "낱개나 포장 단위가 달라 한 번에 쓰는 양과 다를 수 있습니다."
SEVERAL_PARTS = "더할 수 없는 여러 양으로 들어 있어 비교할 수 없습니다."
OTHER_ROLE = "한쪽에는 유효성분으로, 다른 쪽에는 첨가제로 들어 있습니다."
OTHER_FORM_LABEL = "형태가 다름"
_LABELS: dict[Relation, str] = {"same": "같음", "different_amount": "양이 다름", "unknown": "알 수 없음"}


def compared_row(
    row: Measured, labels: Sequence[str], bars: Sequence[Bar | None], unit: str | None
) -> ComparedRow:
    """Put a measured row into words. `labels` name the products, `unit` the group of the graph."""
    relation = _relation(row)
    return ComparedRow(
        ingredient=_ingredient(row.id, [found for each in row.holding for found in each.rows]),
        amounts=tuple([each.amount for each in row.contents]),
        relation=relation,
        label=OTHER_FORM_LABEL
        if row.shared and row.active and _other_form(row)
        else _label(relation, len(row.contents), additive_in_all=row.shared and not row.active),
        cells=tuple([_cell(each, bar) for each, bar in zip(row.contents, bars, strict=True)]),
        unit=unit,
        shared=row.shared,
        difference=None if _other_form(row) else _difference(row, labels),
        form_differs=row.form_differs,
        compared_as=row.compared_as,
        basis_differs=_basis_differs(row.holding),
        notes=_notes(row),
    )


def lone_row(said: Lone, bar: Bar | None, unit: str | None) -> ComparedRow:
    """Make the row of a substance that one product alone names, in one row, without measuring it.

    `compared_row` would say the same of it once it were measured. It is the case of most rows.
    """
    ingredient, cell = _alone(said.row, said.counted_in, bar)
    relation = _sharing(said.present)
    return ComparedRow(
        ingredient=ingredient,
        amounts=tuple([cell.amount if each else None for each in said.present]),
        relation=relation,
        label=_label(relation, len(said.present)),
        cells=tuple([cell if each else _EMPTY[each] for each in said.present]),
        unit=unit,
        shared=False,
        difference=None,
        form_differs=False,
        compared_as=None,
        basis_differs=False,
        notes=(),
    )


@lru_cache(maxsize=8192)
def _alone(row: BriefIngredient, counted_in: Basis, bar: Bar | None) -> tuple[ComparedIngredient, Cell]:
    """Nine in ten were made before, for another product with the same additive."""
    return _ingredient(row.id, (row,)), _filled(said_once(row, counted_in), bar)


def _relation(row: Measured) -> Relation:
    if not row.shared:
        return _sharing([each.present for each in row.contents])
    if None in row.values or _other_form(row):
        return "unknown"
    return "same" if len(set(row.values)) == 1 else "different_amount"


def _other_form(row: Measured) -> bool:
    """Whether the numbers count different things: 5 mg of one salt is not 5 mg of another."""
    return row.form_differs and row.compared_as is None


def _sharing(present: Sequence[bool | None]) -> Relation:
    """Of what not all products surely have."""
    return "unknown" if None in present else "only_some"


def _label(relation: Relation, products: int, *, additive_in_all: bool = False) -> str:
    two = products == _TWO
    # The ministry publishes no amounts of additives; that both have it is what there is to say.
    if relation == "unknown" and additive_in_all:
        return "둘 다 들어 있음" if two else "모두 들어 있음"
    if relation == "only_some":
        return "한쪽에만" if two else "일부에만"
    return _LABELS[relation]


def _ingredient(id_: str, rows: Sequence[BriefIngredient]) -> ComparedIngredient:
    first = rows[0]
    name_en, plain, explanation = first.name_en, first.plain, first.explanation
    for other in rows[1:]:
        name_en = name_en or other.name_en
        plain = plain or other.plain
        explanation = explanation or other.explanation
        first = other if first.role != "active" == other.role else first
    return ComparedIngredient(
        id=id_,
        name=first.substance,
        name_en=name_en or None,
        role=first.role,
        plain=plain or None,
        explanation=explanation,
    )


def _cell(found: Content, bar: Bar | None) -> Cell:
    """Made anew only where there is something to say: half of all cells say that nothing is there."""
    return _filled(found, bar) if found.present else _EMPTY[found.present]


def _filled(found: Content, bar: Bar | None) -> Cell:
    first = found.rows[0] if found.rows else None
    return Cell(
        present=found.present,
        role=first.role if first else None,
        names=found.names,
        amount=found.amount,
        equivalent=found.equivalent,
        basis=found.basis_text,
        per=found.basis.words,
        text=found.text,
        per_volume=found.per_volume,
        share=bar.share if bar else None,
        scale=bar.scale if bar else None,
        source=first.source if first else None,
        date=first.date if first else None,
    )


_EMPTY = {present: _filled(each, None) for present, each in MISSING.items()}


def _difference(row: Measured, labels: Sequence[str]) -> Difference | None:
    """Between the largest and the smallest of those that have it; None where equal or not to be measured."""
    if len(row.holding) < _TWO or row.ground is None or row.unit is None:
        return None
    known = [(value, index) for index, value in enumerate(row.values) if value is not None]
    if len(known) < _TWO:
        return None
    (more, most), (less, least) = max(known, key=lambda each: each[0]), min(known, key=lambda each: each[0])
    if more == less:
        return None
    converted = len(set(row.ground.divisors)) > 1
    counted_in = min(row.ground.divisors) if converted else row.ground.divisors[0]
    value = decimal_text(decimal((more - less) * counted_in))
    times = ratio(more, less)
    said = f"{words(Amount(value=value, unit=row.unit))} "
    basis = _counted_in(row.ground.kind, decimal_text(decimal(counted_in))) if converted else None
    place = f"{basis}에 " if basis else ""
    subject, other = with_josa(labels[most], "은/는"), labels[least]
    return Difference(
        more=most,
        less=least,
        value=value,
        unit=row.unit,
        basis=basis,
        ratio=times,
        text=f"{place}{said}많음{ratio_words(times)}",
        sentence=f"{subject} {other}보다 {place}{said}많습니다{ratio_words(times)}.",
    )


def _basis_differs(holding: Sequence[Content]) -> bool:
    return len(holding) > 1 and differ([each.basis for each in holding])


def _counted_in(kind: str, quantity: str) -> str:
    return {"volume": f"{quantity} mL", "mass": f"{quantity} g"}.get(kind, f"{quantity}개")


def _notes(row: Measured) -> tuple[str, ...]:
    holding = row.holding
    if len(holding) < _TWO:
        return ()
    amounts = sum(each is not None for each in row.counted) == len(holding)
    kinds = {each.basis.kind for each in holding}
    notes = {
        OTHER_ROLE: len({found.role for each in holding for found in each.rows}) > 1,
        SEVERAL_PARTS: any(each.in_parts for each in holding),
        NO_BASIS: amounts and row.ground is None and "unknown" in kinds,
        OTHER_BASIS: amounts and row.ground is None and "unknown" not in kinds,
        OTHER_UNIT: amounts and row.unit is None,
        OTHER_FORM: amounts and row.form_differs and row.compared_as is None,
        OTHER_PIECE: amounts
        and row.ground is not None
        and row.ground.kind == "dose"
        and _basis_differs(holding),
    }
    return tuple(note for note, holds in notes.items() if holds)
