"""The outbox on each database: nothing leaves too early, nothing is lost, nothing is sent twice in vain."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from structlog.testing import capture_logs

from pillnuts.kernel.db import Base, Database
from pillnuts.kernel.delivery import Deliverer, Pace
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.outbox import (
    Handler,
    NeedsOperator,
    Outbox,
    OutboxRow,
    State,
    TryLater,
    Undeliverable,
)
from pillnuts.kernel.sealing import Seal
from pillnuts.kernel.tasks import repeating

pytestmark = pytest.mark.database

PHONE, CODE = "01012345678", "[필넛츠] 인증번호 482913"
PACE = Pace(poll=0.05, longest=2, lease=10, attempts=4, first=8)


class Clock:
    """Time goes on by itself, and jumps when told."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return 1_800_000_000.0 + self.ahead

    def jump(self, seconds: float) -> None:
        self.ahead += seconds


class Post:
    """Takes what is delivered, or fails as told."""

    def __init__(self, *errors: Exception) -> None:
        self.received: list[tuple[str, str]] = []
        self.tries: list[str] = []
        self._errors = list(errors)

    async def __call__(self, payload: Mapping[str, str], *, key: str) -> None:
        self.tries.append(key)
        await asyncio.sleep(0)
        if self._errors:
            raise self._errors.pop(0)
        self.received.append((payload["to"], key))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(clock: Clock) -> Outbox:
    return Outbox(Seal("a secret of this site", "outbox"), clock=clock)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        tables = [OutboxRow.metadata.tables[OutboxRow.__tablename__]]
        await connection.run_sync(Base.metadata.create_all, tables=tables)
    yield database
    await database.close()


async def put(database: Database, outbox: Outbox, *numbers: str, expires: timedelta | None = None) -> None:
    async with database.writing() as session:
        for number in numbers:
            await outbox.enqueue(session, "sms", {"to": number, "text": CODE}, by="somebody", expires=expires)


async def rows(database: Database) -> list[OutboxRow]:
    async with database.reading() as session:
        return list((await session.scalars(select(OutboxRow).order_by(OutboxRow.created))).all())


def deliverer(database: Database, outbox: Outbox, post: Handler, metrics: Metrics | None = None) -> Deliverer:
    registry = metrics.registry if metrics else None
    return Deliverer(database, outbox, {"sms": post}, registry=registry, pace=PACE)


async def test_a_message_is_delivered_and_then_scrubbed(database: Database, outbox: Outbox) -> None:
    post = Post()
    await put(database, outbox, PHONE)

    await deliverer(database, outbox, post).deliver("sms")

    [row] = await rows(database)
    assert post.received == [(PHONE, row.id)]
    assert (row.state, row.payload, row.attempts, row.by) == (State.DELIVERED, None, 1, "somebody")


async def test_what_was_rolled_back_never_leaves(database: Database, outbox: Outbox) -> None:
    post = Post()

    async def sign_up_and_fail() -> None:
        async with database.writing() as session:
            await outbox.enqueue(session, "sms", {"to": PHONE}, by="somebody")
            raise RuntimeError("the account could not be made")

    with pytest.raises(RuntimeError):
        await sign_up_and_fail()
    await deliverer(database, outbox, post).deliver("sms")

    assert post.tries == []


async def test_what_waits_is_sealed(database: Database, outbox: Outbox) -> None:
    await put(database, outbox, PHONE)

    [row] = await rows(database)
    assert PHONE not in str(vars(row))
    assert "482913" not in str(vars(row))


async def test_a_failure_is_tried_again_later_with_the_same_key(
    database: Database, outbox: Outbox, clock: Clock
) -> None:
    post = Post(TryLater("busy"), ConnectionError(PHONE))
    delivering = deliverer(database, outbox, post)
    await put(database, outbox, PHONE)

    await delivering.deliver("sms")
    await delivering.deliver("sms")
    assert len(post.tries) == 1  # too early
    clock.jump(9)
    await delivering.deliver("sms")
    clock.jump(17)
    await delivering.deliver("sms")

    assert len(post.tries) == 3
    assert len(set(post.tries)) == len(post.received) == 1


async def test_a_wait_that_is_asked_for_is_kept(database: Database, outbox: Outbox, clock: Clock) -> None:
    post = Post(TryLater("too many", after=60))
    delivering = deliverer(database, outbox, post)
    await put(database, outbox, PHONE)
    await delivering.deliver("sms")
    clock.jump(59)
    await delivering.deliver("sms")
    assert post.received == []
    clock.jump(2)
    await delivering.deliver("sms")

    assert len(post.received) == 1


async def test_a_refusal_is_not_tried_again(database: Database, outbox: Outbox, clock: Clock) -> None:
    post = Post(Undeliverable("no such number"))
    delivering = deliverer(database, outbox, post)
    await put(database, outbox, PHONE)
    await delivering.deliver("sms")
    clock.jump(10_000)
    await delivering.deliver("sms")

    [row] = await rows(database)
    assert len(post.tries) == 1
    assert (row.state, row.reason, row.payload) == (State.DEAD, "no such number", None)


async def test_attempts_come_to_an_end(database: Database, outbox: Outbox, clock: Clock) -> None:
    post = Post(*[RuntimeError(CODE)] * 9)
    delivering = deliverer(database, outbox, post)
    await put(database, outbox, PHONE)
    for _ in range(9):
        await delivering.deliver("sms")
        clock.jump(4_000)

    [row] = await rows(database)
    assert len(post.tries) == PACE.attempts
    assert (row.state, row.reason, row.payload) == (State.DEAD, "RuntimeError", None)


async def test_a_message_that_kills_its_process_is_given_up_too(
    database: Database, outbox: Outbox, clock: Clock
) -> None:
    killed = 0

    async def kill(_payload: Mapping[str, str], *, key: str) -> None:  # noqa: ARG001
        nonlocal killed
        killed += 1
        raise asyncio.CancelledError

    await put(database, outbox, PHONE)
    for _ in range(8):
        await deliverer(database, outbox, kill).deliver("sms")
        clock.jump(PACE.lease + 1)

    [row] = await rows(database)
    assert killed == PACE.attempts
    assert (row.state, row.reason) == (State.DEAD, "tried too often")


async def test_a_code_that_is_no_longer_valid_is_not_sent(
    database: Database, outbox: Outbox, clock: Clock
) -> None:
    post = Post(TryLater("busy"))
    delivering = deliverer(database, outbox, post)
    await put(database, outbox, PHONE, expires=timedelta(seconds=5))
    await delivering.deliver("sms")
    clock.jump(5)
    await delivering.deliver("sms")

    [row] = await rows(database)
    assert (row.state, row.reason, row.payload) == (State.DEAD, "too late", None)
    assert len(post.tries) == 1


async def test_crash_between_sending_and_marking_sends_again_with_the_same_key(
    database: Database, outbox: Outbox, clock: Clock
) -> None:
    post = Post()

    async def send_and_die(payload: Mapping[str, str], *, key: str) -> None:
        await post(payload, key=key)
        raise asyncio.CancelledError

    await put(database, outbox, PHONE)
    await deliverer(database, outbox, send_and_die).deliver("sms")
    survivor = deliverer(database, outbox, post)
    await survivor.deliver("sms")
    assert len(post.received) == 1  # still claimed by the dead one
    clock.jump(PACE.lease + 1)
    await survivor.deliver("sms")

    assert len(post.received) == 2
    assert len(set(post.received)) == 1
    assert [row.state for row in await rows(database)] == [State.DELIVERED]


async def test_who_was_too_slow_does_not_overrule_who_took_over(
    database: Database, outbox: Outbox, clock: Clock
) -> None:
    post = Post()

    async def slow(_payload: Mapping[str, str], *, key: str) -> None:  # noqa: ARG001
        clock.jump(PACE.lease + 1)
        await deliverer(database, outbox, post).deliver("sms")
        raise TryLater("too slow to tell")

    await put(database, outbox, PHONE)
    with capture_logs() as lines:
        await deliverer(database, outbox, slow).deliver("sms")

    assert [row.state for row in await rows(database)] == [State.DELIVERED]
    assert "message taken over meanwhile" in [line["event"] for line in lines]


async def test_two_deliverers_send_twenty_messages_once_each(database: Database, outbox: Outbox) -> None:
    post = Post()
    numbers = [f"0101234{number:04}" for number in range(20)]
    await asyncio.gather(*(put(database, outbox, number) for number in numbers))

    await asyncio.gather(*(deliverer(database, outbox, post).deliver("sms") for _ in range(2)))

    assert sorted(to for to, _ in post.received) == numbers


async def test_messages_come_in_while_others_leave(database: Database, outbox: Outbox) -> None:
    post = Post()
    numbers = [f"0101234{number:04}" for number in range(20)]

    async def until_all_left() -> None:
        delivering = deliverer(database, outbox, post)
        while len(post.received) < len(numbers):
            await delivering.deliver("sms")

    async with asyncio.timeout(30):
        await asyncio.gather(
            until_all_left(), until_all_left(), *(put(database, outbox, number) for number in numbers)
        )

    assert sorted(to for to, _ in post.received) == numbers


async def test_whoever_claims_holds_up_nobody_who_enqueues(database: Database, outbox: Outbox) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer; it is asked only when something is due")
    await put(database, outbox, "a", "b")
    delivering = deliverer(database, outbox, Post())

    async with database.writing() as session, asyncio.timeout(5):
        claimed = await delivering._locked(session, (OutboxRow.state == State.WAITING,), 10)
        await put(database, outbox, "c")

    assert len(claimed) == 2


async def test_one_poisoned_message_stops_no_other(database: Database, outbox: Outbox) -> None:
    post = Post()
    await put(database, outbox, "a", "b", "c")
    poisoned = (await rows(database))[0].id
    async with database.writing() as session:
        await session.execute(update(OutboxRow).where(OutboxRow.id == poisoned).values(payload="garbage"))

    await deliverer(database, outbox, post).deliver("sms")

    found = {row.id: row for row in await rows(database)}
    assert len(post.received) == 2
    assert (found[poisoned].state, found[poisoned].reason) == (State.DEAD, "sealed with another secret")


async def test_a_message_that_hangs_holds_up_no_other(database: Database, outbox: Outbox) -> None:
    async def hang_on_one(payload: Mapping[str, str], *, key: str) -> None:
        if payload["to"] == "hangs":
            await asyncio.sleep(60)
        await post(payload, key=key)

    post = Post()
    await put(database, outbox, "hangs")
    delivering = asyncio.create_task(deliverer(database, outbox, hang_on_one).deliver("sms"))
    await asyncio.sleep(0.3)
    await put(database, outbox, PHONE)
    await asyncio.sleep(1)
    assert [to for to, _ in post.received] == [PHONE]
    await delivering

    assert {row.reason for row in await rows(database)} == {None, "TimeoutError"}


async def test_a_message_without_a_handler_waits_and_is_counted(
    database: Database, outbox: Outbox, clock: Clock
) -> None:
    metrics = Metrics()
    async with database.writing() as session:
        await outbox.enqueue(session, "of.tomorrow", {}, by="somebody", expires=timedelta(seconds=30))
    delivering = deliverer(database, outbox, Post(), metrics)
    clock.jump(20)
    await delivering.tend()

    text = metrics.text().decode()
    assert 'pillnuts_outbox_waiting{name="of.tomorrow"} 1.0' in text
    assert 'pillnuts_outbox_oldest_seconds{name="of.tomorrow"} 20.0' in text
    clock.jump(11)
    await delivering.tend()

    text = metrics.text().decode()
    assert 'pillnuts_outbox_waiting{name="of.tomorrow"} 0.0' in text
    assert 'pillnuts_outbox_results_total{name="of.tomorrow",result="dead"} 1.0' in text


async def test_what_ended_long_ago_is_forgotten(database: Database, outbox: Outbox, clock: Clock) -> None:
    delivering = deliverer(database, outbox, Post())
    await put(database, outbox, PHONE)
    await delivering.deliver("sms")
    clock.jump(6 * 24 * 3600)
    await put(database, outbox, PHONE)
    await delivering.tend()
    assert len(await rows(database)) == 2
    clock.jump(2 * 24 * 3600)
    await delivering.tend()

    assert [row.state for row in await rows(database)] == [State.WAITING]


async def test_every_end_is_counted(database: Database, outbox: Outbox) -> None:
    metrics = Metrics()
    await put(database, outbox, "a", "b", "c", "d")

    post = Post(TryLater("busy"), Undeliverable("refused"), NeedsOperator("wrong key"))
    await deliverer(database, outbox, post, metrics).deliver("sms")

    text = metrics.text().decode()
    for result in ("delivered", "later", "dead", "operator"):
        assert f'pillnuts_outbox_results_total{{name="sms",result="{result}"}} 1.0' in text


async def test_no_line_of_the_log_holds_anything_of_a_message(
    database: Database, outbox: Outbox, clock: Clock
) -> None:
    errors = (ValueError(f"cannot send to {PHONE}"), TryLater("busy"), Undeliverable("refused"))
    with capture_logs() as lines:
        for error in errors:
            await put(database, outbox, PHONE, expires=timedelta(hours=1))
            await deliverer(database, outbox, Post(error)).deliver("sms")
        clock.jump(4_000)
        await deliverer(database, outbox, Post()).deliver("sms")

    assert len(lines) >= 5
    assert PHONE not in str(lines)
    assert "482913" not in str(lines)


async def test_what_was_taken_in_lately_can_be_counted(
    database: Database, outbox: Outbox, clock: Clock
) -> None:
    await put(database, outbox, "a", "b")
    await deliverer(database, outbox, Post()).deliver("sms")
    clock.jump(3_600)
    await put(database, outbox, "c")

    async with database.reading() as session:
        assert await outbox.enqueued_since(session, "sms", timedelta(days=1)) == 3
        assert await outbox.enqueued_since(session, "sms", timedelta(minutes=59)) == 1
        assert await outbox.enqueued_since(session, "mail", timedelta(days=1)) == 0


async def test_a_worker_delivers_within_a_second(database: Database, outbox: Outbox) -> None:
    post = Post()
    async with repeating(*deliverer(database, outbox, post).jobs()):
        await put(database, outbox, PHONE)
        await asyncio.sleep(1)

    assert [to for to, _ in post.received] == [PHONE]


@given(st.integers(1, 60), st.floats(0, 100_000), st.floats(0, 1))
def test_a_pause_grows_but_never_without_end(attempt: int, asked: float, chance: float) -> None:
    pace = Pace()
    pause = pace.pause(attempt, asked, chance)

    assert pace.first / 2 <= pause <= pace.slowest
    assert pause >= min(asked, pace.slowest)
    assert pause <= pace.pause(attempt + 1, asked, 1)
