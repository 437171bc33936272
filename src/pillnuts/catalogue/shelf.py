"""The catalogue part of a snapshot: every document of one release in a read-only SQLite file.

A read takes about 20 µs in the calling thread, so pages read it on the event loop; the same read through the
database's async driver costs fifty times as much (see docs/decisions/0001).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import orjson
from isal import isal_zlib

from pillnuts.catalogue import history_shelf
from pillnuts.catalogue.brief import FIELDS, Brief, condense, read
from pillnuts.catalogue.history import Version
from pillnuts.catalogue.scratch import Scratch, unpacked
from pillnuts.catalogue.shapes import IngredientDetail, Product

_FILE = "catalogue.db"
_AHEAD = 1 << 20
_SCHEMA = """
PRAGMA page_size = 8192; -- most documents fit into one page
CREATE TABLE product (item_seq TEXT PRIMARY KEY, document BLOB NOT NULL);
CREATE TABLE brief (item_seq TEXT PRIMARY KEY, document BLOB NOT NULL);
CREATE TABLE ingredient (id TEXT PRIMARY KEY, document BLOB NOT NULL);
"""


@dataclass(frozen=True)
class ReleaseInfo:
    """What every page says about the data it shows."""

    number: int
    demo: bool
    data_date: str | None
    product_count: int


_ONLY_ON_ITS_PAGE = ("same_ingredient", "cautions", "changes")


def _trimmed(document: bytes) -> Product:
    """Read a product without what only its own page shows.

    These lists, the sources and the single facts of its ingredients are left empty. They are most of what
    there is to validate: this takes a third of the time that the whole takes.
    """
    values = orjson.loads(document)
    values.update(dict.fromkeys(_ONLY_ON_ITS_PAGE, ()), sources={})
    for ingredient in values["ingredients"]:
        ingredient["facts"] = ()
    return Product.model_validate(values)


def _trimmed_ingredient(document: bytes) -> IngredientDetail:
    values = orjson.loads(document)
    return IngredientDetail.model_validate(values | {"products": (), "facts": ()})


@dataclass(frozen=True)
class Export:
    """One whole release on its way into a snapshot; documents are JSON, compressed with zlib."""

    info: ReleaseInfo
    products: Scratch
    ingredients: Scratch
    versions: Scratch = field(default_factory=Scratch)
    """Earlier texts of labels, each a packed `history.Version`; empty for the demo."""

    def earlier_texts(self) -> Iterator[tuple[str, Version]]:
        """Give the earlier texts of labels by item code."""
        for item_seq, body in self.versions:
            yield item_seq, unpacked(body)

    def briefs(self) -> Iterator[tuple[str, bytes]]:
        """Give every product for the comparison, as it is read: unpacking took a tenth of a comparison."""
        return ((item_seq, condense(isal_zlib.decompress(body))) for item_seq, body in self.products)

    def brief_products(self) -> Iterator[Product]:
        return (_trimmed(isal_zlib.decompress(body)) for _, body in self.products)

    def ingredient_documents(self) -> Iterator[IngredientDetail]:
        """Give every substance without what only its own page shows."""
        return (_trimmed_ingredient(isal_zlib.decompress(body)) for _, body in self.ingredients)


class Shelf:
    """Reads documents by key; one connection, used from one thread."""

    def __init__(self, file: Path) -> None:
        address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        self._db = sqlite3.connect(address, uri=True, check_same_thread=False)
        self.product_count: int = self._db.execute("SELECT count(*) FROM product").fetchone()[0]

    def product_json(self, item_seq: str) -> bytes | None:
        """Give the JSON of `shapes.Product`; None: no such product in this release."""
        return self._document("SELECT document FROM product WHERE item_seq = ?", item_seq)

    def product(self, item_seq: str) -> Product | None:
        body = self.product_json(item_seq)
        return None if body is None else Product.model_validate_json(body)

    def brief(self, item_seq: str) -> Brief | None:
        """Give a product without what only its own page shows."""
        row = self._db.execute("SELECT document FROM brief WHERE item_seq = ?", (item_seq,)).fetchone()
        return None if row is None else read(row[0])

    def ingredient_json(self, ingredient_id: str) -> bytes | None:
        """Give the JSON of `shapes.IngredientDetail`; None: no such ingredient in this release."""
        return self._document("SELECT document FROM ingredient WHERE id = ?", ingredient_id)

    def ingredient(self, ingredient_id: str) -> IngredientDetail | None:
        body = self.ingredient_json(ingredient_id)
        return None if body is None else IngredientDetail.model_validate_json(body)

    def versions(self, item_seq: str) -> list[Version]:
        """Give the earlier texts of a product's label."""
        return history_shelf.read(self._db, item_seq)

    def _document(self, statement: str, key: str) -> bytes | None:
        row = self._db.execute(statement, (key,)).fetchone()
        return None if row is None else isal_zlib.decompress(row[0])


class ShelfPart:
    """How the shelf is written into a snapshot, and opened from it (`kernel.snapshots.Part`)."""

    format = f"4-{isal_zlib.crc32(' '.join((*FIELDS, *history_shelf.FIELDS)).encode()):08x}"
    """The fields of briefs and earlier texts are part of it: with others, none written before can be read."""

    def build(self, folder: Path, release: Export) -> None:
        with closing(sqlite3.connect(folder / _FILE)) as db, db:
            db.executescript(_SCHEMA + history_shelf.SCHEMA)
            db.executemany("INSERT INTO product VALUES (?, ?)", release.products)
            db.executemany("INSERT INTO brief VALUES (?, ?)", release.briefs())
            db.executemany("INSERT INTO ingredient VALUES (?, ?)", release.ingredients)
            history_shelf.fill(db, release.earlier_texts())

    def open(self, folder: Path) -> Shelf:
        Thread(target=_at_hand, args=(folder / _FILE,), daemon=True).start()
        return Shelf(folder / _FILE)


def _at_hand(file: Path) -> None:
    """Have the system read a file into its memory: from a cold disk each page of a site takes 5 ms more."""
    # The folder may be gone by now, for a newer release.
    with suppress(OSError), file.open("rb", buffering=0) as opened:
        while opened.read(_AHEAD):
            pass
