"""What waits in the database between two steps of signing in by a provider, bound to one browser.

An attempt lasts from leaving for the provider to the return, at most ten minutes, and is taken out by the
return: whoever comes with the same state again finds nothing. What the return leaves open waits longer.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

import orjson
from authlib.common.security import generate_token
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from pillnuts.accounts.oauth.config import NAMES, ProviderName
from pillnuts.accounts.oauth.models import ProviderAttempt, ProviderPending
from pillnuts.accounts.oauth.talk import Way
from pillnuts.accounts.shapes import Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import ReadSession, Session

Purpose = Literal["sign_in", "link", "confirm"]
Kind = Literal["sign_up", "challenge", "confirm"]

ATTEMPT_LIFETIME: Final = timedelta(minutes=10)
LIFETIMES: Final[dict[Kind, timedelta]] = {
    "sign_up": timedelta(minutes=30),
    "challenge": timedelta(minutes=5),
    "confirm": timedelta(minutes=5),
}
_VERIFIER: Final = 64
"""Characters; RFC 7636 wants 43 to 128."""


@dataclass(frozen=True)
class Attempt:
    """One way to a provider."""

    provider: ProviderName
    purpose: Purpose
    way: Way
    next: str
    session_id: str | None
    began: int
    """Seconds since 1970."""


@dataclass(frozen=True)
class Pending:
    """What is open after the return."""

    provider: ProviderName
    held: dict[str, Any]


async def begin(
    session: Session,
    tools: Tools,
    *,
    provider: ProviderName,
    purpose: Purpose,
    next_: str,
    session_id: str | None,
    visitor: Visitor,
) -> Way:
    """Remember that this browser goes to a provider."""
    way = Way(secrets.token_urlsafe(32), secrets.token_urlsafe(32), generate_token(_VERIFIER))
    now = tools.now()
    held = {"nonce": way.nonce, "verifier": way.verifier, "next": next_, "began": int(now.timestamp())}
    session.add(
        ProviderAttempt(
            state_key=_state_key(tools, way.state),
            browser_key=_browser_key(tools, visitor),
            provider=provider,
            purpose=purpose,
            session_id=session_id,
            held=_sealed(tools, held),
            expires_at=now + ATTEMPT_LIFETIME,
        )
    )
    return way


async def take(
    session: Session, tools: Tools, *, provider: ProviderName, state: str, visitor: Visitor
) -> Attempt | None:
    """Take out the attempt of this state; None: there is none, not any more, or not of this browser."""
    mine = (
        ProviderAttempt.state_key == _state_key(tools, state),
        ProviderAttempt.browser_key == _browser_key(tools, visitor),
        ProviderAttempt.provider == provider,
    )
    row: ProviderAttempt | None = await session.scalar(select(ProviderAttempt).where(*mine))
    if row is None:
        return None
    # Of two that come at once only one deletes a row.
    gone = await session.execute(delete(ProviderAttempt).where(*mine))
    if not getattr(gone, "rowcount", 0) or row.expires_at <= tools.now():
        return None
    held = _opened(tools, row.held)
    purposes: dict[str, Purpose] = {"sign_in": "sign_in", "link": "link", "confirm": "confirm"}
    return Attempt(
        provider,
        purposes[row.purpose],
        Way(state, held["nonce"], held["verifier"]),
        held["next"],
        row.session_id,
        held["began"],
    )


async def keep(
    session: Session,
    tools: Tools,
    *,
    kind: Kind,
    provider: ProviderName,
    held: dict[str, Any],
    visitor: Visitor,
) -> None:
    """Keep something for the page that this browser is sent to; what waited before is forgotten."""
    key = _browser_key(tools, visitor)
    values = {
        "kind": kind,
        "provider": provider,
        "held": _sealed(tools, held),
        "expires_at": tools.now() + LIFETIMES[kind],
    }
    if await session.get(ProviderPending, key) is None:
        try:
            async with session.begin_nested():
                session.add(ProviderPending(browser_key=key, **values))
        except IntegrityError:  # another tab, in the same moment: the later one counts
            pass
        else:
            return
    await session.execute(update(ProviderPending).where(ProviderPending.browser_key == key).values(**values))


async def look(session: ReadSession, tools: Tools, *, kind: Kind, visitor: Visitor) -> Pending | None:
    """What waits for this browser, left where it is."""
    row = await session.scalar(
        select(ProviderPending).where(
            ProviderPending.browser_key == _browser_key(tools, visitor),
            ProviderPending.kind == kind,
            ProviderPending.expires_at > tools.now(),
        )
    )
    return None if row is None else _pending(tools, row)


async def spend(session: Session, tools: Tools, *, kind: Kind, visitor: Visitor) -> Pending | None:
    """The same, taken out: it serves once, whatever number of tabs."""
    found = await look(session, tools, kind=kind, visitor=visitor)
    if found is None:
        return None
    mine = (ProviderPending.browser_key == _browser_key(tools, visitor), ProviderPending.kind == kind)
    gone = await session.execute(delete(ProviderPending).where(*mine))
    return found if getattr(gone, "rowcount", 0) else None


async def forget(session: Session, tools: Tools) -> Sequence[Pending]:
    """Remove what is past its time; gives the sign-ups that nobody finished."""
    over = tools.now()
    await session.execute(delete(ProviderAttempt).where(ProviderAttempt.expires_at <= over))
    rows = list(await session.scalars(select(ProviderPending).where(ProviderPending.expires_at <= over)))
    for row in rows:
        await session.delete(row)
    return [_pending(tools, row) for row in rows if row.kind == "sign_up"]


def _pending(tools: Tools, row: ProviderPending) -> Pending:
    return Pending(next(name for name in NAMES if name == row.provider), _opened(tools, row.held))


def _sealed(tools: Tools, held: dict[str, Any]) -> str:
    return tools.seal.seal(orjson.dumps(held).decode())


def _opened(tools: Tools, sealed: str) -> dict[str, Any]:
    opened: dict[str, Any] = orjson.loads(tools.seal.open(sealed))
    return opened


def _state_key(tools: Tools, state: str) -> str:
    return tools.keyed.digest("provider state", state)


def _browser_key(tools: Tools, visitor: Visitor) -> str:
    return tools.keyed.digest("browser", visitor.browser)
