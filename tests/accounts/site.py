"""A site with accounts for tests: a clock that can be moved, cheap hashes, and a look into the outbox."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import orjson
import pyotp
from sqlalchemy import select

from pillnuts import posting
from pillnuts.accounts import audit, codes, people, second_factor, sessions, sign_in, sign_up, tools
from pillnuts.accounts.contacts import Channel
from pillnuts.accounts.hashing import Cost
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import AuditLine, Caller, Purpose, SignedIn, Visitor
from pillnuts.accounts.sign_up import NewAccount
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Database
from pillnuts.kernel.outbox import OutboxRow
from pillnuts.kernel.rates import Rates

SECRET = "for these tests alone: 3f9a1c77d2e84b60"  # noqa: S105 -- of no other site
PASSWORD = "복숭아 먹는 다람쥐 7마리"  # noqa: S105 -- of nobody
WRONG = "아니다 아니야 9번"
CHEAP = Cost(8, 1)
"""The least that argon2 does: for tests that are not about what it costs."""
PHONE, EMAIL = "010-2345-6789", "Nuri@example.com"
LOGIN_ID = "nuri2026"
BORN = date(1990, 5, 17)
ALL_CONSENTS = frozenset({"terms", "privacy", "health"})


@dataclass
class Clock:
    at: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 3, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        """Let time go by."""
        self.at += timedelta(**span)


class People:
    """What happens on a site, in the words of a test."""

    def __init__(self, tools: Tools, clock: Clock) -> None:
        self.tools = tools
        self.clock = clock

    async def rest(self) -> None:
        """Wait until everything may be asked for again: the counters, that is, not the clock."""
        await self.tools.rates.close()
        self.tools.rates = Rates(None, secret=SECRET)

    async def sent(self) -> list[dict[str, str]]:
        """Everything that waits to leave, oldest first."""
        async with self.tools.database.reading() as session:
            rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.created, OutboxRow.id))
            return [
                {"name": row.name, **orjson.loads(self.tools.outbox.seal.open(row.payload or ""))}
                for row in rows
            ]

    async def last_code(self, to: str) -> str:
        """The six digits that were last sent to somebody."""
        async with self.tools.database.reading() as session:
            rows = list(await session.scalars(select(OutboxRow)))
        found = []
        for row in rows:
            payload = orjson.loads(self.tools.outbox.seal.open(row.payload or ""))
            if payload["to"] == to and (code := re.search(r"\b\d{6}\b", payload["text"])):
                found.append((row.created, code[0]))
        # Two of one millisecond cannot be told apart; no test asks twice that fast without moving on.
        return found[-1][1] if len(found) == 1 else max(found)[1]

    async def audited(self) -> list[AuditLine]:
        async with self.tools.database.reading() as session:
            return list(reversed(await audit.read(session, limit=1000)))

    async def prove(
        self,
        visitor: Visitor,
        *,
        purpose: Purpose = "sign_up",
        channel: Channel = "phone",
        target: str = PHONE,
    ) -> None:
        """Ask for a code and enter it."""
        await codes.ask(self.tools, purpose=purpose, channel=channel, target=target, visitor=visitor)
        to = "+82" + target.replace("-", "")[1:] if channel == "phone" else target
        code = await self.last_code(to)
        await codes.check(
            self.tools, purpose=purpose, channel=channel, target=target, code=code, visitor=visitor
        )

    async def join(
        self,
        visitor: Visitor,
        *,
        login_id: str = LOGIN_ID,
        password: str = PASSWORD,
        channel: Channel = "phone",
        target: str = PHONE,
        consents: frozenset[str] = ALL_CONSENTS,
        born: date = BORN,
    ) -> SignedIn:
        """Sign up, with a proven contact."""
        await self.prove(visitor, channel=channel, target=target)
        form = NewAccount(login_id, password, born, channel, target, consents)
        return await sign_up.sign_up(self.tools, form=form, visitor=visitor)

    async def sign_in(self, visitor: Visitor, login_id: str = LOGIN_ID, password: str = PASSWORD) -> SignedIn:
        signed_in = await sign_in.with_password(
            self.tools, login_id=login_id, password=password, visitor=visitor
        )
        assert isinstance(signed_in, SignedIn)
        return signed_in

    async def refresh(self, token: str, visitor: Visitor) -> SignedIn:
        async with self.tools.deciding() as session:
            return await sessions.refresh(session, self.tools, refresh_token=token, visitor=visitor)

    async def caller(self, access: str) -> Caller | None:
        claims = await self.tools.keyring.read(access)
        async with self.tools.database.reading() as session:
            return await sessions.find(session, self.tools, claims)

    async def sure(self, access: str) -> Caller:
        caller = await self.caller(access)
        assert caller is not None
        return caller

    async def set_role(self, account_id: str, role: Role) -> None:
        async with self.tools.deciding() as session:
            (await people.one(session, account_id)).role = role

    async def enrol(self, account_id: str, visitor: Visitor) -> tuple[pyotp.TOTP, tuple[str, ...]]:
        """Set up a second factor."""
        async with self.tools.deciding() as session:
            begun = await second_factor.begin(
                session, self.tools, account_id=account_id, label="x", by=account_id, visitor=visitor
            )
            totp = pyotp.TOTP(begun.secret)
            recovery = await second_factor.confirm(
                session,
                self.tools,
                account_id=account_id,
                code=totp.at(self.clock.at),
                by=account_id,
                visitor=visitor,
            )
        return totp, recovery


def browser(name: str = "one", address: str = "203.0.113.7", known: str = "") -> Visitor:
    return Visitor(address=address, browser=name, device="Android · Chrome", known=known)


@asynccontextmanager
async def working(database_url: str, clock: Clock, **changes: Any) -> AsyncIterator[Tools]:
    """Tools on a database that has its tables."""
    database = Database(database_url)
    made = tools.make(
        SECRET,
        database=database,
        outbox=posting.outbox(SECRET),
        rates=changes.pop("rates", None) or Rates(None, secret=SECRET),
        site_url="http://127.0.0.1:8000",
        now=clock,
        cost=changes.pop("cost", CHEAP),
        **changes,
    )
    try:
        yield made
    finally:
        made.passwords.close()
        await made.rates.close()
        await database.close()


def channel_of(target: str) -> Channel:
    return "email" if "@" in target else "phone"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ok(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None
