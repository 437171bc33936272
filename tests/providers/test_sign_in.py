"""Signing up and in by a provider, through the site as it ships."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from pillnuts.accounts import sign_up
from pillnuts.accounts.sign_up import NewAccount
from tests.accounts.site import BORN, PASSWORD, Clock, People, browser

from .registered import BORA, NURI, Person, settings
from .serving import Serving
from .visit import CONSENTS, Browser, Door, Site, local, query_of, words

SIGN_UP = "/account/sign-up/provider"
WAYS: list[Any] = [
    pytest.param("kakao", {}, id="kakao"),
    pytest.param("kakao", {"kakao_oidc": False}, id="kakao-without-oidc"),
    pytest.param("naver", {}, id="naver"),
    pytest.param("naver", {"naver_oidc": True}, id="naver-oidc"),
    pytest.param("google", {}, id="google"),
]


def problem(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return query_of(answer.headers["location"]).get("problem", "")


@pytest.mark.parametrize(("name", "changes"), WAYS)
async def test_a_new_person_signs_up_and_signs_in_again(
    open_site: Door, name: str, changes: dict[str, bool]
) -> None:
    async with open_site(**changes) as site, site.browser() as first, site.browser() as second:
        back = await first.go(name, next="/compare")
        assert (back.status_code, back.headers["location"]) == (303, SIGN_UP)
        assert (await first.profile()).status_code == 401  # nobody yet
        waiting = (await first.client.get("/api/v1/account/providers/sign-up")).json()
        assert (waiting["provider"], waiting["next"]) == (name, "/compare")
        assert (await first.finish()).status_code == 201

        again = await second.go(name, next="/compare?p=1")
        assert again.headers["location"] == "/compare?p=1"
        assert (await second.profile()).json()["has_password"] is False
        began = [words(line)["methods"] for line in await site.audited() if line.action == "session.began"]

    assert began == [name, name]


async def test_nothing_is_asked_for_but_who_somebody_is(visited: Site) -> None:
    async with visited.browser() as first:
        for name in ("kakao", "naver", "google"):
            await first.leave(name)

    assert visited.providers.scopes == ["openid", "", "openid"]


@pytest.mark.parametrize("person", [NURI, BORA], ids=["verified", "unverified"])
async def test_an_email_that_somebody_proved_here_neither_signs_in_nor_tells(
    visited: Site, person: Person
) -> None:
    visitor = browser()
    site = People(visited.tools, Clock())
    await site.prove(visitor, channel="email", target=person.email)
    form = NewAccount("nuri2026", PASSWORD, BORN, "email", person.email, CONSENTS)
    theirs = await sign_up.sign_up(visited.tools, form=form, visitor=visitor)

    async with visited.browser() as other, visited.browser() as unknown:
        back = await other.go("google", person)
        plain = await unknown.go("google", BORA if person is NURI else NURI)
        assert back.headers["location"] == plain.headers["location"] == SIGN_UP
        assert back.content == plain.content
        assert (await other.finish()).status_code == 201
        await other.go("google", person)
        profile = (await other.profile()).json()

    assert (profile["email"], profile["login_id"]) == (None, None)
    made = [line.account_id for line in await visited.audited() if line.action == "account.made"]
    assert len(set(made)) == 2
    assert theirs.account_id in made


async def test_who_is_under_fourteen_is_refused_and_nothing_is_kept(visited: Site) -> None:
    child = (datetime.now(UTC) - timedelta(days=365 * 13)).date()
    async with visited.browser() as first:
        await first.go("kakao")
        refused = await first.finish(born=child)
        assert (refused.status_code, refused.json()["code"]) == (422, "too_young")
        assert (await first.profile()).status_code == 401
        without = await first.finish(consents=frozenset({"terms"}))
        assert (without.status_code, without.json()["code"]) == (422, "consent_missing")
        assert (await first.finish()).status_code == 201  # a slip of the hand is mended in the same form

    log = await visited.audited()
    assert [words(line).get("why") for line in log if line.result == "refused"] == [
        "too_young",
        "consent_missing",
    ]


async def test_a_finished_sign_up_is_not_finished_twice(visited: Site) -> None:
    async with visited.browser() as first:
        await first.join("kakao")
        again = await first.finish()

    assert (again.status_code, again.json()["code"]) == (401, "pending_over")


async def test_whoever_gives_up_is_forgotten_at_the_provider(visited: Site) -> None:
    async with visited.browser() as first:
        await first.go("naver")
        assert (await first.client.delete("/api/v1/account/providers/sign-up")).status_code == 204
        assert (await first.client.get("/api/v1/account/providers/sign-up")).status_code == 404

    async with visited.tools.database.reading() as session:
        assert await visited.tools.outbox.enqueued_since(session, "provider.unlink", timedelta(hours=1)) == 1


async def test_the_way_back_is_the_sites_own_address_whatever_the_host(visited: Site) -> None:
    async with visited.browser() as first:
        answer = await first.client.get(
            "/account/providers/google/start",
            headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
        )

    uri = query_of(answer.headers["location"])["redirect_uri"]
    assert uri == "http://127.0.0.1:8000/account/providers/google/return"


@pytest.mark.parametrize("given", ["//evil.example", "https://evil.example/", "/\\evil.example", "compare"])
async def test_nobody_is_sent_on_to_another_site(visited: Site, given: str) -> None:
    async with visited.browser() as first:
        await first.join("kakao")
        back = await first.go("kakao", next=given)

    assert back.headers["location"] == "/"


async def test_a_state_works_once(visited: Site) -> None:
    async with visited.browser() as first:
        await first.join("kakao")
        address = await first.leave("kakao")
        back = first.agree("kakao", address)
        assert problem(await first.client.get(back)) == ""
        first.client.cookies.delete("pillnuts_access")
        first.client.cookies.delete("pillnuts_refresh")

        assert problem(await first.client.get(back)) == "stale"
        assert problem(await first.client.get(first.agree("kakao", address))) == "stale"  # a new code
        assert (await first.profile()).status_code == 401


async def test_the_back_button_after_signing_in_ends_at_the_site(visited: Site) -> None:
    async with visited.browser() as first:
        await first.join("kakao")
        back = first.agree("kakao", await first.leave("kakao"))
        await first.client.get(back)
        again = await first.client.get(back)

    assert again.headers["location"] == "/"


@pytest.mark.parametrize("change", ["missing", "mismatched", "of another provider"])
async def test_a_return_without_our_state_signs_in_nobody(visited: Site, change: str) -> None:
    async with visited.browser() as first:
        await first.join("kakao")
        address = await first.leave("kakao")
        back = first.agree("kakao", address)
        state = query_of(address)["state"]
        match change:
            case "missing":
                back = back.replace(f"state={state}", "")
            case "mismatched":
                back = back.replace(state, state[::-1])
            case _:
                back = back.replace("/kakao/", "/google/")

        assert problem(await first.client.get(back)) == "stale"
        assert (await first.profile()).status_code == 401

    assert words((await visited.audited())[-1])["why"] == "stale"


async def test_a_code_is_good_in_the_browser_that_went_for_it(visited: Site) -> None:
    async with visited.browser() as mine, visited.browser() as victim:
        await mine.join("kakao")
        back = mine.agree("kakao", await mine.leave("kakao"))

        assert problem(await victim.client.get(back)) == "stale"
        assert (await victim.profile()).status_code == 401


@pytest.mark.parametrize(("name", "changes"), WAYS)
async def test_a_code_brought_to_another_state_is_refused(
    open_site: Door, name: str, changes: dict[str, bool]
) -> None:
    """What PKCE is for: the provider compares the verifier (Naver without it: the state)."""
    async with open_site(**changes) as site, site.browser() as first, site.browser() as thief:
        stolen = query_of(first.agree(name, await first.leave(name)))["code"]
        own = query_of(await thief.leave(name))
        back = f"/account/providers/{name}/return?code={stolen}&state={own['state']}"

        assert problem(await thief.client.get(back)) == "refused"
        assert ("code_challenge" in own) is (name != "naver" or bool(changes))


async def test_two_returns_at_once_sign_in_once(visited: Site) -> None:
    async with visited.browser() as first:
        await first.join("kakao")
        back = first.agree("kakao", await first.leave("kakao"))
        await asyncio.gather(*(first.client.get(back) for _ in range(4)))

    began = [line for line in await visited.audited() if line.action == "session.began"]
    assert len(began) == 2  # of joining, and of the return


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("kakao", "access_denied", "denied"),
        ("naver", "access_denied", "denied"),
        ("google", "access_denied", "denied"),
        ("google", "temporarily_unavailable", "down"),
    ],
)
async def test_a_refusal_at_the_provider_is_said(visited: Site, name: str, said: str, expected: str) -> None:
    async with visited.browser() as first:
        address = await first.leave(name, next="/compare")
        back = local(first.providers.refuse(query_of(address))).replace("access_denied", said)
        answer = await first.client.get(back)

    where = answer.headers["location"]
    assert where.startswith("/account/sign-in?")
    assert query_of(where) == {"provider": name, "problem": expected, "next": "/compare"}
    assert words((await visited.audited())[-1])["why"] == expected


FAULTS = [
    *(
        ("google", {}, fault, "odd")
        for fault in ("no_id_token", "bad_signature", "unsigned", "wrong_aud", "wrong_azp")
    ),
    *(
        ("google", {}, fault, "odd")
        for fault in ("wrong_iss", "wrong_nonce", "no_nonce", "expired", "no_sub", "no_exp")
    ),
    *(
        ("kakao", {}, fault, "odd")
        for fault in ("no_id_token", "bad_signature", "wrong_aud", "wrong_nonce", "expired")
    ),
    ("kakao", {}, "bare_iss", "odd"),
    ("kakao", {}, "number_sub", "odd"),
    ("naver", {"naver_oidc": True}, "wrong_nonce", "odd"),
    ("naver", {"naver_oidc": True}, "no_id_token", "odd"),
    *(
        ("naver", {}, fault, "odd")
        for fault in ("me_no_id", "me_failed_200", "me_code_200", "no_access_token", "token_html")
    ),
    ("kakao", {"kakao_oidc": False}, "me_no_id", "odd"),
    *(
        (name, {}, fault, "down")
        for name in ("kakao", "naver", "google")
        for fault in ("token_500", "token_429")
    ),
    ("naver", {}, "me_500", "down"),
    ("kakao", {"kakao_oidc": False}, "me_500", "down"),
    ("google", {}, "jwks_500", "down"),
]


@pytest.mark.parametrize(("name", "changes", "fault", "expected"), FAULTS)
async def test_what_a_provider_answers_wrongly_signs_in_nobody(
    open_site: Door, name: str, changes: dict[str, bool], fault: str, expected: str
) -> None:
    async with open_site(**changes) as site, site.browser() as first:
        site.providers.faults = {fault}
        assert problem(await first.go(name)) == expected
        assert (await first.profile()).status_code == 401
        assert (await first.client.get("/api/v1/account/providers/sign-up")).status_code == 404
        site.providers.faults = set()

        assert (await first.go(name)).headers["location"] == SIGN_UP  # and later it works


async def test_google_may_spell_its_name_either_way(visited: Site) -> None:
    async with visited.browser() as first, visited.browser() as second:
        await first.join("google")
        visited.providers.faults = {"bare_iss"}
        back = await second.go("google", next="/compare")

    assert back.headers["location"] == "/compare"  # the same person


@pytest.mark.parametrize(("fault", "seconds"), [("token_slow", 9), ("me_slow", 15)])
async def test_a_provider_that_is_slow_is_given_up(
    visited: Site, served: Serving, fault: str, seconds: int
) -> None:
    served.providers.faults = {fault}
    async with visited.browser() as first, asyncio.timeout(seconds + 1):
        answer = await first.go("naver")

    assert problem(answer) == "down"


async def test_a_code_spent_already_is_refused(visited: Site) -> None:
    """Naver says so with status 200, Kakao with a sentence that repeats the code."""
    for name in ("kakao", "naver", "google"):
        async with visited.browser() as first:
            address = await first.leave(name)
            back = first.agree(name, address)
            visited.providers.standing.codes[query_of(back)["code"]].spent = True

            assert problem(await first.client.get(back)) == "refused"


async def test_no_code_token_or_name_reaches_a_log(
    visited: Site, served: Serving, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    given = settings(served.url)
    secrets = {given[f"{name}_client_secret"] for name in ("kakao", "naver", "google")}
    async with visited.browser() as first:
        for name in ("kakao", "naver", "google"):
            await _every_way(first, name, secrets)
    standing = served.providers.standing
    secrets |= (
        set(standing.access) | set(standing.refresh) | {NURI.email, NURI.naver, NURI.google, str(NURI.kakao)}
    )

    written = capsys.readouterr()
    lines = written.out + written.err + caplog.text
    assert "provider does not sign in" in lines
    assert [secret for secret in secrets if secret in lines] == []


async def _every_way(first: Browser, name: str, secrets: set[str]) -> None:
    for fault in ("", "token_500", "wrong_nonce", "me_500"):
        first.providers.faults = {fault} - {""}
        address = await first.leave(name)
        back = first.agree(name, address)
        secrets |= {query_of(back)["code"], query_of(back)["state"]}
        if nonce := query_of(address).get("nonce"):
            secrets.add(nonce)
        await first.client.get(back)
        await first.client.get(back)
    first.providers.faults = set()


async def test_what_is_not_set_up_is_not_there(open_site: Door) -> None:
    without = {"kakao_client_id": "", "naver_client_id": "", "naver_client_secret": ""}
    async with open_site(**without) as site, site.browser() as first:
        offered = (await first.client.get("/api/v1/account/providers")).json()["items"]
        missing = await first.client.get("/account/providers/kakao/start")
        unknown = await first.client.get("/account/providers/other/start")

    assert [one["provider"] for one in offered] == ["google"]
    assert missing.status_code == unknown.status_code == 404
