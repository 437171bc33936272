"""What is in one product: its ingredient rows, from whichever files speak of them (pure)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from pillnuts.catalogue import parse, units
from pillnuts.catalogue.material import Material
from pillnuts.catalogue.merge import Fact, Facts, Measured
from pillnuts.catalogue.parse import Quantity
from pillnuts.catalogue.shapes import Amount, Equivalent, Role
from pillnuts.catalogue.statements import NamedList, NameText

_UNKNOWN = Quantity(value=None, unit=None, text=None)


@dataclass(frozen=True)
class Entry:
    """One ingredient row of a product before it is known which substance it is."""

    name: str
    role: Role
    source: str
    date: str | None
    code: str | None = None
    quantity: Quantity = _UNKNOWN
    basis: str | None = None
    formulation: str | None = None
    standard: str | None = None
    equivalent: tuple[str, Quantity] | None = None


@dataclass(frozen=True)
class Contents:
    active: tuple[Entry, ...]
    additives: tuple[Entry, ...]
    formulations: tuple[str, ...]
    complete: bool
    """False: the active list came from rows that can leave ingredients out, or there is none."""
    additives_known: bool


def contents(facts: Facts, rows: Mapping[str, Measured], known: Callable[[str], bool]) -> Contents:
    """Put together what is known of one product.

    `rows` are its 주성분 rows by ingredient name, `known` tells a name that some file gives with a code.
    """
    additives = tuple(_listed(facts.get("additives"), "additive", known))
    materials = facts.get("materials")
    if materials is not None and isinstance(materials.value, tuple) and materials.value:
        active = tuple(_from_materials(materials.value, materials, _codes(facts.get("active"))))
        complete = True
    else:
        listed = tuple(_listed(facts.get("active"), "active", known))
        active = _with_amounts(listed, rows) if listed else _from_rows(rows)
        complete = bool(listed)
    formulations = tuple(dict.fromkeys(e.formulation for e in active if e.formulation))
    if len(formulations) == 1:  # one name for all there is tells nothing apart
        formulations = ()
    return Contents(_named_strength(active, facts), additives, formulations, complete, bool(additives))


def _listed(fact: Fact | None, role: Role, known: Callable[[str], bool]) -> Iterator[Entry]:
    if fact is None:
        return
    match fact.value:
        case NamedList(names, codes):
            pairs = dict.fromkeys(zip(codes, names, strict=True))
        case NameText(text):
            split = parse.active_list if role == "active" else parse.name_list
            pairs = dict.fromkeys((None, name) for name in split(text, known))
        case _:
            return
    for code, name in pairs:
        yield Entry(name, role, fact.source, fact.date, code=code)


def _codes(fact: Fact | None) -> dict[str, str]:
    if fact is None or not isinstance(fact.value, NamedList):
        return {}
    return {name: code for name, code in zip(fact.value.names, fact.value.codes, strict=True) if code}


def english_names(fact: Fact | None, known: Callable[[str], bool]) -> dict[str, str]:
    """Pair Korean and English names: parallel lists, believed only where both have the same length."""
    if fact is None or not isinstance(fact.value, NameText) or not fact.value.english:
        return {}
    korean, english = parse.active_list(fact.value.text, known), parse.active_list(fact.value.english)
    return dict(zip(korean, english, strict=True)) if len(korean) == len(english) else {}


def _from_materials(materials: tuple[Material, ...], fact: Fact, codes: Mapping[str, str]) -> Iterator[Entry]:
    for material in materials:
        yield Entry(
            material.name,
            "active",
            fact.source,
            fact.date,
            code=codes.get(material.name),
            quantity=material.quantity,
            basis=material.total,
            formulation=material.formulation,
            standard=material.standard,
            equivalent=material.equivalent,
        )


def _key(name: str) -> str:
    return re.sub(r"[\s·ㆍ.,]", "", name).casefold()


def _with_amounts(listed: tuple[Entry, ...], rows: Mapping[str, Measured]) -> tuple[Entry, ...]:
    """Give listed ingredients the amounts that 주성분 rows state under the same name."""
    stated = {_key(name): row for name, row in rows.items() if row.quantity.value or row.quantity.text}
    if len(listed) == len(rows) == 1:  # the one ingredient, whatever each file calls it
        stated = {_key(listed[0].name): row for row in stated.values()}
    return tuple(_measured(e, stated.get(_key(e.name))) for e in listed)


def _measured(entry: Entry, row: Measured | None) -> Entry:
    if row is None:
        return entry
    return replace(entry, quantity=row.quantity, source=row.origin.source, date=row.origin.date)


def _from_rows(rows: Mapping[str, Measured]) -> tuple[Entry, ...]:
    newest_first = sorted(rows.items(), key=lambda pair: pair[1].origin.weight, reverse=True)
    return tuple(
        Entry(name, "active", row.origin.source, row.origin.date, quantity=row.quantity)
        for name, row in newest_first
    )


def _named_strength(active: tuple[Entry, ...], facts: Facts) -> tuple[Entry, ...]:
    """Read the amount of a single ingredient from the product's name where no file states it.

    A percentage or several strengths say too little to be an amount.
    """
    if len(active) != 1 or active[0].quantity.value is not None or active[0].quantity.text:
        return active
    name = facts["name"]
    strengths = parse.strengths(str(name.value))
    if len(strengths) != 1 or strengths[0][1] not in {"mg", "g", "µg", "IU"}:
        return active
    value, unit = strengths[0]
    entry = active[0]
    return (
        Entry(
            entry.name,
            entry.role,
            f"제품명 표시 ({name.source})",
            name.date,
            code=entry.code,
            quantity=Quantity(value=value, unit=unit, text=None),
        ),
    )


def amount(quantity: Quantity) -> Amount | None:
    """Give the amount as decimal text with its unit; None: not a single number, or no unit."""
    if quantity.value is None or not quantity.unit:
        return None
    return Amount(value=units.decimal_text(quantity.value), unit=quantity.unit)


def equivalent(pair: tuple[str, Quantity] | None) -> Equivalent | None:
    """Give the converted amount (“…로서 300밀리그램”); None where it is no single number."""
    if pair is None or (found := amount(pair[1])) is None:
        return None
    return Equivalent(name=pair[0], amount=found)
