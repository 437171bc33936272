"""Finding an id and setting a new password, by a phone or an e-mail address that the person proves again.

Before the proof nothing is told; whoever holds the proof holds the phone or the mailbox.
"""

from typing import Final

from pillnuts.accounts import audit, codes, people, rules, sessions
from pillnuts.accounts.contacts import Channel, Contact, parse
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.messages import send_notice
from pillnuts.accounts.models import Account
from pillnuts.accounts.shapes import FoundId, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session
from pillnuts.kernel.rates import Limit

_RECOVERIES: Final = Limit("recoveries", 20, 3600)


@audit.refusals("login_id.found")
async def find_login_id(tools: Tools, *, channel: Channel, target: str, visitor: Visitor) -> FoundId:
    """The id of whoever proved this contact. The proof is left for setting a password with it."""
    contact = parse(channel, target)
    await tools.rates.take(_RECOVERIES, visitor.address)
    async with tools.deciding() as session:
        row = await _proven(session, tools, contact, visitor, spend=False)
        await audit.write(
            session, tools, action="login_id.found", account_id=row.id, by=None, visitor=visitor
        )
        return FoundId(row.login_id, row.created_at)


@audit.refusals("password.reset")
async def reset_password(
    tools: Tools, *, channel: Channel, target: str, new_password: str, visitor: Visitor
) -> None:
    """Set a new password, end every session, and tell the person."""
    contact = parse(channel, target)
    await tools.rates.take(_RECOVERIES, visitor.address)
    async with tools.deciding() as session:
        row = await _proven(session, tools, contact, visitor, spend=False)
        if row.login_id is None:
            raise FieldError(
                "no_password", "네이버, 구글, 카카오로 가입하신 계정입니다. 그 버튼으로 로그인해 주세요."
            )
        own = rules.own_words(row.login_id, people.contacts_of(tools, row))
    password = rules.password(new_password, own, "new_password")
    password_hash = await tools.passwords.hash(password)
    async with tools.deciding() as session:
        row = await _proven(session, tools, contact, visitor, spend=True)
        row.password_hash, row.password_changed_at = password_hash, tools.now()
        await sessions.end_all(session, tools, account_id=row.id, by=audit.SYSTEM, visitor=visitor)
        await audit.write(
            session,
            tools,
            action="password.reset",
            account_id=row.id,
            by=None,
            visitor=visitor,
            channel=channel,
        )
        await send_notice(session, tools, people.contacts_of(tools, row)[0], "비밀번호를 새로 설정했습니다.")


async def _proven(
    session: Session, tools: Tools, contact: Contact, visitor: Visitor, *, spend: bool
) -> Account:
    await codes.require(session, tools, purpose="recover", contact=contact, visitor=visitor, spend=spend)
    row = await people.by_contact(session, tools, contact)
    if row is None:  # left since the code was sent
        raise FieldError("not_verified", "먼저 인증을 마쳐 주세요.", "target")
    return row
