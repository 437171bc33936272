"""Leaving, and taking one's data along. What is left afterwards names nobody."""

from typing import Any

import orjson
from sqlalchemy import delete, select

from pillnuts.accounts import audit, codes, people, sessions
from pillnuts.accounts.models import Account, Consent, Departure, SecondFactor
from pillnuts.accounts.shapes import Visitor
from pillnuts.accounts.tools import Tools, fresh_id
from pillnuts.kernel.db import ReadSession, Session


async def leave(
    session: Session, tools: Tools, *, account_id: str, by: str, visitor: Visitor | None = None
) -> str:
    """Erase the account and all that later features hold of it; gives the receipt.

    The audit log keeps its entries: the number in them means nobody any more.
    """
    row = await people.one(session, account_id)
    erased = {name: await erase(session, account_id) for name, erase in tools.erasers.items()}
    for contact in people.contacts_of(tools, row):
        await codes.forget_contact(session, tools, contact)
    await audit.write(session, tools, action="account.left", account_id=account_id, by=by, visitor=visitor)
    # Sessions, tokens, consents, second factor and recovery codes go with it (ON DELETE CASCADE).
    await session.execute(delete(Account).where(Account.id == account_id))
    receipt = fresh_id()
    session.add(
        Departure(
            receipt=receipt,
            left_at=tools.now(),
            erased=orjson.dumps({"account": 1, **erased}).decode(),
            by_person=by == account_id,
        )
    )
    return receipt


async def export(session: ReadSession, tools: Tools, *, account_id: str, current: str) -> dict[str, Any]:
    """Everything we hold of a person, in plain words and figures; goes into JSON."""
    row = await people.one(session, account_id)
    factor = await session.get(SecondFactor, account_id)
    given = await session.scalars(
        select(Consent).where(Consent.account_id == account_id).order_by(Consent.id)
    )
    return {
        "account": {
            "id": row.id,
            "login_id": row.login_id,
            "role": row.role,
            "created_at": row.created_at,
            "age_checked_at": row.age_checked_at,
            "password_changed_at": row.password_changed_at,
            "second_factor_since": factor.confirmed_at if factor else None,
            "contacts": {one.channel: one.written for one in people.contacts_of(tools, row)},
        },
        "consents": [
            {
                "kind": one.kind,
                "version": one.version,
                "given_at": one.given_at,
                "withdrawn_at": one.withdrawn_at,
            }
            for one in given
        ],
        "sessions": [
            {"device": one.device, "created_at": one.created_at, "last_used_at": one.last_used_at}
            for one in await sessions.list_(session, tools, account_id=account_id, current=current)
        ],
        "activity": [
            {"at": one.at, "action": one.action, "result": one.result}
            for one in await audit.read(session, account_id=account_id, limit=1000)
        ],
        **{name: await give(session, account_id) for name, give in tools.exporters.items()},
    }
