"""The files of the index: what they hold, and how they are written and opened.

Each array is a file of its own, mapped into memory when opened: only what is looked at takes memory, and
processes share it. `index.json` is written last; a folder without it is not an index.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from pillnuts.search.slips import Slips
from pillnuts.search.suffixes import Bytes, Ints, Suffixes

FORMAT: Final = 9
"""Raise it when the files change their meaning."""

_LISTS: Final = "index.json"
Piece = TypeVar("Piece")


class IndexDamaged(Exception):
    """The folder is no complete index of this format; it has to be built again."""


@dataclass(frozen=True, slots=True)
class Links:
    """For each of some things, the products (or substances) that belong to it."""

    start: Ints
    items: Ints

    @classmethod
    def of_pairs(cls, froms: list[int], tos: list[int], count: int) -> Self:
        """Links from `count` things, in the order of the pairs."""
        ends = np.bincount(np.array(froms, np.int64), minlength=count)
        order = np.argsort(np.array(froms, np.int64), kind="stable")
        start = np.append(0, np.cumsum(ends)).astype(np.int32)
        return cls(start, np.array(tos, np.int32)[order])

    def one(self, thing: int) -> Ints:
        return self.items[int(self.start[thing]) : int(self.start[thing + 1])]

    def of(self, things: NDArray[np.int64]) -> Ints:
        """What belongs to any of `things`; repeated where it belongs to several."""
        starts = self.start[things]
        lengths = self.start[things + 1] - starts
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        within = np.arange(total, dtype=np.int32) - np.repeat(ends - lengths, lengths).astype(np.int32)
        items: Ints = self.items[np.repeat(starts, lengths) + within]
        return items


@dataclass(frozen=True, slots=True)
class Records:
    """JSON documents, one after the other."""

    data: Bytes
    start: Ints

    @classmethod
    def of(cls, documents: Iterable[bytes]) -> Self:
        """Put documents one after the other as they come: a list of them takes many times their length."""
        data, start = bytearray(), [0]
        for document in documents:
            data += document
            start.append(len(data))
        return cls(np.frombuffer(bytes(data) or b"\0", np.uint8), np.array(start, np.int32))

    def one(self, number: int) -> bytes:
        return self.data.data[int(self.start[number]) : int(self.start[number + 1])].tobytes()


class Lists(BaseModel):
    """The small lists: names behind the codes, in the order of the codes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    classes: tuple[str, ...]
    forms: tuple[str, ...]
    makers: tuple[str, ...]
    substances: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    """Everyday words, and what texts say for them, in normal form."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of each product. A code of -1 means that the product has none."""

    item_seq: Ints
    text: Ints
    """Which of `texts` says what it is for."""
    otc: NDArray[np.int8]
    class_: NDArray[np.int16]
    form: NDArray[np.int16]
    maker: NDArray[np.int16]
    image: NDArray[np.bool_]
    withdrawn: NDArray[np.bool_]
    raw: NDArray[np.bool_]
    """Raw materials."""
    order: Ints
    """For each product its place where nothing else decides."""
    alphabet: Ints
    """For each product its place by name."""


@dataclass(frozen=True, slots=True)
class Store:
    """The whole index. Products, substances, makers, classes and texts are numbered from 0."""

    names: Suffixes
    initials: Suffixes
    english: Suffixes
    substances: Suffixes
    substance_initials: Suffixes
    makers: Suffixes
    classes: Suffixes
    texts: Suffixes
    amounts: Suffixes

    slips: Slips
    by_active: Links
    by_additive: Links
    by_maker: Links
    by_class: Links
    by_text: Links
    by_amount: Links
    actives: Links
    additives: Links

    columns: Columns
    records: Records
    substance_records: Records
    substance_order: Ints
    """For each substance its place by how many products contain it."""
    lists: Lists

    def save(self, folder: Path) -> None:
        _save(self, folder, "")
        (folder / _LISTS).write_text(self.lists.model_dump_json(), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Raises IndexDamaged when the folder does not hold a complete index of this format."""
        try:
            lists = Lists.model_validate_json((folder / _LISTS).read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexDamaged(f"no complete search index in {folder}") from error
        if lists.format != FORMAT:
            raise IndexDamaged(f"search index in {folder} has format {lists.format}, not {FORMAT}")
        try:
            return _load(cls, folder, "", lists)
        except (OSError, ValueError, EOFError) as error:
            raise IndexDamaged(f"search index in {folder} is incomplete: {error}") from error


def _save(piece: object, folder: Path, prefix: str) -> None:
    for field in fields(cast("Any", piece)):
        value = getattr(piece, field.name)
        if isinstance(value, bytes):
            np.save(folder / f"{prefix}{field.name}.npy", np.frombuffer(value, np.uint8))
        elif isinstance(value, np.ndarray):
            np.save(folder / f"{prefix}{field.name}.npy", value)
        elif is_dataclass(value):
            _save(value, folder, f"{prefix}{field.name}.")


def _load(kind: type[Piece], folder: Path, prefix: str, lists: Lists) -> Piece:
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if hint is Lists:
            values[name] = lists
        elif is_dataclass(hint):
            values[name] = _load(cast("type[Any]", hint), folder, f"{prefix}{name}.", lists)
        else:
            array = _mapped(folder / f"{prefix}{name}.npy")
            # Looked at most often, and cheapest to slice as bytes of our own.
            values[name] = array.tobytes() if hint is bytes else array
    return kind(**values)


def _mapped(path: Path) -> NDArray[Any]:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    # The plain array over the same memory: slices of np.memmap cost several times as much.
    return np.asarray(array).view(np.ndarray)
