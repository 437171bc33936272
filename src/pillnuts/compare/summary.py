"""What a pharmacist would say first, in one to four short sentences."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pillnuts.compare.amounts import words
from pillnuts.compare.cells import Chosen
from pillnuts.compare.forms import form_key
from pillnuts.compare.josa import listed, with_josa
from pillnuts.compare.shapes import Cell, ComparedRow, Summary

_TWO = 2
_SPELLED_OUT = 3
"""More shared ingredients than this are counted, not listed."""
_COUNT = {2: "두", 3: "세", 4: "네"}


class _Case(NamedTuple):
    chosen: Sequence[Chosen]
    rows: Sequence[ComparedRow]
    """Rows of active substances only."""
    labels: Sequence[str]
    shared: list[ComparedRow]
    partly: dict[tuple[int, ...], list[ComparedRow]]
    """Which products → the substances that these, but not all, surely have: two or more of them."""
    of: list[list[ComparedRow]]
    """For each product what it surely has."""
    only: list[list[ComparedRow]]
    """For each product what is surely in it and surely in no other."""
    gaps: list[int]
    """Products whose active ingredients are not, or not all, known."""
    identical: bool


def _case(chosen: Sequence[Chosen], rows: Sequence[ComparedRow], labels: Sequence[str]) -> _Case:
    partly: dict[tuple[int, ...], list[ComparedRow]] = {}
    of: list[list[ComparedRow]] = [[] for _ in chosen]
    only: list[list[ComparedRow]] = [[] for _ in chosen]
    for row in rows:
        present = [cell.present for cell in row.cells]
        holders = tuple([index for index, held in enumerate(present) if held])
        for index in holders:
            of[index].append(row)
        if len(holders) == 1 and None not in present:
            only[holders[0]].append(row)
        if _TWO <= len(holders) < len(chosen):
            partly.setdefault(holders, []).append(row)
    gaps = [i for i, each in enumerate(chosen) if not (each.product.ingredients_complete and of[i])]
    return _Case(
        chosen=chosen,
        rows=rows,
        labels=labels,
        shared=[row for row in rows if row.shared],
        partly=partly,
        of=of,
        only=only,
        gaps=gaps,
        identical=bool(rows) and not gaps and all(_surely_same(row) for row in rows),
    )


def summarise(chosen: Sequence[Chosen], rows: Sequence[ComparedRow], labels: Sequence[str]) -> Summary:
    """`rows` are all rows of the comparison; additives do not take part."""
    case = _case(chosen, [row for row in rows if row.ingredient.role == "active"], labels)
    repeated = [row for row in case.rows if [cell.present for cell in row.cells].count(True) >= _TWO]
    withdrawn = [index for index, each in enumerate(chosen) if each.product.withdrawn]
    sentences = (
        *_headline(case),
        *_extra(case),
        *_together(case, repeated),
        *_cannot_say(case),
        *[_withdrawn(chosen[index], labels[index]) for index in withdrawn],
    )
    return Summary(
        kind=_kind(case),
        sentence=" ".join(sentences),
        sentences=sentences,
        shared=_names(case.shared),
        only=tuple([_names(each) for each in case.only]),
        duplicated=_names(repeated),
        unknown=bool(case.gaps) or "unknown" in [row.relation for row in case.rows],
        unknown_products=tuple([labels[index] for index in case.gaps]),
        withdrawn=tuple([labels[index] for index in withdrawn]),
        identical_actives=case.identical,
    )


def _kind(case: _Case) -> Literal["identical", "contains", "shared", "nothing_shared", "unknown"]:
    if case.identical:
        return "identical"
    if case.shared or case.partly:
        smallest = min(len(each) for each in case.of)
        contained = not case.gaps and smallest == len(case.shared) < len(case.rows)
        return "contains" if contained and len(case.chosen) == _TWO else "shared"
    return "unknown" if case.gaps else "nothing_shared"


def _headline(case: _Case) -> list[str]:
    if case.identical:
        return [f"{_all(case)}은 성분과 양이 같습니다: {_once(case.rows)}."]
    said = [_shared(case)] if case.shared else []
    for holders, rows in case.partly.items():
        names = listed(tuple(case.labels[index] for index in holders))
        said.append(f"{names}에 {_with_amounts(rows, holders)} 들어 있습니다.")
    if said:
        return said
    if not any(case.of):
        return [f"{_all(case)} 모두 성분 자료가 없어 비교할 수 없습니다."]
    if without := tuple(case.labels[index] for index in case.gaps if not case.of[index]):
        return [f"{with_josa(listed(without), '은/는')} 성분 자료가 없어 비교할 수 없습니다."]
    if case.gaps:
        return ["알려진 유효성분 가운데 같은 것은 없습니다."]
    return [f"{_all(case)}에는 같은 유효성분이 없습니다."]


def _shared(case: _Case) -> str:
    everyone = range(len(case.chosen))
    both = "둘 다" if len(everyone) == _TWO else f"{_all(case)} 모두"
    if len(case.shared) > _SPELLED_OUT:
        first = ", ".join(_names(case.shared[:_SPELLED_OUT]))
        return f"{both} {first} 등 {len(case.shared)}가지 같은 유효성분이 들어 있습니다."
    if len(case.shared) == 1:
        row = case.shared[0]
        return f"{both} {with_josa(row.ingredient.name, '이/가')} 들어 있습니다: {_amounts(row, everyone)}."
    return f"{both} {_with_amounts(case.shared, everyone)} 들어 있습니다."


def _extra(case: _Case) -> list[str]:
    """What only one has (`판콜에스에는 카페인이 더 들어 있습니다`), or what each has if nothing is shared."""
    if case.identical:
        return []
    more = "더 " if case.shared or case.partly else ""
    said = []
    for index, label in enumerate(case.labels):
        # With gaps elsewhere nothing is surely "only" here, yet the reader should hear what each is made of.
        rows = case.only[index] if more else case.of[index]
        if rows:
            said.append(f"{label}에는 {_subjects(rows)} {more}들어 있습니다.")
    return said


def _together(case: _Case, repeated: Sequence[ComparedRow]) -> list[str]:
    eaten = all(each.product.swallowed for each in case.chosen)
    together, take = ("함께 먹으면", "먹게") if eaten else ("함께 쓰면", "쓰게")
    if repeated:
        times = "두 번" if len(case.chosen) == _TWO else "여러 번"
        return [f"{together} 같은 성분을 {times} {take} 됩니다."]
    if case.gaps:
        return []
    if kind := _one_class(case):
        return [f"성분은 다르지만 같은 종류의 약입니다({kind}). {together} 작용이 겹칠 수 있습니다."]
    return [f"같은 성분이 없다고 해서 {'함께 먹어도' if eaten else '함께 써도'} 된다는 뜻은 아닙니다."]


def _one_class(case: _Case) -> str | None:
    """The class of all of them, where they are of one."""
    classes = {each.product.class_name for each in case.chosen}
    return next(iter(classes)) if len(classes) == 1 else None


def _cannot_say(case: _Case) -> list[str]:
    said = []
    without = tuple(case.labels[index] for index in case.gaps if not case.of[index])
    partial = tuple(case.labels[index] for index in case.gaps if case.of[index])
    if without:
        said.append(f"확인할 수 없음: {with_josa(listed(without), '은/는')} 유효성분 자료가 없습니다.")
    if partial:
        subject = with_josa(listed(partial), "은/는")
        said.append(f"확인할 수 없음: {subject} 성분 자료가 완전하지 않아 다른 성분이 더 있을 수 있습니다.")
    return said


def _withdrawn(chosen: Chosen, label: str) -> str:
    return f"{with_josa(label, '은/는')} 지금은 허가되지 않은 제품입니다(허가 {chosen.product.status})."


def _surely_same(row: ComparedRow) -> bool:
    return row.relation == "same" and (not row.form_differs or row.compared_as is not None)


def _all(case: _Case) -> str:
    return f"{_COUNT.get(len(case.chosen), str(len(case.chosen)))} 약"


def _names(rows: Sequence[ComparedRow]) -> tuple[str, ...]:
    return tuple([row.ingredient.name for row in rows])


def _once(rows: Sequence[ComparedRow]) -> str:
    said = [f"{row.ingredient.name} {_counted(row, row.cells[0])}" for row in rows[:_SPELLED_OUT]]
    return ", ".join(said) + (f" 등 {len(rows)}가지" if len(rows) > _SPELLED_OUT else "")


def _amounts(row: ComparedRow, holders: Sequence[int]) -> str:
    """`500 mg / 325 mg`, or the one amount where all are written the same."""
    texts = [_amount(row, row.cells[index]) for index in holders]
    if len(set(texts)) == 1 and row.relation == "same":
        return f"같은 양 {texts[0]}"
    return " / ".join(texts)


def _amount(row: ComparedRow, cell: Cell) -> str:
    """With what it is in, where that differs: `100 mL에 3.2 g`."""
    said = _counted(row, cell)
    return f"{cell.per}에 {said}" if row.basis_differs and cell.per and cell.amount else said


def _counted(row: ComparedRow, cell: Cell) -> str:
    """As it was compared: what the ministry counts a salt as, where it says so."""
    counted = cell.equivalent
    if counted and row.compared_as and form_key(counted.name) == form_key(row.compared_as):
        return words(counted.amount)
    return cell.text


def _with_amounts(rows: Sequence[ComparedRow], holders: Sequence[int]) -> str:
    """`아세트아미노펜(325 mg / 300 mg)과 카페인(30 mg / 50 mg)이`."""
    noted = tuple(f"{row.ingredient.name}({_amounts(row, holders)})" for row in rows[:_SPELLED_OUT])
    return _and_so_on(noted, len(rows))


def _subjects(rows: Sequence[ComparedRow]) -> str:
    return _and_so_on(_names(rows[:_SPELLED_OUT]), len(rows))


def _and_so_on(names: tuple[str, ...], total: int) -> str:
    if total > len(names):
        return f"{', '.join(names)} 등 {total}가지가"
    return with_josa(listed(names), "이/가")
