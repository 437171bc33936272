"""What the operator does to accounts from the command line: the first administrator, roles, the audit log."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from pillnuts.accounts import audit, keys, people, rules, second_factor, sessions
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.hashing import LEAST_MEMORY_KIB, LEAST_TIME_COST, Cost, hasher
from pillnuts.accounts.models import Account
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import AuditLine
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import ReadSession

SEOUL: Final = ZoneInfo("Asia/Seoul")
BY: Final = "cli"

QUICKEST, SLOWEST = 50.0, 80.0
"""Milliseconds that checking a password is meant to take."""
_MOST_ROUNDS: Final = 12
_TIMES: Final = 5


@audit.refusals("account.made", by=BY)
async def create(tools: Tools, *, login_id: str, password: str, role: Role) -> str:
    """Make an account that may do more than others; gives its id. Raises FieldError."""
    rules.login_id(login_id)
    form = rules.password(password, rules.own_words(login_id))
    password_hash = await tools.passwords.hash(form)
    async with tools.deciding() as session:
        row = await people.make(
            session, login_id=login_id, password_hash=password_hash, role=role, now=tools.now()
        )
        await audit.write(
            session, tools, action="account.made", account_id=row.id, by=BY, method="cli", role=role
        )
        return row.id


@audit.refusals("role.given", by=BY)
async def give_role(tools: Tools, *, login_id: str, role: Role) -> None:
    """Change what somebody may do; they sign in anew. Raises FieldError."""
    async with tools.deciding() as session:
        row = await _named(session, login_id)
        row.role = role
        await sessions.end_all(session, tools, account_id=row.id, by=BY)
        await audit.write(session, tools, action="role.given", account_id=row.id, by=BY, role=role)


@audit.refusals("second_factor.removed", by=BY)
async def forget_second_factor(tools: Tools, *, login_id: str) -> None:
    """For who lost the app and the recovery codes: sessions end, and the next sign-in sets it up anew."""
    async with tools.deciding() as session:
        row = await _named(session, login_id)
        await sessions.end_all(session, tools, account_id=row.id, by=BY)
        await second_factor.remove(session, tools, account_id=row.id, role=Role.USER, by=BY, visitor=None)


async def rotate_keys(tools: Tools) -> str:
    """Have a new key sign in ten minutes; gives its name."""
    async with tools.deciding() as session:
        kid = await keys.rotate(session, tools.signing, now=tools.now())
        await audit.write(session, tools, action="key.rotated", account_id=None, by=BY, kid=kid)
    return kid


async def read_audit(
    tools: Tools, *, login_id: str | None, since: datetime | None, limit: int
) -> Sequence[AuditLine]:
    """The newest entries; `login_id` may also be the number of an account, such as of one that left."""
    async with tools.database.reading() as session:
        row = await people.by_login_id(session, login_id) if login_id else None
        account_id = row.id if row else login_id
        return await audit.read(session, account_id=account_id, since=since, limit=limit)


def show_audit(console: Console, lines: Sequence[AuditLine]) -> None:
    """Newest first, on the clock of Seoul."""
    table = Table(box=None, pad_edge=False)
    for heading in ("때", "무엇", "결과", "계정", "누가", "망", "더"):
        table.add_column(heading, no_wrap=heading != "더")
    for line in lines:
        at = f"{line.at.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}"
        table.add_row(
            at, line.action, line.result, line.account_id or "", line.by, line.address or "", line.detail
        )
    console.print(table, highlight=False, markup=False)


def tuned(memory_kib: int = LEAST_MEMORY_KIB) -> tuple[int, float]:
    """The least rounds over that memory that take long enough here, and how many milliseconds they take."""
    rounds, took = LEAST_TIME_COST, 0.0
    for rounds in range(LEAST_TIME_COST, _MOST_ROUNDS + 1):
        took = _milliseconds(Cost(memory_kib, rounds))
        if took >= QUICKEST:
            break
    return rounds, took


def _milliseconds(cost: Cost) -> float:
    """The quickest of several: what else the machine does only makes it slower."""
    one = hasher(cost)
    spans = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        one.hash("so viel wie jedes andere")
        spans.append(time.perf_counter() - started)
    return min(spans) * 1000


async def _named(session: ReadSession, login_id: str) -> Account:
    row = await people.by_login_id(session, login_id)
    if row is None:
        raise FieldError("no_such_account", f"{login_id}: 그런 아이디가 없습니다.", "login_id")
    return row
