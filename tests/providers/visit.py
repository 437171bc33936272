"""Going to a provider and back as a browser does, and the acts behind it without one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from pillnuts.accounts import audit, sign_in
from pillnuts.accounts.oauth import flow, unfinished
from pillnuts.accounts.oauth.config import Providers as Configured
from pillnuts.accounts.oauth.flow import Returned
from pillnuts.accounts.oauth.pending import Purpose
from pillnuts.accounts.oauth.talk import Talk, Talks
from pillnuts.accounts.shapes import AuditLine, Caller, SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.app import WebApp
from tests.accounts.site import BORN, People, browser
from tests.conftest import talking_to

from .app import Providers
from .registered import NURI, Person
from .serving import Serving

CONSENTS = frozenset({"terms", "privacy"})
OURS = {"sec-fetch-site": "same-origin"}


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def local(address: str) -> str:
    """Path and query of an address of our site."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class Browser:
    """One browser with its cookies."""

    def __init__(self, client: httpx.AsyncClient, providers: Providers) -> None:
        self.client = client
        self.providers = providers

    async def leave(self, name: str, **query: str) -> str:
        """Press the button; gives the address at the provider, which shows its page."""
        answer = await self.client.get(f"/account/providers/{name}/start", params=query, headers=OURS)
        assert answer.status_code == 303, answer.text
        address = answer.headers["location"]
        async with httpx.AsyncClient() as outside:
            page = await outside.get(address)
        assert page.status_code == 200, page.text
        return str(address)

    def agree(self, name: str, address: str, person: Person = NURI) -> str:
        return local(self.providers.agree(name, query_of(address), person))

    async def go(self, name: str, person: Person = NURI, **query: str) -> httpx.Response:
        """There and back again."""
        address = await self.leave(name, **query)
        return await self.client.get(self.agree(name, address, person))

    async def join(self, name: str, person: Person = NURI) -> str:
        """Become a member; gives the access token."""
        assert (await self.go(name, person)).headers["location"] == "/account/sign-up/provider"
        answer = await self.finish()
        assert answer.status_code == 201, answer.text
        return str(answer.json()["access_token"])

    async def finish(self, born: date = BORN, consents: frozenset[str] = CONSENTS) -> httpx.Response:
        body = {"birth_date": born.isoformat(), "consents": sorted(consents)}
        return await self.client.post("/api/v1/account/providers/sign-up", json=body)

    async def profile(self) -> httpx.Response:
        return await self.client.get("/api/v1/account")


class Site:
    """The whole site, and whoever visits it."""

    def __init__(self, app: WebApp, served: Serving) -> None:
        self.app = app
        self.providers = served.providers
        self._url = served.url

    def providers_url(self, host: str) -> str:
        """What stands for a host of a provider."""
        return f"{self._url}/{host}/"

    @property
    def tools(self) -> Tools:
        found: Tools = self.app.state.accounts
        return found

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        async with talking_to(self.app) as client:
            yield Browser(client, self.providers)

    async def audited(self) -> list[AuditLine]:
        async with self.tools.database.reading() as session:
            return list(reversed(await audit.read(session, limit=1000)))


Door = Callable[..., AbstractAsyncContextManager[Site]]


@asynccontextmanager
async def talking(people: People, configured: Configured) -> AsyncIterator["Acts"]:
    async with Talks(configured, now=people.tools.now) as talks:
        yield Acts(people, talks)


class Acts:
    """The same without HTTP on our side: for what is about tables, time and races."""

    def __init__(self, people: People, talks: Talks) -> None:
        self.people = people
        self.tools = people.tools
        self._talks = talks
        self.providers: Providers | None = None

    def talk(self, name: str) -> Talk:
        found = self._talks.get(name)
        assert found is not None
        return found

    async def leave(
        self,
        name: str,
        visitor: Visitor,
        *,
        purpose: Purpose = "sign_in",
        caller: Caller | None = None,
        next_: str = "/",
    ) -> str:
        return await flow.start(
            self.tools, self.talk(name), purpose=purpose, next_=next_, caller=caller, visitor=visitor
        )

    async def back(
        self, name: str, returned: str, visitor: Visitor, caller: Caller | None = None
    ) -> Returned:
        said = query_of(returned)
        return await flow.come_back(
            self.tools,
            self.talk(name),
            code=said.get("code", ""),
            state=said.get("state", ""),
            error=said.get("error", ""),
            caller=caller,
            visitor=visitor,
        )

    async def go(
        self,
        providers: Providers,
        name: str,
        visitor: Visitor,
        person: Person = NURI,
        *,
        purpose: Purpose = "sign_in",
        caller: Caller | None = None,
    ) -> Returned:
        address = await self.leave(name, visitor, purpose=purpose, caller=caller)
        return await self.back(name, providers.agree(name, query_of(address), person), visitor, caller)

    async def finish(self, visitor: Visitor, born: date = BORN) -> SignedIn:
        done = await unfinished.finish(self.tools, birth_date=born, agreed=CONSENTS, visitor=visitor)
        return done.signed_in

    async def join(
        self, providers: Providers, name: str, visitor: Visitor | None = None, person: Person = NURI
    ) -> SignedIn:
        visitor = visitor or browser()
        assert (await self.go(providers, name, visitor, person)).open == "sign_up"
        return await self.finish(visitor)

    async def link(
        self, providers: Providers, name: str, access: str, visitor: Visitor, person: Person = NURI
    ) -> Returned:
        caller = await self.people.sure(access)
        return await self.go(providers, name, visitor, person, purpose="link", caller=caller)


def confirmed(tools: Tools, caller: Caller | None) -> bool:
    return caller is not None and sign_in.recently_confirmed(tools, caller)


def words(line: AuditLine) -> dict[str, Any]:
    """What an entry of the log says in its detail."""
    return dict(word.split("=", 1) for word in line.detail.split())
