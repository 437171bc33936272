"""Putting together what many files say of one product: for each field the newest source wins (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pillnuts.catalogue.identity import Group
from pillnuts.catalogue.parse import Quantity
from pillnuts.catalogue.shapes import Recall
from pillnuts.catalogue.statements import (
    CodeKind,
    CodeNamed,
    DailyLimit,
    Grouped,
    LeftOut,
    Noted,
    Quantified,
    Recalled,
    Ruled,
    Said,
    Statement,
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


@dataclass(frozen=True, slots=True)
class Fact:
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
class Gathered:
    """Everything said so far; `take` adds to it."""

    products: dict[str, Facts] = field(default_factory=lambda: defaultdict(dict))
    left_out: dict[str, tuple[str, Weight]] = field(default_factory=dict)
    quantified: dict[str, dict[str, Measured]] = field(default_factory=lambda: defaultdict(dict))
    """Item code → name of the ingredient → its amount."""
    cautions: dict[str, set[Noted]] = field(default_factory=lambda: defaultdict(set))
    rules: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """(kind, DUR code) → what the rules by ingredient set, in the ministry's words."""
    recalls: dict[str, set[Recall]] = field(default_factory=lambda: defaultdict(set))
    groups: dict[Group, None] = field(default_factory=dict)
    limits: dict[DailyLimit, None] = field(default_factory=dict)
    code_names: dict[tuple[CodeKind, str], tuple[Weight, str]] = field(default_factory=dict)
    merged: int = 0
    """Statements about a product that an earlier file had spoken of."""
    unused: Counter[str] = field(default_factory=Counter)

    def take(self, statement: Statement, origin: Origin) -> None:  # noqa: C901 -- one case a kind
        match statement:
            case Said():
                self._say(statement, origin)
            case LeftOut(item_seq, reason):
                if origin.weight >= self.left_out.get(item_seq, ("", ("", -1)))[1]:
                    self.left_out[item_seq] = (reason, origin.weight)
            case Quantified():
                self._quantify(statement, origin)
            case Noted():
                self.cautions[statement.item_seq].add(statement)
            case Ruled(kind, code, text):
                self.rules[kind, code].add(text)
            case Recalled(item_seq, recall):
                self.recalls[item_seq].add(recall)
            case Grouped(group):
                self.groups[group] = None
            case DailyLimit():
                self.limits[statement] = None
            case CodeNamed(kind, code, name):
                self._name(kind, code, (origin.weight, name))
            case Unused(reason):  # pragma: no branch -- mypy proves that there is no other case
                self.unused[reason] += 1

    def _say(self, said: Said, origin: Origin) -> None:
        facts = self.products[said.item_seq]
        self.merged += bool(facts)
        weight = origin.weight
        for name, value in said.fields.items():
            older = facts.get(name)
            if older is None or weight >= older.weight:
                fact = Fact(value, origin.source, said.date or origin.date, weight)
                facts[name] = _newer(older, fact) if older else fact

    def _quantify(self, row: Quantified, origin: Origin) -> None:
        rows, measured = self.quantified[row.item_seq], Measured(row.quantity, origin)
        earlier = rows.get(row.name)
        if earlier is None or measured.key() > earlier.key():
            rows.pop(row.name, None)  # the order is that of the file that counts
            rows[row.name] = measured

    def _name(self, kind: CodeKind, code: str, named: tuple[Weight, str]) -> None:
        earlier = self.code_names.get((kind, code))
        if earlier is None or named > earlier:
            self.code_names[kind, code] = named

    def code_name(self, kind: CodeKind, code: str) -> str | None:
        """Give what the newest file calls a code; None: no file names it."""
        named = self.code_names.get((kind, code))
        return named[1] if named else None

    def medicines(self) -> Iterator[tuple[str, Facts]]:
        """Give item code and facts of every product that has a name and is not left out, by item code."""
        for item_seq in sorted(self.products):
            facts = self.products[item_seq]
            if "name" not in facts:
                continue
            out = self.left_out.get(item_seq)
            if out is None or out[1] < facts["name"].weight:
                yield item_seq, facts


def _newer(older: Fact, fact: Fact) -> Fact:
    """Choose between a fact and one that weighs no less: where both weigh the same, by the row's own day.

    Beyond that nothing tells which is right; the text decides, so that the order of files does not.
    """
    if fact.weight > older.weight:
        return fact
    return max(older, fact, key=lambda f: (f.date or "", f.source, repr(f.value)))
