"""What the ministry knows: the rows of every operation, which tests may change between two calls."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pillnuts.catalogue import parse

from .operations import OPERATIONS, Match, Operation, Packed, Values

Source = Callable[[], Iterable[Values]]

LONGEST_DATE: Final = 8
"""A longer openDe or updateDe never finds anything."""


class Ministry:
    """Rows by operation. Each table is filled when it is first asked for; `load` fills all."""

    def __init__(self, sources: Mapping[Operation, Source]) -> None:
        self._sources = dict(sources)
        self._tables: dict[Operation, list[Packed]] = {}
        self._lock = threading.RLock()
        self.version = 0
        """Grows with every change."""

    def load(self) -> None:
        """Fill every table now."""
        for operation in OPERATIONS:
            self.table(operation)

    def table(self, operation: Operation) -> list[Packed]:
        """Give the rows themselves, each in the order of `operation.fields`."""
        with self._lock:
            if operation not in self._tables:
                source = self._sources.pop(operation, tuple)
                self._tables[operation] = [operation.pack(values) for values in source()]
            return self._tables[operation]

    def rows(self, operation: Operation) -> list[dict[str, str | None]]:
        """Give a copy of the rows under their field names."""
        return [operation.unpack(row) for row in self.table(operation)]

    def count(self, operation: Operation) -> int:
        return len(self.table(operation))

    def add(self, operation: Operation, **values: str | None) -> None:
        """Add a row at the end; fields not named stay empty."""
        self.table(operation).append(operation.pack(values))
        self.version += 1

    def change(self, operation: Operation, where: Values, **values: str | None) -> int:
        """Change the rows that hold exactly `where`; gives how many. Text and None are kept as they are."""
        unknown = values.keys() - set(operation.fields)
        if unknown:
            raise KeyError(f"{operation.name} has no {', '.join(sorted(unknown))}")
        table, chosen = self.table(operation), _holding(operation, where)
        at = [number for number, row in enumerate(table) if chosen(row)]
        for number in at:
            table[number] = tuple((operation.unpack(table[number]) | values).values())
        self.version += 1
        return len(at)

    def remove(self, operation: Operation, where: Values) -> int:
        """Take the rows away that hold exactly `where`; gives how many."""
        table, chosen = self.table(operation), _holding(operation, where)
        before = len(table)
        table[:] = [row for row in table if not chosen(row)]
        self.version += 1
        return before - len(table)

    def shrink(self, operation: Operation, keep: float) -> None:
        """Lose all but the first `keep` (a share) of the rows, as after an accident at the ministry."""
        table = self.table(operation)
        del table[round(len(table) * keep) :]
        self.version += 1


def _holding(operation: Operation, where: Values) -> Callable[[Packed], bool]:
    at = [(operation.fields.index(name), value) for name, value in where.items()]
    return lambda row: all(row[column] == value for column, value in at)


def wanted(operation: Operation, asked: Mapping[str, str]) -> Callable[[Packed], bool] | None:
    """Tell which rows the parameters ask for; None: all of them.

    A name the operation does not know, or spells otherwise, asks for nothing.
    """
    tests = [
        _test(operation.fields.index(column), match, asked[name])
        for name, (column, match) in operation.parameters.items()
        if asked.get(name)
    ]
    return (lambda row: all(test(row) for test in tests)) if tests else None


def _test(at: int, match: Match, value: str) -> Callable[[Packed], bool]:
    match match:
        case Match.EXACT:
            return lambda row: row[at] == value
        case Match.PART:
            return lambda row: value in (row[at] or "")
        case Match.PREFIX:
            short = value.replace("-", "")
            return lambda row: (
                len(value) <= LONGEST_DATE and (row[at] or "").replace("-", "").startswith(short)
            )
        case Match.SINCE:
            return lambda row: bool(row[at]) and day(row[at]) >= value
        case Match.UNTIL:
            return lambda row: bool(row[at]) and day(row[at]) <= value


def day(text: str | None) -> str:
    """Give a date as YYYYMMDD, however the ministry spelled it; nothing where it is none."""
    if not text or (len(text) == LONGEST_DATE and text.isdigit()):
        return text or ""
    try:
        found = parse.date(text)
    except parse.ParseError:
        return ""
    return found.strftime("%Y%m%d") if found else ""
