"""Ending a link at the provider itself, delivered by the outbox. Nothing here waits for a person."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from sqlalchemy import select

from pillnuts.accounts.oauth.config import Provider, Providers
from pillnuts.accounts.oauth.models import ProviderLink
from pillnuts.kernel.db import Database
from pillnuts.kernel.http import Client, Reply, Timeouts, Unreachable
from pillnuts.kernel.outbox import Handler, NeedsOperator, TryLater, Undeliverable

UNLINK: Final = "provider.unlink"
"""{provider, subject, token, key}: whom to forget there, and under which key the link was here."""
TIMEOUTS: Final = Timeouts(connect=5, read=10, total=15)

_FORM: Final = {
    "Content-Type": "application/x-www-form-urlencoded;charset=utf-8",
    "Accept": "application/json",
}
_TOO_MANY, _SERVER_ERROR, _OK, _BAD_REQUEST, _UNAUTHORIZED = 429, 500, 200, 400, 401
_OVER: Final = frozenset({"invalid_grant", "invalid_token", "invalid_request"})
"""The token is no good any more, which is as far as we can get: the person or the provider ended it."""
_KAKAO_NOT_LINKED: Final = frozenset({-101, -102})
_KAKAO_OVER: Final = -401


class Unlinker:
    """Ends links at one provider."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        secrets = (provider.client_secret, provider.admin_key)
        token_url = provider.api_url if provider.name == "google" else provider.url
        self.tokens_at = Client(token_url, service=provider.name, secrets=secrets, timeouts=TIMEOUTS)
        self.api_at = Client(provider.api_url, service=provider.name, secrets=secrets, timeouts=TIMEOUTS)

    async def end(self, subject: str, token: str) -> None:
        """Raises what the outbox is to do."""
        match self._provider.name:
            case "kakao":
                await self._kakao(subject, token)
            case "naver":
                await self._naver(token)
            case "google":
                await self._google(token)

    async def _kakao(self, subject: str, token: str) -> None:
        if self._provider.admin_key:
            form = {"target_id_type": "user_id", "target_id": subject}
            bearer = f"KakaoAK {self._provider.admin_key}"
        elif token:
            access = await self._refreshed("/oauth/token", token)
            if access is None:
                return
            form, bearer = {}, f"Bearer {access}"
        else:
            raise NeedsOperator("Kakao's admin key is not set")
        status, said = await self._post(self.api_at, "/v1/user/unlink", form, {"Authorization": bearer})
        code = said.get("code")
        if status == _OK or code in _KAKAO_NOT_LINKED:
            return
        if code == _KAKAO_OVER and self._provider.admin_key:
            raise NeedsOperator("Kakao refuses the admin key")
        raise Undeliverable(f"Kakao refuses with {status}")

    async def _naver(self, token: str) -> None:
        path = "/oauth2/token" if self._provider.oidc else "/oauth2.0/token"
        access = await self._refreshed(path, token)
        if access is None:
            return
        form = {"grant_type": "delete", **self._client(), "access_token": access, "service_provider": "NAVER"}
        status, said = await self._post(self.tokens_at, path, form)
        if said.get("result") == "success" or said.get("error") in _OVER:
            return
        raise Undeliverable(f"Naver refuses with {status}")  # an error comes with 200 as well

    async def _google(self, token: str) -> None:
        status, said = await self._post(self.tokens_at, "/revoke", {"token": token})
        if status != _OK and said.get("error") not in _OVER:
            raise Undeliverable(f"Google refuses with {status}")

    async def _refreshed(self, path: str, token: str) -> str | None:
        """A fresh access token; None: the provider has forgotten this person already."""
        form = {"grant_type": "refresh_token", **self._client(), "refresh_token": token}
        status, said = await self._post(self.tokens_at, path, form)
        if (error := said.get("error")) in _OVER:
            return None
        access = said.get("access_token")
        if error or status != _OK or not isinstance(access, str):
            raise NeedsOperator(f"{self._provider.name} gives no token, status {status}")
        return access

    def _client(self) -> dict[str, str]:
        secret = self._provider.client_secret
        return {"client_id": self._provider.client_id, **({"client_secret": secret} if secret else {})}

    async def _post(
        self, client: Client, path: str, form: dict[str, str], headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        silent = False
        try:
            return await client.post(path, urlencode(form).encode(), {**_FORM, **(headers or {})}, _read)
        except Unreachable:
            silent = True
        if silent:  # raised out here: its cause would hold more than constant words
            raise TryLater(f"{self._provider.name} does not answer")
        raise AssertionError


@asynccontextmanager
async def unlinking(providers: Providers, database: Database) -> AsyncIterator[dict[str, Handler]]:
    """The handler of this feature, as long as the block lasts."""
    async with AsyncExitStack() as stack:
        unlinkers: dict[str, Unlinker] = {}
        for provider in providers:
            unlinkers[provider.name] = made = Unlinker(provider)
            await stack.enter_async_context(made.tokens_at)
            await stack.enter_async_context(made.api_at)

        async def unlink(payload: Mapping[str, str], /, *, key: str) -> None:  # noqa: ARG001 -- ending twice is ending
            if payload.keys() != {"provider", "subject", "token", "key"}:
                raise Undeliverable("the payload has other parts")
            if (unlinker := unlinkers.get(payload["provider"])) is None:
                raise NeedsOperator("the provider is not set up any more")
            if await _linked_again(database, payload["key"]):
                return
            await unlinker.end(payload["subject"], payload["token"])

        yield {UNLINK: unlink}


async def _linked_again(database: Database, subject_key: str) -> bool:
    """Whether the person came back before we could tell the provider: then there is nothing to end."""
    async with database.reading() as session:
        found = select(ProviderLink.subject_key).where(ProviderLink.subject_key == subject_key)
        return await session.scalar(found) is not None


def _read(reply: Reply) -> tuple[int, dict[str, Any]]:
    if reply.status >= _SERVER_ERROR or reply.status == _TOO_MANY:
        raise TryLater("the provider fails", after=reply.retry_after or 0)
    try:
        said = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        said = {}
    return reply.status, said if isinstance(said, dict) else {}
