"""The keys that sign access tokens, their rotation, and the tokens themselves (JWT, Ed25519).

Whoever has the public half (`/.well-known/jwks.json`) checks a token without us: the chat process does.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy import or_, select

from pillnuts.accounts.models import SigningKey
from pillnuts.kernel.db import Database, ReadSession, Session
from pillnuts.kernel.sealing import BadSeal, Seal

log = structlog.get_logger(__name__)

ALGORITHM: Final = "Ed25519"
"""As RFC 9864 names it; `EdDSA` says the same less exactly."""
AUDIENCE: Final = "pillnuts"
ISSUER: Final = "pillnuts"
"""Not the address of the site: that may change while tokens are about."""
LIFETIME: Final = timedelta(minutes=15)
LEAD: Final = timedelta(minutes=10)
"""A new key is published that long before it signs: nobody keeps our JWKS longer."""
LEEWAY: Final = timedelta(seconds=10)
SPARE: Final = timedelta(minutes=5)
"""Clocks differ."""
ROTATE_AFTER: Final = timedelta(days=30)
LOOK_AGAIN_SECONDS: Final = 5.0
"""Tokens of keys that nobody knows make us ask the database no oftener than that."""
KEEP_SECONDS: Final = 60.0


class BadToken(Exception):
    """Not ours, changed, or past its time."""


@dataclass(frozen=True)
class Claims:
    """What an access token says."""

    account_id: str
    session_id: str
    role: str
    """`enrol` for who still has to set up a second factor: no verifier takes that for a role."""


class _Key(NamedTuple):
    key: OKPKey
    signs_from: datetime


class Keyring:
    """The keys as they are in the database, kept for a minute."""

    def __init__(self, database: Database, seal: Seal, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._now = now
        self._keys: dict[str, _Key] = {}
        self._loaded = -KEEP_SECONDS
        self._loading = asyncio.Lock()

    async def ready(self) -> None:
        """Have a key to sign with. Never inside a transaction: it may have to write one in its own."""
        await self._look(KEEP_SECONDS)

    def sign(self, claims: Claims) -> str:
        """An access token; `ready` was awaited before."""
        now = self._now()
        ready = [key for key in self._keys.values() if key.signs_from <= now]
        signing = max(ready, key=lambda key: key.signs_from).key
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": claims.account_id,
            "sid": claims.session_id,
            "role": claims.role,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        header = {"alg": ALGORITHM, "kid": signing.kid, "typ": "at+jwt"}
        return jwt.encode(header, body, signing, algorithms=[ALGORITHM])

    async def read(self, token: str) -> Claims:
        """What a token says. Raises BadToken."""
        await self._look(KEEP_SECONDS)
        try:
            return self._read(token)
        except BadToken:
            if _kid(token) in self._keys:
                raise
        await self._look(LOOK_AGAIN_SECONDS)  # another process may have made the key a moment ago
        return self._read(token)

    async def published(self) -> dict[str, Any]:
        """The public halves, as a JWKS: those of today, of yesterday, and of tomorrow."""
        await self._look(KEEP_SECONDS)
        return {"keys": [key.key.as_dict(private=False) for key in self._keys.values()]}

    def _read(self, token: str) -> Claims:
        known = KeySet([key.key for key in self._keys.values()])
        now = int(self._now().timestamp())
        registry = jwt.JWTClaimsRegistry(
            now,
            leeway=int(LEEWAY.total_seconds()),
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            sid={"essential": True},
            role={"essential": True},
            iat={"essential": True},
            exp={"essential": True},
        )
        try:
            read = jwt.decode(token, known, algorithms=[ALGORITHM])
            if read.header.get("typ") != "at+jwt" or "kid" not in read.header:
                raise BadToken
            registry.validate(read.claims)
        except (
            JoseError,
            ValueError,
            TypeError,
        ) as error:  # TypeError: a header of another shape (`"crit": 5`)
            raise BadToken from error
        return Claims(str(read.claims["sub"]), str(read.claims["sid"]), str(read.claims["role"]))

    async def _look(self, seconds: float) -> None:
        if self._keys and time.monotonic() - self._loaded < seconds:
            return
        async with self._loading:
            if self._keys and time.monotonic() - self._loaded < seconds:
                return
            async with self._database.reading() as reading:
                rows = await _alive(reading, self._now())
            keys = dict(self._opened(rows))
            if not any(key.signs_from <= self._now() for key in keys.values()):
                async with self._database.writing() as session:
                    made = await make(session, self._seal, now=self._now(), signs_from=self._now())
                keys |= dict(self._opened([made]))
            self._keys, self._loaded = keys, time.monotonic()

    def _opened(self, rows: Iterable[SigningKey]) -> Iterator[tuple[str, _Key]]:
        for row in rows:
            try:
                key = OKPKey.import_key(json.loads(self._seal.open(row.private)))
            except BadSeal:  # of a secret that is gone: what it signed is worth nothing any more
                log.warning("signing key does not open", kid=row.kid)
            else:
                yield row.kid, _Key(key, row.signs_from)


async def make(session: Session, seal: Seal, *, now: datetime, signs_from: datetime) -> SigningKey:
    """Make a key; it signs from `signs_from` on."""
    kid = secrets.token_hex(8)
    key = OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": ALGORITHM})
    row = SigningKey(
        kid=kid,
        public=json.dumps(key.as_dict(private=False)),
        private=seal.seal(json.dumps(key.as_dict(private=True))),
        created_at=now,
        signs_from=signs_from,
    )
    session.add(row)
    await session.flush()  # whoever asks next is to find it
    return row


async def rotate(session: Session, seal: Seal, *, now: datetime) -> str:
    """Publish a new key, which signs soon; the older ones leave when the last of their tokens has ended."""
    new = await make(session, seal, now=now, signs_from=now + LEAD)
    for row in await _alive(session, now):
        if row.kid != new.kid and row.gone_at is None:
            row.gone_at = now + LEAD + LIFETIME + SPARE
    return new.kid


async def rotate_when_due(session: Session, seal: Seal, *, now: datetime) -> str | None:
    """Rotate when the newest key is a month old; None: it is not."""
    newest = max((row.created_at for row in await _alive(session, now)), default=None)
    if newest is not None and now - newest < ROTATE_AFTER:
        return None
    return await rotate(session, seal, now=now)


async def _alive(session: ReadSession, now: datetime) -> list[SigningKey]:
    alive = or_(SigningKey.gone_at.is_(None), SigningKey.gone_at > now)
    return list(await session.scalars(select(SigningKey).where(alive)))


def _kid(token: str) -> str:
    """The key that a token names, checked or not."""
    try:
        return str(jws.extract_compact(token.encode()).headers().get("kid", ""))
    except (JoseError, ValueError, TypeError):
        return ""
