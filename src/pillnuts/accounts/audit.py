"""The log of what happened to accounts. It is only added to: here, and by triggers in the database."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, select

from pillnuts.accounts.models import AuditEntry
from pillnuts.accounts.shapes import AuditLine, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import ReadSession, Session
from pillnuts.kernel.logs import REQUEST_ID

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
    "provider.linked",
    "provider.unlinked",
    "role.given",
    "key.rotated",
]


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
