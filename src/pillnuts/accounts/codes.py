"""Six digits that prove whose a phone number or an e-mail address is.

A code is good once, for five minutes, for one purpose, in the browser that asked for it. Wrong tries count
against browser and target, and asking for another code does not take them away. What strangers do at a target
shuts nobody out for a day: a browser that its owner signed in with before is counted by itself.
"""

import contextlib
import math
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from pillnuts.accounts import audit, messages, people, sessions
from pillnuts.accounts.contacts import Channel, Contact, parse
from pillnuts.accounts.errors import FieldError, TooManyTries, WrongCode
from pillnuts.accounts.messages import CODE_LIFETIME, DAY
from pillnuts.accounts.models import Verification
from pillnuts.accounts.shapes import Asked, Purpose, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session
from pillnuts.kernel.rates import Limit, TooMany, spoken

TRIES: Final = 5
TRIES_SPAN: Final = timedelta(hours=1)
"""So long after the fifth wrong try five more may be made."""
TRIES_OF_ALL: Final = 15
"""Wrong tries in that span at codes that were sent to one target, whichever browsers asked for them.

All of a day are fewer than five for each message that the caps of a day let out: fifty in a million."""
KEPT: Final = timedelta(days=1)
PROOF_LIFETIME: Final = timedelta(minutes=30)
_BUDGET_SECONDS: Final = 3600

_CHECKS: Final = Limit("code checks", 60, 600)
_PAIR: Final = Limit("code checks pair", 15, DAY)
"""Of one address at one target: alone it can neither go on, nor come as far as to stop others."""


@audit.refusals("code.asked")
async def ask(tools: Tools, *, purpose: Purpose, channel: Channel, target: str, visitor: Visitor) -> Asked:
    """Send a code. What it answers and does is the same whether or not an account has this contact.

    Raises FieldError for what is no number or address, TooMany with the time to wait.
    """
    contact = parse(channel, target)
    await _take(tools, contact, visitor, owners=await _owners(tools, contact, visitor))
    async with tools.deciding() as session:
        if channel == "phone" and not await messages.text_budget_left(session, tools):
            raise TooMany(_BUDGET_SECONDS, "sms_budget")
        row = await _row(session, tools, purpose, contact, visitor)
        code = f"{secrets.randbelow(1_000_000):06d}"
        owner = await people.by_contact(session, tools, contact)
        if purpose == "recover" and owner is None:
            row.code_digest = _digest(tools, row, secrets.token_hex())  # what nobody can type
            await messages.send_nothing_here(session, tools, contact)
        else:
            row.code_digest = _digest(tools, row, code)
            await messages.send_code(session, tools, contact, purpose=purpose, code=code)
        row.asked_at, row.verified_at = tools.now(), None
        await audit.write(
            session,
            tools,
            action="code.asked",
            account_id=owner.id if owner else None,
            by=None,
            visitor=visitor,
            purpose=purpose,
            channel=channel,
        )
    return Asked(int(CODE_LIFETIME.total_seconds()), _spacing(tools, contact))


@audit.refusals("code.checked")
async def check(
    tools: Tools, *, purpose: Purpose, channel: Channel, target: str, code: str, visitor: Visitor
) -> None:
    """Accept a code: the browser then holds the proof for half an hour.

    Raises WrongCode for a wrong, old, used or never sent one alike, TooManyTries after five.
    """
    contact = parse(channel, target)
    await tools.rates.take(_CHECKS, visitor.address)
    await tools.rates.take(_PAIR, contact.compared, visitor.address)
    owners = await _owners(tools, contact, visitor)
    async with tools.deciding() as session:
        row = await _row(session, tools, purpose, contact, visitor)
        await _may_try(session, row, tools.now(), owners=owners)
        right = _right(tools, row, "".join(code.split()))
        if right:
            row.code_digest, row.verified_at = None, tools.now()
            row.failures, row.failed_at = 0, None
        else:
            row.failures, row.failed_at = row.failures + 1, tools.now()
        await audit.write(
            session,
            tools,
            action="code.checked",
            account_id=None,
            by=None,
            visitor=visitor,
            result="ok" if right else "refused",
            purpose=purpose,
            channel=channel,
        )
        if not right:
            left = TRIES - row.failures
            more = (
                f"{left}번 더 입력할 수 있습니다."
                if left
                else f"{_wait(row, tools.now())} 뒤에 다시 할 수 있습니다."
            )
            raise WrongCode("wrong_code", f"인증번호가 맞지 않거나 시간이 지났습니다. {more}", "code")


async def require(
    session: Session, tools: Tools, *, purpose: Purpose, contact: Contact, visitor: Visitor, spend: bool
) -> None:
    """Raise FieldError `not_verified` unless this browser proved the contact for this purpose.

    With `spend` the proof is used up, once the caller's transaction is committed.
    """
    row = await _row(session, tools, purpose, contact, visitor)
    if row.verified_at is None or tools.now() - row.verified_at > PROOF_LIFETIME:
        word = "휴대전화" if contact.channel == "phone" else "이메일"
        raise FieldError("not_verified", f"먼저 {word} 인증을 마쳐 주세요.", "target")
    if spend:
        row.verified_at = None


async def follow(session: Session, tools: Tools, *, old: str, new: str) -> None:
    """Have a browser that is called something else from now on go on with what it began and proved."""
    mine = Verification.browser_key == _browser_key(tools, old)
    await session.execute(update(Verification).where(mine).values(browser_key=_browser_key(tools, new)))


async def forget_contact(session: Session, tools: Tools, contact: Contact) -> None:
    """Remove every attempt at a contact: whose it was leaves."""
    keys = tools.contact_keys(contact)
    await session.execute(delete(Verification).where(Verification.target_key.in_(keys)))


async def forget(session: Session, *, now: datetime) -> None:
    """Remove what is older than any count that it takes part in."""
    await session.execute(delete(Verification).where(Verification.asked_at < now - KEPT))


async def _owners(tools: Tools, contact: Contact, visitor: Visitor) -> bool:
    """Whether this browser signed in before as whoever has this contact: the same work for who has none."""
    async with tools.database.reading() as session:
        owner = await people.by_contact(session, tools, contact)
    login_id = owner.login_id if owner else None
    return sessions.knows(tools, visitor.known, login_id or "") and login_id is not None


async def _take(tools: Tools, contact: Contact, visitor: Visitor, *, owners: bool) -> None:
    """Count this message. Whoever is refused for their own address has used up nothing of the target's.

    One address gets half of what a target does in a day, and the owner's browser a count of its own.
    """
    caps = tools.caps
    whose = "owner" if owners else "anybody"
    at = contact.compared
    limits: tuple[tuple[Limit, *tuple[str, ...]], ...] = (
        (Limit("mail address daily", caps.mail_daily_per_address, DAY), visitor.address),
        (Limit("mail pair daily", _half(caps.mail_daily_per_target), DAY), at, visitor.address),
        (Limit("mail target", 1, caps.mail_spacing_seconds), at, whose),
        (Limit("mail target daily", caps.mail_daily_per_target, DAY), at, whose),
        (Limit("mail daily", caps.mail_daily, DAY), "site"),
    )
    if contact.channel == "phone":
        limits = (
            (Limit("sms address", 1, caps.sms_spacing_seconds, money=True), visitor.address),
            (Limit("sms address daily", caps.sms_daily_per_address, DAY, money=True), visitor.address),
            (Limit("sms pair daily", _half(caps.sms_daily_per_number), DAY, money=True), at, visitor.address),
            (Limit("sms number", 1, caps.sms_spacing_seconds, money=True), at, whose),
            (Limit("sms number daily", caps.sms_daily_per_number, DAY, money=True), at, whose),
        )
    for limit, *key in limits:
        await tools.rates.take(limit, *key)


def _half(amount: int) -> int:
    return max(2, amount // 2)


def _spacing(tools: Tools, contact: Contact) -> int:
    caps = tools.caps
    return caps.sms_spacing_seconds if contact.channel == "phone" else caps.mail_spacing_seconds


async def _row(
    session: Session, tools: Tools, purpose: Purpose, contact: Contact, visitor: Visitor
) -> Verification:
    """The attempt of this browser, locked against its other tabs; made when it is the first."""
    key = tools.contact_key(contact)
    browser = _browser_key(tools, visitor.browser)
    mine = (
        Verification.purpose == purpose,
        Verification.target_key == key,
        Verification.browser_key == browser,
    )
    # A lock on a row that is not there yet locks the gap around it on MySQL, and two who insert then stop
    # each other: so the row is made first, and locked after that.
    if await session.scalar(select(Verification.id).where(*mine)) is None:
        fresh = Verification(
            purpose=purpose, target_key=key, browser_key=browser, asked_at=tools.now(), failures=0
        )
        with contextlib.suppress(IntegrityError):  # another tab was first
            async with session.begin_nested():
                session.add(fresh)
    locked = select(Verification).where(*mine).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locked)).one()


async def _may_try(session: Session, row: Verification, now: datetime, *, owners: bool) -> None:
    """Raise TooManyTries after five in this browser, and after fifteen wherever they were made.

    A browser that no code was sent for guesses at nothing: what it types stops nobody else.
    """
    if row.failed_at is not None and now - row.failed_at >= TRIES_SPAN:
        row.failures, row.failed_at = 0, None
    if row.failures >= TRIES:
        raise _too_many(_seconds(row, now))
    if owners:
        return
    others = select(func.sum(Verification.failures), func.min(Verification.failed_at)).where(
        Verification.target_key == row.target_key,
        Verification.code_digest.is_not(None),
        Verification.failed_at > now - TRIES_SPAN,
    )
    failures, first = (await session.execute(others)).one()
    if first is not None and failures >= TRIES_OF_ALL:
        raise _too_many(max(1, math.ceil((first + TRIES_SPAN - now).total_seconds())))


def _too_many(seconds: int) -> TooManyTries:
    return TooManyTries(seconds, f"여러 번 틀렸습니다. {spoken(seconds)} 뒤에 다시 시도해 주세요.")


def _browser_key(tools: Tools, browser: str) -> str:
    return tools.keyed.digest("browser", browser)


def _right(tools: Tools, row: Verification, code: str) -> bool:
    """Whether the code is the one, compared in the same time whether or not there is one."""
    same = tools.keyed.matches(row.code_digest or "", "code", row.purpose, row.target_key, code)
    return same and row.code_digest is not None and tools.now() - row.asked_at <= CODE_LIFETIME


def _digest(tools: Tools, row: Verification, code: str) -> str:
    return tools.keyed.digest("code", row.purpose, row.target_key, code)


def _seconds(row: Verification, now: datetime) -> int:
    """Until this browser may try five more times."""
    since: datetime = row.failed_at or now
    return max(0, math.ceil((since + TRIES_SPAN - now).total_seconds()))


def _wait(row: Verification, now: datetime) -> str:
    return spoken(_seconds(row, now))
