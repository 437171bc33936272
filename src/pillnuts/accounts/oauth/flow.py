"""Going to a provider and coming back: to sign in, to link, or to prove again who one is.

Acts: each owns its transactions, and none is open while a provider is asked.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pillnuts.accounts import audit, people, sessions, sign_in, sign_up
from pillnuts.accounts.errors import FieldError, Refusal, Taken
from pillnuts.accounts.oauth import links, pending
from pillnuts.accounts.oauth.config import TITLES, ProviderName
from pillnuts.accounts.oauth.links import LinkRefused
from pillnuts.accounts.oauth.pending import Attempt, Pending, Purpose
from pillnuts.accounts.oauth.talk import Person, Talk
from pillnuts.accounts.oauth.words import Problem, ProviderError, sentence
from pillnuts.accounts.shapes import Caller, SecondFactorDue, SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session
from pillnuts.kernel.rates import Limit

FRESH_SECONDS: Final = 60
"""Clocks differ so much at most, where a provider says when somebody typed a password."""

_STARTS: Final = Limit("provider starts", 60, 600)
_RETURNS: Final = Limit("provider returns", 60, 600)
_FINISHES: Final = Limit("provider sign ups", 30, 600)


@dataclass(frozen=True)
class Returned:
    """How a return ended, and where its reader goes on."""

    purpose: Purpose
    next: str
    problem: Problem | None = None
    signed_in: SignedIn | None = None
    open: pending.Kind | None = None
    """What a page has to ask next."""


@dataclass(frozen=True)
class Held:
    """What a page has to know of what waits."""

    provider: ProviderName
    title: str
    next: str
    challenge: str = field(default="", repr=False)
    """Of the second factor."""


@dataclass(frozen=True)
class Finished:
    signed_in: SignedIn
    next: str


async def start(
    tools: Tools, talk: Talk, *, purpose: Purpose, next_: str, caller: Caller | None, visitor: Visitor
) -> str:
    """Give the address to send this browser to. For linking and confirming somebody is signed in."""
    await tools.rates.take(_STARTS, visitor.address)
    async with tools.deciding() as session:
        way = await pending.begin(
            session,
            tools,
            provider=talk.provider.name,
            purpose=purpose,
            next_=next_,
            session_id=caller.session_id if caller and purpose != "sign_in" else None,
            visitor=visitor,
        )
    return talk.address(way, redirect_uri=redirect_uri(tools, talk), again=purpose == "confirm")


def redirect_uri(tools: Tools, talk: Talk) -> str:
    """Where the provider sends people back: of the site's own address, whatever Host a request names."""
    return f"{tools.site_url}/account/providers/{talk.provider.name}/return"


async def come_back(
    tools: Tools,
    talk: Talk,
    *,
    code: str,
    state: str,
    error: str,
    caller: Caller | None,
    visitor: Visitor,
) -> Returned:
    """Take somebody back from a provider. What can go wrong on the way is in `problem`."""
    await tools.rates.take(_RETURNS, visitor.address)
    async with tools.deciding() as session:
        attempt = await pending.take(
            session, tools, provider=talk.provider.name, state=state, visitor=visitor
        )
    if attempt is None:
        return await _failed(tools, talk, None, "stale", caller, visitor)
    if error or not code:
        problem: Problem = "odd" if not error else "denied" if error == "access_denied" else "down"
        return await _failed(tools, talk, attempt, problem, caller, visitor)
    try:
        person = await talk.person(code, attempt.way, redirect_uri=redirect_uri(tools, talk))
    except ProviderError as failure:
        return await _failed(tools, talk, attempt, failure.problem, caller, visitor)
    match attempt.purpose:
        case "sign_in":
            return await _sign_in(tools, attempt, person, caller, visitor)
        case "link":
            return await _link(tools, talk, attempt, person, caller, visitor)
        case "confirm":
            return await _confirm(tools, talk, attempt, person, caller, visitor)


async def sign_up_due(tools: Tools, *, visitor: Visitor) -> Held | None:
    """The sign-up that this browser has to finish."""
    return await _held(tools, "sign_up", visitor)


async def challenge(tools: Tools, *, visitor: Visitor) -> Held | None:
    """The second factor that this browser still owes."""
    return await _held(tools, "challenge", visitor)


async def finish(tools: Tools, *, birth_date: date, agreed: frozenset[str], visitor: Visitor) -> Finished:
    """Make the account of a sign-up that waits, link it and sign in, all or nothing.

    Raises Refusal `pending_over`, Taken `provider_taken`, and what `sign_up.from_provider` does; after a
    FieldError it waits on.
    """
    await tools.rates.take(_FINISHES, visitor.address)
    try:
        return await _finish(tools, birth_date, agreed, visitor)
    except FieldError as error:
        await _not_finished(tools, visitor, error)
        raise


async def give_up(tools: Tools, *, visitor: Visitor) -> None:
    """Forget a sign-up that somebody does not want to finish, at the provider too."""
    async with tools.deciding() as session:
        found = await pending.spend(session, tools, kind="sign_up", visitor=visitor)
        if found is not None:
            await let_go(session, tools, found)


async def let_go(session: Session, tools: Tools, found: Pending) -> None:
    """Tell the provider that somebody did not become a member, unless they have one another way."""
    subject = found.held["subject"]
    if await links.find(session, tools, found.provider, subject) is None:
        key = links.subject_key(tools, found.provider, subject)
        token = found.held["token"] or ""
        await links.leave_provider(session, tools, found.provider, subject, token, key=key)


async def finish_confirm(tools: Tools, *, caller: Caller, code: str, visitor: Visitor) -> str:
    """Prove it with the second factor too, after the provider; gives where to go on. Raises Refusal."""
    async with tools.deciding() as session:
        found = await pending.look(session, tools, kind="confirm", visitor=visitor)
        if found is None or found.held["session"] != caller.session_id:
            raise _over()
        await sign_in.confirm_second_factor(session, tools, caller=caller, code=code, visitor=visitor)
        await pending.spend(session, tools, kind="confirm", visitor=visitor)
        await _confirmed(session, tools, caller, found.provider, visitor)
    next_: str = found.held["next"]
    return next_


async def _sign_in(
    tools: Tools, attempt: Attempt, person: Person, caller: Caller | None, visitor: Visitor
) -> Returned:
    name = attempt.provider
    async with tools.deciding() as session:
        found = await links.find(session, tools, name, person.subject)
        if found is None:
            held = {"subject": person.subject, "token": person.token, "next": attempt.next}
            await pending.keep(session, tools, kind="sign_up", provider=name, held=held, visitor=visitor)
            return Returned("sign_in", attempt.next, open="sign_up")
        await links.come_by(session, tools, found, person, visitor)
        due = await sign_in.after_first_factor(
            session, tools, account_id=found.account_id, method=name, visitor=visitor
        )
        if isinstance(due, SecondFactorDue):
            held = {"challenge": due.challenge, "next": attempt.next}
            await pending.keep(session, tools, kind="challenge", provider=name, held=held, visitor=visitor)
            return Returned("sign_in", attempt.next, open="challenge")
        if caller is not None:  # whoever was signed in here is not any more
            await sessions.end(
                session,
                tools,
                account_id=caller.account_id,
                session_id=caller.session_id,
                by=caller.account_id,
                visitor=visitor,
            )
        return Returned("sign_in", attempt.next, signed_in=due)


async def _link(
    tools: Tools, talk: Talk, attempt: Attempt, person: Person, caller: Caller | None, visitor: Visitor
) -> Returned:
    if caller is None or caller.session_id != attempt.session_id:
        return await _failed(tools, talk, attempt, "stale", caller, visitor)
    try:
        async with tools.deciding() as session:
            await links.link(
                session,
                tools,
                account_id=caller.account_id,
                provider=attempt.provider,
                person=person,
                by=caller.account_id,
                visitor=visitor,
            )
    except LinkRefused as refused:
        return Returned("link", attempt.next, problem=refused.problem)
    return Returned("link", attempt.next)


async def _confirm(
    tools: Tools, talk: Talk, attempt: Attempt, person: Person, caller: Caller | None, visitor: Visitor
) -> Returned:
    if caller is None or caller.session_id != attempt.session_id:
        return await _failed(tools, talk, attempt, "stale", caller, visitor)
    # A provider that lets somebody through by an old cookie has proved nothing anew.
    if person.signed_in_at is not None and person.signed_in_at < attempt.began - FRESH_SECONDS:
        return await _failed(tools, talk, attempt, "not_fresh", caller, visitor)
    async with tools.database.reading() as reading:
        found = await links.find(reading, tools, attempt.provider, person.subject)
        has_password = (await people.one(reading, caller.account_id)).password_hash is not None
    if found is None or found.account_id != caller.account_id:
        return await _failed(tools, talk, attempt, "other_account", caller, visitor)
    if has_password:  # a provider may let whoever holds the browser through; a password asks who that is
        return await _failed(tools, talk, attempt, "password_due", caller, visitor)
    try:
        async with tools.deciding() as session:
            await sign_in.confirm_second_factor(session, tools, caller=caller, code=None, visitor=visitor)
            await _confirmed(session, tools, caller, attempt.provider, visitor)
    except FieldError:  # the code of the second factor is due, which a page asks for
        async with tools.deciding() as session:
            held = {"session": caller.session_id, "next": attempt.next}
            await pending.keep(
                session, tools, kind="confirm", provider=attempt.provider, held=held, visitor=visitor
            )
        return Returned("confirm", attempt.next, open="confirm")
    return Returned("confirm", attempt.next)


async def _confirmed(
    session: Session, tools: Tools, caller: Caller, provider: ProviderName, visitor: Visitor
) -> None:
    await sessions.confirm(session, tools, session_id=caller.session_id)
    await audit.write(
        session,
        tools,
        action="session.confirmed",
        account_id=caller.account_id,
        by=caller.account_id,
        visitor=visitor,
        method=provider,
    )


async def _finish(tools: Tools, birth_date: date, agreed: frozenset[str], visitor: Visitor) -> Finished:
    async with tools.deciding() as session:
        found = await pending.spend(session, tools, kind="sign_up", visitor=visitor)
        if found is None:
            raise _over()
        name, person = found.provider, Person(found.held["subject"], found.held["token"])
        account_id = await sign_up.from_provider(
            session, tools, birth_date=birth_date, agreed=agreed, method=name, visitor=visitor
        )
        try:
            await links.link(
                session,
                tools,
                account_id=account_id,
                provider=name,
                person=person,
                by=account_id,
                visitor=visitor,
            )
        except LinkRefused as refused:  # a Refusal would leave the account behind
            said = (
                f"그 {TITLES[name]} 계정으로 이미 가입하셨습니다. {TITLES[name]}(으)로 다시 로그인해 주세요."
            )
            raise Taken("provider_taken", said) from refused
        signed_in = await sessions.begin(
            session, tools, account_id=account_id, methods=name, by=account_id, visitor=visitor
        )
        return Finished(signed_in, found.held["next"])


async def _held(tools: Tools, kind: pending.Kind, visitor: Visitor) -> Held | None:
    async with tools.database.reading() as session:
        found = await pending.look(session, tools, kind=kind, visitor=visitor)
    if found is None:
        return None
    return Held(found.provider, TITLES[found.provider], found.held["next"], found.held.get("challenge", ""))


async def _failed(
    tools: Tools,
    talk: Talk,
    attempt: Attempt | None,
    problem: Problem,
    caller: Caller | None,
    visitor: Visitor,
) -> Returned:
    """Write down a return that led to nothing."""
    purpose = attempt.purpose if attempt else "sign_in"
    async with tools.deciding() as session:
        await audit.write(
            session,
            tools,
            action="provider.linked" if purpose == "link" else "session.refused",
            account_id=caller.account_id if caller and purpose != "sign_in" else None,
            by=caller.account_id if caller else None,
            visitor=visitor,
            result="refused",
            method=talk.provider.name,
            purpose=purpose,
            why=problem,
        )
    return Returned(purpose, attempt.next if attempt else "/", problem=problem)


async def _not_finished(tools: Tools, visitor: Visitor, error: FieldError) -> None:
    async with tools.deciding() as session:
        await audit.write(
            session,
            tools,
            action="session.refused",
            account_id=None,
            by=None,
            visitor=visitor,
            result="refused",
            purpose="sign_up",
            why=error.code,
        )


def _over() -> Refusal:
    return Refusal("pending_over", sentence("stale", ""), "provider")
