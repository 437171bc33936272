"""What browsers, programs and Kakao may ask of us about links."""

import httpx
import pytest

from pillnuts.accounts import sessions
from pillnuts.accounts.oauth import words
from tests.accounts.site import ok

from .registered import ADMIN_KEY, APP_ID, BORA, NURI
from .visit import OURS, Browser, Door, Site, local, query_of

CALLBACK = "/account/providers/kakao/unlinked"
KAKAO = {"authorization": f"KakaoAK {ADMIN_KEY}"}


async def sign_in(site: Site, visiting: Browser, *, recently: bool = False) -> str:
    """Join by Kakao and come back as somebody with cookies; gives the session."""
    await visiting.join("kakao")
    await visiting.go("kakao")
    found = ok(await visiting.client.get("/api/v1/account/sessions"))["items"]
    session_id = str(next(one["id"] for one in found if one["current"]))
    if recently:
        async with site.tools.deciding() as session:
            await sessions.confirm(session, site.tools, session_id=session_id)
    return session_id


async def items(visiting: Browser) -> dict[str, bool]:
    """Provider → whether it is linked."""
    found = ok(await visiting.client.get("/api/v1/account/providers"))["items"]
    return {one["provider"]: one["linked_at"] is not None for one in found}


async def test_linking_and_unlinking_through_the_site(visited: Site) -> None:
    async with visited.browser() as mine:
        assert await items(mine) == {"kakao": False, "naver": False, "google": False}
        await sign_in(visited, mine, recently=True)
        back = await mine.go("google", purpose="link")
        assert back.headers["location"] == "/account?linked=google"
        assert await items(mine) == {"kakao": True, "naver": False, "google": True}

        assert (
            await mine.client.delete("/api/v1/account/providers/google")
        ).status_code == 403  # not from a page
        gone = await mine.client.delete("/api/v1/account/providers/google", headers=OURS)
        assert gone.status_code == 204
        assert await items(mine) == {"kakao": True, "naver": False, "google": False}
        last = await mine.client.delete("/api/v1/account/providers/kakao", headers=OURS)
        assert (last.status_code, last.json()["code"]) == (422, "last_way_in")
        none = await mine.client.delete("/api/v1/account/providers/naver", headers=OURS)
        assert (none.status_code, none.json()["code"]) == (404, "not_linked")


async def test_what_is_somebody_elses_is_not_linked_and_it_is_said(visited: Site) -> None:
    async with visited.browser() as theirs, visited.browser() as mine:
        await theirs.join("google", BORA)
        await sign_in(visited, mine, recently=True)
        back = await mine.go("google", BORA, purpose="link")

    where = back.headers["location"]
    assert where.startswith("/account?")
    assert query_of(where)["problem"] == "linked_elsewhere"


async def start(visiting: Browser, purpose: str, headers: dict[str, str]) -> httpx.Response:
    address = f"/account/providers/google/start?purpose={purpose}"
    return await visiting.client.get(address, headers=headers)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
@pytest.mark.parametrize("purpose", ["link", "confirm"])
async def test_another_site_cannot_begin_it(visited: Site, site: str | None, purpose: str) -> None:
    headers = {"sec-fetch-site": site} if site else {}
    async with visited.browser() as mine:
        await sign_in(visited, mine, recently=True)
        answer = await start(mine, purpose, headers)

    assert answer.status_code == 403
    assert "이 사이트의 화면에서 눌러 주세요" in answer.text


async def test_linking_asks_for_a_proof_first(visited: Site) -> None:
    async with visited.browser() as mine, visited.browser() as nobody:
        await sign_in(visited, mine)
        first = await start(mine, "link", OURS)
        assert local(first.headers["location"]).startswith("/account/confirm?")
        assert await _confirmed_by_kakao(mine) == "/account"
        then = await start(mine, "link", OURS)
        assert then.headers["location"].startswith(visited.providers_url("accounts"))

        assert (await start(nobody, "link", OURS)).headers["location"].startswith("/account/sign-in?")


async def _confirmed_by_kakao(mine: Browser) -> str:
    back = await mine.go("kakao", purpose="confirm", next="/account")
    return str(back.headers["location"])


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_kakaos_callback_ends_the_link(visited: Site, method: str) -> None:
    said = {"app_id": APP_ID, "user_id": str(NURI.kakao), "referrer_type": "UNLINK_FROM_APPS"}
    async with visited.browser() as mine, visited.browser() as kakao:
        await sign_in(visited, mine)
        answer = await (
            kakao.client.get(CALLBACK, params=said, headers=KAKAO)
            if method == "GET"
            else kakao.client.post(CALLBACK, data=said, headers=KAKAO)
        )
        assert (answer.status_code, answer.content) == (200, b"")
        assert (await mine.profile()).status_code == 401


@pytest.mark.parametrize(
    ("headers", "changes"),
    [
        ({}, {}),
        ({"authorization": "KakaoAK another"}, {}),
        ({"authorization": ADMIN_KEY}, {}),
        ({"authorization": "KakaoAK \xe9"}, {}),
        (KAKAO, {"app_id": "1"}),
        (KAKAO, {"app_id": ""}),
        (KAKAO, {"more": "x" * 20_000}),
    ],
)
async def test_a_callback_that_is_not_kakaos_ends_nothing(
    visited: Site, headers: dict[str, str], changes: dict[str, str]
) -> None:
    said = {"app_id": APP_ID, "user_id": str(NURI.kakao), "referrer_type": "ACCOUNT_DELETE", **changes}
    async with visited.browser() as mine, visited.browser() as other:
        await sign_in(visited, mine)
        sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
        answer = await other.client.post(CALLBACK, data=said, headers=sent)
        assert answer.status_code == 403
        assert (await mine.profile()).status_code == 200


async def test_without_an_admin_key_no_callback_is_believed(open_site: Door) -> None:
    async with (
        open_site(kakao_admin_key="") as site,
        site.browser() as other,
    ):
        said = {"app_id": APP_ID, "user_id": "1"}
        for key in ("KakaoAK ", "KakaoAK", ""):
            answer = await other.client.post(CALLBACK, data=said, headers={"authorization": key})
            assert answer.status_code == 403


def test_every_problem_has_its_sentence() -> None:
    said = {problem: words.sentence(problem, "카카오") for problem in words.PROBLEMS}

    assert len(set(said.values())) == len(said)
    assert all(sentence.endswith(("요.", "니다.")) for sentence in said.values())
    assert words.sentence("<b>", "") == "로그인하지 못했습니다. 다시 해 주세요."
