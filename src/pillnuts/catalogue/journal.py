"""The journal of runs: what was fetched and loaded when and by whom, how it ended, and when the next is due.

Whoever writes here holds the lock of the catalogue, so an entry that still says `running` when another begins
is of a process that died.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Final

from sqlalchemy import func, select, update

from pillnuts.catalogue.models import FetchRow, RunRow
from pillnuts.catalogue.queries import current_key
from pillnuts.kernel.db import ReadSession, Session
from pillnuts.kernel.schedule import Schedule

LOCK: Final = "catalogue"
"""The lock that whoever changes the catalogue holds."""


class Kind(StrEnum):
    SYNC = "sync"
    """All of the ministry's data, or all that changed."""
    PART = "part"
    """A choice of it, made by hand."""
    IMPORT = "import"
    DEMO = "demo"


class State(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    """The calls of the day are used up; it goes on when there are new ones."""
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    """All was fetched, and too much would be lost by it."""
    STOPPED = "stopped"
    """The process was told to end, or died."""


TROUBLE: Final = frozenset({State.FAILED, State.REFUSED})


@dataclass(frozen=True)
class Entry:
    id: int
    kind: Kind
    state: State
    by: str
    started: datetime
    ended: datetime | None = None
    goes_on: datetime | None = None
    calls: int = 0
    """Calls to the ministry."""
    release: int | None = None
    """The release that was there at its end."""
    reason: str | None = None


@dataclass(frozen=True)
class Fetched:
    """The newest complete fetch of one operation."""

    operation: str
    title: str
    on: date
    rows: int


@dataclass(frozen=True)
class Result:
    """How a run ended."""

    state: State
    reason: str | None = None
    calls: int = 0
    goes_on: datetime | None = None
    fetched: Sequence[Fetched] = ()


_FIRST_PAUSE: Final = timedelta(minutes=15)
_LONGEST_PAUSE: Final = timedelta(hours=6)


def next_start(schedule: Schedule, syncs: Sequence[Entry], now: datetime) -> datetime | None:
    """Tell when the next sync begins or goes on, `syncs` being the last ones, newest first; None: never.

    A time in the past means: now. What was missed while no worker ran is due as soon as there is one.
    """
    if not schedule.line:
        return None
    if not syncs:
        return now
    last = syncs[0]
    found: datetime | None
    match last.state:
        case State.DONE:
            found = schedule.after(last.started)
        case State.REFUSED:  # fetching the same again would be refused again
            found = schedule.after(last.ended or last.started)
        case State.WAITING:
            found = last.goes_on or now
        case State.FAILED | State.STOPPED | State.RUNNING:  # whether it still runs, the lock tells
            found = _again(syncs)
    return found


_BROKEN: Final = frozenset({State.FAILED, State.STOPPED, State.RUNNING})


def _again(syncs: Sequence[Entry]) -> datetime:
    """After a failure wait, each time longer; go on at once after the first stop."""
    last = syncs[0]
    failures = len(list(takewhile(lambda entry: entry.state in _BROKEN, syncs)))
    doubled: int = 2 ** min(failures - 1, 10)
    pause = min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)
    if failures == 1 and last.state is not State.FAILED:
        pause = timedelta()
    return (last.ended or last.started) + pause


async def begin(session: Session, kind: Kind, *, by: str, at: datetime) -> int:
    """Write that a run begins, or that the one that waited goes on."""
    dead = (
        update(RunRow)
        .where(RunRow.state == State.RUNNING)
        .values(state=State.STOPPED, ended=_seconds(at), reason="실행하던 프로세스가 도중에 사라졌습니다.")
        .execution_options(synchronize_session=False)
    )
    await session.execute(dead)
    newest = select(RunRow).where(RunRow.kind == kind).order_by(RunRow.id.desc()).limit(1)
    row = await session.scalar(newest)
    if row is not None and row.state == State.WAITING:
        row.state, row.by, row.ended, row.goes_on, row.reason = State.RUNNING, by[:250], None, None, None
    else:
        row = RunRow(kind=kind, state=State.RUNNING, by=by[:250], started=_seconds(at), calls=0)
        session.add(row)
    await session.flush()  # the database numbers it
    return row.id


async def end(session: Session, run: int, result: Result, *, at: datetime) -> None:
    """Write how a run ended."""
    row = await session.get_one(RunRow, run)
    key = await current_key(session)
    row.state, row.reason, row.ended = result.state, result.reason, _seconds(at)
    row.goes_on = _seconds(result.goes_on) if result.goes_on else None
    row.calls += result.calls
    row.release = key[0] if key else None
    for fetch in result.fetched:
        there = await session.get(FetchRow, fetch.operation)
        if there is None:
            there = FetchRow(operation=fetch.operation, fetched_on=fetch.on)
            session.add(there)
        there.title, there.row_count = fetch.title, fetch.rows
        there.fetched_on = max(there.fetched_on, fetch.on)


async def last(session: ReadSession, *kinds: Kind, limit: int = 20) -> list[Entry]:
    """Give the newest entries, newest first; of all kinds when none is named."""
    statement = select(RunRow).order_by(RunRow.id.desc()).limit(limit)
    if kinds:
        statement = statement.where(RunRow.kind.in_(kinds))
    return [_entry(row) for row in await session.scalars(statement)]


@dataclass(frozen=True)
class Standing:
    """How the syncs stand, for whoever watches over them."""

    state: State | None = None
    """Of the newest one; None: there was none."""
    done: datetime | None = None
    """When the newest one that came to its end did so."""
    begun: datetime | None = None
    """When that one began: what the ministry said then is what there is."""
    release: int | None = None
    """The release that it made, or found to say the same."""
    failures: int = 0
    """Failed and refused ones since then."""

    def told(self) -> tuple[str | None, Sequence[str], float, int]:
        """Give what `kernel.metrics.SyncMetrics` shows."""
        return self.state, tuple(State), self.done.timestamp() if self.done else 0.0, self.failures


async def standing(session: ReadSession) -> Standing:
    """Give the state of the newest sync, and the newest one that came to its end."""
    syncs = select(RunRow).where(RunRow.kind == Kind.SYNC).order_by(RunRow.id.desc()).limit(1)
    newest = await session.scalar(syncs)
    done = await session.scalar(syncs.where(RunRow.state == State.DONE))
    failures = await session.scalar(
        select(func.count())
        .select_from(RunRow)
        .where(RunRow.kind == Kind.SYNC, RunRow.state.in_(TROUBLE), RunRow.id > (done.id if done else 0))
    )
    return Standing(
        State(newest.state) if newest else None,
        _moment(done.ended) if done and done.ended else None,
        _moment(done.started) if done else None,
        done.release if done else None,
        failures or 0,
    )


async def fetched(session: ReadSession) -> list[Fetched]:
    """Give the newest complete fetch of each operation."""
    rows = await session.scalars(select(FetchRow).order_by(FetchRow.fetched_on, FetchRow.operation))
    return [Fetched(row.operation, row.title, row.fetched_on, row.row_count) for row in rows]


def _entry(row: RunRow) -> Entry:
    return Entry(
        row.id,
        Kind(row.kind),
        State(row.state),
        row.by,
        _moment(row.started),
        ended=_moment(row.ended) if row.ended else None,
        goes_on=_moment(row.goes_on) if row.goes_on else None,
        calls=row.calls,
        release=row.release,
        reason=row.reason,
    )


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
