"""The log of what happened to accounts. It is only added to: here, and by triggers in the database.

What goes well is written in its own transaction. What is refused rolls that back: `refusals` writes it after.
"""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar

from sqlalchemy import delete, select

from pillnuts.accounts.errors import Refusal
from pillnuts.accounts.models import AuditEntry
from pillnuts.accounts.shapes import AuditLine, Caller, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import ReadSession, Session
from pillnuts.kernel.errors import AppError
from pillnuts.kernel.logs import REQUEST_ID
from pillnuts.kernel.rates import Limit, TooMany

P = ParamSpec("P")
T = TypeVar("T")

KEPT: Final = timedelta(days=731)
"""The triggers let go of nothing younger than 730 days."""
ANONYMOUS: Final = "anonymous"
SYSTEM: Final = "system"

_V4, _V6 = 24, 48
"""Bits of an address that are kept, as a keyed hash: enough to see two entries come from one network."""

Action = Literal[
    "account.made",
    "account.left",
    "account.exported",
    "session.began",
    "session.refused",
    "session.reused",
    "session.ended",
    "session.confirmed",
    "code.asked",
    "code.checked",
    "login_id.found",
    "login_id.set",
    "password.changed",
    "password.reset",
    "contact.changed",
    "contact.removed",
    "consent.given",
    "consent.withdrawn",
    "second_factor.begun",
    "second_factor.set",
    "second_factor.removed",
    "second_factor.recovery",
    "second_factor.codes",
    "access.refused",
    "provider.linked",
    "provider.unlinked",
    "role.given",
    "key.rotated",
]

FACTS: Final = ("purpose", "channel", "provider", "kind", "role")
"""Arguments of acts that say what kind of thing was tried, and nothing about whom."""

_REFUSALS: Final = Limit("refusals written", 30, 600)
"""Of one account, or one address: nobody fills the log by being refused."""
_WRITTEN: ContextVar[list[str] | None] = ContextVar("refusals written", default=None)


async def write(
    session: Session,
    tools: Tools,
    *,
    action: Action,
    account_id: str | None,
    by: str | None,
    visitor: Visitor | None = None,
    result: Literal["ok", "refused"] = "ok",
    **words: str | int,
) -> None:
    """Add an entry. `words` are facts such as `method="password"`, never what names or describes a person.

    `by` None: nobody is signed in.
    """
    session.add(
        AuditEntry(
            at=tools.now(),
            action=action,
            result=result,
            account_id=account_id,
            by=by or ANONYMOUS,
            address=network(tools, visitor.address) if visitor else None,
            request_id=REQUEST_ID.get(),
            detail=" ".join(f"{name}={word}" for name, word in words.items())[:300],
        )
    )
    await session.flush()  # in the order in which things happened
    if result == "refused" and (written := _WRITTEN.get()) is not None:
        written.append(action)


def refusals(
    action: Action, *, by: str | None = None, **words: str
) -> Callable[[Callable[Concatenate[Tools, P], Awaitable[T]]], Callable[Concatenate[Tools, P], Awaitable[T]]]:
    """Have an act's refusals written down, unless it did so itself and that was kept.

    The act takes tools, and by name whom it is for (`caller`, `visitor`); `by`: who does it otherwise.
    """

    def decorated(
        act: Callable[Concatenate[Tools, P], Awaitable[T]],
    ) -> Callable[Concatenate[Tools, P], Awaitable[T]]:
        @wraps(act)
        async def noted(tools: Tools, /, *args: P.args, **given: P.kwargs) -> T:
            written: list[str] = []
            before = _WRITTEN.set(written)
            try:
                return await act(tools, *args, **given)
            except AppError as error:
                if not (written and isinstance(error, Refusal)):
                    facts = {name: str(given[name]) for name in FACTS if name in given}
                    await _refused(tools, action, given, by, {**facts, **words, "why": error.code})
                raise
            finally:
                _WRITTEN.reset(before)

        return noted

    return decorated


async def refused(
    tools: Tools, *, action: Action, caller: Caller | None, visitor: Visitor | None, **words: str
) -> None:
    """Write down, in a transaction of its own, that something was refused before it began."""
    await _refused(tools, action, {"caller": caller, "visitor": visitor}, None, words)


async def _refused(
    tools: Tools, action: Action, given: dict[str, Any], by: str | None, words: dict[str, str]
) -> None:
    caller: Caller | None = given.get("caller")
    visitor: Visitor | None = given.get("visitor")
    account_id = caller.account_id if caller else None
    try:
        await tools.rates.take(_REFUSALS, account_id or (visitor.address if visitor else ANONYMOUS))
    except TooMany:
        return
    async with tools.database.writing() as session:
        await write(
            session,
            tools,
            action=action,
            account_id=account_id,
            by=by or account_id,
            visitor=visitor,
            result="refused",
            **words,
        )


def network(tools: Tools, address: str) -> str:
    """A keyed hash of the network around an address."""
    try:
        bits = _V4 if ipaddress.ip_address(address).version == 4 else _V6  # noqa: PLR2004 -- IPv4
        around = str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        around = address
    return tools.keyed.digest("network", around)[:16]


async def read(
    session: ReadSession, *, account_id: str | None = None, since: datetime | None = None, limit: int = 50
) -> Sequence[AuditLine]:
    """The newest entries, newest first."""
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if account_id is not None:
        wanted = wanted.where(AuditEntry.account_id == account_id)
    if since is not None:
        wanted = wanted.where(AuditEntry.at >= since)
    return [
        AuditLine(row.at, row.action, row.result, row.account_id, row.by, row.address, row.detail)
        for row in await session.scalars(wanted)
    ]


async def forget(session: Session, *, now: datetime) -> None:
    """Let go of what is older than two years."""
    await session.execute(delete(AuditEntry).where(AuditEntry.at < now - KEPT))
