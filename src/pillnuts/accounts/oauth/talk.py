"""Speaking with Kakao, Naver and Google: where people are sent, and who came back.

Codes, tokens and what a provider writes about its errors stay out of logs: Kakao's descriptions repeat the
code. What we ask for is who somebody is, and nothing else: no e-mail address, no name.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import urlencode

import orjson
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from pillnuts.accounts.oauth.config import Provider
from pillnuts.accounts.oauth.tokens import Keys
from pillnuts.accounts.oauth.words import ProviderError
from pillnuts.kernel.http import AskAgain, Client, Reply, Retries, Timeouts, Unreachable

log = structlog.get_logger(__name__)

TIMEOUTS: Final = Timeouts(connect=3, read=5, total=8)
"""Somebody is waiting for it."""
TOTAL_SECONDS: Final = 15.0
"""For everything that one return asks, repetitions included."""
RETRIES: Final = Retries(attempts=2, first=0.3, longest=1)
FORM: Final = {
    "Content-Type": "application/x-www-form-urlencoded;charset=utf-8",
    "Accept": "application/json",
}
LONGEST_SUBJECT: Final = 255

_TOO_MANY, _SERVER_ERROR, _UNAUTHORIZED, _FORBIDDEN = 429, 500, 401, 403
_SPENT: Final = frozenset({"invalid_grant", "invalid_request"})
"""A code used twice or too late; Naver calls it an invalid request, with status 200."""
_KNOWN_ERRORS: Final = _SPENT | {
    "invalid_client",
    "unauthorized_client",
    "redirect_uri_mismatch",
    "server_error",
}
_AUTHORIZE: Final = {
    "kakao": "/oauth/authorize",
    "naver": "/oauth2.0/authorize",
    "google": "/o/oauth2/v2/auth",
}
_TOKEN: Final = {"kakao": "/oauth/token", "naver": "/oauth2.0/token", "google": "/token"}
_AGAIN: Final = {
    "kakao": {"prompt": "login"},
    "naver": {"auth_type": "reauthenticate"},
    # Google offers no way to ask for the password again; choosing the account is what there is.
    "google": {"prompt": "select_account"},
}


@dataclass(frozen=True)
class Way:
    """What belongs to one way to the provider and back; each is random and used once."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Person:
    """Who the provider says it is."""

    subject: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    """A refresh token, with which the link can be ended there later."""
    signed_in_at: int | None = None
    """Seconds since 1970, where the provider says when the person last typed a password there."""


class Talk:
    """One provider. Use `Talks`, which closes what this holds open."""

    def __init__(self, provider: Provider, *, now: Callable[[], datetime]) -> None:
        self.provider = provider
        self._now = now
        secrets = (provider.client_secret, provider.admin_key)

        def client(url: str) -> Client:
            return Client(url, service=provider.name, secrets=secrets, timeouts=TIMEOUTS, retries=RETRIES)

        self.tokens_at = client(provider.api_url if provider.name == "google" else provider.url)
        self.person_at = client(provider.api_url)
        self.keys_at = client(provider.keys_url or provider.url)
        self._keys = Keys(provider, self.keys_at)

    def address(self, way: Way, *, redirect_uri: str, again: bool) -> str:
        """Where to send somebody; `again`: they have to prove it there anew."""
        provider = self.provider
        more: dict[str, str] = {}
        if provider.oidc:
            more |= {"scope": "openid", "nonce": way.nonce}
        if provider.pkce:
            challenge = create_s256_code_challenge(way.verifier)
            more |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        if provider.name == "google":
            more["access_type"] = "offline"  # the only token that still ends the link in a year
        if again:
            more |= _AGAIN[provider.name]
        path = self._oidc_path(_AUTHORIZE[provider.name])
        address: str = prepare_grant_uri(
            provider.url + path,
            provider.client_id,
            "code",
            redirect_uri=redirect_uri,
            state=way.state,
            **more,
        )
        return address

    async def person(self, code: str, way: Way, *, redirect_uri: str) -> Person:
        """Change the code for who it is. Raises ProviderError."""
        try:
            return await self._in_time(code, way, redirect_uri)
        except ProviderError as error:
            level = log.error if error.problem == "down" else log.warning
            level("provider does not sign in", provider=self.provider.name, reason=error.reason)
            raise

    async def _in_time(self, code: str, way: Way, redirect_uri: str) -> Person:
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._person(code, way, redirect_uri)
        except TimeoutError:
            raise ProviderError("down", "everything together takes too long") from None

    async def _person(self, code: str, way: Way, redirect_uri: str) -> Person:
        form = {
            "grant_type": "authorization_code",
            "client_id": self.provider.client_id,
            "client_secret": self.provider.client_secret,
            "redirect_uri": redirect_uri,
            "code": code,
        }
        if self.provider.pkce:
            form["code_verifier"] = way.verifier
        if self.provider.name == "naver":
            form["state"] = way.state
        granted = await self.granted(form)
        claims: dict[str, Any] = {}
        if self.provider.oidc:
            token = _text(granted, "id_token", longest=16_384)
            claims = await self._keys.claims(token, nonce=way.nonce, now=self._now())
        # Naver's profile speaks in both variants, so that turning OIDC on locks nobody out.
        asks = self.provider.name == "naver" or not self.provider.oidc
        subject = await self._profile_id(granted) if asks else _text(claims, "sub", longest=LONGEST_SUBJECT)
        signed_in_at = claims.get("auth_time")
        refresh = granted.get("refresh_token")
        return Person(
            subject,
            refresh if isinstance(refresh, str) and refresh else None,
            signed_in_at if isinstance(signed_in_at, int) else None,
        )

    async def granted(self, form: dict[str, str]) -> dict[str, Any]:
        """Ask for tokens. Once: a code that may have been taken works no second time."""
        content = urlencode({name: value for name, value in form.items() if value}).encode()
        try:
            return await self.tokens_at.post(
                self._oidc_path(_TOKEN[self.provider.name]), content, FORM, _granted
            )
        except Unreachable:
            raise ProviderError("down", "tokens: no answer") from None

    async def _profile_id(self, granted: dict[str, Any]) -> str:
        token = _text(granted, "access_token", longest=16_384)
        kakao = self.provider.name == "kakao"
        path, reader = ("/v2/user/me", _kakao_id) if kakao else ("/v1/nid/me", _naver_id)
        try:
            return await self.person_at.get(path, {}, reader, headers={"Authorization": f"Bearer {token}"})
        except AskAgain:
            raise ProviderError("down", "profile: no answer") from None

    def _oidc_path(self, path: str) -> str:
        naver_oidc = self.provider.name == "naver" and self.provider.oidc
        return path.replace("/oauth2.0/", "/oauth2/") if naver_oidc else path


class Talks:
    """Every provider of the site, as long as the block lasts."""

    def __init__(self, providers: Iterable[Provider], *, now: Callable[[], datetime]) -> None:
        self._talks = {provider.name: Talk(provider, now=now) for provider in providers}
        self._open = AsyncExitStack()

    def get(self, name: str) -> Talk | None:
        found = {known: talk for known, talk in self._talks.items() if known == name}
        return next(iter(found.values()), None)

    async def __aenter__(self) -> Self:
        for talk in self._talks.values():
            for client in (talk.tokens_at, talk.person_at, talk.keys_at):
                await self._open.enter_async_context(client)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._open.aclose()


def _granted(reply: Reply) -> dict[str, Any]:
    """Read the answer of a token endpoint; an `error` in it counts whatever the status."""
    if reply.status >= _SERVER_ERROR or reply.status == _TOO_MANY:
        raise ProviderError("down", f"tokens: status {reply.status}")
    said = _object(reply, "tokens")
    if "error" in said:
        error = said["error"] if said["error"] in _KNOWN_ERRORS else "another error"
        spent = error in _SPENT
        raise ProviderError("refused" if spent else "down", f"tokens: {error}")
    if reply.status != 200:  # noqa: PLR2004 -- the one status of RFC 6749, 5.1
        raise ProviderError("odd", f"tokens: status {reply.status}")
    return said


def _kakao_id(reply: Reply) -> str:
    """A number of 64 bits, which JavaScript would round and we do not."""
    said = _profile(reply)
    number = said.get("id")
    if isinstance(number, bool) or not isinstance(number, int):
        raise ProviderError("odd", "profile: no id")
    return str(number)


def _naver_id(reply: Reply) -> str:
    """Failures come with status 200 too: only `resultcode` 00 counts."""
    said = _profile(reply)
    if said.get("resultcode") != "00" or not isinstance(said.get("response"), dict):
        raise ProviderError("odd", "profile: not successful")
    return _text(said["response"], "id", longest=64)


def _profile(reply: Reply) -> dict[str, Any]:
    if reply.status >= _SERVER_ERROR or reply.status == _TOO_MANY:
        raise AskAgain(f"status {reply.status}")
    if reply.status != 200:  # noqa: PLR2004
        raise ProviderError("odd", f"profile: status {reply.status}")
    return _object(reply, "profile")


def _object(reply: Reply, what: str) -> dict[str, Any]:
    try:
        said = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise ProviderError("odd", f"{what}: no JSON object")
    return said


def _text(said: dict[str, Any], name: str, *, longest: int) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise ProviderError("odd", f"{name} is missing")
    return value
