"""Going to a provider and coming back: to sign in, to link, or to prove again who one is.

Acts: each owns its transactions, and none is open while a provider is asked.
"""

from dataclasses import dataclass
from typing import Final

from pillnuts.accounts import audit, people, sessions, sign_in
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.oauth import links, pending, unfinished
from pillnuts.accounts.oauth.config import ProviderName
from pillnuts.accounts.oauth.links import LinkRefused
from pillnuts.accounts.oauth.pending import Attempt, Purpose
from pillnuts.accounts.oauth.talk import Person, Talk
from pillnuts.accounts.oauth.words import Problem, ProviderError
from pillnuts.accounts.shapes import Caller, SecondFactorDue, SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.rates import Limit

FRESH_SECONDS: Final = 60
"""Clocks differ so much at most, where a provider says when somebody typed a password."""

_STARTS: Final = Limit("provider starts", 60, 600)
_RETURNS: Final = Limit("provider returns", 60, 600)


@dataclass(frozen=True)
class Returned:
    """How a return ended, and where its reader goes on."""

    purpose: Purpose
    next: str
    problem: Problem | None = None
    signed_in: SignedIn | None = None
    open: pending.Kind | None = None
    """What a page has to ask next."""


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


@audit.refusals("provider.unlinked")
async def unlink(tools: Tools, *, caller: Caller, provider: ProviderName, visitor: Visitor) -> None:
    """End a link, and every session but this. Raises FieldError `last_way_in`, NotFound `not_linked`."""
    async with tools.deciding() as session:
        await links.unlink(
            session,
            tools,
            account_id=caller.account_id,
            provider=provider,
            by=caller.account_id,
            keep=caller.session_id,
            visitor=visitor,
        )


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
            await unfinished.confirmed(session, tools, caller, attempt.provider, visitor)
    except FieldError:  # the code of the second factor is due, which a page asks for
        async with tools.deciding() as session:
            held = {"session": caller.session_id, "next": attempt.next}
            await pending.keep(
                session, tools, kind="confirm", provider=attempt.provider, held=held, visitor=visitor
            )
        return Returned("confirm", attempt.next, open="confirm")
    return Returned("confirm", attempt.next)


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
