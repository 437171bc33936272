"""Delivering what stands in the outbox: at least once, each message by one deliverer at a time.

A message is claimed for a while. Whoever claimed it sends it and writes down how that ended; when the process
dies on the way, the claim runs out and somebody else tries. No line of the log holds anything of a payload.
"""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import uuid4

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy import delete, func, select, update

from pillnuts.kernel.db import Database, Session
from pillnuts.kernel.outbox import (
    DeliveryError,
    Handler,
    NeedsOperator,
    Outbox,
    OutboxRow,
    State,
    TryLater,
    Undeliverable,
    milliseconds,
)
from pillnuts.kernel.sealing import BadSeal
from pillnuts.kernel.tasks import Job

log = structlog.get_logger(__name__)

KEPT: Final = 7 * 24 * 3600.0
"""Seconds that a finished message's row stays, without payload, for whoever asks what happened."""
TEND_SECONDS: Final = 15.0
"""Between two looks at the whole queue."""
BATCH: Final = 500
"""Rows tidied up in one transaction."""
MARKS: Final = 4
"""Attempts to write down that a message was sent: sending it again costs money and annoys."""


@dataclass(frozen=True)
class Pace:
    """Seconds, where nothing else is said."""

    poll: float = 1
    at_once: int = 5
    """Messages of one name under way in one process."""
    longest: float = 30
    """For one attempt; then it counts as failed."""
    lease: float = 90
    """Until somebody else may take a message whose deliverer died. Longer than `longest`, by far."""
    attempts: int = 20
    """With the pauses below: an hour of the first eleven, then nine hours more."""
    first: float = 2
    slowest: float = 3600

    def pause(self, attempt: int, asked: float, chance: float) -> float:
        """Seconds after this attempt (from 1); `chance`, 0 to 1, keeps many messages from coming in step."""
        grown = min(self.slowest, self.first * 2.0 ** min(attempt - 1, 30))
        return max(grown * (0.5 + chance / 2), min(asked, self.slowest))


@dataclass(frozen=True)
class _Claimed:
    id: str
    name: str
    payload: str
    claim: str
    attempt: int
    expires: int | None


class _Counts:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.results = Counter(
            "pillnuts_outbox_results",
            "Attempts to deliver, by how they ended: delivered, later, operator, dead.",
            ("name", "result"),
            registry=registry,
        )
        self.waiting = Gauge(
            "pillnuts_outbox_waiting",
            "Messages that wait.",
            ("name",),
            multiprocess_mode="livemax",
            registry=registry,
        )
        self.oldest = Gauge(
            "pillnuts_outbox_oldest_seconds",
            "Age of the oldest message that waits.",
            ("name",),
            multiprocess_mode="livemax",
            registry=registry,
        )


class Deliverer:
    """Delivers by `handlers`; a message without one waits for one, and is counted."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        handlers: Mapping[str, Handler],
        *,
        registry: CollectorRegistry | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.handlers = dict(handlers)
        self._database = database
        self._outbox = outbox
        self._pace = pace or Pace()
        self._counts = _Counts(registry or CollectorRegistry())
        self._seen = set(self.handlers)

    def jobs(self) -> list[Job]:
        """What a worker repeats. A job for each name, so that a slow mail server holds up no SMS."""
        deliver = [
            Job(f"deliver {name}", partial(self.deliver, name), self._pace.poll) for name in self.handlers
        ]
        return [*deliver, Job("tend the outbox", self.tend, TEND_SECONDS)]

    async def deliver(self, name: str) -> None:
        """Deliver what is due under a name, and what becomes due meanwhile."""
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                claimed = await self._claim(name, self._pace.at_once - len(under_way))
                under_way |= {asyncio.create_task(self._deliver(one)) for one in claimed}
                if not under_way:
                    return
                _, under_way = await asyncio.wait(
                    under_way, timeout=self._pace.poll, return_when=asyncio.FIRST_COMPLETED
                )
        except asyncio.CancelledError:
            for task in under_way:
                task.cancel()
            raise
        finally:  # what is being sent is finished, though the database may not give more
            await asyncio.gather(*under_way, return_exceptions=True)

    async def tend(self) -> None:
        """Give up what came too late, forget what ended long ago, and count what waits."""
        await self._bury_expired()
        await self._prune()
        await self._measure()

    # -- claiming

    async def _claim(self, name: str, places: int) -> list[_Claimed]:
        due = (OutboxRow.state == State.WAITING, OutboxRow.name == name, OutboxRow.due <= self._outbox.now())
        if places <= 0 or not await self._any(due):
            return []
        async with self._database.writing() as session:
            rows = await self._locked(session, due, places)
            return [claimed for row in rows if (claimed := self._taken(row))]

    async def _any(self, wanted: Sequence[Any]) -> bool:
        """Look without a lock first: every second, and mostly in vain."""
        async with self._database.reading() as session:
            return (await session.scalars(select(OutboxRow.id).where(*wanted).limit(1))).first() is not None

    async def _locked(self, session: Session, wanted: Sequence[Any], most: int) -> Sequence[OutboxRow]:
        """Rows that nobody else is taking, the oldest first. SQLite has one writer and needs no such lock."""
        if self._database.engine.dialect.name in {"mysql", "mariadb"}:
            # By default MySQL locks the gaps between rows too, and whoever enqueues waits for whoever claims.
            _ = await session.connection(execution_options={"isolation_level": "READ COMMITTED"})
        chosen = select(OutboxRow).where(*wanted).order_by(OutboxRow.due).limit(most)
        return (await session.scalars(chosen.with_for_update(skip_locked=True))).all()

    def _taken(self, row: OutboxRow) -> _Claimed | None:
        """Mark a locked row as ours, or give it up when its time or its attempts are over."""
        now = self._outbox.now()
        if row.expires is not None and row.expires <= now:
            self._bury(row, "too late")
        elif row.attempts >= self._pace.attempts:
            self._bury(row, "tried too often")
        else:
            row.attempts += 1
            row.claim = uuid4().hex
            row.due = now + milliseconds(self._pace.lease)
            return _Claimed(row.id, row.name, row.payload or "", row.claim, row.attempts, row.expires)
        return None

    def _bury(self, row: OutboxRow, reason: str) -> None:
        log.error("message given up", name=row.name, key=row.id, reason=reason, last=row.reason)
        self._counts.results.labels(row.name, "dead").inc()
        row.state, row.reason, row.payload, row.claim = State.DEAD, reason, None, None
        row.finished = self._outbox.now()

    # -- sending

    async def _deliver(self, message: _Claimed) -> None:
        started = time.monotonic()
        try:
            payload = orjson.loads(self._outbox.seal.open(message.payload))
            async with asyncio.timeout(self._pace.longest):
                await self.handlers[message.name](payload, key=message.id)
        except (BadSeal, orjson.JSONDecodeError):
            await self._failed(message, Undeliverable("sealed with another secret"))
        except DeliveryError as error:
            await self._failed(message, error)
        except Exception as error:  # noqa: BLE001 -- a handler's mistake must not stop the others
            # Its words may hold what it was about to send; where it happened may not.
            place = _place(error)
            log.error("handler failed", name=message.name, kind=type(error).__name__, place=place)  # noqa: TRY400
            await self._failed(message, TryLater(type(error).__name__))
        else:
            await self._write(message, State.DELIVERED, None)
            self._counts.results.labels(message.name, "delivered").inc()
            seconds = round(time.monotonic() - started, 3)
            log.info(
                "message delivered",
                name=message.name,
                key=message.id,
                attempt=message.attempt,
                seconds=seconds,
            )

    async def _failed(self, message: _Claimed, error: DeliveryError) -> None:
        given_up = isinstance(error, Undeliverable) or message.attempt >= self._pace.attempts
        result = "dead" if given_up else "operator" if isinstance(error, NeedsOperator) else "later"
        self._counts.results.labels(message.name, result).inc()
        event = "message given up" if given_up else "message put off"
        write = log.warning if result == "later" else log.error
        write(event, name=message.name, key=message.id, reason=error.reason, attempt=message.attempt)
        if given_up:
            await self._write(message, State.DEAD, error.reason)
        else:
            asked = error.after if isinstance(error, TryLater) else 0.0
            pause = self._pace.pause(message.attempt, asked, random.random())  # noqa: S311 -- no secret
            await self._write(message, State.WAITING, error.reason, pause)

    async def _write(self, message: _Claimed, state: State, reason: str | None, pause: float = 0) -> None:
        now = self._outbox.now()
        values: dict[str, Any] = {"state": state, "reason": reason, "claim": None}
        if state is State.WAITING:
            due = now + milliseconds(pause)
            values["due"] = due if message.expires is None else min(due, message.expires)
        else:
            values |= {"payload": None, "finished": now}
        for mark in range(1, MARKS + 1):
            try:
                async with self._database.writing() as session:
                    ours = (OutboxRow.id == message.id, OutboxRow.claim == message.claim)
                    marked = await session.execute(update(OutboxRow).where(*ours).values(**values))
            except Exception as error:  # noqa: BLE001 -- every driver has its own family
                log.error("message not marked", key=message.id, kind=type(error).__name__)  # noqa: TRY400
                if mark < MARKS:
                    await asyncio.sleep(2.0 ** (mark - 1))
            else:
                if not marked.rowcount:  # type: ignore[attr-defined]
                    log.error("message taken over meanwhile", name=message.name, key=message.id)
                return

    # -- tending

    async def _bury_expired(self) -> None:
        now = self._outbox.now()
        late = (OutboxRow.state == State.WAITING, OutboxRow.due <= now, OutboxRow.expires <= now)
        if not await self._any(late):
            return
        async with self._database.writing() as session:
            for row in await self._locked(session, late, BATCH):
                self._bury(row, "too late")

    async def _prune(self) -> None:
        old = (OutboxRow.finished <= self._outbox.now() - milliseconds(KEPT),)
        if not await self._any(old):
            return
        async with self._database.writing() as session:
            ids = [row.id for row in await self._locked(session, old, BATCH)]
            await session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)))

    async def _measure(self) -> None:
        now = self._outbox.now()
        counted = (
            select(OutboxRow.name, func.count(), func.min(OutboxRow.created))
            .where(OutboxRow.state == State.WAITING)
            .group_by(OutboxRow.name)
        )
        async with self._database.reading() as session:
            found = {name: (count, oldest) for name, count, oldest in await session.execute(counted)}
        self._seen |= found.keys()
        for name in self._seen:
            count, oldest = found.get(name, (0, now))
            self._counts.waiting.labels(name).set(count)
            self._counts.oldest.labels(name).set(max(0, now - oldest) / 1000)


def _place(error: BaseException) -> str:
    """Where an error came from, without its words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
