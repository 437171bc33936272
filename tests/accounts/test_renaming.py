"""What a browser is called changes where it proves something or signs in; other tabs go on nonetheless."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from pillnuts.kernel.app import WebApp
from pillnuts.migrating import migrate
from pillnuts.settings import Settings
from tests.accounts.site import EMAIL, LOGIN_ID, PASSWORD, Clock, People, browser
from tests.conftest import talking_to

FORM = {"sec-fetch-site": "same-origin", "accept": "text/html"}
NEW = "무지개 다리를 건너간 두더지"
CHOSEN = "chosen by an attacker"


@pytest.fixture
async def site(web_app: WebApp, settings: Settings) -> AsyncIterator[People]:
    """The running site, with one member."""
    await asyncio.to_thread(migrate, settings.database)
    async with web_app.router.lifespan_context(web_app):
        tools, clock = web_app.state.accounts, Clock(datetime.now(UTC))
        tools.now = tools.keyring._now = clock
        people = People(tools, clock)
        await people.join(browser("member"), channel="email", target=EMAIL)
        await people.rest()
        clock.pass_(minutes=1)
        yield people


@pytest.fixture
async def client(web_app: WebApp, site: People) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001 -- runs it
    async with talking_to(web_app) as talking:
        talking.headers.update(FORM)
        yield talking


async def opened(client: httpx.AsyncClient, path: str) -> str:
    """A page in a tab: the token of its form."""
    token: str = re.findall(r'name="form_token" value="(\w+)"', (await client.get(path)).text)[0]
    return token


async def sign_in(client: httpx.AsyncClient) -> None:
    token = await opened(client, "/account/sign-in")
    data = {"form_token": token, "login_id": LOGIN_ID, "password": PASSWORD}
    assert (await client.post("/account/sign-in", data=data)).headers["location"] == "/account"


async def ask(client: httpx.AsyncClient) -> None:
    token = await opened(client, "/account/recover?by=email")
    data = {"form_token": token, "channel": "email", "target": EMAIL}
    answer = await client.post("/account/recover", data=data)
    assert answer.headers["location"] == "/account/recover/code", answer.text


def name(client: httpx.AsyncClient) -> str:
    return client.cookies["pillnuts_browser"]


def plant(client: httpx.AsyncClient, value: str = CHOSEN) -> None:
    client.cookies.set("pillnuts_browser", value, domain="pillnuts.test", path="/")


async def test_signing_in_gives_the_browser_another_name(client: httpx.AsyncClient) -> None:
    plant(client)
    await sign_in(client)
    assert name(client) != CHOSEN
    assert CHOSEN not in client.cookies["pillnuts_before"]


async def test_a_planted_name_holds_nothing_of_what_its_victim_proved(
    client: httpx.AsyncClient, web_app: WebApp, site: People
) -> None:
    plant(client)
    await ask(client)
    async with talking_to(web_app) as attacker:
        plant(attacker)
        token = await opened(client, "/account/recover/code")
        data = {"form_token": token, "channel": "email", "target": EMAIL, "code": await site.last_code(EMAIL)}
        answer = await client.post("/account/recover/code", data=data)
        assert answer.headers["location"] == "/account/recover/found"

        about = {"channel": "email", "target": EMAIL}
        taken = await attacker.post(
            "/api/v1/account/recovery/password", json={**about, "new_password": NEW}, headers={}
        )
        assert (taken.status_code, taken.json()["code"]) == (422, "not_verified")

    token = await opened(client, "/account/recover/found")
    data = {"form_token": token, **about, "login_id": LOGIN_ID, "new_password": NEW}
    answer = await client.post("/account/recover/found", data=data)
    assert answer.headers["location"] == "/account/sign-in?done=password_reset"


async def test_the_same_holds_for_programs(web_app: WebApp, site: People) -> None:
    about = {"channel": "email", "target": EMAIL}
    async with talking_to(web_app) as victim, talking_to(web_app) as attacker:
        plant(victim)
        plant(attacker)
        await victim.post("/api/v1/account/codes", json={**about, "purpose": "recover"})
        code = await site.last_code(EMAIL)
        checked = {**about, "purpose": "recover", "code": code}
        assert (await victim.post("/api/v1/account/codes/check", json=checked)).status_code == 204
        assert (await attacker.post("/api/v1/account/recovery/login-id", json=about)).status_code == 422
        assert (await victim.post("/api/v1/account/recovery/login-id", json=about)).is_success


async def test_a_tab_that_was_open_before_signing_in_goes_on(client: httpx.AsyncClient, site: People) -> None:
    await ask(client)
    other = await opened(client, "/account/recover/code")
    await sign_in(client)
    data = {"form_token": other, "channel": "email", "target": EMAIL, "code": await site.last_code(EMAIL)}
    answer = await client.post("/account/recover/code", data=data)
    assert answer.headers["location"] == "/account/recover/found"
    assert LOGIN_ID in (await client.get("/account/recover/found")).text


async def test_a_tab_that_was_open_for_longer_says_what_to_do(
    client: httpx.AsyncClient, site: People
) -> None:
    other = await opened(client, "/account/recover?by=email")
    await sign_in(client)
    site.clock.pass_(hours=1, seconds=1)
    data = {"form_token": other, "channel": "email", "target": EMAIL}
    answer = await client.post("/account/recover", data=data)
    assert answer.status_code == 403
    assert "다시 눌러 주세요" in answer.text
    assert EMAIL in answer.text
    (token,) = re.findall(r'name="form_token" value="(\w+)"', answer.text)
    again = await client.post("/account/recover", data={**data, "form_token": token})
    assert again.headers["location"] == "/account/recover/code"


async def test_names_of_before_are_good_in_the_browser_that_had_them(
    client: httpx.AsyncClient, web_app: WebApp
) -> None:
    plant(client)
    token = await opened(client, "/account/recover?by=email")
    await sign_in(client)
    data = {"form_token": token, "channel": "email", "target": EMAIL}
    async with talking_to(web_app) as other:
        other.headers.update(FORM)
        plant(other, "another")
        other.cookies.set(
            "pillnuts_before", client.cookies["pillnuts_before"], domain="pillnuts.test", path="/"
        )
        assert (await other.post("/account/recover", data=data)).status_code == 403
    assert (await client.post("/account/recover", data=data)).status_code == 303


async def test_signing_out_leaves_nothing_to_know_the_browser_by(client: httpx.AsyncClient) -> None:
    await sign_in(client)
    before, token = name(client), await opened(client, "/account/sessions")
    await client.post("/account/sign-out", data={"form_token": token})
    assert name(client) != before
    assert "pillnuts_before" not in client.cookies


async def test_renewing_a_token_leaves_the_name(client: httpx.AsyncClient, site: People) -> None:
    await sign_in(client)
    before = name(client)
    site.clock.pass_(minutes=20)
    assert (await client.get("/account")).is_success
    assert name(client) == before
