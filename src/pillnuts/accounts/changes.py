"""Changing password, phone, e-mail, id and second factor of an account.

The edge has asked for proof again before. Each change is told to the person at the address the account
had before it.
"""

from typing import Final

from sqlalchemy.exc import IntegrityError

from pillnuts.accounts import audit, codes, people, rules, second_factor, sessions
from pillnuts.accounts.contacts import Channel, parse
from pillnuts.accounts.errors import FieldError, Taken
from pillnuts.accounts.messages import send_notice
from pillnuts.accounts.models import Account
from pillnuts.accounts.shapes import Caller, Enrolment, SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session
from pillnuts.kernel.rates import Limit

WORDS: Final[dict[Channel, str]] = {"phone": "휴대전화 번호를", "email": "이메일을"}

_CHANGES: Final = Limit("changes", 20, 3600)


@audit.refusals("password.changed")
async def change_password(tools: Tools, *, caller: Caller, new_password: str, visitor: Visitor) -> None:
    """Set another password, and end every session but this one."""
    await tools.rates.take(_CHANGES, caller.account_id)
    async with tools.database.reading() as reading:
        row = await people.one(reading, caller.account_id)
        if row.login_id is None:
            raise FieldError("no_login_id", "먼저 아이디를 정해 주세요.", "login_id")
        own = rules.own_words(row.login_id, people.contacts_of(tools, row))
    password_hash = await tools.passwords.hash(rules.password(new_password, own, "new_password"))
    async with tools.deciding() as session:
        row = await people.one(session, caller.account_id)
        row.password_hash, row.password_changed_at = password_hash, tools.now()
        await sessions.end_all(
            session, tools, account_id=row.id, by=row.id, but=caller.session_id, visitor=visitor
        )
        await _tell(session, tools, row, "비밀번호를 바꾸었습니다.")
        await audit.write(
            session, tools, action="password.changed", account_id=row.id, by=row.id, visitor=visitor
        )


@audit.refusals("contact.changed")
async def change_contact(
    tools: Tools, *, caller: Caller, channel: Channel, target: str, visitor: Visitor
) -> None:
    """Take a contact that this browser proved (purpose `change`) in place of the one there was."""
    contact = parse(channel, target)
    await tools.rates.take(_CHANGES, caller.account_id)
    async with tools.deciding() as session:
        await codes.require(session, tools, purpose="change", contact=contact, visitor=visitor, spend=True)
        row = await people.one(session, caller.account_id)
        old = people.contact_of(tools, row, channel)
        if old is None:
            await _tell(session, tools, row, f"{WORDS[channel]} 등록했습니다.")
        elif old != contact:
            await send_notice(session, tools, old, f"{WORDS[channel]} 바꾸었습니다.")
        await people.set_contact(session, tools, row, contact)
        await audit.write(
            session,
            tools,
            action="contact.changed",
            account_id=row.id,
            by=row.id,
            visitor=visitor,
            channel=channel,
        )


@audit.refusals("contact.removed")
async def remove_contact(tools: Tools, *, caller: Caller, channel: Channel, visitor: Visitor) -> None:
    """Do without a contact; but the last one of an account with a password is what it is recovered by."""
    async with tools.deciding() as session:
        row = await people.one(session, caller.account_id)
        old = people.contact_of(tools, row, channel)
        if old is None:
            return
        if row.login_id is not None and len(people.contacts_of(tools, row)) == 1:
            raise FieldError("last_contact", "휴대전화와 이메일 가운데 하나는 있어야 합니다.", "target")
        await send_notice(session, tools, old, f"{WORDS[channel]} 지웠습니다.")
        if channel == "phone":
            row.phone = row.phone_key = None
        else:
            row.email = row.email_key = None
        await audit.write(
            session,
            tools,
            action="contact.removed",
            account_id=row.id,
            by=row.id,
            visitor=visitor,
            channel=channel,
        )


@audit.refusals("login_id.set")
async def set_login(tools: Tools, *, caller: Caller, login_id: str, password: str, visitor: Visitor) -> None:
    """Give an account that came by a provider an id and a password of its own; needs a proven contact."""
    await tools.rates.take(_CHANGES, caller.account_id)
    rules.login_id(login_id)
    async with tools.database.reading() as reading:
        row = await people.one(reading, caller.account_id)
        known = people.contacts_of(tools, row)
    _may_set_login(row, with_contact=bool(known))
    form = rules.password(password, rules.own_words(login_id, known))
    password_hash = await tools.passwords.hash(form)
    async with tools.deciding() as session:
        row = await people.one(session, caller.account_id)
        _may_set_login(row, with_contact=True)
        if await people.by_login_id(session, login_id) is not None:
            raise Taken("login_id_taken", people.TAKEN, "login_id")
        try:
            async with session.begin_nested():
                row.login_id, row.password_hash = login_id, password_hash
        except IntegrityError as error:  # somebody took it since
            raise Taken("login_id_taken", people.TAKEN, "login_id") from error
        row.password_changed_at = tools.now()
        await _tell(session, tools, row, "아이디와 비밀번호를 정했습니다.")
        await audit.write(
            session, tools, action="login_id.set", account_id=row.id, by=row.id, visitor=visitor
        )


@audit.refusals("second_factor.begun")
async def begin_second_factor(tools: Tools, *, caller: Caller, visitor: Visitor) -> Enrolment:
    """Make a secret for an app to keep; it counts from `set_second_factor` on."""
    async with tools.deciding() as session:
        row = await people.one(session, caller.account_id)
        return await second_factor.begin(
            session, tools, account_id=row.id, label=row.login_id or "필넛츠", by=row.id, visitor=visitor
        )


@audit.refusals("second_factor.set")
async def set_second_factor(
    tools: Tools, *, caller: Caller, code: str, visitor: Visitor
) -> tuple[tuple[str, ...], SignedIn]:
    """Finish what `begin_second_factor` began; gives the recovery codes and new tokens of this session."""
    async with tools.deciding() as session:
        recovery_codes = await second_factor.confirm(
            session, tools, account_id=caller.account_id, code=code, by=caller.account_id, visitor=visitor
        )
        await sessions.add_method(session, session_id=caller.session_id, method="totp")
        signed_in = await sessions.renew(session, tools, session_id=caller.session_id)
        row = await people.one(session, caller.account_id)
        await _tell(session, tools, row, "2단계 인증을 설정했습니다.")
    return recovery_codes, signed_in


@audit.refusals("second_factor.codes")
async def new_recovery_codes(tools: Tools, *, caller: Caller, visitor: Visitor) -> tuple[str, ...]:
    """Ten new ones in place of those before."""
    me = caller.account_id
    async with tools.deciding() as session:
        return await second_factor.new_recovery_codes(session, tools, account_id=me, by=me, visitor=visitor)


@audit.refusals("second_factor.removed")
async def remove_second_factor(tools: Tools, *, caller: Caller, visitor: Visitor) -> None:
    """Do without it, where the role does not ask for it."""
    me = caller.account_id
    async with tools.deciding() as session:
        await second_factor.remove(session, tools, account_id=me, role=caller.role, by=me, visitor=visitor)
        await _tell(session, tools, await people.one(session, me), "2단계 인증을 껐습니다.")


def _may_set_login(row: Account, *, with_contact: bool) -> None:
    if row.login_id is not None:
        raise FieldError("login_id_set", "아이디는 한 번만 정할 수 있습니다.", "login_id")
    if not with_contact:
        raise FieldError("not_verified", "먼저 휴대전화나 이메일을 인증해 주세요.", "target")


async def _tell(session: Session, tools: Tools, row: Account, what: str) -> None:
    for contact in people.contacts_of(tools, row)[:1]:
        await send_notice(session, tools, contact, what)
