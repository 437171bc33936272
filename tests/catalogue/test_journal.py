"""The journal of runs, and when the next one is due."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pillnuts.catalogue import journal
from pillnuts.catalogue.journal import Entry, Fetched, Kind, Result, State, next_start
from pillnuts.kernel.db import Database
from pillnuts.kernel.schedule import SEOUL, Schedule

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=SEOUL)
NEXT = TUESDAY + timedelta(days=7)
NOON = TUESDAY + timedelta(hours=10)
WEEKLY = Schedule("0 2 * * tue")


def entry(state: State, ended: datetime | None = NOON) -> Entry:
    return Entry(1, Kind.SYNC, state, "test", TUESDAY, ended, NOON if state is State.WAITING else None)


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("syncs", "start"),
    [
        ([], minutes(1)),
        ([State.DONE], NEXT),
        ([State.DONE, State.FAILED], NEXT),
        ([State.REFUSED], NEXT),
        ([State.WAITING], NOON),
        ([State.STOPPED], NOON),
        ([State.STOPPED, State.DONE, State.STOPPED], NOON),
        ([State.RUNNING], NOON),
        ([State.FAILED], minutes(15)),
        ([State.FAILED, State.DONE, State.FAILED], minutes(15)),
        ([State.FAILED, State.FAILED], minutes(30)),
        ([State.STOPPED, State.STOPPED], minutes(30)),
        ([State.FAILED, State.STOPPED, State.RUNNING], minutes(60)),
        ([State.FAILED] * 20, minutes(360)),
    ],
)
def test_the_next_start_follows_from_how_the_last_ones_ended(syncs: list[State], start: datetime) -> None:
    assert next_start(WEEKLY, [entry(state) for state in syncs], minutes(1)) == start


def test_without_a_schedule_nothing_is_due() -> None:
    assert next_start(Schedule(""), [], NOON) is None
    assert next_start(Schedule(""), [entry(State.WAITING)], NOON) is None


def test_a_process_that_died_is_counted_from_its_start() -> None:
    died = entry(State.RUNNING, ended=None)
    assert next_start(WEEKLY, [died], NOON) == TUESDAY
    assert next_start(WEEKLY, [died, died], NOON) == TUESDAY + timedelta(minutes=30)


@pytest.mark.database
async def test_a_run_is_written_down_from_beginning_to_end(database: Database) -> None:
    async with database.writing() as session:
        run = await journal.begin(session, Kind.SYNC, by="bear", at=TUESDAY)
    async with database.reading() as session:
        [begun] = await journal.last(session)
        assert (await journal.standing(session)).state is State.RUNNING
    assert begun == Entry(run, Kind.SYNC, State.RUNNING, "bear", TUESDAY)
    result = Result(State.FAILED, "왜" * 2000, 7, fetched=[Fetched("easy", "e약은요", date(2026, 11, 24), 5)])
    async with database.writing() as session:
        await journal.end(session, run, result, at=NOON)
    async with database.reading() as session:
        [ended] = await journal.last(session, Kind.SYNC)
        assert await journal.last(session, Kind.IMPORT) == []
        assert await journal.fetched(session) == list(result.fetched)
        standing = await journal.standing(session)
    assert (ended.state, ended.ended, ended.reason, ended.calls) == (State.FAILED, NOON, "왜" * 2000, 7)
    assert (standing.state, standing.failures, standing.done) == (State.FAILED, 1, None)
    assert ended.started.tzinfo is UTC


@pytest.mark.database
async def test_a_run_that_waited_goes_on_and_one_that_died_is_stopped(database: Database) -> None:
    async with database.writing() as session:
        first = await journal.begin(session, Kind.SYNC, by="bear", at=TUESDAY)
        await journal.end(session, first, Result(State.WAITING, calls=1000, goes_on=NEXT), at=NOON)
    async with database.writing() as session:
        assert await journal.begin(session, Kind.SYNC, by="wolf", at=NEXT) == first
    async with database.writing() as session:  # the wolf dies
        second = await journal.begin(session, Kind.SYNC, by="bear", at=NEXT)
        await journal.end(session, second, Result(State.DONE, calls=500), at=NEXT)
    async with database.reading() as session:
        newest, stopped = await journal.last(session)
        standing = await journal.standing(session)
    assert (newest.id, newest.state, newest.calls) == (second, State.DONE, 500)
    assert (stopped.state, stopped.by, stopped.calls, stopped.goes_on) == (State.STOPPED, "wolf", 1000, None)
    assert (standing.done, standing.begun, standing.failures) == (NEXT, NEXT, 0)


@pytest.mark.database
async def test_the_newest_fetch_of_an_operation_counts(database: Database) -> None:
    old, new = date(2026, 11, 1), date(2026, 11, 8)
    async with database.writing() as session:
        run = await journal.begin(session, Kind.SYNC, by="bear", at=TUESDAY)
        for day in (new, old):
            fetched = [Fetched("easy", "e약은요", day, 5)]
            await journal.end(session, run, Result(State.DONE, fetched=fetched), at=NOON)
    async with database.reading() as session:
        assert [one.on for one in await journal.fetched(session)] == [new]
