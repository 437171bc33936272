"""ID tokens: the keys of a provider, and everything that has to be right before a token is believed.

Signature and claims are joserfc's work; what is asked of them is OpenID Connect Core 1.0, 3.1.3.7.
"""

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import orjson
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from pillnuts.accounts.oauth.config import ISSUERS, Provider
from pillnuts.accounts.oauth.words import ProviderError
from pillnuts.kernel.http import AskAgain, BadStatus, Client, Reply, successful

ALGORITHMS: Final = ["RS256"]
"""Of all three. One named in a token's own header is never taken for granted."""
LEEWAY_SECONDS: Final = 60
SHORTEST_SECONDS: Final = 300.0
LONGEST_SECONDS: Final = 86_400.0
LOOK_AGAIN_SECONDS: Final = 30.0
"""Tokens of keys that nobody knows make us ask the provider no oftener than that."""

_PATHS: Final = {"kakao": "/.well-known/jwks.json", "google": "/oauth2/v3/certs"}
_DISCOVERY: Final = "/.well-known/openid-configuration"
_MAX_AGE: Final = re.compile(r"max-age=(\d{1,9})")


class Keys:
    """The public keys of one provider, kept as long as it allows; a token of a new key has them read anew."""

    def __init__(
        self, provider: Provider, client: Client, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._provider = provider
        self._client = client
        self._monotonic = monotonic
        self._keys: KeySet | None = None
        self._read_at = self._good_until = 0.0

    async def claims(self, token: str, *, nonce: str, now: datetime) -> dict[str, Any]:
        """What a token says. Raises ProviderError unless all of it is as it has to be."""
        decoded = await self._decoded(token)
        client_id = self._provider.client_id
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "values": list(ISSUERS[self._provider.name])},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(decoded)
        except JoseError as error:
            raise ProviderError("odd", f"ID token: {type(error).__name__}") from None
        several = isinstance(decoded["aud"], list) and len(decoded["aud"]) > 1
        if decoded.get("azp", None if several else client_id) != client_id:
            raise ProviderError("odd", "ID token: made for somebody else")
        return decoded

    async def _decoded(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, await self._current(), algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:
            pass  # a key newer than those we hold, perhaps
        except (JoseError, ValueError) as error:
            raise ProviderError("odd", f"ID token: {type(error).__name__}") from None
        if self._monotonic() - self._read_at >= LOOK_AGAIN_SECONDS:
            self._good_until = 0.0
        try:
            return jwt.decode(token, await self._current(), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as error:
            raise ProviderError("odd", f"ID token: {type(error).__name__}") from None

    async def _current(self) -> KeySet:
        if self._keys is None or self._monotonic() >= self._good_until:
            try:
                reply = await self._client.get(await self._path(), {}, successful)
            except (AskAgain, BadStatus):
                # The keys held are still the provider's own; without any, nothing can be believed.
                if self._keys is None:
                    raise ProviderError("down", "keys do not come") from None
                self._good_until = self._monotonic() + LOOK_AGAIN_SECONDS
                return self._keys
            self._keys = _keys(reply)
            self._read_at = self._monotonic()
            self._good_until = self._read_at + _lifetime(reply)
        return self._keys

    async def _path(self) -> str:
        """Where the keys are. Naver's are where its discovery document says."""
        if path := _PATHS.get(self._provider.name):
            return path
        reply = await self._client.get(_DISCOVERY, {}, successful)
        try:
            stated = orjson.loads(reply.content)["jwks_uri"]
        except (orjson.JSONDecodeError, LookupError, TypeError):
            raise ProviderError("odd", "discovery: no keys named") from None
        path = str(stated).removeprefix(self._provider.url)
        if not path.startswith("/") or path == stated:
            raise ProviderError("odd", "discovery: keys of another host")
        return path


def _keys(reply: Reply) -> KeySet:
    try:
        stated = orjson.loads(reply.content)["keys"]
        fit = [one for one in stated if one.get("kty") == "RSA" and one.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": fit})
    except (JoseError, ValueError, LookupError, TypeError, AttributeError):
        raise ProviderError("odd", "keys: not to be read") from None


def _lifetime(reply: Reply) -> float:
    stated = _MAX_AGE.search(reply.headers.get("cache-control", ""))
    return min(max(float(stated[1]) if stated else 0.0, SHORTEST_SECONDS), LONGEST_SECONDS)
