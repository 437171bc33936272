"""Opening the files the ministry gives out: official exports and saved API answers.

A file is known by what is in it, never by its name: the first bytes say xlsx, xls, JSON, XML or text, the
decoder says which encoding, the columns say which data set (see `datasets`). What cannot be read is refused
by name with the reason; what is readable but no data set of ours is passed over by name.
"""

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

import orjson

from pillnuts.catalogue import datasets, envelope, tabular
from pillnuts.catalogue.bad_file import BadFileError, ForeignFileError
from pillnuts.catalogue.cells import Row, tidy_date
from pillnuts.catalogue.datasets import Dataset
from pillnuts.catalogue.envelope import Item, ShapeError

__all__ = ["BadFileError", "ForeignFileError", "Rows", "Table", "files", "read"]

_GZIP = b"\x1f\x8b"
_NOT_DATA = {".md", ".txt", ".pdf", ".png", ".jpg", ".py", ".gitignore"}
_FILE_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_FILE_YEAR = re.compile(r"(?<!\d)(20\d\d)년")


class Rows(Protocol):
    """Rows that can be read several times; they need not be in memory."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Row]: ...

    def __getitem__(self, at: int, /) -> Row: ...


@dataclass(frozen=True)
class Table:
    """The rows of one data set in one file."""

    name: str
    dataset: Dataset
    date: str | None
    """The day the file speaks of, as precise as it says: `2026-03-12`, `2025-07`; None: it does not say."""
    rows: Rows


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


def notes(paths: Sequence[Path]) -> list[Path]:
    """Every file in the folders of `paths` that by its name holds no data."""
    inside = {p for path in paths if path.is_dir() for p in path.rglob("*") if p.is_file()}
    return sorted(p for p in inside if p.suffix.lower() in _NOT_DATA and not p.name.startswith("."))


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
    header = frozenset().union(*(row.keys() for row in islice(rows, 50)))
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


def _rows(name: str, content: bytes) -> Rows:
    if content.startswith((tabular.ZIP, tabular.OLE)):
        return tabular.spreadsheet(name, content)
    text = _decoded(name, content)
    match text.lstrip()[0]:
        case "{" | "[":
            return _json(name, text)
        case "<":
            return _xml(name, text)
        case _:
            return tabular.comma_separated(name, text)


def _decoded(name: str, content: bytes) -> str:
    if b"\x00" in content[:4096]:
        raise ForeignFileError(name, "글자 파일도 엑셀 파일도 아닙니다.")
    text = envelope.decoded(content)
    if text is None:
        raise BadFileError(name, "글자를 읽을 수 없습니다(UTF-8도 CP949도 아닙니다).")
    return text


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
    return {key: tabular.cell(value) for key, value in item.items()}


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


def _dated(name: str, dataset: Dataset, rows: Rows) -> str | None:
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
