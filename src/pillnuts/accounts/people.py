"""The row of an account: making it, finding it, and what its owner sees of it."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from pillnuts.accounts import consents, rules
from pillnuts.accounts.contacts import Channel, Contact, masked, parse
from pillnuts.accounts.errors import NotSignedIn, Taken
from pillnuts.accounts.models import Account, RecoveryCode, SecondFactor
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import Profile
from pillnuts.accounts.tools import Tools, fresh_id
from pillnuts.kernel.db import ReadSession, Session

TAKEN = "이미 쓰이고 있는 아이디입니다. 다른 아이디를 골라 주세요."
_MYSQL_DEADLOCK: Final = 1213
CONTACT_TAKEN = {
    "phone": "이미 가입된 번호입니다. 아이디 찾기를 이용해 주세요.",
    "email": "이미 가입된 이메일입니다. 아이디 찾기를 이용해 주세요.",
}


async def make(
    session: Session,
    *,
    login_id: str | None,
    password_hash: str | None,
    role: Role,
    now: datetime,
) -> Account:
    """Add an account. Raises Taken when somebody has the id, even since a moment ago."""
    row = Account(
        id=fresh_id(),
        login_id=login_id,
        password_hash=password_hash,
        role=role,
        created_at=now,
        age_checked_at=now,
        password_changed_at=now if password_hash else None,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except (IntegrityError, OperationalError) as error:
        if isinstance(error, OperationalError) and not _lost_deadlock(error):
            raise
        raise Taken("login_id_taken", TAKEN, "login_id") from error
    return row


def _lost_deadlock(error: OperationalError) -> bool:
    """Whether MySQL gave this transaction up for another: here, for one that inserts the same id."""
    return bool(error.orig and error.orig.args and error.orig.args[0] == _MYSQL_DEADLOCK)


async def set_contact(session: Session, tools: Tools, row: Account, contact: Contact) -> None:
    """Give an account a contact that its owner proved. Raises Taken when it is another account's."""
    other = await by_contact(session, tools, contact)
    taken = Taken("contact_taken", CONTACT_TAKEN[contact.channel], "target")
    if other is not None and other.id != row.id:
        raise taken
    sealed, key = tools.seal.seal(contact.written), tools.contact_key(contact)
    try:
        async with session.begin_nested():
            if contact.channel == "phone":
                row.phone, row.phone_key = sealed, key
            else:
                row.email, row.email_key = sealed, key
    except IntegrityError as error:
        raise taken from error


def contact_of(tools: Tools, row: Account, channel: Channel) -> Contact | None:
    """A contact of an account, opened."""
    sealed = row.phone if channel == "phone" else row.email
    return parse(channel, tools.seal.open(sealed)) if sealed else None


def contacts_of(tools: Tools, row: Account) -> list[Contact]:
    """Every contact of an account, the e-mail address first: writing there costs nothing."""
    found = (contact_of(tools, row, "email"), contact_of(tools, row, "phone"))
    return [contact for contact in found if contact is not None]


async def by_login_id(session: ReadSession, login_id: str) -> Account | None:
    if not re.fullmatch(rules.LOGIN_ID, login_id):  # MariaDB takes "id " for "id", PostgreSQL takes no NUL
        return None
    found: Account | None = await session.scalar(select(Account).where(Account.login_id == login_id))
    return found


async def by_contact(session: ReadSession, tools: Tools, contact: Contact) -> Account | None:
    """Who proved this contact to be theirs."""
    column = Account.phone_key if contact.channel == "phone" else Account.email_key
    found: Account | None = await session.scalar(
        select(Account).where(column.in_(tools.contact_keys(contact)))
    )
    return found


async def one(session: ReadSession, account_id: str) -> Account:
    """The account of somebody signed in; raises NotSignedIn when it has just gone."""
    found = await session.get(Account, account_id)
    if found is None:
        raise NotSignedIn
    return found


async def profile(session: ReadSession, tools: Tools, *, account_id: str) -> Profile:
    """An account as its owner sees it, numbers and addresses masked."""
    row = await one(session, account_id)
    factor = await session.get(SecondFactor, account_id)
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    phone, email = contact_of(tools, row, "phone"), contact_of(tools, row, "email")
    return Profile(
        account_id=row.id,
        login_id=row.login_id,
        has_password=row.password_hash is not None,
        role=Role(row.role),
        phone=phone and masked("phone", phone.written),
        email=email and masked("email", email.written),
        created_at=row.created_at,
        second_factor=factor is not None and factor.confirmed_at is not None,
        recovery_codes_left=(await session.execute(unused)).scalar_one(),
        consents=tuple(await consents.list_(session, account_id=account_id)),
    )
