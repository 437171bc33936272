"""Signing in: the first factor, the second where there is one, and proving it again for what matters."""

from datetime import datetime, timedelta
from typing import Final

import orjson

from pillnuts.accounts import audit, people, second_factor, sessions
from pillnuts.accounts.errors import FieldError, Refusal
from pillnuts.accounts.hashing import Checked
from pillnuts.accounts.models import Account
from pillnuts.accounts.shapes import Caller, SecondFactorDue, SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session
from pillnuts.kernel.rates import Limit
from pillnuts.kernel.sealing import BadSeal

CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
CONFIRMED_FOR: Final = timedelta(minutes=5)
"""How long a proof given again opens what asks for one."""

_OF_ADDRESS: Final = Limit("sign in address", 100, 600)
_OF_PAIR: Final = Limit("sign in pair", 10, 900)
_OF_ID: Final = Limit("sign in id", 60, 3600)
"""Wherever from. A browser that signed in with this id before is not counted, so that nobody can lock the
owner out by trying wrong passwords from everywhere."""
_CONFIRMS: Final = Limit("confirm", 10, 900)


@audit.refusals("session.refused", method="password")
async def with_password(
    tools: Tools, *, login_id: str, password: str, visitor: Visitor
) -> SignedIn | SecondFactorDue:
    """Sign in. One refusal, in the same time, for an unknown id, a wrong password, and none at all."""
    await _take(tools, login_id, visitor)
    async with tools.database.reading() as reading:
        found = await people.by_login_id(reading, login_id)
    stored = found.password_hash if found else None
    checked = await tools.passwords.check(password, stored)
    async with tools.deciding() as session:
        row = await session.get(Account, found.id if found else "")  # as much work for nobody
        if row is None or not checked.right or row.password_hash != stored:
            await _refused(session, tools, found.id if found else None, visitor)
            raise wrong_credentials()
        _rehash(row, checked)
        return await after_first_factor(session, tools, account_id=row.id, method="password", visitor=visitor)


async def after_first_factor(
    session: Session, tools: Tools, *, account_id: str, method: str, visitor: Visitor
) -> SignedIn | SecondFactorDue:
    """Begin the session, or ask for the second factor first. Run it in `tools.deciding()`."""
    if not await second_factor.in_force(session, account_id=account_id):
        return await sessions.begin(
            session, tools, account_id=account_id, methods=method, by=account_id, visitor=visitor
        )
    until = (tools.now() + CHALLENGE_LIFETIME).isoformat()
    said = {"account": account_id, "method": method, "browser": visitor.browser, "until": until}
    return SecondFactorDue(tools.challenges.seal(orjson.dumps(said).decode()))


@audit.refusals("session.refused", method="totp")
async def with_second_factor(tools: Tools, *, challenge: str, code: str, visitor: Visitor) -> SignedIn:
    """Sign in with the challenge of the first factor and a code. Raises Refusal."""
    account_id, method = _opened(tools, challenge, visitor)
    async with tools.deciding() as session:
        await people.one(session, account_id)
        await second_factor.check(
            session, tools, account_id=account_id, code=code, action="session.refused", visitor=visitor
        )
        return await sessions.begin(
            session, tools, account_id=account_id, methods=f"{method} totp", by=account_id, visitor=visitor
        )


@audit.refusals("session.refused", method="refresh")
async def refresh(tools: Tools, *, refresh_token: str, visitor: Visitor) -> SignedIn:
    """Give the next tokens for a refresh token. Raises NotSignedIn, and then the session may be over."""
    async with tools.deciding() as session:
        return await sessions.refresh(session, tools, refresh_token=refresh_token, visitor=visitor)


@audit.refusals("session.confirmed", method="password")
async def confirm_password(
    tools: Tools, *, caller: Caller, password: str, code: str | None, visitor: Visitor
) -> None:
    """Prove it again, with the second factor as well where there is one. Raises Refusal."""
    await tools.rates.take(_CONFIRMS, caller.account_id)
    async with tools.database.reading() as reading:
        stored = (await people.one(reading, caller.account_id)).password_hash
    checked = await tools.passwords.check(password, stored)
    async with tools.deciding() as session:
        row = await people.one(session, caller.account_id)
        if not checked.right or row.password_hash != stored:
            await _refused(session, tools, row.id, visitor)
            raise Refusal("wrong_password", "비밀번호가 맞지 않습니다.", "password")
        await confirm_second_factor(session, tools, caller=caller, code=code, visitor=visitor)
        await sessions.confirm(session, tools, session_id=caller.session_id)
        await audit.write(
            session, tools, action="session.confirmed", account_id=row.id, by=row.id, visitor=visitor
        )


async def confirm_second_factor(
    session: Session, tools: Tools, *, caller: Caller, code: str | None, visitor: Visitor
) -> None:
    """The second half of proving it again, whatever the first was. FieldError: a code is missing."""
    if not await second_factor.in_force(session, account_id=caller.account_id):
        return
    if not code:
        raise FieldError("second_factor_needed", "2단계 인증번호도 입력해 주세요.", "code")
    await second_factor.check(
        session, tools, account_id=caller.account_id, code=code, action="session.refused", visitor=visitor
    )


def recently_confirmed(tools: Tools, caller: Caller) -> bool:
    """Whether the caller proved it again just now."""
    return caller.confirmed_at is not None and tools.now() - caller.confirmed_at <= CONFIRMED_FOR


def wrong_credentials() -> Refusal:
    """One sentence for everything that can be wrong."""
    return Refusal("wrong_credentials", "아이디 또는 비밀번호가 맞지 않습니다.", "password")


async def _take(tools: Tools, login_id: str, visitor: Visitor) -> None:
    await tools.rates.take(_OF_ADDRESS, visitor.address)
    await tools.rates.take(_OF_PAIR, login_id, visitor.address)
    if not sessions.knows(tools, visitor.known, login_id):
        await tools.rates.take(_OF_ID, login_id)


async def _refused(session: Session, tools: Tools, account_id: str | None, visitor: Visitor) -> None:
    await audit.write(
        session,
        tools,
        action="session.refused",
        account_id=account_id,
        by=None,
        visitor=visitor,
        result="refused",
        method="password",
    )


def _rehash(row: Account, checked: Checked) -> None:
    """Keep the hash at today's cost."""
    if checked.newer is not None:
        row.password_hash = checked.newer


def _opened(tools: Tools, challenge: str, visitor: Visitor) -> tuple[str, str]:
    over = Refusal("challenge_over", "시간이 지났습니다. 처음부터 다시 로그인해 주세요.", "code")
    try:
        said = orjson.loads(tools.challenges.open(challenge))
        account_id, method, until = said["account"], said["method"], datetime.fromisoformat(said["until"])
    except (BadSeal, orjson.JSONDecodeError, KeyError) as error:  # KeyError: sealed for another step
        raise over from error
    if until < tools.now() or said["browser"] != visitor.browser:
        raise over
    return account_id, method
