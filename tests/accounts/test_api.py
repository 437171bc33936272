"""The API as a stranger, a member and an attacker meet it: whole flows over HTTP, on the site as it ships."""

import json
import logging
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from fastapi import Request

from pillnuts.accounts import auth, people, sign_in
from pillnuts.accounts.auth import CheckedForm, CurrentUser, OptionalUser, TheVisitor
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import SignedIn
from pillnuts.accounts.tools import Caps
from pillnuts.kernel.app import WebApp
from pillnuts.kernel.rates import Rates
from pillnuts.main import make_accounts
from pillnuts.settings import Settings
from tests.accounts.site import (
    ALL_CONSENTS,
    CHEAP,
    EMAIL,
    LOGIN_ID,
    PASSWORD,
    WRONG,
    Clock,
    People,
    bearer,
    ok,
)
from tests.conftest import talking_to

API = "/api/v1/account"
HTML = {"Accept": "text/html"}
NEW = "무지개 다리를 건너간 두더지"


@pytest.fixture
async def site(web_app: WebApp, settings: Settings, clock: Clock, empty_file: Path) -> AsyncIterator[People]:
    """The running site; its counters and hashes are cheap, and its clock moves."""
    settings.home.mkdir(parents=True, exist_ok=True)
    shutil.copy(empty_file, settings.home / "pillnuts.db")
    _open_pages(web_app)
    async with web_app.router.lifespan_context(web_app):
        made = web_app.state.accounts
        made.passwords.close()
        made.passwords = type(made.passwords)(CHEAP)
        made.now = made.keyring._now = clock
        yield People(made, clock)


@pytest.fixture
async def client(web_app: WebApp, site: People) -> AsyncIterator[httpx.AsyncClient]:  # noqa: ARG001 -- runs it
    async with talking_to(web_app) as talking:
        yield talking


def _open_pages(app: WebApp) -> None:
    """Pages as other features write them: signing in and out by cookie, and a form."""

    @app.post("/test/sign-in", include_in_schema=False)
    async def in_(request: Request, visitor: TheVisitor, tools: auth.TheTools) -> Any:
        body = await request.json()
        signed_in = await sign_in.with_password(
            tools, login_id=LOGIN_ID, password=body["password"], visitor=visitor
        )
        assert isinstance(signed_in, SignedIn)
        auth.keep_signed_in(request, signed_in)
        return {}

    @app.get("/test/form", include_in_schema=False)
    async def form(request: Request, _caller: OptionalUser) -> str:
        return auth.form_token(request)

    @app.post("/test/form", include_in_schema=False, dependencies=[CheckedForm])
    async def sent(caller: CurrentUser) -> str:
        return caller.account_id

    @app.get("/test/admin", include_in_schema=False)
    async def office(caller: auth.AdminUser) -> str:
        return caller.account_id

    @app.get("/test/private", include_in_schema=False)
    async def private(caller: auth.RecentlyConfirmed) -> str:
        return caller.account_id


async def proven(
    client: httpx.AsyncClient, site: People, *, purpose: str = "sign_up", target: str = EMAIL
) -> None:
    said = {"purpose": purpose, "channel": "email", "target": target}
    ok(await client.post(f"{API}/codes", json=said))
    ok(await client.post(f"{API}/codes/check", json={**said, "code": await site.last_code(target)}))


def form(**changes: Any) -> dict[str, Any]:
    return {
        "login_id": LOGIN_ID,
        "password": PASSWORD,
        "birth_date": "1990-05-17",
        "channel": "email",
        "target": EMAIL,
        "consents": sorted(ALL_CONSENTS),
        **changes,
    }


async def joined(client: httpx.AsyncClient, site: People, **changes: Any) -> dict[str, Any]:
    await proven(client, site, target=changes.get("target", EMAIL))
    tokens: dict[str, Any] = ok(await client.post(API, json=form(**changes)))
    await site.rest()
    return tokens


async def confirmed(client: httpx.AsyncClient, tokens: dict[str, Any]) -> dict[str, str]:
    head = bearer(tokens["access_token"])
    ok(await client.post(f"{API}/session/confirm", json={"password": PASSWORD}, headers=head))
    return head


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_who_is_kept_out_is_in_the_log(client: httpx.AsyncClient, site: People) -> None:
    head = bearer((await joined(client, site))["access_token"])
    tried = [
        await client.put(f"{API}/password", json={"new_password": NEW}, headers=head),
        await client.get(f"{API}/data", headers=head),
        await client.get("/test/admin", headers={**head, "Accept": "application/json"}),
        await client.get("/test/private", headers={**head, "Accept": "application/json"}),
    ]
    assert [answer.status_code for answer in tried] == [403] * 4
    assert [line.detail for line in await site.audited() if line.action == "access.refused"] == [
        "why=confirm_again at=/account/password",
        "why=confirm_again at=/account/data",
        "why=not_allowed at=/test/admin",  # a page that leads to the proof first is none of these
    ]


async def test_from_signing_up_to_leaving(client: httpx.AsyncClient, site: People) -> None:
    tokens = await joined(client, site)
    assert tokens["token_type"] == "Bearer"  # noqa: S105
    assert tokens["expires_in"] == 900
    head = bearer(tokens["access_token"])
    me = ok(await client.get(API, headers=head))
    assert (me["login_id"], me["email"], me["role"]) == (LOGIN_ID, "Nu***@example.com", "user")
    assert {consent["kind"] for consent in me["consents"]} == ALL_CONSENTS

    assert code_of(await client.get(f"{API}/data", headers=head)) == (403, "confirm_again")
    await confirmed(client, tokens)
    data = ok(await client.get(f"{API}/data", headers=head))
    assert data["account"]["contacts"] == {"email": EMAIL}
    assert {line["action"] for line in data["activity"]} >= {"account.made", "session.began"}
    account = data["account"]
    assert account["age_checked_at"] == account["created_at"] == account["password_changed_at"]
    assert account["second_factor_since"] is None
    assert (await site.audited())[-1].action == "account.exported"

    receipt = ok(await client.request("DELETE", API, headers=head))["receipt"]
    assert re.fullmatch(r"[0-9a-f]{20}", receipt)
    assert code_of(await client.get(API, headers=head)) == (401, "not_signed_in")
    again = {"refresh_token": tokens["refresh_token"]}
    assert code_of(await client.post(f"{API}/session/refresh", json=again)) == (401, "session_ended")
    credentials = {"login_id": LOGIN_ID, "password": PASSWORD}
    assert code_of(await client.post(f"{API}/session", json=credentials)) == (401, "wrong_credentials")


async def test_tokens_are_checked_by_whoever_has_the_published_keys(
    client: httpx.AsyncClient, site: People
) -> None:
    tokens = await joined(client, site)
    from joserfc import jwt  # noqa: PLC0415 -- as another process would
    from joserfc.jwk import KeySet  # noqa: PLC0415

    keys = KeySet.import_key_set(ok(await client.get("/.well-known/jwks.json")))
    token = jwt.decode(tokens["access_token"], keys, algorithms=["Ed25519"])
    assert token.claims["role"] == "user"
    assert token.claims["exp"] - token.claims["iat"] == 900
    assert {"iss", "aud", "sub", "sid"} <= token.claims.keys()
    assert EMAIL not in json.dumps(token.claims)
    assert LOGIN_ID not in json.dumps(token.claims)


async def test_what_belongs_to_a_person_is_kept_nowhere(client: httpx.AsyncClient, site: People) -> None:
    tokens = await joined(client, site)
    head = bearer(tokens["access_token"])
    for path in ("", "/sessions"):
        answer = await client.get(API + path, headers=head)
        assert answer.headers["cache-control"] == "no-store"
    refused = await client.get(API)
    assert refused.headers["cache-control"] == "no-store"
    assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("surplus", "value"), [("role", "admin"), ("id", "0" * 20), ("email_verified", True), ("account_id", "x")]
)
async def test_nothing_can_be_set_that_was_not_asked_for(
    client: httpx.AsyncClient, site: People, surplus: str, value: object
) -> None:
    await proven(client, site)
    answer = await client.post(API, json=form(**{surplus: value}))
    assert code_of(answer) == (422, "invalid_parameter")
    assert answer.json()["errors"][0]["name"] == surplus
    async with site.tools.database.reading() as session:
        assert await people.by_login_id(session, LOGIN_ID) is None


async def test_every_body_of_the_api_refuses_what_it_does_not_know(web_app: WebApp) -> None:
    schemas = web_app.openapi()["components"]["schemas"]
    bodies = {
        call["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path, calls in web_app.openapi()["paths"].items()
        if path.startswith(API)
        for call in calls.values()
        if "requestBody" in call
    }
    assert len(bodies) > 10
    assert all(schemas[name]["additionalProperties"] is False for name in bodies)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"birth_date": "2012-11-24"}, "too_young"),
        ({"birth_date": "2030-01-01"}, "bad_birth_date"),
        ({"birth_date": "1890-01-01"}, "bad_birth_date"),
        ({"password": "password1234"}, "weak_password"),
        ({"password": f"{LOGIN_ID}!!"}, "weak_password"),
        ({"password": "짧다12"}, "weak_password"),
        ({"login_id": "Nuri2026"}, "bad_login_id"),
        ({"login_id": "누리누리"}, "bad_login_id"),
        ({"login_id": "admin"}, "bad_login_id"),
        ({"consents": ["terms"]}, "consent_missing"),
        ({"target": "other@example.com"}, "not_verified"),
        ({"target": "x"}, "bad_email"),
    ],
)
async def test_what_signing_up_refuses(
    client: httpx.AsyncClient, site: People, changes: dict[str, Any], code: str
) -> None:
    await proven(client, site)
    answer = await client.post(API, json=form(**changes))
    assert code_of(answer) == (422, code)
    ok(await client.post(API, json=form()))  # the proof is still there


async def test_who_turned_fourteen_today_may_sign_up(client: httpx.AsyncClient, site: People) -> None:
    await joined(client, site, birth_date="2012-11-23")


async def test_health_data_needs_no_consent_to_sign_up(client: httpx.AsyncClient, site: People) -> None:
    await joined(client, site, consents=["privacy", "terms"])


async def test_an_id_contact_and_proof_serve_one_account(client: httpx.AsyncClient, site: People) -> None:
    await joined(client, site)
    assert code_of(await client.post(API, json=form(login_id="other77"))) == (422, "not_verified")
    await proven(client, site)
    assert code_of(await client.post(API, json=form(login_id="other77"))) == (409, "contact_taken")
    await proven(client, site, target="other@example.com")
    assert code_of(await client.post(API, json=form(target="other@example.com"))) == (409, "login_id_taken")


async def test_whether_an_id_is_free_is_told_but_not_too_often(
    client: httpx.AsyncClient, site: People
) -> None:
    await joined(client, site)
    asked = f"{API}/login-id"
    assert (await client.get(asked, params={"login_id": "free2026"})).status_code == 204
    assert code_of(await client.get(asked, params={"login_id": LOGIN_ID})) == (409, "login_id_taken")
    answers = [await client.get(asked, params={"login_id": f"id{n:04}"}) for n in range(40)]
    assert {answer.status_code for answer in answers} == {204, 429}
    assert "retry-after" in answers[-1].headers


@pytest.mark.parametrize(
    ("addresses", "counted"),
    [
        ([f"2001:db8:1:2:{n:x}::{n:x}" for n in range(1, 12)], "together"),
        ([f"::ffff:192.0.2.{n % 2}" for n in range(1, 12)], "each"),
        ([f"2001:db8:1:{n:x}::1" for n in range(1, 12)], "each"),
    ],
)
@pytest.mark.usefixtures("site")
async def test_the_network_of_one_subscriber_counts_as_one_address(
    web_app: WebApp, addresses: list[str], counted: str
) -> None:
    answers = []
    for address in addresses:
        transport = httpx.ASGITransport(web_app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            answer = await client.post(f"{API}/session", json={"login_id": LOGIN_ID, "password": WRONG})
            answers.append(answer.status_code)
    assert answers == [401] * 10 + [429 if counted == "together" else 401]


@pytest.mark.parametrize(
    "path", ["/codes", "/recovery/login-id", "/recovery/password", "/session", "/session/refresh"]
)
async def test_strangers_learn_nothing_about_who_has_an_account(
    client: httpx.AsyncClient, site: People, path: str
) -> None:
    await joined(client, site)
    seen = []
    for target, login_id in ((EMAIL, LOGIN_ID), ("nobody@example.com", "nobody99")):
        bodies = {
            "/codes": {"purpose": "recover", "channel": "email", "target": target},
            "/recovery/login-id": {"channel": "email", "target": target},
            "/recovery/password": {"channel": "email", "target": target, "new_password": NEW},
            "/session": {"login_id": login_id, "password": WRONG},
            "/session/refresh": {"refresh_token": target},
        }
        worked = site.tools.passwords.worked
        answer = await client.post(API + path, json=bodies[path])
        headers = {name for name in answer.headers if name != "x-request-id"}
        seen.append((answer.status_code, answer.content, headers, site.tools.passwords.worked - worked))

    assert seen[0] == seen[1]


async def test_recovery_sets_a_new_password_and_ends_every_session(
    client: httpx.AsyncClient, site: People
) -> None:
    tokens = await joined(client, site)
    await proven(client, site, purpose="recover")
    found = ok(await client.post(f"{API}/recovery/login-id", json={"channel": "email", "target": EMAIL}))
    assert found["login_id"] == LOGIN_ID
    body = {"channel": "email", "target": EMAIL, "new_password": NEW}
    ok(await client.post(f"{API}/recovery/password", json=body))

    assert code_of(await client.get(API, headers=bearer(tokens["access_token"]))) == (401, "not_signed_in")
    old = {"login_id": LOGIN_ID, "password": PASSWORD}
    assert code_of(await client.post(f"{API}/session", json=old)) == (401, "wrong_credentials")
    ok(await client.post(f"{API}/session", json={**old, "password": NEW}))
    assert code_of(await client.post(f"{API}/recovery/password", json=body)) == (422, "not_verified")
    assert any("비밀번호를 새로 설정했습니다" in message["text"] for message in await site.sent())


async def test_a_proof_in_one_browser_recovers_nothing_in_another(
    client: httpx.AsyncClient, web_app: WebApp, site: People
) -> None:
    await joined(client, site)
    await proven(client, site, purpose="recover")
    body = {"channel": "email", "target": EMAIL, "new_password": NEW}
    async with talking_to(web_app) as thief:
        assert code_of(await thief.post(f"{API}/recovery/password", json=body)) == (422, "not_verified")


async def test_changing_the_password_needs_the_old_one_and_ends_the_other_sessions(
    client: httpx.AsyncClient, site: People
) -> None:
    tokens = await joined(client, site)
    other = ok(await client.post(f"{API}/session", json={"login_id": LOGIN_ID, "password": PASSWORD}))
    head = bearer(tokens["access_token"])
    body = {"new_password": NEW}
    assert code_of(await client.put(f"{API}/password", json=body, headers=head)) == (403, "confirm_again")
    wrong = {"password": WRONG}
    refused = await client.post(f"{API}/session/confirm", json=wrong, headers=head)
    assert code_of(refused) == (401, "wrong_password")
    await confirmed(client, tokens)
    ok(await client.put(f"{API}/password", json=body, headers=head))

    ok(await client.get(API, headers=head))
    assert (await client.get(API, headers=bearer(other["access_token"]))).status_code == 401
    assert any(message["to"] == EMAIL and "바꾸었습니다" in message["text"] for message in await site.sent())


async def test_a_change_of_contact_is_told_at_the_old_one(client: httpx.AsyncClient, site: People) -> None:
    head = await confirmed(client, await joined(client, site))
    new = {"target": "new@example.com"}
    assert code_of(await client.put(f"{API}/contacts/email", json=new, headers=head)) == (422, "not_verified")
    await proven(client, site, purpose="change", target="new@example.com")
    ok(await client.put(f"{API}/contacts/email", json=new, headers=head))
    assert ok(await client.get(API, headers=head))["email"] == "n***@example.com"
    (notice,) = [message for message in await site.sent() if "이메일을 바꾸었습니다" in message["text"]]
    assert notice["to"] == EMAIL
    assert code_of(await client.delete(f"{API}/contacts/email", headers=head)) == (422, "last_contact")


async def test_sessions_are_listed_and_ended(client: httpx.AsyncClient, site: People) -> None:
    tokens = await joined(client, site)
    agent = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1"}
    other = ok(
        await client.post(f"{API}/session", json={"login_id": LOGIN_ID, "password": PASSWORD}, headers=agent)
    )
    head = bearer(tokens["access_token"])
    items = ok(await client.get(f"{API}/sessions", headers=head))["items"]
    assert {item["device"] for item in items} == {"다른 기기", "iPhone · Safari"}
    (there,) = [item["id"] for item in items if not item["current"]]
    assert (await client.delete(f"{API}/sessions/{there}", headers=head)).status_code == 204
    assert code_of(await client.delete(f"{API}/sessions/{there}", headers=head)) == (404, "session_not_found")
    assert (await client.get(API, headers=bearer(other["access_token"]))).status_code == 401
    assert (await client.delete(f"{API}/session", headers=head)).status_code == 204
    assert (await client.get(API, headers=head)).status_code == 401


async def test_consent_to_health_data_can_be_taken_back_without_leaving(
    client: httpx.AsyncClient, site: People
) -> None:
    erased = []

    async def erase(_session: object, account_id: str) -> int:
        erased.append(account_id)
        return 3

    site.tools.health_erasers["allergies"] = erase
    head = bearer((await joined(client, site))["access_token"])
    assert ok(await client.delete(f"{API}/consents/health", headers=head)) == {"erased": 3}
    assert len(erased) == 1
    kinds = {consent["kind"] for consent in ok(await client.get(API, headers=head))["consents"]}
    assert kinds == {"terms", "privacy"}
    assert code_of(await client.delete(f"{API}/consents/terms", headers=head)) == (422, "consent_required")
    ok(await client.put(f"{API}/consents/health", headers=head))
    assert len(ok(await client.get(API, headers=head))["consents"]) == 3


async def test_who_may_see_others_can_do_nothing_but_enrol(client: httpx.AsyncClient, site: People) -> None:
    tokens = await joined(client, site)
    head = bearer(tokens["access_token"])
    async with site.tools.database.reading() as session:
        row = await people.by_login_id(session, LOGIN_ID)
    assert row is not None
    await site.set_role(row.id, Role.COUNSELLOR)
    assert code_of(await client.get(API, headers=head)) == (403, "second_factor_required")
    assert code_of(await client.post(f"{API}/second-factor", headers=head)) == (403, "confirm_again")

    await confirmed(client, tokens)
    begun = ok(await client.post(f"{API}/second-factor", headers=head))
    code = pyotp.TOTP(begun["secret"]).at(site.clock.at)
    assert "otpauth://totp/Pillnuts:" in begun["uri"]
    wrong = {"code": "000000" if code != "000000" else "111111"}
    assert (await client.put(f"{API}/second-factor", json=wrong, headers=head)).status_code == 401
    done = ok(await client.put(f"{API}/second-factor", json={"code": code}, headers=head))
    assert len(set(done["recovery_codes"])) == 10
    ok(await client.get(API, headers=bearer(done["tokens"]["access_token"])))
    assert "2단계 인증을 설정했습니다" in " ".join(message["text"] for message in await site.sent())

    # and from now on at every sign-in
    due = ok(await client.post(f"{API}/session", json={"login_id": LOGIN_ID, "password": PASSWORD}))
    assert due["second_factor"] is True
    step = {"challenge": due["challenge"], "code": code}
    assert code_of(await client.post(f"{API}/session/second-factor", json=step)) == (
        401,
        "wrong_second_factor",
    )  # that code was used
    step["code"] = done["recovery_codes"][0]
    ok(await client.post(f"{API}/session/second-factor", json=step))
    assert (await client.post(f"{API}/session/second-factor", json=step)).status_code == 401


# Cookies


async def sign_in_by_cookie(client: httpx.AsyncClient, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/test/sign-in", json={"password": password})


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    client: httpx.AsyncClient, site: People
) -> None:
    await joined(client, site)
    answer = await sign_in_by_cookie(client)
    written = answer.headers.get_list("set-cookie")
    assert len(written) == 3  # the browser has its name already
    assert all("HttpOnly" in one and "SameSite=Lax" in one and "Path=/" in one for one in written)
    assert all("Domain" not in one for one in written)
    assert (await client.get(API)).status_code == 200


async def test_on_the_open_net_cookies_are_secure_and_of_this_host_only(settings: Settings) -> None:
    from pillnuts.main import create_web_app  # noqa: PLC0415

    for url, secure in (
        ("https://pillnuts.kr", True),
        ("http://pillnuts.kr", True),
        ("http://localhost:8000", False),
    ):
        cookies = create_web_app(settings.model_copy(update={"site_url": url})).state.cookies
        line = cookies.written("access", "x")
        assert cookies.secure is secure
        assert ("Secure" in line and line.startswith("__Host-")) is secure


async def test_signing_in_takes_over_no_session_that_was_there_before(
    client: httpx.AsyncClient, web_app: WebApp, site: People
) -> None:
    """An attacker who plants cookies in a browser has nothing once its owner signed in."""
    await joined(client, site)
    async with talking_to(web_app) as attacker:
        await attacker.get("/test/form")
        planted = dict(attacker.cookies)
    async with talking_to(web_app) as victim:
        for name, value in {**planted, "pillnuts_access": "planted", "pillnuts_refresh": "planted"}.items():
            victim.cookies.set(name, value, domain="pillnuts.test")
        origin = {"Origin": "http://pillnuts.test"}
        ok(await victim.post("/test/sign-in", json={"password": PASSWORD}, headers=origin))
        assert victim.cookies["pillnuts_access"] != "planted"
    async with talking_to(web_app) as attacker:
        for name, value in {**planted, "pillnuts_access": "planted", "pillnuts_refresh": "planted"}.items():
            attacker.cookies.set(name, value, domain="pillnuts.test")
        assert (await attacker.get(API)).status_code == 401


async def test_an_access_cookie_past_its_time_is_renewed_on_the_way(
    client: httpx.AsyncClient, site: People
) -> None:
    await joined(client, site)
    await sign_in_by_cookie(client)
    before = client.cookies["pillnuts_access"]
    site.clock.pass_(minutes=20)
    assert (await client.get(API)).status_code == 200
    assert client.cookies["pillnuts_access"] != before
    site.clock.pass_(days=15)
    assert (await client.get(API)).status_code == 401
    assert "pillnuts_refresh" not in client.cookies


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://pillnuts.test.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://pillnuts.test"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_no_other_site_acts_for_who_is_signed_in(
    client: httpx.AsyncClient, site: People, headers: dict[str, str], method: str
) -> None:
    await joined(client, site)
    await sign_in_by_cookie(client)
    answer = await client.request(method, f"{API}/session", headers=headers)
    assert code_of(answer) == (403, "cross_site")
    assert (await client.get(API)).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://pillnuts.test"}, {"Sec-Fetch-Site": "same-origin"}], ids=str
)
async def test_our_own_pages_act_for_who_is_signed_in(
    client: httpx.AsyncClient, site: People, headers: dict[str, str]
) -> None:
    await joined(client, site)
    await sign_in_by_cookie(client)
    assert (await client.delete(f"{API}/session", headers=headers)).status_code == 204
    assert (await client.get(API)).status_code == 401


async def test_nobody_is_signed_in_to_an_account_of_another_site(
    client: httpx.AsyncClient, site: People
) -> None:
    """Login CSRF: another site posts its own credentials through the reader's browser."""
    await joined(client, site)
    foreign = {"Sec-Fetch-Site": "cross-site", "Accept": "application/json"}
    answer = await client.post("/test/sign-in", json={"password": PASSWORD}, headers=foreign)
    assert code_of(answer) == (403, "cross_site")
    assert "pillnuts_access" not in client.cookies


async def test_a_form_needs_the_token_of_this_browser(
    client: httpx.AsyncClient, web_app: WebApp, site: People
) -> None:
    await joined(client, site)
    await sign_in_by_cookie(client)
    own = {"Origin": "http://pillnuts.test"}
    token = ok(await client.get("/test/form"))
    ok(await client.post("/test/form", data={"form_token": token}, headers=own))
    async with talking_to(web_app) as other:
        foreign_token = ok(await other.get("/test/form"))
    for given in ({}, {"form_token": ""}, {"form_token": "x" * 64}, {"form_token": foreign_token}):
        answer = await client.post("/test/form", data=given, headers={**own, "Accept": "application/json"})
        assert code_of(answer) == (403, "stale_form")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        " /x",
        "/x\r\nSet-Cookie: a=b",
        "",
        "evil.example",
        "/ㅎ",
    ],
)
def test_next_leads_to_no_other_site(target: str) -> None:
    assert auth.safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/my", "/products/200000001?x=//y", "/search?q=%ED%86%B5#a"])
def test_next_leads_to_our_own_pages(target: str) -> None:
    assert auth.safe_next(target) == target


async def test_no_secret_and_no_code_is_logged(
    client: httpx.AsyncClient,
    site: People,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Everything at its most talkative, and every secret there is looked for."""
    caplog.set_level(logging.INFO)  # what `logs.configure` lets through of libraries at most
    caplog.set_level(logging.WARNING, "httpx")  # the client of this test
    tokens = await joined(client, site)
    code = await site.last_code(EMAIL)
    refreshed = ok(
        await client.post(f"{API}/session/refresh", json={"refresh_token": tokens["refresh_token"]})
    )
    head = await confirmed(client, refreshed)
    begun = ok(await client.post(f"{API}/second-factor", headers=head))
    await client.post(f"{API}/session", json={"login_id": LOGIN_ID, "password": WRONG})
    await client.get(f"{API}/login-id", params={"login_id": "someone9"})
    await client.get("/boom", headers=head)
    await sign_in_by_cookie(client)

    said = caplog.text + "".join(capsys.readouterr())
    assert "request answered" in said
    secrets = [PASSWORD, WRONG, code, begun["secret"], EMAIL, "Nuri", tokens["access_token"], "someone9"]
    secrets += [tokens["refresh_token"], refreshed["refresh_token"], *client.cookies.values()]
    assert [secret for secret in secrets if secret in said] == []


async def test_without_a_database_a_stranger_still_searches(settings: Settings) -> None:
    """Making the tools of accounts asks nothing of the database or of Redis."""
    from pillnuts.kernel.db import Database  # noqa: PLC0415

    nowhere = settings.model_copy(update={"redis_url": settings.secret.__class__("redis://127.0.0.1:1/0")})
    made = make_accounts(nowhere, Database("postgresql://u@127.0.0.1:1/none"))
    made.passwords.close()
    assert isinstance(made.rates, Rates)
    assert made.caps == Caps()


async def test_a_member_may_do_without_the_second_factor_and_is_told(
    client: httpx.AsyncClient, site: People
) -> None:
    tokens = await joined(client, site)
    head = await confirmed(client, tokens)
    code_off = await client.post(f"{API}/second-factor/recovery-codes", headers=head)
    assert code_of(code_off) == (422, "second_factor_not_begun")
    begun = ok(await client.post(f"{API}/second-factor", headers=head))
    code = pyotp.TOTP(begun["secret"]).at(site.clock.at)
    done = ok(await client.put(f"{API}/second-factor", json={"code": code}, headers=head))
    fresh = ok(await client.post(f"{API}/second-factor/recovery-codes", headers=head))
    assert not set(fresh["recovery_codes"]) & set(done["recovery_codes"])
    assert ok(await client.get(API, headers=head))["recovery_codes_left"] == 10
    assert (await client.delete(f"{API}/second-factor", headers=head)).status_code == 204
    assert ok(await client.get(API, headers=head))["second_factor"] is False
    assert "2단계 인증을 껐습니다" in " ".join(message["text"] for message in await site.sent())


async def test_an_address_says_all_that_may_be_done_there(client: httpx.AsyncClient) -> None:
    answer = await client.options(API)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, DELETE")
