"""The keys of a provider: kept, read again when they change, and used while they cannot be read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from pillnuts.accounts.oauth.talk import RETRIES, TIMEOUTS
from pillnuts.accounts.oauth.tokens import LONGEST_SECONDS, LOOK_AGAIN_SECONDS, Keys
from pillnuts.accounts.oauth.words import ProviderError
from pillnuts.kernel.http import Client

from .conftest import configure
from .registered import NURI, Grant
from .serving import Serving

CERTS = "/www/oauth2/v3/certs"


class Watch:
    at = 1000.0

    def __call__(self) -> float:
        return self.at


@asynccontextmanager
async def keys_of(served: Serving, watch: Watch, name: str = "google", **changes: Any) -> AsyncIterator[Keys]:
    provider = configure(served, **changes).get(name)
    assert provider
    address = provider.keys_url or provider.url
    async with Client(address, service=name, timeouts=TIMEOUTS, retries=RETRIES) as client:
        yield Keys(provider, client, monotonic=watch)


def token(served: Serving, name: str = "google") -> str:
    grant = Grant(name, NURI, "", "", "the nonce", None, offline=False, began=0)
    return served.providers.id_token(grant)


async def subject(keys: Keys, given: str) -> str:
    claims = await keys.claims(given, nonce="the nonce", now=datetime.now(UTC))
    return str(claims["sub"])


async def test_keys_are_read_once_and_again_when_a_new_one_signs(served: Serving) -> None:
    watch = Watch()
    async with keys_of(served, watch) as keys:
        assert await subject(keys, token(served)) == await subject(keys, token(served)) == NURI.google
        assert _reads(served) == 1

        served.providers.rotate()
        with pytest.raises(ProviderError):  # whoever sends tokens of no key does not make us ask all the time
            await subject(keys, token(served))
        assert _reads(served) == 1
        watch.at += LOOK_AGAIN_SECONDS
        assert await subject(keys, token(served)) == NURI.google
        assert _reads(served) == 2


async def test_keys_are_kept_as_long_as_the_provider_allows(served: Serving) -> None:
    watch = Watch()
    async with keys_of(served, watch) as keys:
        await subject(keys, token(served))
        watch.at += 19_999  # of max-age=20000
        await subject(keys, token(served))
        assert _reads(served) == 1
        watch.at += 1
        await subject(keys, token(served))
        assert _reads(served) == 2


async def test_keys_that_cannot_be_read_again_still_serve(served: Serving) -> None:
    watch = Watch()
    async with keys_of(served, watch) as keys:
        await subject(keys, token(served))
        watch.at += LONGEST_SECONDS
        served.providers.faults = {"jwks_500"}

        assert await subject(keys, token(served)) == NURI.google


async def test_navers_keys_are_where_its_discovery_says_and_nowhere_else(served: Serving) -> None:
    async with keys_of(served, Watch(), "naver", naver_oidc=True) as keys:
        assert await subject(keys, token(served, "naver")) == NURI.naver
        assert ("GET", "/nid/oauth2/jwks") in served.providers.standing.asked
    served.providers.faults = {"foreign_jwks"}
    async with keys_of(served, Watch(), "naver", naver_oidc=True) as keys:
        with pytest.raises(ProviderError, match="another host"):
            await subject(keys, token(served, "naver"))


@pytest.mark.parametrize("given", ["", "x", "a.b.c", "a.b.c.d.e", "é.é.é"])
async def test_what_is_no_token_is_refused(served: Serving, given: str) -> None:
    async with keys_of(served, Watch()) as keys:
        with pytest.raises(ProviderError):
            await subject(keys, given)


def _reads(served: Serving) -> int:
    return served.providers.standing.asked.count(("GET", CERTS))
