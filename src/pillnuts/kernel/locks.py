"""Named locks in the database: one holder among all processes of all machines.

A holder says again and again that it lives. One that is killed has lost its lock: at once where another
process of the same machine can see that it is gone, elsewhere when it has been silent for `seconds`. All
times are those of the database, so that the clocks of the machines do not matter.
"""

import _thread
import asyncio
import secrets
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import BigInteger, String, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from pillnuts.kernel import processes
from pillnuts.kernel.db import Base, Database, ReadSession, Session, key
from pillnuts.kernel.processes import Process

log = structlog.get_logger(__name__)

T = TypeVar("T")

SECONDS: Final = 60.0
"""How long a silent holder keeps a lock."""
_BEATS: Final = 6
"""How often a holder speaks in that time."""


class LockRow(Base):
    __tablename__ = "named_lock"

    name: Mapped[str] = mapped_column(key(50), primary_key=True)
    token: Mapped[str] = mapped_column(key(32))
    """Random, of this holding; empty: nobody holds it."""
    place: Mapped[str] = mapped_column(key(100))
    host: Mapped[str] = mapped_column(String(100))
    user: Mapped[str] = mapped_column(String(100))
    pid: Mapped[int]
    born: Mapped[str] = mapped_column(key(30))
    since: Mapped[int] = mapped_column(BigInteger)
    """Seconds since 1970 on the clock of the database, like `expires`."""
    expires: Mapped[int] = mapped_column(BigInteger)


class _Now(FunctionElement[int]):
    """Seconds since 1970 on the clock of the database."""

    type = BigInteger()
    inherit_cache = True


@compiles(_Now, "sqlite")
def _sqlite(_element: _Now, _compiler: Any, **_: Any) -> str:
    return "CAST(strftime('%s', 'now') AS INTEGER)"


@compiles(_Now, "mysql", "mariadb")
def _mysql(_element: _Now, _compiler: Any, **_: Any) -> str:
    return "UNIX_TIMESTAMP()"


@compiles(_Now, "postgresql")
def _postgresql(_element: _Now, _compiler: Any, **_: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT)"


@dataclass(frozen=True)
class Holder:
    process: Process
    since: datetime


class HeldError(Exception):
    """Another process holds the lock."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(f"{holder.process} since {holder.since.isoformat()}")
        self.holder = holder


async def holder(session: ReadSession, name: str) -> Holder | None:
    """Tell who holds a lock; None: it is free, or its holder is gone."""
    row = (await session.execute(select(LockRow, _Now()).where(LockRow.name == name))).one_or_none()
    return None if row is None else _holder(*row)


async def take(database: Database, name: str, seconds: float = SECONDS) -> str:
    """Take a lock and give the token that renews and releases it; raises `HeldError`."""
    await _make_sure(database, name)
    me, token = processes.this(), secrets.token_hex(16)
    async with database.writing() as session:
        row, now = (
            await session.execute(select(LockRow, _Now()).where(LockRow.name == name).with_for_update())
        ).one()
        if there := _holder(row, now):
            raise HeldError(there)
        row.token, row.since, row.expires = token, now, now + round(seconds)
        row.place, row.host, row.user = me.place[:100], me.host[:100], me.user[:100]
        row.pid, row.born = me.pid, me.born
    return token


async def renew(session: Session, name: str, token: str, seconds: float = SECONDS) -> bool:
    """Say that the holder lives; False: somebody else has taken the lock."""
    statement = (
        update(LockRow)
        .where(LockRow.name == name, LockRow.token == token)
        .values(expires=_Now() + round(seconds))
        .execution_options(synchronize_session=False)
    )
    return bool((await session.execute(statement)).rowcount)  # type: ignore[attr-defined]


async def release(session: Session, name: str, token: str) -> None:
    """Give the lock back, unless somebody else has taken it."""
    statement = (
        update(LockRow)
        .where(LockRow.name == name, LockRow.token == token)
        .values(token="", expires=0)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


def _holder(row: LockRow, now: int) -> Holder | None:
    if not row.token:
        return None
    process = Process(row.place, row.host, row.user, row.pid, row.born)
    runs = processes.runs(process)
    if runs is None:  # on another machine: its word counts, as long as it gives it
        runs = row.expires > now
    return Holder(process, datetime.fromtimestamp(row.since, UTC)) if runs else None


async def _make_sure(database: Database, name: str) -> None:
    """Make the row of a lock that was never taken, by itself: two who make it at once must not wait.

    Where it is held, that is found out without writing: on SQLite its holder may write for a minute.
    """
    async with database.reading() as session:
        if there := await holder(session, name):
            raise HeldError(there)
        if await session.get(LockRow, name):
            return
    free = {"token": "", "place": "", "host": "", "user": "", "pid": 0, "born": "", "since": 0, "expires": 0}
    try:
        async with database.writing() as session:
            await session.execute(insert(LockRow).values(name=name, **free))
    except IntegrityError:  # somebody else was faster
        return


@contextmanager
def holding(
    address: str, name: str, seconds: float = SECONDS, lost: Callable[[], None] = _thread.interrupt_main
) -> Iterator[None]:
    """Hold a lock of the database at `address` while the block runs; raises `HeldError`.

    A thread speaks for the block, which may compute for minutes without a pause. `lost` is called when
    somebody else has taken the lock all the same: it stops the block as Ctrl-C does.
    """
    token = asyncio.run(_with(address, lambda database: take(database, name, seconds)))
    stop = threading.Event()
    keeper = threading.Thread(
        target=_keep, args=(address, name, token, seconds, stop, lost), name=f"lock {name}", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()
        asyncio.run(_with(address, lambda database: _released(database, name, token)))


async def _with(address: str, work: Callable[[Database], Awaitable[T]]) -> T:
    database = Database(address)
    try:
        return await work(database)
    finally:
        await database.close()


async def _released(database: Database, name: str, token: str) -> None:
    try:
        async with database.writing() as session:
            await release(session, name, token)
    except SQLAlchemyError as error:  # it ends by itself then
        log.warning("lock not released", lock=name, error=str(error))


def _keep(
    address: str, name: str, token: str, seconds: float, stop: threading.Event, lost: Callable[[], None]
) -> None:
    async def renewed(database: Database) -> bool:
        async with database.writing() as session:
            return await renew(session, name, token, seconds)

    async def keep(database: Database) -> None:
        while not await asyncio.to_thread(stop.wait, seconds / _BEATS):
            try:
                if await renewed(database):
                    continue
            except Exception as error:  # noqa: BLE001 -- a database that is away now may be back in time
                log.warning("lock not renewed", lock=name, error=str(error))
                continue
            log.error("lock lost", lock=name)
            lost()
            return

    asyncio.run(_with(address, keep))
