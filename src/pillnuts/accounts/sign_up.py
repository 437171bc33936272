"""Becoming a member: with an id and a password, or by a provider."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from typing import Final

from pillnuts.accounts import audit, codes, consents, people, rules, sessions, texts
from pillnuts.accounts.contacts import Channel, parse
from pillnuts.accounts.errors import FieldError, Taken
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session
from pillnuts.kernel.rates import Limit

KOREA: Final = timezone(timedelta(hours=9))

_LOOKS: Final = Limit("login id looks", 30, 60)
_SIGN_UPS: Final = Limit("sign ups", 10, 3600)


@dataclass(frozen=True)
class NewAccount:
    """What the form of signing up holds, after `codes.check` of its contact."""

    login_id: str
    password: str
    birth_date: date
    """Looked at and forgotten."""
    channel: Channel
    target: str
    consents: frozenset[str]


async def check_login_id(tools: Tools, *, login_id: str, visitor: Visitor) -> None:
    """Raise FieldError or Taken when that id cannot be had. Phone and e-mail are never told like this."""
    await tools.rates.take(_LOOKS, visitor.address)
    rules.login_id(login_id)
    async with tools.database.reading() as session:
        if await people.by_login_id(session, login_id) is not None:
            raise Taken("login_id_taken", people.TAKEN, "login_id")


@audit.refusals("account.made")
async def sign_up(tools: Tools, *, form: NewAccount, visitor: Visitor) -> SignedIn:
    """Make the account and sign in. Raises FieldError for the first thing that is wrong."""
    contact = parse(form.channel, form.target)
    rules.login_id(form.login_id)
    rules.old_enough(form.birth_date, tools.now().astimezone(KOREA).date())
    password = rules.password(form.password, rules.own_words(form.login_id, [contact]))
    consents.required(form.consents)
    await tools.rates.take(_SIGN_UPS, visitor.address)
    async with tools.deciding() as session:
        await codes.require(session, tools, purpose="sign_up", contact=contact, visitor=visitor, spend=False)
    password_hash = await tools.passwords.hash(password)  # costly: only for who proved a contact
    async with tools.deciding() as session:
        await codes.require(session, tools, purpose="sign_up", contact=contact, visitor=visitor, spend=True)
        row = await people.make(
            session, login_id=form.login_id, password_hash=password_hash, role=Role.USER, now=tools.now()
        )
        await people.set_contact(session, tools, row, contact)
        await _settle(session, tools, row.id, form.consents, "password", visitor)
        return await sessions.begin(
            session, tools, account_id=row.id, methods="password", by=row.id, visitor=visitor
        )


async def from_provider(
    session: Session,
    tools: Tools,
    *,
    birth_date: date,
    agreed: Collection[str],
    method: str,
    visitor: Visitor,
) -> str:
    """Make an account for somebody whom a provider vouches for, with the same age gate and consents.

    Gives its id; the caller links the provider and begins the session in the same transaction.
    """
    rules.old_enough(birth_date, tools.now().astimezone(KOREA).date())
    consents.required(agreed)
    await tools.rates.take(_SIGN_UPS, visitor.address)
    row = await people.make(session, login_id=None, password_hash=None, role=Role.USER, now=tools.now())
    await _settle(session, tools, row.id, agreed, method, visitor)
    return row.id


async def _settle(
    session: Session, tools: Tools, account_id: str, agreed: Collection[str], method: str, visitor: Visitor
) -> None:
    if unknown := set(agreed).difference(texts.KINDS):
        raise FieldError("consent_unknown", "모르는 동의 항목입니다.", min(unknown))
    await audit.write(
        session,
        tools,
        action="account.made",
        account_id=account_id,
        by=account_id,
        visitor=visitor,
        method=method,
    )
    for kind in texts.KINDS:
        if kind in agreed:
            await consents.give(
                session, tools, account_id=account_id, kind=kind, by=account_id, visitor=visitor
            )
