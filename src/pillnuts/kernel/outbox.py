"""What is to leave the house after a commit: a row in the caller's own transaction, delivered by the worker.

Nothing leaves for a transaction that did not happen, and nothing is forgotten for one that did. A message may
arrive twice (a process can die between sending and writing that down), so every handler is told a key that
stays the same. `delivery` sends; see docs/decisions/0008-outbox.md.
"""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import uuid4

import orjson
from sqlalchemy import BigInteger, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pillnuts.kernel.db import TABLE_OPTIONS, Base, ReadSession, Session, key, long_text
from pillnuts.kernel.sealing import Seal

Clock = Callable[[], float]
"""Seconds since 1970, as `time.time`."""

LONGEST_NAME: Final = 64


class State(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up: too late, refused, or tried too often. The reason stays, the payload does not."""


class OutboxRow(Base):
    """A message. The moments are milliseconds since 1970: servers differ in what they keep of a date."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_name_due", "state", "name", "due"),
        Index("ix_outbox_finished", "finished"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(key(32), primary_key=True)
    """Told to the handler at every attempt: whoever receives twice can know by it."""
    name: Mapped[str] = mapped_column(key(LONGEST_NAME))
    payload: Mapped[str | None] = mapped_column(long_text())
    """Sealed JSON, gone as soon as the message is delivered or given up: it holds codes and numbers."""
    by: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(key(10))
    reason: Mapped[str | None] = mapped_column(String(100))
    """Why it was put off or given up, in constant words."""
    attempts: Mapped[int]
    claim: Mapped[str | None] = mapped_column(key(32))
    """Who is delivering it. Only that one may write down how it ended."""
    created: Mapped[int] = mapped_column(BigInteger)
    due: Mapped[int] = mapped_column(BigInteger)
    """Nobody takes it before; while it is being delivered, the end of that one's time."""
    expires: Mapped[int | None] = mapped_column(BigInteger)
    finished: Mapped[int | None] = mapped_column(BigInteger)


class Handler(Protocol):
    """Delivers one kind of message, or raises one of the three below; any other error is a `TryLater`."""

    async def __call__(self, payload: Mapping[str, str], /, *, key: str) -> None: ...


class DeliveryError(Exception):
    """`reason` is constant words for the operator: no number, address, code or text of the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(DeliveryError):
    """It may work in a while."""

    def __init__(self, reason: str, *, after: float = 0) -> None:
        super().__init__(reason)
        self.after = after
        """Seconds to wait at least."""


class Undeliverable(DeliveryError):
    """It will never work: the receiver or the message is refused."""


class NeedsOperator(DeliveryError):
    """Nothing is delivered until somebody mends the settings or pays; meanwhile it is tried again."""


class Outbox:
    """Takes messages in. `seal` keeps them from whoever reads the table or its backup."""

    def __init__(self, seal: Seal, *, clock: Clock = time.time) -> None:
        self.seal = seal
        self.clock = clock

    async def enqueue(
        self,
        session: Session,
        name: str,
        payload: Mapping[str, str],
        *,
        by: str,
        expires: timedelta | None = None,
    ) -> None:
        """Have `payload` delivered by the handler of `name` once the caller has committed.

        After `expires` it is not sent any more, as a code that is no longer valid is worse than none.
        """
        now = self.now()
        session.add(
            OutboxRow(
                id=uuid4().hex,
                name=name,
                payload=self.seal.seal(orjson.dumps(dict(payload)).decode()),
                by=by,
                state=State.WAITING,
                attempts=0,
                created=now,
                due=now,
                expires=None if expires is None else now + milliseconds(expires.total_seconds()),
            )
        )

    async def enqueued_since(self, session: ReadSession, name: str, span: timedelta) -> int:
        """How many were taken in during the last span, whatever became of them: for caps on what costs money.

        Spans up to `delivery.KEPT`; what is older is pruned.
        """
        since = self.now() - milliseconds(span.total_seconds())
        counted = select(func.count()).where(OutboxRow.name == name, OutboxRow.created > since)
        return (await session.execute(counted)).scalar_one()

    def now(self) -> int:
        """This moment, as the table writes it."""
        return milliseconds(self.clock())


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
