"""What is in one product: its ingredient rows, from whichever files speak of them (pure)."""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from pillnuts.catalogue import doubts, parse, units
from pillnuts.catalogue.glossary import key
from pillnuts.catalogue.material import Material
from pillnuts.catalogue.merge import Fact, Facts, Measured
from pillnuts.catalogue.parse import Quantity
from pillnuts.catalogue.salts import forms
from pillnuts.catalogue.shapes import Amount, Equivalent, Role
from pillnuts.catalogue.statements import NamedList, NameText

_NO_AMOUNT = {"분류되지 않는 함량단위", "적량", "mm", "cm"}
"""Words in the column of units that are none an ingredient could be measured in."""
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
    impossible: tuple[str, ...] = ()
    """Amounts that cannot be, with their ingredients; for the report."""


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
    if complete:
        active = _named_strength(active, facts)
    odd = _impossible(active)
    active = tuple(_doubted(entry, odd) for entry in active)
    return Contents(active, additives, formulations, complete, bool(additives), tuple(odd.values()))


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


def _with_amounts(listed: tuple[Entry, ...], rows: Mapping[str, Measured]) -> tuple[Entry, ...]:
    """Give listed ingredients the amounts that 주성분 rows state under the same name."""
    stated = {key(name): row for name, row in rows.items() if row.quantity.value or row.quantity.text}
    if len(listed) == len(rows) == 1:  # the one ingredient, whatever each file calls it
        [(name, row)] = rows.items()
        return (_counted(listed[0], name, row) if stated else listed[0],)
    return tuple(_measured(e, stated.get(key(e.name))) for e in listed)


def _measured(entry: Entry, row: Measured | None) -> Entry:
    if row is None:
        return entry
    return replace(entry, quantity=row.quantity, source=row.origin.source, date=row.origin.date)


def _counted(entry: Entry, name: str, row: Measured) -> Entry:
    """Take the amount of the one row; granules are counted as the drug where that is what it names."""
    measured, unit = _measured(entry, row), row.quantity.unit or ""
    if doubts.mixture(entry.name, unit) and not doubts.mixture(name, unit):
        return replace(measured, equivalent=(name, row.quantity))
    return measured


def _from_rows(rows: Mapping[str, Measured]) -> tuple[Entry, ...]:
    newest_first = sorted(rows.items(), key=lambda pair: pair[1].origin.weight, reverse=True)
    return tuple(
        Entry(name, "active", row.origin.source, row.origin.date, quantity=row.quantity)
        for name, row in newest_first
    )


def _named_strength(active: tuple[Entry, ...], facts: Facts) -> tuple[Entry, ...]:
    """Read the amount of a single ingredient from the product's name where no file states it.

    A name states the base (`노바스크정5밀리그램`), while the ingredient may be a salt of it (6.94 mg of
    암로디핀베실산염): then the number is told as the name's words and is no amount. A percentage, a
    concentration or several strengths say too little for either.
    """
    if len(active) != 1 or active[0].quantity.value is not None or active[0].quantity.text:
        return active
    entry, name = active[0], facts["name"]
    plain = parse.base_name(str(name.value))[0]
    strengths = parse.strengths(str(name.value))
    if len(strengths) != 1 or "/" in plain or strengths[0].unit not in {"mg", "g", "µg", "IU"}:
        return active
    value, unit = strengths[0]
    if len(forms(entry.name)) == 1 and not doubts.mixture(entry.name, unit):
        quantity = Quantity(value=value, unit=unit, text=None)
    else:
        quantity = Quantity(None, None, f"제품명에 적힌 양 {units.decimal_text(value)} {unit}")
    return (replace(entry, quantity=quantity, source=f"제품명 표시 ({name.source})", date=name.date),)


def _impossible(active: tuple[Entry, ...]) -> dict[Entry, str]:
    """Give the rows whose amounts cannot be; where one is a slip of the unit, those beside it are as well."""
    masses = [(entry, found) for entry in active if (found := amount(entry.quantity))]
    slips = {(entry.source, found.unit) for entry, found in masses if doubts.impossible(found, entry.basis)}
    return {
        entry: f"{entry.name} {found.value} {found.unit}"
        for entry, found in masses
        if (entry.source, found.unit) in slips
    }


def _doubted(entry: Entry, impossible: Container[Entry]) -> Entry:
    """Keep as words what is no amount of the drug; a mixture's stays beside what it is counted as."""
    found = amount(entry.quantity)
    if found is None:
        return entry
    if entry in impossible:
        said = f"{_grouped(found)} ({doubts.IMPOSSIBLE})"
    elif (weighed := doubts.mixture(entry.name, found.unit)) and equivalent(entry.equivalent) is None:
        said = f"{weighed} {_grouped(found)} ({doubts.OF_MIXTURE})"
    else:
        return entry
    return replace(entry, quantity=Quantity(None, None, said))


def _grouped(found: Amount) -> str:
    return f"{Decimal(found.value):,f} {found.unit}"


def own_amount(entry: Entry) -> Amount | None:
    """Give the amount of the drug itself: of granules what they are counted as."""
    found, counted = amount(entry.quantity), equivalent(entry.equivalent)
    return counted.amount if counted and found and doubts.mixture(entry.name, found.unit) else found


def amount(quantity: Quantity) -> Amount | None:
    """Give the amount as decimal text with its unit; None: not a single number, or no unit of amount."""
    if quantity.value is None or not quantity.unit or quantity.unit in _NO_AMOUNT:
        return None
    return Amount(value=units.decimal_text(quantity.value), unit=quantity.unit)


def amount_text(quantity: Quantity) -> str | None:
    """Give the ministry's words where they are no amount."""
    if quantity.value is not None and quantity.unit in _NO_AMOUNT:
        return f"{units.decimal_text(quantity.value)} {quantity.unit}"
    return quantity.text


def equivalent(pair: tuple[str, Quantity] | None) -> Equivalent | None:
    """Give the converted amount (“…로서 300밀리그램”); None where it is no single number."""
    if pair is None or (found := amount(pair[1])) is None:
        return None
    return Equivalent(name=pair[0], amount=found)
