"""What happens to links without their owner at the screen: time passes, and Kakao ends one."""

import hmac
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from pillnuts.accounts import audit, leaving, sessions
from pillnuts.accounts.oauth import links, pending, unfinished
from pillnuts.accounts.oauth.config import Provider
from pillnuts.accounts.oauth.models import ProviderLink
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session

SECONDS: Final = 3600.0
"""Between two runs of `tidy`."""
DORMANT: Final = timedelta(days=30)
"""So long somebody who ended the last way in at the provider can come back by it. Then all is erased."""
GONE: Final = frozenset({"ACCOUNT_DELETE", "FORCED_ACCOUNT_DELETE"})
"""Kakao's `referrer_type` when the account there is no more: nobody can come back by it."""


def is_kakao(provider: Provider, *, authorization: str, app_id: str) -> bool:
    """Whether an unlink callback is Kakao's own: it knows the admin key, and means our app."""
    if not (provider.admin_key and provider.app_id):
        return False
    expected = f"KakaoAK {provider.admin_key}"
    known = hmac.compare_digest(authorization.encode(), expected.encode())
    return known and hmac.compare_digest(app_id.encode(), provider.app_id.encode())


async def ended_by_kakao(tools: Tools, *, subject: str, reason: str) -> None:
    """Kakao ended a link. Whoever has another way in goes on without it.

    For whom it was the last one, the account sleeps and is erased after thirty days, or at once when the
    account at Kakao is gone.
    """
    async with tools.deciding() as session:
        row = await links.find(session, tools, "kakao", subject)
        if row is None:
            return
        if await links.other_ways_in(session, row):
            await links.ended(session, tools, row, by=audit.SYSTEM, keep=None, visitor=None)
        elif reason in GONE:
            await _erase(session, tools, row)
        elif row.dormant_at is None:
            await _put_to_sleep(session, tools, row)


async def tidy(tools: Tools) -> None:
    """Forget what nobody came back for, and erase accounts that nobody could sign in to for thirty days."""
    async with tools.deciding() as session:
        for found in await pending.forget(session, tools):
            await unfinished.let_go(session, tools, found)
    async with tools.database.reading() as reading:
        over = ProviderLink.dormant_at <= tools.now() - DORMANT
        keys = list(await reading.scalars(select(ProviderLink.subject_key).where(over)))
    for key in keys:
        async with tools.deciding() as session:
            row = await session.scalar(
                select(ProviderLink).where(ProviderLink.subject_key == key, over).with_for_update()
            )
            if row is not None:
                await _erase(session, tools, row)


async def _erase(session: Session, tools: Tools, row: ProviderLink) -> None:
    if await links.other_ways_in(session, row):
        await session.delete(row)
        return
    row.dormant_at = row.dormant_at or tools.now()  # ended there already: nobody has to be told
    await leaving.leave(session, tools, account_id=row.account_id, by=audit.SYSTEM)


async def _put_to_sleep(session: Session, tools: Tools, row: ProviderLink) -> None:
    row.dormant_at, row.token = tools.now(), None
    await sessions.end_all(session, tools, account_id=row.account_id, by=audit.SYSTEM)
    await audit.write(
        session,
        tools,
        action="provider.unlinked",
        account_id=row.account_id,
        by=audit.SYSTEM,
        provider=row.provider,
        last="yes",
    )
