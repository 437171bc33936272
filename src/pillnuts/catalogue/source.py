"""Opening the files the ministry gives out: official exports and saved API answers.

A file is known by what is in it, never by its name: the first bytes say xlsx, xls, JSON, XML or text, the
decoder says which encoding, the columns say which data set (see `datasets`). What cannot be read is refused
by name with the reason; what is readable but no data set of ours is passed over by name.
"""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import orjson
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pillnuts.catalogue import datasets, envelope
from pillnuts.catalogue.datasets import Dataset
from pillnuts.catalogue.envelope import Item, ShapeError
from pillnuts.catalogue.rows import Row, tidy_date

# A label document of a prescription drug can be several 100 kB in one cell.
csv.field_size_limit(16 * 1024 * 1024)

_ZIP, _OLE, _GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b"
_FEWEST_COLUMNS = 3
_NOT_DATA = {".md", ".txt", ".pdf", ".png", ".jpg", ".py", ".gitignore"}
_FILE_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_FILE_YEAR = re.compile(r"(?<!\d)(20\d\d)년")


class BadFileError(Exception):
    """A file that cannot be taken: `name` and `reason` (a Korean sentence)."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class ForeignFileError(BadFileError):
    """Readable, but none of the data sets Pillnuts knows."""


@dataclass(frozen=True)
class Table:
    """The rows of one data set in one file."""

    name: str
    dataset: Dataset
    date: str | None
    """The day the file speaks of, as precise as it says: `2026-03-12`, `2025-07`; None: it does not say."""
    rows: Sequence[Row]


def files(paths: Sequence[Path]) -> list[tuple[Path, bool]]:
    """Every file under `paths` in a fixed order, each with whether it was named by the caller itself."""
    found: dict[Path, bool] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            for p in inside:
                if p.suffix.lower() not in _NOT_DATA:
                    found.setdefault(p, False)
        elif path.is_file():
            found[path] = True
        else:
            raise BadFileError(str(path), "그런 파일이나 폴더가 없습니다.")
    return sorted(found.items())


def read(path: Path) -> Table:
    """Read one file.

    Raises `BadFileError` for an empty, truncated, protected or undecodable file and `ForeignFileError` for a
    readable one that is no data set of ours.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFileError(path.name, f"열 수 없습니다({error.strerror}).") from error
    if content.startswith(_GZIP):
        content = _unzipped(path.name, content)
    if not content.strip():
        raise BadFileError(path.name, "빈 파일입니다.")
    rows = _rows(path.name, content)
    header = frozenset().union(*(row.keys() for row in rows[:50]))
    if not rows:
        return Table(path.name, datasets.NOTHING, None, ())
    dataset = datasets.recognise(header)
    if dataset is None:
        raise ForeignFileError(path.name, "식약처 자료의 열 이름을 찾을 수 없습니다.")
    return Table(path.name, dataset, _dated(path.name, dataset, rows), rows)


def _unzipped(name: str, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFileError(name, "압축이 잘렸거나 깨져 있습니다.") from error


def _rows(name: str, content: bytes) -> list[Row]:
    if content.startswith((_ZIP, _OLE)):
        return _spreadsheet(name, content)
    text = _decoded(name, content)
    match text.lstrip()[0]:
        case "{" | "[":
            return _json(name, text)
        case "<":
            return _xml(name, text)
        case _:
            return _csv(name, text)


def _decoded(name: str, content: bytes) -> str:
    if b"\x00" in content[:4096]:
        raise ForeignFileError(name, "글자 파일도 엑셀 파일도 아닙니다.")
    text = envelope.decoded(content)
    if text is None:
        raise BadFileError(name, "글자를 읽을 수 없습니다(UTF-8도 CP949도 아닙니다).")
    return text


def _cell(value: object) -> str:
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


def _spreadsheet(name: str, content: bytes) -> list[Row]:
    try:
        if content.startswith(_ZIP) and zipfile.ZipFile(io.BytesIO(content)).testzip() is not None:
            raise BadFileError(name, "파일이 깨져 있습니다. 다시 내려받아 주십시오.")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=True)
    except PasswordError as error:
        raise BadFileError(name, "암호가 걸려 있습니다. 암호를 풀고 저장해 주십시오.") from error
    except (CalamineError, zipfile.BadZipFile, EOFError, IndexError) as error:
        reason = "파일이 깨졌거나 끝까지 받아지지 않았습니다. 다시 내려받아 주십시오."
        if content.startswith(_OLE) and b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d" in content:
            reason = "암호가 걸려 있습니다. 암호를 풀고 저장해 주십시오."
        raise BadFileError(name, reason) from error
    if len(cells) <= 1:
        raise BadFileError(name, "첫 시트에 자료가 없습니다.")
    header = [_cell(value).strip() for value in cells[0]]
    return [dict(zip(header, map(_cell, row), strict=False)) for row in cells[1:]]


def _csv(name: str, text: str) -> list[Row]:
    """Read comma-separated text; quoting is off where reading with it breaks more rows."""
    tried: list[tuple[int, list[str], list[list[str]]]] = []
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        lines = list(csv.reader(io.StringIO(text, newline=""), quoting=quoting))
        header = [column.strip() for column in lines[0]]
        while header and not header[-1]:
            header.pop()
        body = [row for row in lines[1:] if row]
        odd = sum(1 for row in body if not len(header) <= len(row) <= len(header) + 1)
        tried.append((odd, header, body))
    # A quote that was never meant as one swallows rows; reading it plainly then finds more of them.
    _, header, body = min(tried, key=lambda attempt: (attempt[0], -len(attempt[2])))
    if len(header) < _FEWEST_COLUMNS:
        raise ForeignFileError(name, "쉼표로 나눈 표가 아닙니다.")
    if not body:
        raise BadFileError(name, "열 이름만 있고 자료가 없습니다.")
    if len(body[-1]) < len(header):
        raise BadFileError(name, "마지막 줄이 잘려 있습니다. 다시 내려받아 주십시오.")
    return [dict(zip(header, row, strict=False)) for row in body]


def _json(name: str, text: str) -> list[Row]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFileError(name, "JSON이 잘렸거나 깨져 있습니다.") from error
    try:
        return [_texts(item) for item in envelope.items(document)]
    except ShapeError as error:
        raise ForeignFileError(name, str(error)) from error


def _texts(item: Item) -> Row:
    return {key: _cell(value) for key, value in item.items()}


def _xml(name: str, text: str) -> list[Row]:
    try:
        root = envelope.parsed(text)
    except ShapeError as error:
        if "<html" in text[:2000].lower():
            raise ForeignFileError(name, "자료가 아니라 웹 페이지입니다.") from error
        raise BadFileError(name, str(error)) from error
    rows = [_texts(item) for item in envelope.elements(root)]
    if not rows and root.tag != "response":
        raise ForeignFileError(name, "식약처 API 답의 모양이 아닙니다.")
    return rows


def _dated(name: str, dataset: Dataset, rows: Sequence[Row]) -> str | None:
    """Tell which day a file speaks of: its name, else the newest date its rows state, else nothing."""
    if match := _FILE_DATE.search(name):
        return "-".join(part for part in match.groups() if part)
    stated = [d for row in rows for column in dataset.dates if (d := tidy_date(row.get(column, "")))]
    today = datetime.now().astimezone().date().isoformat()
    newest = max((d for d in stated if d <= today), default=None)
    if match := _FILE_YEAR.search(name):
        year = match.group(1)
        return newest if newest and newest.startswith(year) else year
    return newest
