"""Earlier label texts in the read-only file of a snapshot (see `shelf`), read when somebody asks."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from pillnuts.catalogue.history import Version

FIELDS: Final = Version._fields
SCHEMA: Final = f"""
CREATE TABLE label_version (item_seq TEXT NOT NULL, {", ".join(f'"{name}"' for name in FIELDS)});
CREATE INDEX label_version_item_seq ON label_version (item_seq);
"""
_INSERT: Final = f"INSERT INTO label_version VALUES (?{', ?' * len(FIELDS)})"  # noqa: S608 -- only marks

Row = tuple[str, Version]
"""Item code, earlier text."""


def fill(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    db.executemany(_INSERT, ((item_seq, *version) for item_seq, version in rows))


def read(db: sqlite3.Connection, item_seq: str) -> list[Version]:
    """Give the earlier texts of a product, in no order."""
    rows = db.execute("SELECT * FROM label_version WHERE item_seq = ?", (item_seq,))
    return [Version(*row[1:]) for row in rows]
