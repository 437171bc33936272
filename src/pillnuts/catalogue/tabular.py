"""Spreadsheets and comma-separated text as rows, which are made one by one when somebody reads them."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import Final, Literal, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pillnuts.catalogue.bad_file import BadFileError, ForeignFileError
from pillnuts.catalogue.cells import Row

# A label document of a prescription drug can be several 100 kB in one cell.
csv.field_size_limit(16 * 1024 * 1024)

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FEWEST_COLUMNS = 3

Quoting = Literal[0, 3]
"""As `csv` numbers them: where it is needed, or never."""
_CUT: Final = "마지막 줄이 잘려 있습니다. 다시 내려받아 주십시오."
_PROTECTED: Final = "암호가 걸려 있습니다. 암호를 풀고 저장해 주십시오."
_END: Final = "\x03"
"""Stands behind a text: no line of its own means that the text ended within quotes."""


@dataclass(frozen=True)
class Grid:
    """The rows under a header. All of them at once would take ten times the memory of the file."""

    header: Sequence[str]
    count: int
    lines: Callable[[], Iterator[Sequence[str]]]

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Row]:
        return (dict(zip(self.header, line, strict=False)) for line in self.lines())

    def __getitem__(self, at: int) -> Row:
        return next(islice(self, at, None))


def cell(value: object) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case datetime() | date():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def spreadsheet(name: str, content: bytes) -> Grid:
    try:
        if content.startswith(ZIP) and zipfile.ZipFile(io.BytesIO(content)).testzip() is not None:
            raise BadFileError(name, "파일이 깨져 있습니다. 다시 내려받아 주십시오.")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except PasswordError as error:
        raise BadFileError(name, _PROTECTED) from error
    except (CalamineError, zipfile.BadZipFile, EOFError, IndexError) as error:
        reason = "파일이 깨졌거나 끝까지 받아지지 않았습니다. 다시 내려받아 주십시오."
        if content.startswith(OLE) and b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d" in content:
            reason = _PROTECTED
        raise BadFileError(name, reason) from error

    def lines() -> Iterator[list[str]]:
        rows = islice(sheet.iter_rows(), first, None)
        return (list(map(cell, row)) for row in rows)

    first = sheet.start[0] if sheet.start else 0  # blank rows above the table are given too
    count = sheet.height - 1
    if count < 1:
        raise BadFileError(name, "첫 시트에 자료가 없습니다.")
    header = [column.strip() for column in next(lines())]
    return Grid(header, count, lambda: islice(lines(), 1, None))


class _Reading(NamedTuple):
    """What reading a text with or without quotes comes to."""

    quoting: Quoting
    header: list[str]
    odd: int
    """Rows of another length than the header."""
    rows: int
    last: list[str]
    whole: bool
    """It does not end within quotes."""


def comma_separated(name: str, text: str) -> Grid:
    """Read comma-separated text; quoting is off where reading with it breaks more rows."""
    kinds: tuple[Quoting, ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_NONE)
    readings = [_reading(text, quoting) for quoting in kinds]
    # A quote that was never meant as one swallows rows; reading it plainly then finds more of them.
    best = min(readings, key=lambda reading: (reading.odd, -reading.rows))
    if len(best.header) < _FEWEST_COLUMNS:
        raise ForeignFileError(name, "쉼표로 나눈 표가 아닙니다.")
    if not best.rows:
        raise BadFileError(name, "열 이름만 있고 자료가 없습니다.")
    if len(best.last) < len(best.header) or not best.whole or text[-1] not in "\r\n":
        raise BadFileError(name, _CUT)
    return Grid(best.header, best.rows, lambda: islice(_lines(text, best.quoting), 1, None))


def _lines(text: str, quoting: Quoting, more: Iterable[str] = ()) -> Iterator[list[str]]:
    lines = csv.reader(chain(io.StringIO(text, newline=""), more), quoting=quoting)
    return (line for line in lines if line)


def _reading(text: str, quoting: Quoting) -> _Reading:
    lines = _lines(text, quoting, more=(_END,))
    header = [column.strip() for column in next(lines)]
    while header and not header[-1]:
        header.pop()
    odd, count, last, whole = 0, 0, header, False
    for line in lines:
        whole = line == [_END]
        if not whole:
            odd += not len(header) <= len(line) <= len(header) + 1
            count, last = count + 1, line
    return _Reading(quoting, header, odd, count, last, whole)
