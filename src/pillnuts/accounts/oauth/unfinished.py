"""What a return from a provider left open: a sign-up to finish, or a second factor to give.

Acts, but for `let_go` and `confirmed`: each owns its transactions.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pillnuts.accounts import audit, sessions, sign_in, sign_up
from pillnuts.accounts.errors import Refusal, Taken
from pillnuts.accounts.oauth import links, pending
from pillnuts.accounts.oauth.config import TITLES, ProviderName
from pillnuts.accounts.oauth.links import LinkRefused
from pillnuts.accounts.oauth.pending import Pending
from pillnuts.accounts.oauth.talk import Person
from pillnuts.accounts.oauth.words import sentence
from pillnuts.accounts.shapes import Caller, SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session
from pillnuts.kernel.rates import Limit

_FINISHES: Final = Limit("provider sign ups", 30, 600)


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


async def sign_up_due(tools: Tools, *, visitor: Visitor) -> Held | None:
    """The sign-up that this browser has to finish."""
    return await _held(tools, "sign_up", visitor)


async def challenge(tools: Tools, *, visitor: Visitor) -> Held | None:
    """The second factor that this browser still owes."""
    return await _held(tools, "challenge", visitor)


@audit.refusals("session.refused", purpose="sign_up")
async def finish(tools: Tools, *, birth_date: date, agreed: frozenset[str], visitor: Visitor) -> Finished:
    """Make the account of a sign-up that waits, link it and sign in, all or nothing.

    Raises Refusal `pending_over`, Taken `provider_taken`, and what `sign_up.from_provider` does; after a
    FieldError it waits on.
    """
    await tools.rates.take(_FINISHES, visitor.address)
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


@audit.refusals("session.confirmed")
async def confirm(tools: Tools, *, caller: Caller, code: str, visitor: Visitor) -> str:
    """Prove it with the second factor too, after the provider; gives where to go on. Raises Refusal."""
    async with tools.deciding() as session:
        found = await pending.look(session, tools, kind="confirm", visitor=visitor)
        if found is None or found.held["session"] != caller.session_id:
            raise _over()
        await sign_in.confirm_second_factor(session, tools, caller=caller, code=code, visitor=visitor)
        await pending.spend(session, tools, kind="confirm", visitor=visitor)
        await confirmed(session, tools, caller, found.provider, visitor)
    next_: str = found.held["next"]
    return next_


async def confirmed(
    session: Session, tools: Tools, caller: Caller, provider: ProviderName, visitor: Visitor
) -> None:
    """Write down that the caller proved it again by a provider, and by all else that was asked."""
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


async def _held(tools: Tools, kind: pending.Kind, visitor: Visitor) -> Held | None:
    async with tools.database.reading() as session:
        found = await pending.look(session, tools, kind=kind, visitor=visitor)
    if found is None:
        return None
    return Held(found.provider, TITLES[found.provider], found.held["next"], found.held.get("challenge", ""))


def _over() -> Refusal:
    return Refusal("pending_over", sentence("stale", ""), "provider")
