"""Who agreed to which version of which text. One that is withdrawn stays recorded as withdrawn."""

from collections.abc import Collection
from typing import cast

from sqlalchemy import select

from pillnuts.accounts import audit, texts
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.models import Consent
from pillnuts.accounts.shapes import ConsentKind, ConsentView, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import ReadSession, Session


def required(kinds: Collection[str]) -> None:
    """Raise FieldError `consent_missing` unless every required text is among them."""
    if missing := sorted(texts.REQUIRED.difference(kinds)):
        title = texts.current(missing[0]).title
        raise FieldError("consent_missing", f"‘{title}’에 동의해야 가입할 수 있습니다.", missing[0])


async def list_(session: ReadSession, *, account_id: str) -> list[ConsentView]:
    """What somebody agrees to now."""
    rows = await session.scalars(
        select(Consent)
        .where(Consent.account_id == account_id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.id)
    )
    return [
        ConsentView(kind, row.version, row.given_at, row.version == texts.current(kind).version)
        for row in rows
        for kind in (cast("ConsentKind", row.kind),)
    ]


async def has(session: ReadSession, *, account_id: str, kind: ConsentKind) -> bool:
    """Whether somebody agrees now; features that keep health data ask this before they write."""
    return any(consent.kind == kind for consent in await list_(session, account_id=account_id))


async def give(
    session: Session,
    tools: Tools,
    *,
    account_id: str,
    kind: ConsentKind,
    by: str,
    visitor: Visitor | None = None,
) -> None:
    """Record consent to the text in force; consent to an older version of it ends."""
    version = texts.current(kind).version
    held = await _held(session, account_id, kind)
    if any(row.version == version for row in held):
        return
    for row in held:
        row.withdrawn_at = tools.now()
    session.add(Consent(account_id=account_id, kind=kind, version=version, given_at=tools.now()))
    await audit.write(
        session,
        tools,
        action="consent.given",
        account_id=account_id,
        by=by,
        visitor=visitor,
        kind=kind,
        version=version,
    )


async def withdraw(
    session: Session,
    tools: Tools,
    *,
    account_id: str,
    kind: ConsentKind,
    by: str,
    visitor: Visitor | None = None,
) -> int:
    """Take consent back, and erase what was kept by it; says how many rows that were.

    Raises FieldError for a text without which there is no account: that is what leaving is for.
    """
    if kind in texts.REQUIRED:
        raise FieldError("consent_required", "이 동의는 탈퇴해야 거둘 수 있습니다.", kind)
    for row in await _held(session, account_id, kind):
        row.withdrawn_at = tools.now()
    erased = [await erase(session, account_id) for erase in tools.health_erasers.values()]
    await audit.write(
        session,
        tools,
        action="consent.withdrawn",
        account_id=account_id,
        by=by,
        visitor=visitor,
        kind=kind,
        erased=sum(erased),
    )
    return sum(erased)


async def _held(session: Session, account_id: str, kind: ConsentKind) -> list[Consent]:
    mine = (Consent.account_id == account_id, Consent.kind == kind, Consent.withdrawn_at.is_(None))
    return list(await session.scalars(select(Consent).where(*mine)))
