"""The raw pages of one operation: one compressed JSON file each, in the gateway's own envelope.

    <folder>/<day>_00012.json.gz      page 12
    <folder>/<day>_00012-2.json.gz    rows that page 12 had when it was read again, and no page before

The files are all the state there is: whoever opens the folder after a crash goes on with the next page. While
pages are read, rows come and go at the ministry, and everything behind them moves to other pages. So a row is
known by what it says: one that is there already is not kept twice, and where fewer rows came than the gateway
counts, the pages where they can have slipped through are read again.
"""

import gzip
import math
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from pillnuts.catalogue.envelope import Answer, Item

_NAME = re.compile(r"(\d{4}-\d\d-\d\d)_(\d{5,})(?:-(\d+))?\.json\.gz")
_COMPRESSION: Final = 3
"""A page of label documents is megabytes; harder compression costs more time than it saves room."""


class BadPageError(Exception):
    """A file that is no page."""


@dataclass
class _Told:
    """The rows of a page by whether they are there already."""

    new: list[Item]
    repeated: int
    """Stand on this page twice."""
    elsewhere: Counter[int]
    """Stand on other pages: how many on which."""


@dataclass
class _Held:
    total: int
    """How many rows there were on all pages when this one was read: the most of all readings."""
    odd: bool
    """Rows of it were refused, wanting, too many, or on another page as well."""


class Pages:
    """What was read of one operation. `day` names the files: it is the day they speak of."""

    def __init__(self, folder: Path, day: str, size: int) -> None:
        self.folder = folder
        self.size = size
        self.duplicates = 0
        self.refused = 0
        self._day = day
        self._held: dict[int, _Held] = {}
        self._owner: dict[int, int] = {}
        """Row → the page it was on first."""
        self._repeated = 0
        for path in pages_in(folder):
            self._open(path)

    @property
    def rows(self) -> int:
        return len(self._owner)

    @property
    def total(self) -> int:
        """Rows on all pages; where the gateway told several numbers, the largest: better too many reads."""
        return max((held.total for held in self._held.values()), default=0)

    @property
    def short(self) -> int:
        """Rows that the gateway counts and that never came.

        A row on two pages speaks for one that was lost between them, until both pages were read again and
        nothing is in doubt: then it stands twice at the ministry.
        """
        short = self.total - self.rows - self._repeated
        if short > 0 and not self.doubtful(wide=True):
            short = self.total - self.rows - self.duplicates
        return max(0, short)

    @property
    def held(self) -> int:
        """Pages that were read."""
        return len(self._held)

    @property
    def count(self) -> int:
        """Pages to be read."""
        return pages_of(self.total, self.size)

    def missing(self) -> list[int]:
        """Pages that were not read yet."""
        return [number for number in range(1, self.count + 1) if number not in self._held]

    def doubtful(self, *, wide: bool) -> list[int]:
        """Pages on which rows can have slipped through: odd ones, and those where the total changes.

        The narrow choice takes the side that counts fewer rows; a page lost to the other takes `wide`.
        """
        most, totals = self.total, {number: held.total for number, held in self._held.items()}
        return sorted(
            number
            for number, held in self._held.items()
            if held.odd
            or (
                (wide or held.total < most)
                and {totals.get(number + side, held.total) for side in (-1, 1)} != {held.total}
            )
        )

    def keep(self, number: int, answer: Answer) -> None:
        """Keep a page, or what another reading of it brings that is new."""
        again = number in self._held
        told = self._told_apart(number, answer.rows)
        wanting = answer.received != min(self.size, max(0, answer.total - (number - 1) * self.size))
        body = {
            "pageNo": number,
            "totalCount": answer.total,
            "numOfRows": self.size,
            "repeated": 0 if again else told.repeated,
            "duplicates": 0 if again else told.repeated + told.elsewhere.total(),
            "shared": [] if again else sorted(told.elsewhere),
            "refused": len(answer.refused),
            "odd": bool(wanting or answer.refused or (told.elsewhere and not again)),
            "items": told.new,
        }
        if told.new or not again:
            write_page(self._path(number), body)
        self._count(body)

    def _told_apart(self, number: int, rows: Iterable[Item]) -> _Told:
        told = _Told([], 0, Counter())
        for row in rows:
            mark = _mark(row)
            owner = self._owner.get(mark)
            if owner is None:
                self._owner[mark] = number
                told.new.append(row)
            elif owner == number:
                told.repeated += 1
            else:
                told.elsewhere[owner] += 1
        return told

    def _count(self, body: dict[str, Any]) -> None:
        number: int = body["pageNo"]
        earlier = self._held[number].total if number in self._held else 0
        self._held[number] = _Held(max(earlier, body["totalCount"]), body["odd"])
        self._repeated += body["repeated"]
        self.duplicates += body["duplicates"]
        self.refused += body["refused"]
        for other in body["shared"]:
            if other in self._held:
                self._held[other].odd = True

    def _open(self, path: Path) -> None:
        try:
            body = read_page(path)
        except BadPageError:  # a machine lost power: the page is read again
            path.unlink()
            return
        headless = _numbered(path).reading > 1 and body["pageNo"] not in self._held
        if headless or body["numOfRows"] != self.size:
            path.unlink()  # it means nothing without the first reading, or among pages of another size
            return
        self._told_apart(body["pageNo"], body["items"])
        self._count(body)

    def _path(self, number: int) -> Path:
        stem = f"{self._day}_{number:05}"
        path, reading = self.folder / f"{stem}.json.gz", 1
        while path.exists():
            reading += 1
            path = self.folder / f"{stem}-{reading}.json.gz"
        return path


def pages_of(total: int, size: int) -> int:
    """How many pages are to be read: those with rows, and the empty one after them, which proves the end."""
    return math.ceil(total / size) + 1


class _Numbered(NamedTuple):
    day: str
    page: int
    reading: int


def _numbered(path: Path) -> _Numbered:
    day, page, reading = _NAME.findall(path.name)[0]
    return _Numbered(day, int(page), int(reading or 1))


def pages_in(folder: Path) -> list[Path]:
    """The page files of a folder, in the order of day, page and reading."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.name)), key=_numbered)


def numbers_in(folder: Path) -> set[int]:
    """Which pages were read into a folder."""
    return {_numbered(path).page for path in pages_in(folder)}


def rows_in(folder: Path) -> int:
    """Count the rows of a folder; raises `BadPageError`."""
    return sum(len(read_page(path)["items"]) for path in pages_in(folder))


def values_in(folder: Path, column: str) -> set[str]:
    """Give every value of a column in a folder; raises `BadPageError`."""
    return {str(row.get(column)) for path in pages_in(folder) for row in read_page(path)["items"]}


def forget(folder: Path) -> None:
    """Throw pages away, to begin anew."""
    shutil.rmtree(folder, ignore_errors=True)


def read_page(path: Path) -> dict[str, Any]:
    """Give the body of a page; raises `BadPageError`."""
    try:
        document = orjson.loads(gzip.decompress(path.read_bytes()))
        body: dict[str, Any] = document["body"]
    except (OSError, EOFError, zlib.error, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise BadPageError(path.name) from error
    return body


def write_page(path: Path, body: dict[str, Any]) -> None:
    """Write a page; a killed process leaves no half one."""
    document = {"header": {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}, "body": body}
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}")  # hidden from whoever reads the folder
    new.write_bytes(gzip.compress(orjson.dumps(document), _COMPRESSION, mtime=0))
    new.replace(path)


def carry(
    earlier: Path,
    folder: Path,
    column: str | None = None,
    newer: Container[str] = (),
    day: str | None = None,
) -> None:
    """Take the pages of an earlier run over into `folder`/earlier, without the rows that came anew.

    Those are the rows that have one of `newer` in `column`. A page that stays as it is, is linked. `day` is
    until when the gateway was asked what changed: so new is what did not; None: as new as it was.
    """
    made, target = folder / ".earlier", folder / "earlier"
    forget(made)
    forget(target)
    made.mkdir(parents=True)
    sources = [path for part in (earlier / "earlier", earlier) for path in pages_in(part)]
    for number, path in enumerate(sources, start=1):
        copy = made / f"{day or _numbered(path).day}_{number:05}.json.gz"
        body = read_page(path) if column else {"items": ()}
        kept = [row for row in body["items"] if str(row.get(column)) not in newer]
        if len(kept) < len(body["items"]):
            write_page(copy, body | {"items": kept})
        else:
            _link(path, copy)
    made.replace(target)


def _link(path: Path, copy: Path) -> None:
    try:
        copy.hardlink_to(path)
    except OSError:  # a file system without links
        shutil.copyfile(path, copy)


def _mark(row: Item) -> int:
    """Tell rows apart by what they say, whether the gateway said it in JSON or in XML.

    In XML nothing is empty text, and a label document is written otherwise.
    """
    told = {
        key: text
        for key, value in row.items()
        if value is not None
        and (text := (value if type(value) is str else str(value)).strip())
        and not text.startswith("<DOC")
    }
    return int.from_bytes(blake2b(orjson.dumps(told, option=orjson.OPT_SORT_KEYS), digest_size=8).digest())
