"""What accounts do by themselves now and then: forget what is over, and change the signing key."""

from pillnuts.accounts import audit, codes, keys, sessions
from pillnuts.accounts.tools import Tools

SECONDS = 3600.0
"""Between two runs."""


async def tidy(tools: Tools) -> None:
    """Forget ended sessions, old codes and old entries; rotate the signing key once a month."""
    async with tools.database.writing() as session:
        now = tools.now()
        await sessions.forget(session, now=now)
        await codes.forget(session, now=now)
        await audit.forget(session, now=now)
        kid = await keys.rotate_when_due(session, tools.signing, now=now)
        if kid is not None:
            await audit.write(session, tools, action="key.rotated", account_id=None, by=audit.SYSTEM, kid=kid)
