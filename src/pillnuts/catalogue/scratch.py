"""A file for what would fill the memory: bytes by key, read back in the order of the keys.

It has no name on the disk and is gone with the object, or with the process, however that ends.
"""

import pickle
import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from isal import isal_zlib

_BATCH: Final = 500
_LARGE: Final = 4096
"""Bytes from which compressing costs less than writing."""
_ZLIB: Final = b"\x78"
"""What compressed bytes begin with, and pickled ones never."""


class Scratch:
    """Keys with bytes; a key may come several times and then gives its bytes in the order they came in.

    Used from one thread at a time.
    """

    def __init__(self, pairs: Iterable[tuple[str, bytes]] = ()) -> None:
        # SQLite keeps a database without a name in a temporary file that it has deleted already.
        self._db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._close = weakref.finalize(self, self._db.close)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, key TEXT NOT NULL, body BLOB)")
        self._waiting: list[tuple[str, bytes]] = []
        self._count = 0
        for key, body in pairs:
            self.add(key, body)

    def add(self, key: str, body: bytes) -> None:
        self._waiting.append((key, body))
        self._count += 1
        if len(self._waiting) >= _BATCH:
            self._write()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        self._order()
        return iter(self._db.execute("SELECT key, body FROM kept ORDER BY key, number"))

    def one(self, key: str) -> bytes:
        """Give the bytes of a key that is there."""
        self._order()
        found: bytes = self._db.execute(
            "SELECT body FROM kept WHERE key = ? ORDER BY number", (key,)
        ).fetchone()[0]
        return found

    def batches(self, size: int) -> Iterator[list[tuple[str, bytes]]]:
        pairs = iter(self)
        while batch := list(islice(pairs, size)):
            yield batch

    def keys(self) -> Iterator[str]:
        self._write()
        return (row[0] for row in self._db.execute("SELECT key FROM kept ORDER BY key, number"))

    def close(self) -> None:
        """Give the room back before the object is gone."""
        self._close()

    def _order(self) -> None:
        self._write()
        self._db.execute("CREATE INDEX IF NOT EXISTS by_key ON kept (key)")

    def _write(self) -> None:
        if self._waiting:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO kept (key, body) VALUES (?, ?)", self._waiting)
            self._db.execute("COMMIT")
            self._waiting.clear()


def packed(thing: object) -> bytes:
    """Give an object as bytes for a scratch file of this very process."""
    body = pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
    return isal_zlib.compress(body, 1) if len(body) >= _LARGE else body


def unpacked(body: bytes) -> Any:
    """Give back what `packed` was given."""
    return pickle.loads(isal_zlib.decompress(body) if body.startswith(_ZLIB) else body)  # noqa: S301 -- our own
