"""Changing the catalogue: one process at a time among all there are, and every run in the journal."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import structlog
from rich.console import Console

from pillnuts import importing, syncing
from pillnuts.catalogue import archive, journal
from pillnuts.catalogue.budget import Budget, now
from pillnuts.catalogue.ingest import ImportRefusedError
from pillnuts.catalogue.journal import Fetched, Kind, Result, State
from pillnuts.catalogue.operations import OPERATIONS
from pillnuts.catalogue.runs import Outcome, Run
from pillnuts.errand import Access, Clock, Errand
from pillnuts.kernel import locks, logs, processes
from pillnuts.kernel.db import Database
from pillnuts.kernel.schedule import Schedule

log = structlog.get_logger(__name__)

T = TypeVar("T")

_LONGEST_REASON: Final = 2000


@dataclass
class Recording:
    """A run in the journal; whoever does it says how it ended."""

    number: int
    result: Result = field(default=Result(State.DONE))


@contextmanager
def recorded(
    address: str, kind: Kind, lock_seconds: float = locks.SECONDS, clock: Clock = now
) -> Iterator[Recording]:
    """Change the catalogue in this block, while nobody else does; raises `locks.HeldError`.

    The block runs no event loop of its own around it. What it raises is written down and raised.
    """
    with locks.holding(address, journal.LOCK, lock_seconds), journaled(address, kind, clock) as run:
        yield run


@contextmanager
def journaled(address: str, kind: Kind, clock: Clock = now) -> Iterator[Recording]:
    """Write a run into the journal; only under the lock."""

    async def begin(database: Database) -> int:
        async with database.writing() as session:
            return await journal.begin(session, kind, by=str(processes.this()), at=clock())

    async def end(database: Database) -> None:
        async with database.writing() as session:
            await journal.end(session, run.number, run.result, at=clock())

    run = Recording(_with(address, begin))
    try:
        yield run
    except BaseException as error:
        run.result = _broken(error, run.result)
        raise
    finally:
        _with(address, end)


def _broken(error: BaseException, result: Result) -> Result:
    if result.state is not State.DONE:  # whoever raised has said it already
        return result
    match error:
        case ImportRefusedError():
            return Result(State.REFUSED, str(error)[:_LONGEST_REASON], result.calls)
        case KeyboardInterrupt() | asyncio.CancelledError():
            return Result(State.STOPPED, "끝내라는 신호를 받았습니다.", result.calls)
        case _:
            return Result(State.FAILED, f"{type(error).__name__}: {error}"[:_LONGEST_REASON], result.calls)


def sync_when_due(errand: Errand) -> None:
    """Fetch and load what is due, unless another process does, or has done it meanwhile."""
    logs.configure(errand.log_level, errand.log_format)
    try:
        with locks.holding(errand.database, journal.LOCK, errand.lock_seconds):
            if _with(errand.database, lambda database: is_due(database, errand.schedule, errand.clock())):
                _sync(errand)
    except locks.HeldError as held:
        log.info("somebody else changes the catalogue", holder=str(held.holder.process))


async def is_due(database: Database, schedule: str, at: datetime) -> bool:
    async with database.reading() as session:
        start = journal.next_start(Schedule(schedule), await journal.last(session, Kind.SYNC), at)
    return start is not None and start <= at


def _sync(errand: Errand) -> None:
    log.info("sync begins")
    run = None
    try:
        with journaled(errand.database, Kind.SYNC, errand.clock) as run:
            run.result = synced(errand)
    except Exception:
        log.exception("sync failed")
    if run is None:  # the journal could not be written
        return
    result = run.result
    log.info("sync ends", run=run.number, state=result.state, calls=result.calls, goes_on=result.goes_on)
    if result.state in journal.TROUBLE:
        log.error("alert", about=f"catalogue sync {result.state}", run=run.number, reason=result.reason)


def synced(errand: Errand) -> Result:
    """Fetch, and load when all is there."""
    quiet = Console(quiet=True)
    budget = CountingBudget(errand.access, errand.clock)
    fetching = syncing.fetch_release(errand.access, syncing.Wish(), quiet, errand.clock, budget)
    folder, outcome = asyncio.run(fetching)
    result = of_outcome(folder, outcome, budget.calls)
    if result.state is not State.DONE:
        return result
    try:
        _with(errand.database, lambda database: _load(database, errand.releases, folder, quiet))
    except ImportRefusedError as error:
        archive.refuse(folder)
        return Result(State.REFUSED, str(error)[:_LONGEST_REASON], budget.calls)
    return result


async def _load(database: Database, releases: Path, folder: Path, console: Console) -> None:
    syncing.refuse_losses(folder)
    reading = importing.from_files([folder])
    await importing.make(database, releases, reading, console, force=False, demo=False)
    await syncing.settle(database, folder)


class CountingBudget(Budget):
    """Counts the calls of one run as well as those of the day."""

    def __init__(self, access: Access, clock: Clock = now) -> None:
        super().__init__(access.root / "budget", access.daily_calls_of, access.daily_calls, clock)
        self.calls = 0

    def spend(self, dataset: str) -> None:
        super().spend(dataset)
        self.calls += 1


def of_outcome(folder: Path, outcome: Outcome, calls: int) -> Result:
    """Tell from what came, and what did not, how a run goes on."""
    fetched = _fetched(folder)
    if outcome.complete:
        return Result(State.DONE, calls=calls, fetched=fetched)
    reason = "\n".join(outcome.reasons)[:_LONGEST_REASON]
    state = State.WAITING if outcome.until else State.FAILED
    return Result(state, reason, calls, outcome.until, fetched)


def _fetched(folder: Path) -> list[Fetched]:
    """What is complete of each operation. It is as old as the run: it was asked what changed until then."""
    run, titles = Run.open(folder), {operation.name: operation.title for operation in OPERATIONS}
    return [
        Fetched(name, titles.get(name, name), run.started, state.done.held)
        for name, state in (run.operations.items() if run else ())
        if run and state.done
    ]


def _with(address: str, work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(address)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())
