"""Sessions: one for each browser that signed in, each with its chain of refresh tokens.

A refresh token works once. Its successor is derived from it, so that two tabs that refresh in the same moment
get the same one; whoever comes with a used token later than that has stolen it, or was stolen from, and the
session ends for both.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, select, update

from pillnuts.accounts import audit
from pillnuts.accounts.errors import NotSignedIn
from pillnuts.accounts.keys import LIFETIME, Claims
from pillnuts.accounts.models import Account, AccountSession, RefreshToken
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import Caller, SessionView, SignedIn, Visitor
from pillnuts.accounts.tools import Tools, fresh_id
from pillnuts.kernel.db import ReadSession, Session

REFRESH_LIFETIME: Final = timedelta(days=14)
LONGEST: Final = timedelta(days=90)
"""After that everybody signs in anew, however busy."""
GRACE: Final = timedelta(seconds=10)
"""So long after its use a refresh token still gives the successor that it gave."""
USED_ANEW: Final = timedelta(minutes=1)
KEPT_AFTER_END: Final = timedelta(days=1)
ENROL: Final = "enrol"

_NAME: Final = re.compile(r"[0-9a-f]{20}")
_ENDED: Final = ("session_ended", "로그인이 끝났습니다. 다시 로그인해 주세요.")


@dataclass(frozen=True)
class _Alive:
    """A session that is not over, with whose it is."""

    id: str
    account_id: str
    role: Role
    login_id: str | None
    methods: frozenset[str]

    @property
    def spoken_role(self) -> str:
        """The role that an access token states."""
        return ENROL if self.role.privileged and "totp" not in self.methods else self.role


async def begin(
    session: Session, tools: Tools, *, account_id: str, methods: str, by: str | None, visitor: Visitor
) -> SignedIn:
    """Begin a new session, always with an identifier of its own: none that existed before is taken over."""
    now, token = tools.now(), secrets.token_urlsafe(32)
    made = AccountSession(
        id=fresh_id(),
        account_id=account_id,
        device=visitor.device[:60],
        methods=methods,
        created_at=now,
        last_used_at=now,
        expires_at=now + LONGEST,
    )
    session.add(made)
    await session.flush()  # the token points at it
    session.add(RefreshToken(digest=_digest(token), session_id=made.id, expires_at=now + REFRESH_LIFETIME))
    await audit.write(
        session,
        tools,
        action="session.began",
        account_id=account_id,
        by=by or account_id,
        visitor=visitor,
        methods=methods.replace(" ", "+"),
    )
    return await _signed_in(session, tools, made.id, token)


async def refresh(session: Session, tools: Tools, *, refresh_token: str, visitor: Visitor) -> SignedIn:
    """Give the next tokens for a refresh token. Raises NotSignedIn, and then the session may be over.

    Run it in `tools.deciding()`: a family that a stolen token ends has to stay ended.
    """
    now, digest = tools.now(), _digest(refresh_token)
    nonce = secrets.token_hex(16)
    unused = and_(
        RefreshToken.digest == digest, RefreshToken.used_at.is_(None), RefreshToken.expires_at > now
    )
    used = update(RefreshToken).where(unused).values(used_at=now, nonce=nonce)
    first = bool(getattr(await session.execute(used), "rowcount", 0))
    # A locking read sees what another process has just committed, on every server.
    row = await session.scalar(
        select(RefreshToken)
        .where(RefreshToken.digest == digest)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.used_at is None:
        raise NotSignedIn(*_ENDED)
    alive = await _alive(session, row.session_id, now)
    if first:
        return await _next(session, tools, alive, successor(tools, refresh_token, nonce))
    if now - row.used_at > GRACE:
        await _reused(session, tools, alive, visitor)
        raise NotSignedIn(*_ENDED)
    return await _signed_in(session, tools, alive.id, await _newest(session, tools, refresh_token, row))


async def confirm(session: Session, tools: Tools, *, session_id: str) -> None:
    """Remember that the person proved again who they are."""
    now = tools.now()
    await session.execute(
        update(AccountSession).where(AccountSession.id == session_id).values(confirmed_at=now)
    )


async def add_method(session: Session, *, session_id: str, method: str) -> None:
    """Remember a further proof in a session that goes on."""
    row = await session.get_one(AccountSession, session_id)
    row.methods = " ".join(dict.fromkeys([*row.methods.split(), method]))
    await session.flush()  # a token made next states the role that this gives


async def renew(session: Session, tools: Tools, *, session_id: str) -> SignedIn:
    """New tokens for a session whose rights changed; those before it work no longer for refreshing."""
    now, token = tools.now(), secrets.token_urlsafe(32)
    await session.execute(delete(RefreshToken).where(RefreshToken.session_id == session_id))
    session.add(RefreshToken(digest=_digest(token), session_id=session_id, expires_at=now + REFRESH_LIFETIME))
    return await _signed_in(session, tools, session_id, token)


async def find(session: ReadSession, tools: Tools, claims: Claims) -> Caller | None:
    """Who an access token speaks for, now: not who it did when it was made."""
    rows = await session.execute(
        select(AccountSession, Account.role)
        .join(Account, Account.id == AccountSession.account_id)
        .where(AccountSession.id == claims.session_id, Account.id == claims.account_id)
    )
    found = rows.one_or_none()
    if found is None or found[0].ended_at is not None or found[0].expires_at <= tools.now():
        return None
    row, role = found
    return Caller(row.account_id, row.id, Role(role), frozenset(row.methods.split()), row.confirmed_at)


async def list_(session: ReadSession, tools: Tools, *, account_id: str, current: str) -> list[SessionView]:
    """Where somebody is signed in, the last used first."""
    now = tools.now()
    rows = await session.scalars(
        select(AccountSession)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.ended_at.is_(None),
            AccountSession.expires_at > now,
            AccountSession.last_used_at > now - REFRESH_LIFETIME,
        )
        .order_by(AccountSession.last_used_at.desc(), AccountSession.id)
    )
    return [
        SessionView(row.id, row.device, row.methods, row.created_at, row.last_used_at, row.id == current)
        for row in rows
    ]


async def end(
    session: Session,
    tools: Tools,
    *,
    account_id: str,
    session_id: str,
    by: str,
    visitor: Visitor | None = None,
) -> bool:
    """End one session of an account; False: it has none of that name that is not over."""
    if not _NAME.fullmatch(session_id):  # PostgreSQL takes no NUL, and MariaDB cuts blanks off
        return False
    return bool(await _end(session, tools, AccountSession.id == session_id, account_id, by, visitor))


async def end_all(
    session: Session,
    tools: Tools,
    *,
    account_id: str,
    by: str,
    but: str | None = None,
    visitor: Visitor | None = None,
) -> int:
    """End every session of an account, or every one but one."""
    return await _end(session, tools, AccountSession.id != (but or ""), account_id, by, visitor)


async def forget(session: Session, *, now: datetime) -> None:
    """Remove sessions a day after their end, and tokens that nobody can use any more."""
    over = now - KEPT_AFTER_END
    await session.execute(delete(AccountSession).where(AccountSession.ended_at < over))
    await session.execute(delete(AccountSession).where(AccountSession.expires_at < over))
    await session.execute(delete(AccountSession).where(AccountSession.last_used_at < over - REFRESH_LIFETIME))
    await session.execute(delete(RefreshToken).where(RefreshToken.expires_at < over))


def successor(tools: Tools, refresh_token: str, nonce: str) -> str:
    """The token after this one: to be made by nobody who lacks it, the table, or the secret."""
    return tools.keyed.digest("refresh", refresh_token, nonce)


async def _end(
    session: Session,
    tools: Tools,
    which: ColumnElement[bool],
    account_id: str,
    by: str,
    visitor: Visitor | None,
) -> int:
    ended = await session.execute(
        update(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.ended_at.is_(None), which)
        .values(ended_at=tools.now())
    )
    count = int(getattr(ended, "rowcount", 0))
    if count:
        await audit.write(
            session,
            tools,
            action="session.ended",
            account_id=account_id,
            by=by,
            visitor=visitor,
            sessions=count,
        )
    return count


async def _alive(session: ReadSession, session_id: str, now: datetime) -> _Alive:
    rows = await session.execute(
        select(AccountSession, Account.role, Account.login_id)
        .join(Account, Account.id == AccountSession.account_id)
        .where(AccountSession.id == session_id)
    )
    found = rows.one_or_none()
    if found is None or found[0].ended_at is not None or found[0].expires_at <= now:
        raise NotSignedIn(*_ENDED)
    row, role, login_id = found
    return _Alive(row.id, row.account_id, Role(role), login_id, frozenset(row.methods.split()))


async def _next(session: Session, tools: Tools, alive: _Alive, token: str) -> SignedIn:
    now = tools.now()
    session.add(RefreshToken(digest=_digest(token), session_id=alive.id, expires_at=now + REFRESH_LIFETIME))
    await session.execute(
        update(AccountSession).where(AccountSession.id == alive.id).values(last_used_at=now)
    )
    return await _signed_in(session, tools, alive.id, token)


async def _newest(session: ReadSession, tools: Tools, token: str, row: RefreshToken) -> str:
    """The end of the chain that begins with a token used a moment ago."""
    while row.used_at is not None:
        token = successor(tools, token, row.nonce or "")
        found = await session.get(RefreshToken, _digest(token), populate_existing=True)
        if found is None:
            raise NotSignedIn(*_ENDED)
        row = found
    return token


async def _reused(session: Session, tools: Tools, alive: _Alive, visitor: Visitor) -> None:
    await _end(session, tools, AccountSession.id == alive.id, alive.account_id, audit.SYSTEM, visitor)
    await audit.write(
        session,
        tools,
        action="session.reused",
        account_id=alive.account_id,
        by=None,
        visitor=visitor,
        result="refused",
    )


async def _signed_in(session: ReadSession, tools: Tools, session_id: str, token: str) -> SignedIn:
    alive = await _alive(session, session_id, tools.now())
    access = tools.keyring.sign(Claims(alive.account_id, alive.id, alive.spoken_role))
    seconds = int(LIFETIME.total_seconds())
    known = known_browser(tools, alive.login_id) if alive.login_id else ""
    return SignedIn(alive.account_id, alive.id, access, token, seconds, known)


def known_browser(tools: Tools, login_id: str) -> str:
    """For a cookie: this browser signed in with this id before."""
    nonce = secrets.token_hex(8)
    return f"{nonce}.{tools.keyed.digest('known', login_id, nonce)}"


def knows(tools: Tools, cookie: str, login_id: str) -> bool:
    """Whether that cookie is of a browser that signed in with this id before."""
    nonce, _, digest = cookie.partition(".")
    return tools.keyed.matches(digest, "known", login_id, nonce)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
