"""Putting together what many files say of one product: for each field the newest source wins (pure)."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from pillnuts.catalogue.identity import Group
from pillnuts.catalogue.parse import Quantity
from pillnuts.catalogue.shapes import Recall
from pillnuts.catalogue.statements import (
    CodeKind,
    CodeNamed,
    DailyLimit,
    Grouped,
    LeftOut,
    NamedList,
    Noted,
    NotedOfAll,
    OfNoProduct,
    OfProduct,
    Quantified,
    Recalled,
    Ruled,
    Said,
    Unused,
)

Weight = tuple[str, int]
"""How much a fact counts: (day of its file, rank of its data set); "" is older than any day."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file behind a statement: the data set's title, the file's day, and the rank of the data set."""

    source: str
    date: str | None
    rank: int

    @property
    def weight(self) -> Weight:
        return (self.date or "", self.rank)


class Fact(NamedTuple):
    """A named tuple, because hundreds of thousands are written down and read again in an import."""

    value: object
    source: str
    date: str | None
    weight: Weight


Facts = dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Measured:
    """The amount that a 주성분 row states, and its file."""

    quantity: Quantity
    origin: Origin

    def key(self) -> tuple[bool, bool, Weight, str]:
        """What orders the rows of one ingredient: an empty amount never hides a filled one."""
        quantity = self.quantity
        known, worded = quantity.value is not None, quantity.text is not None
        return known, worded, self.origin.weight, repr(quantity)


@dataclass
class Told:
    """Everything said of one product; `take` adds to it."""

    item_seq: str
    facts: Facts = field(default_factory=dict)
    out: tuple[Weight, str] | None = None
    """Why it is none of ours, where a file says so."""
    quantified: dict[str, Measured] = field(default_factory=dict)
    """Name of the ingredient → its amount."""
    cautions: set[Noted] = field(default_factory=set)
    recalls: set[Recall] = field(default_factory=set)

    def take(self, statement: OfProduct, origin: Origin) -> None:
        match statement:
            case Said():
                self._say(statement, origin)
            case LeftOut(_, reason):
                self.out = max(self.out or (origin.weight, reason), (origin.weight, reason))
            case Quantified():
                self._quantify(statement, origin)
            case Noted():
                self.cautions.add(statement)
            case Recalled(_, recall):  # pragma: no branch -- mypy proves that there is no other case
                self.recalls.add(recall)

    @property
    def is_medicine(self) -> bool:
        """It has a name, and no newer file says that it is none of ours."""
        return "name" in self.facts and (self.out is None or self.out[0] < self.facts["name"].weight)

    def _say(self, said: Said, origin: Origin) -> None:
        facts, weight = self.facts, origin.weight
        for name, value in said.fields.items():
            older = facts.get(name)
            if older is None or weight >= older.weight:
                fact = Fact(value, origin.source, said.date or origin.date, weight)
                facts[name] = _newer(older, fact) if older else fact

    def _quantify(self, row: Quantified, origin: Origin) -> None:
        rows, measured = self.quantified, Measured(row.quantity, origin)
        earlier = rows.get(row.name)
        if earlier is None or measured.key() > earlier.key():
            rows.pop(row.name, None)  # the order is that of the file that counts
            rows[row.name] = measured


@dataclass
class Common:
    """Everything said of no single product; `take` adds to it."""

    rules: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """(kind, DUR code) → what the rules by ingredient set, in the ministry's words."""
    notices: dict[NotedOfAll, None] = field(default_factory=dict)
    groups: dict[Group, None] = field(default_factory=dict)
    limits: dict[DailyLimit, None] = field(default_factory=dict)
    code_names: dict[tuple[CodeKind, str], tuple[Weight, str]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    """Names in lists that give each name with its code: whole for certain."""
    unused: Counter[str] = field(default_factory=Counter)

    def take(self, statement: OfNoProduct, origin: Origin) -> None:
        match statement:
            case Ruled(kind, code, text):
                self.rules[kind, code].add(text)
            case NotedOfAll():
                self.notices[statement] = None
            case Grouped(group):
                self.groups[group] = None
            case DailyLimit():
                self.limits[statement] = None
            case CodeNamed(kind, code, name):
                self._name(kind, code, (origin.weight, name))
            case Unused(reason):  # pragma: no branch -- mypy proves that there is no other case
                self.unused[reason] += 1

    def _name(self, kind: CodeKind, code: str, named: tuple[Weight, str]) -> None:
        earlier = self.code_names.get((kind, code))
        if earlier is None or named > earlier:
            self.code_names[kind, code] = named

    def list_names(self, said: Said) -> None:
        for name in ("active", "additives"):
            if isinstance(named := said.fields.get(name), NamedList):
                self.listed.update(named.names)

    def whole_names(self) -> set[str]:
        """Give every name that some file gives with a code."""
        return self.listed | {name for group in self.groups for _, name in group.members}

    def code_name(self, kind: CodeKind, code: str) -> str | None:
        """Give what the newest file calls a code; None: no file names it."""
        named = self.code_names.get((kind, code))
        return named[1] if named else None


def _newer(older: Fact, fact: Fact) -> Fact:
    """Choose between a fact and one that weighs no less: where both weigh the same, by the row's own day.

    Beyond that nothing tells which is right; the text decides, so that the order of files does not.
    """
    if fact.weight > older.weight:
        return fact
    return max(older, fact, key=lambda f: (f.date or "", f.source, repr(f.value)))
