"""Which people at providers sign in to which accounts: found by issuer and subject, never by e-mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pillnuts.accounts import audit, people, sessions
from pillnuts.accounts.errors import FieldError, Refusal
from pillnuts.accounts.messages import send_notice
from pillnuts.accounts.models import Account
from pillnuts.accounts.oauth.config import ISSUERS, TITLES, ProviderName
from pillnuts.accounts.oauth.models import ProviderLink
from pillnuts.accounts.oauth.talk import Person
from pillnuts.accounts.oauth.words import Problem, sentence
from pillnuts.accounts.shapes import Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import ReadSession, Session
from pillnuts.kernel.errors import NotFound

NAME: Final = "providers"
"""Of the eraser and the exporter."""


@dataclass(frozen=True)
class LinkView:
    """A link as its owner sees it."""

    provider: ProviderName
    title: str
    linked_at: datetime
    used_at: datetime
    last_way_in: bool
    """Ending it would leave no way to sign in."""


class LinkRefused(Refusal):
    """This account at a provider cannot be linked to this account."""

    status = 409

    def __init__(self, problem: Problem, provider: ProviderName) -> None:
        super().__init__(problem, sentence(problem, TITLES[provider]), "provider")
        self.problem: Problem = problem


def register(tools: Tools) -> None:
    """Have leaving end the links at the providers, and the download name them."""
    tools.erasers[NAME] = partial(_erase, tools)
    tools.exporters[NAME] = partial(_export, tools)


async def find(
    session: ReadSession, tools: Tools, provider: ProviderName, subject: str
) -> ProviderLink | None:
    """Whom a person at a provider signs in as."""
    keys = tools.keyed.digests("provider", ISSUERS[provider][0], subject)
    found: ProviderLink | None = await session.scalar(
        select(ProviderLink).where(ProviderLink.subject_key.in_(keys))
    )
    return found


async def link(
    session: Session,
    tools: Tools,
    *,
    account_id: str,
    provider: ProviderName,
    person: Person,
    by: str,
    visitor: Visitor,
) -> None:
    """Let that person sign in to this account. Raises LinkRefused; doing it twice does no harm."""
    await _lock(session, account_id)
    found = await find(session, tools, provider, person.subject)
    if found is not None and found.account_id == account_id:
        await come_by(session, tools, found, person, visitor)
        return
    problem: Problem | None = "linked_elsewhere" if found is not None else None
    if problem is None and await _of_provider(session, account_id, provider) is not None:
        problem = "already_linked"
    if problem is None and not await _added(session, tools, account_id, provider, person):
        problem = "linked_elsewhere"  # a moment ago, by another process
    await audit.write(
        session,
        tools,
        action="provider.linked",
        account_id=account_id,
        by=by,
        visitor=visitor,
        result="refused" if problem else "ok",
        provider=provider,
        **({"why": problem} if problem else {}),
    )
    if problem:
        raise LinkRefused(problem, provider)
    await _tell(session, tools, account_id, f"{TITLES[provider]} 로그인을 연결했습니다.")


async def come_by(
    session: Session, tools: Tools, row: ProviderLink, person: Person, visitor: Visitor
) -> None:
    """Remember that somebody came by it; a link that slept is awake again."""
    if row.dormant_at is not None:
        await audit.write(
            session,
            tools,
            action="provider.linked",
            account_id=row.account_id,
            by=row.account_id,
            visitor=visitor,
            provider=row.provider,
            again="yes",
        )
    row.used_at, row.dormant_at = tools.now(), None
    if person.token:
        row.token = tools.seal.seal(person.token)


async def unlink(
    session: Session,
    tools: Tools,
    *,
    account_id: str,
    provider: str,
    by: str,
    keep: str | None = None,
    visitor: Visitor | None = None,
) -> None:
    """End a link, here and at the provider, and every session but `keep`.

    Raises FieldError `last_way_in`, NotFound `not_linked`.
    """
    await _lock(session, account_id)
    row = await _of_provider(session, account_id, provider)
    if row is None:
        raise NotFound("not_linked", "연결되어 있지 않은 로그인 방법입니다.")
    if not await other_ways_in(session, row):
        raise FieldError(
            "last_way_in",
            "로그인할 방법이 하나는 있어야 합니다. 먼저 아이디와 비밀번호를 정해 주세요.",
            "provider",
        )
    await end_there(session, tools, row)
    await ended(session, tools, row, by=by, keep=keep, visitor=visitor)


async def ended(
    session: Session, tools: Tools, row: ProviderLink, *, by: str, keep: str | None, visitor: Visitor | None
) -> None:
    """Write down that a link is over; whoever may have come by it is signed out."""
    account_id, provider = row.account_id, row.provider
    await session.delete(row)
    await session.flush()  # the same may be linked again in this transaction
    await sessions.end_all(session, tools, account_id=account_id, by=by, but=keep, visitor=visitor)
    await audit.write(
        session,
        tools,
        action="provider.unlinked",
        account_id=account_id,
        by=by,
        visitor=visitor,
        provider=provider,
    )
    title = next(title for name, title in TITLES.items() if name == provider)
    await _tell(session, tools, account_id, f"{title} 로그인 연결을 끊었습니다.")


async def other_ways_in(session: ReadSession, row: ProviderLink) -> bool:
    """Whether somebody could still sign in without this link."""
    account = await people.one(session, row.account_id)
    if account.password_hash is not None:
        return True
    others = select(ProviderLink.subject_key).where(
        ProviderLink.account_id == row.account_id,
        ProviderLink.subject_key != row.subject_key,
        ProviderLink.dormant_at.is_(None),
    )
    return await session.scalar(others.limit(1)) is not None


async def end_there(session: Session, tools: Tools, row: ProviderLink) -> None:
    """Have the worker end the link at the provider, once this transaction is committed."""
    subject = tools.seal.open(row.subject)
    token = tools.seal.open(row.token) if row.token else ""
    await leave_provider(session, tools, row.provider, subject, token, key=row.subject_key)


async def leave_provider(
    session: Session, tools: Tools, provider: str, subject: str, token: str, *, key: str
) -> None:
    """The same for somebody who never became a member. Google cannot be told without a token."""
    if token or provider == "kakao":
        payload = {"provider": provider, "subject": subject, "token": token, "key": key}
        await tools.outbox.enqueue(session, "provider.unlink", payload, by="accounts")


def subject_key(tools: Tools, provider: ProviderName, subject: str) -> str:
    """What a person at a provider is stored under."""
    return tools.keyed.digest("provider", ISSUERS[provider][0], subject)


async def list_(session: ReadSession, *, account_id: str) -> list[LinkView]:
    """What an account is linked to, in the order of linking."""
    rows = [row for row in await _all(session, account_id) if row.dormant_at is None]
    return [
        LinkView(name, title, row.linked_at, row.used_at, not await other_ways_in(session, row))
        for row in rows
        for name, title in TITLES.items()
        if name == row.provider
    ]


async def _erase(tools: Tools, session: Session, account_id: str) -> int:
    rows = await _all(session, account_id)
    for row in rows:
        if row.dormant_at is None:  # a sleeping one was ended by the provider itself
            await end_there(session, tools, row)
        await session.delete(row)
    await session.flush()  # before the account that they point at
    return len(rows)


async def _export(tools: Tools, session: ReadSession, account_id: str) -> list[dict[str, Any]]:
    return [
        {
            "provider": row.provider,
            "subject": tools.seal.open(row.subject),
            "linked_at": row.linked_at,
            "used_at": row.used_at,
        }
        for row in await _all(session, account_id)
    ]


async def _all(session: ReadSession, account_id: str) -> Sequence[ProviderLink]:
    rows = await session.scalars(
        select(ProviderLink)
        .where(ProviderLink.account_id == account_id)
        .order_by(ProviderLink.linked_at, ProviderLink.provider)
    )
    return list(rows)


async def _of_provider(session: ReadSession, account_id: str, provider: str) -> ProviderLink | None:
    found: ProviderLink | None = await session.scalar(
        select(ProviderLink).where(ProviderLink.account_id == account_id, ProviderLink.provider == provider)
    )
    return found


async def _added(
    session: Session, tools: Tools, account_id: str, provider: ProviderName, person: Person
) -> bool:
    row = ProviderLink(
        subject_key=subject_key(tools, provider, person.subject),
        account_id=account_id,
        provider=provider,
        subject=tools.seal.seal(person.subject),
        token=tools.seal.seal(person.token) if person.token else None,
        linked_at=tools.now(),
        used_at=tools.now(),
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


async def _lock(session: Session, account_id: str) -> None:
    """One change of an account's ways in at a time: two together could take the last two."""
    await session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


async def _tell(session: Session, tools: Tools, account_id: str, what: str) -> None:
    row = await people.one(session, account_id)
    for contact in people.contacts_of(tools, row)[:1]:
        await send_notice(session, tools, contact, what)
