"""What anybody may do with the own account at any time: end sessions, agree or not, take the data, leave.

Acts: each owns its transaction. The edge has asked for proof again before `export` and `leave`.
"""

from typing import Any

from pillnuts.accounts import audit, consents, leaving, sessions
from pillnuts.accounts.shapes import Caller, ConsentKind, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import NotFound


@audit.refusals("session.ended")
async def end_session(tools: Tools, *, caller: Caller, session_id: str, visitor: Visitor) -> None:
    """Sign out on one device. Raises NotFound `session_not_found`."""
    me = caller.account_id
    async with tools.deciding() as session:
        ended = await sessions.end(
            session, tools, account_id=me, session_id=session_id, by=me, visitor=visitor
        )
    if not ended:
        raise NotFound("session_not_found", "그런 로그인이 없거나 이미 끝났습니다.")


@audit.refusals("session.ended")
async def end_other_sessions(tools: Tools, *, caller: Caller, visitor: Visitor) -> None:
    """Sign out on every device but this one."""
    me = caller.account_id
    async with tools.deciding() as session:
        await sessions.end_all(session, tools, account_id=me, by=me, but=caller.session_id, visitor=visitor)


@audit.refusals("consent.given")
async def give_consent(tools: Tools, *, caller: Caller, kind: ConsentKind, visitor: Visitor) -> None:
    me = caller.account_id
    async with tools.deciding() as session:
        await consents.give(session, tools, account_id=me, kind=kind, by=me, visitor=visitor)


@audit.refusals("consent.withdrawn")
async def withdraw_consent(tools: Tools, *, caller: Caller, kind: ConsentKind, visitor: Visitor) -> int:
    """Take consent back, and erase what was kept by it; says how many rows that were."""
    me = caller.account_id
    async with tools.deciding() as session:
        return await consents.withdraw(session, tools, account_id=me, kind=kind, by=me, visitor=visitor)


@audit.refusals("account.exported")
async def export(tools: Tools, *, caller: Caller, visitor: Visitor) -> dict[str, Any]:
    """Everything we hold of the caller; goes into JSON."""
    me = caller.account_id
    async with tools.deciding() as session:
        found = await leaving.export(session, tools, account_id=me, current=caller.session_id)
        await audit.write(session, tools, action="account.exported", account_id=me, by=me, visitor=visitor)
    return found


@audit.refusals("account.left")
async def leave(tools: Tools, *, caller: Caller, visitor: Visitor) -> str:
    """Erase the account and what belongs to it; gives the receipt, which names nobody."""
    me = caller.account_id
    async with tools.deciding() as session:
        return await leaving.leave(session, tools, account_id=me, by=me, visitor=visitor)
