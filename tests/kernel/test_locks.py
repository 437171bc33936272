"""Locks in the database: one holder, lost when it dies, on every database."""

import asyncio
import multiprocessing
import signal
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import text, update

from pillnuts.kernel import locks, processes
from pillnuts.kernel.db import Database
from pillnuts.kernel.locks import HeldError, LockRow
from pillnuts.migrating import migrate

pytestmark = pytest.mark.database
NAME = "bread"


@pytest.fixture
def address(database_url: str) -> str:
    migrate(database_url)
    return database_url


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    database = Database(address)
    yield database
    await database.close()


async def move_elsewhere(database: Database, silent_for: int = 0) -> None:
    """Pretend that the holder is on another machine, and was heard last so long ago."""
    async with database.writing() as session:
        values = {"place": "another machine", "expires": LockRow.expires - silent_for}
        await session.execute(update(LockRow).values(values).execution_options(synchronize_session=False))


async def test_a_second_one_is_told_who_holds_it_and_since_when(database: Database) -> None:
    before = time.time()
    await locks.take(database, NAME)
    with pytest.raises(HeldError) as refused:
        await locks.take(database, NAME)
    assert refused.value.holder.process == processes.this()
    assert abs(refused.value.holder.since.timestamp() - before) < 5
    await locks.take(database, "butter")


async def test_a_second_one_is_told_at_once_while_the_holder_writes(database: Database, address: str) -> None:
    await locks.take(database, NAME)
    other = Database(address)
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE crumb (id INTEGER)"))
        with pytest.raises(HeldError):
            async with asyncio.timeout(5):
                await locks.take(other, NAME)
    await other.close()


async def test_what_is_given_back_can_be_taken(database: Database) -> None:
    token = await locks.take(database, NAME)
    async with database.writing() as session:
        await locks.release(session, NAME, token)
    async with database.reading() as session:
        assert await locks.holder(session, NAME) is None
    await locks.take(database, NAME)


async def test_only_the_holder_renews_and_gives_back(database: Database) -> None:
    token = await locks.take(database, NAME)
    async with database.writing() as session:
        assert await locks.renew(session, NAME, token)
        assert await locks.renew(session, NAME, token), "twice in the same second"
        assert not await locks.renew(session, NAME, "another")
        await locks.release(session, NAME, "another")
    async with database.reading() as session:
        assert await locks.holder(session, NAME) is not None


async def test_of_many_at_once_one_gets_it(address: str) -> None:
    databases = [Database(address) for _ in range(6)]
    results = await asyncio.gather(
        *(locks.take(database, NAME) for database in databases), return_exceptions=True
    )
    for database in databases:
        await database.close()
    assert sum(isinstance(result, str) for result in results) == 1, results
    assert sum(isinstance(result, HeldError) for result in results) == 5, results


async def test_elsewhere_a_holder_is_believed_until_it_was_silent_too_long(database: Database) -> None:
    token = await locks.take(database, NAME, seconds=60)
    await move_elsewhere(database, silent_for=50)
    with pytest.raises(HeldError):
        await locks.take(database, NAME)
    async with database.writing() as session:
        assert await locks.renew(session, NAME, token, seconds=60)
    await move_elsewhere(database, silent_for=50)
    with pytest.raises(HeldError):
        await locks.take(database, NAME)
    await move_elsewhere(database, silent_for=11)
    await locks.take(database, NAME)
    async with database.writing() as session:
        assert not await locks.renew(session, NAME, token)


async def test_here_a_holder_that_runs_keeps_it_however_long_it_is_silent(database: Database) -> None:
    """On SQLite it cannot speak while it writes a large transaction itself."""
    await locks.take(database, NAME, seconds=0)
    await asyncio.sleep(1.1)
    with pytest.raises(HeldError):
        await locks.take(database, NAME)


def _hold(address: str, ready: "multiprocessing.synchronize.Event") -> None:
    with locks.holding(address, NAME):
        ready.set()
        time.sleep(60)


def holder(address: str) -> BaseProcess:
    """Start a process that holds the lock for a minute."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_hold, args=(address, ready))
    process.start()
    assert ready.wait(30)
    return process


async def test_who_is_killed_has_lost_it_at_once_on_the_same_machine(
    database: Database, address: str
) -> None:
    process = await asyncio.to_thread(holder, address)
    with pytest.raises(HeldError) as refused:
        await locks.take(database, NAME)
    assert refused.value.holder.process.pid == process.pid
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    await locks.take(database, NAME)


def test_a_holder_speaks_while_it_computes(address: str) -> None:
    with locks.holding(address, NAME, seconds=2):
        asyncio.run(_pretend(address))
        end = time.monotonic() + 3.5
        while time.monotonic() < end:  # never gives way
            pass
        with pytest.raises(HeldError):
            asyncio.run(_take(address))
    asyncio.run(_take(address))


def test_a_holder_is_told_when_it_lost_the_lock(address: str) -> None:
    lost = threading.Event()
    with locks.holding(address, NAME, seconds=1, lost=lost.set):
        asyncio.run(_steal(address))
        assert lost.wait(10)
    with pytest.raises(HeldError):
        asyncio.run(_take(address))


def test_losing_the_lock_stops_the_work_as_ctrl_c_does(address: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us without

    def work() -> None:
        with locks.holding(address, NAME, seconds=1):
            asyncio.run(_steal(address))
            time.sleep(10)

    with pytest.raises(KeyboardInterrupt):
        work()


async def _with(address: str, silent_for: int | None, *, take: bool) -> None:
    database = Database(address)
    try:
        if silent_for is not None:
            await move_elsewhere(database, silent_for)
        if take:
            await locks.take(database, NAME)
    finally:
        await database.close()


async def _take(address: str) -> None:
    await _with(address, None, take=True)


async def _pretend(address: str) -> None:
    await _with(address, 0, take=False)


async def _steal(address: str) -> None:
    await _with(address, 100, take=True)


async def test_another_process_of_the_same_number_is_another_one() -> None:
    me = processes.this()
    assert processes.runs(me) is True
    assert processes.runs(replace(me, born="long ago")) is False
    assert processes.runs(replace(me, pid=2**22 + 1)) is False
    assert processes.runs(replace(me, place="elsewhere")) is None
