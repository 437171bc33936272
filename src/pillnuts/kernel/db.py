"""The relational database: one set of models and queries on SQLite, MariaDB/MySQL and PostgreSQL.

The edge owns the transaction: `Database.writing()` commits when its block ends well, services never do.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import LargeBinary, MetaData, String, Text, event, text
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.types import TypeEngine

DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "mysql": "mysql+asyncmy",
    "mariadb": "mysql+asyncmy",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}

# MySQL compares text without regard to case and accents unless told otherwise, and would then take two
# names for one key. SQLite and PostgreSQL compare bytes; so do we everywhere.
MYSQL_COLLATION: Final = "utf8mb4_bin"
TABLE_OPTIONS: Final = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": MYSQL_COLLATION,
}
"""Put last into a model's own `__table_args__`; `Base` gives it to the models that have none."""


class Base(DeclarativeBase):
    # Named constraints, so that a migration can find them again on every server.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __table_args__: Any = TABLE_OPTIONS


def key(length: int) -> TypeEngine[str]:
    """Text compared byte by byte on every server: for keys and codes."""
    return String(length).with_variant(mysql.VARCHAR(length, collation=MYSQL_COLLATION), "mysql", "mariadb")


def blob() -> TypeEngine[bytes]:
    """Bytes of any length, such as a JSON document (plain BLOB ends at 64 kB on MySQL)."""
    return LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def long_text() -> TypeEngine[str]:
    """Text of any length (plain TEXT ends at 64 kB on MySQL)."""
    return Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


class ReadOnlyError(RuntimeError):
    """Something tried to write through a `ReadSession`."""


class _ReadOnly(SyncSession):
    def flush(self, objects: Sequence[Any] | None = None) -> None:  # noqa: ARG002 -- the base's signature
        if self.new or self.dirty or self.deleted:
            raise ReadOnlyError("a ReadSession does not write")


@event.listens_for(_ReadOnly, "do_orm_execute")
def _refuse_writes(state: ORMExecuteState) -> None:
    if not state.is_select:
        raise ReadOnlyError("a ReadSession does not write")


class ReadSession(AsyncSession):
    """A session that reads only. A function that asks for one also takes a `Session`."""

    sync_session_class: type[SyncSession] = _ReadOnly


class Session(ReadSession):
    """A session that may write; whoever opened it commits."""

    sync_session_class: type[SyncSession] = SyncSession


def normalised(url: str) -> URL:
    """`sqlite:///x`, `mariadb://…`, `postgresql://…` with the asynchronous driver that we use for each.

    Raises ValueError for a database that is none of the three.
    """
    given = make_url(url)
    driver = DRIVERS.get(given.get_backend_name())
    if driver is None:
        raise ValueError(f"unknown database {given.get_backend_name()!r}: use sqlite, mysql or postgresql")
    address = given.set(drivername=driver)
    if driver.startswith("mysql"):
        address = address.update_query_dict({"charset": "utf8mb4"})
    return address


def engine(url: str) -> AsyncEngine:
    """An engine for any of the three servers. The folder of a SQLite file is made when it is missing."""
    address = normalised(url)
    if address.get_backend_name() != "sqlite":
        # A server may have closed a connection that slept for hours.
        return create_async_engine(address, pool_pre_ping=True, pool_recycle=1800)
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    made = create_async_engine(address)
    event.listen(made.sync_engine, "connect", _prepare_sqlite)
    event.listen(made.sync_engine, "begin", _begin_sqlite)
    return made


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling would commit before DDL and begin late; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later can fail at once with "database is locked", whatever
    # the timeout; one that means to write therefore takes the lock at its beginning and waits for it.
    writes = connection.get_execution_options().get("pillnuts_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


REACHABLE_SECONDS: Final = 2.0
"""A database that has not answered by then is as good as none."""


class Database:
    """An engine and the two kinds of session on it."""

    def __init__(self, url: str) -> None:
        self.engine = engine(url)
        self._writer = self.engine.execution_options(pillnuts_writes=True)
        # All that one ReadSession reads is of one moment. SQLite does so by itself.
        consistent = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**consistent)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        """One transaction: committed at the end of the block, rolled back when it raises."""
        async with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadSession]:
        async with ReadSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def reachable(self) -> bool:
        """Whether the server answers at all."""
        try:
            async with asyncio.timeout(REACHABLE_SECONDS), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:  # noqa: BLE001 -- every driver has its own family; the answer is the same
            return False
        return True

    async def close(self) -> None:
        await self.engine.dispose()
