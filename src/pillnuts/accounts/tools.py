"""What everything in accounts works with, put together once by `main`."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pillnuts.accounts.contacts import Contact
from pillnuts.accounts.errors import Refusal
from pillnuts.accounts.hashing import Cost, Passwords
from pillnuts.accounts.keyed import Keyed
from pillnuts.accounts.keys import Keyring
from pillnuts.kernel.db import Database, ReadSession, Session
from pillnuts.kernel.outbox import Outbox
from pillnuts.kernel.rates import Rates
from pillnuts.kernel.sealing import Seal

Eraser = Callable[[Session, str], Awaitable[int]]
"""Erases what a feature holds of an account, and says how many rows that were."""
Exporter = Callable[[ReadSession, str], Awaitable[Any]]
"""What a feature holds of an account, for its owner to take along; goes into JSON."""


@dataclass(frozen=True)
class Caps:
    """How many messages may be asked for; what a text message costs makes these a cap on money."""

    sms_spacing_seconds: int = 180
    sms_daily_per_number: int = 10
    sms_daily_per_address: int = 20
    sms_daily: int = 500
    mail_spacing_seconds: int = 60
    mail_daily_per_target: int = 20
    mail_daily_per_address: int = 50
    mail_daily: int = 5000


@dataclass
class Tools:
    """`erasers` and `exporters` are filled by later features, by name; `now` moves in tests."""

    database: Database
    outbox: Outbox
    rates: Rates
    passwords: Passwords
    keyring: Keyring
    seal: Seal
    """For phone numbers, e-mail addresses and second factors."""
    challenges: Seal
    """For what a browser holds between the first and the second factor."""
    signing: Seal
    """For the private halves of signing keys."""
    keyed: Keyed
    site_url: str
    caps: Caps = Caps()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    erasers: dict[str, Eraser] = field(default_factory=dict)
    """Run when somebody leaves."""
    health_erasers: dict[str, Eraser] = field(default_factory=dict)
    """Run as well when the consent to health data is withdrawn."""
    exporters: dict[str, Exporter] = field(default_factory=dict)

    @asynccontextmanager
    async def deciding(self) -> AsyncIterator[Session]:
        """One transaction that keeps what was written before a `Refusal`, which then goes on its way."""
        refused: Refusal | None = None
        await self.keyring.ready()
        async with self.database.writing() as session:
            try:
                yield session
            except Refusal as refusal:
                refused = refusal
        if refused is not None:
            raise refused

    def contact_key(self, contact: Contact) -> str:
        """What a contact is stored and found under."""
        return self.keyed.digest(contact.channel, contact.compared)

    def contact_keys(self, contact: Contact) -> tuple[str, ...]:
        """The same under older secrets too, for finding."""
        return self.keyed.digests(contact.channel, contact.compared)


def make(
    secret: str,
    *,
    database: Database,
    outbox: Outbox,
    rates: Rates,
    site_url: str,
    older: tuple[str, ...] = (),
    cost: Cost | None = None,
    caps: Caps | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Tools:
    """Put the tools together. `older` secrets still open and find what they wrote."""
    signing = Seal(secret, "signing keys", older=older)
    return Tools(
        database=database,
        outbox=outbox,
        rates=rates,
        passwords=Passwords(cost),
        keyring=Keyring(database, signing, now=now),
        seal=Seal(secret, "people", older=older),
        challenges=Seal(secret, "challenges", older=older),
        signing=signing,
        keyed=Keyed(secret, older=older),
        site_url=site_url,
        caps=caps or Caps(),
        now=now,
    )


def fresh_id() -> str:
    """A random identifier."""
    return secrets.token_hex(10)
