"""The pages of accounts, where no browser is needed to see it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.accounts import audit, codes, people, second_factor, sessions
from pillnuts.accounts.cookies import LIFETIMES
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.oauth import pending, upkeep
from pillnuts.accounts.pages.forms import read_day
from pillnuts.accounts.roles import Role
from pillnuts.kernel import delivery
from pillnuts.kernel.app import WebApp
from pillnuts.main import create_web_app
from pillnuts.migrating import migrate
from pillnuts.settings import Settings
from tests.accounts.site import LOGIN_ID, PASSWORD, browser
from tests.conftest import talking_to

FORM = {"sec-fetch-site": "same-origin", "accept": "text/html"}


@pytest.fixture
async def talking(web_app: WebApp, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    await asyncio.to_thread(migrate, settings.database)
    async with web_app.router.lifespan_context(web_app), talking_to(web_app) as client:
        client.headers.update(FORM)
        yield client


@given(st.dates(min_value=date(1900, 1, 1)), st.sampled_from(["", "-", ".", ". ", "/", " "]))
def test_a_day_is_read_in_every_way_people_write_it(day: date, between: str) -> None:
    assert read_day(between.join((f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"))) == day
    assert read_day(f" {day.year}년 {day.month}월 {day.day}일 ") == day


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_day_or_a_sentence(typed: str) -> None:
    with contextlib.suppress(FieldError):
        assert str(read_day(typed).year) in typed


@pytest.mark.parametrize(
    "typed", ["", "900517", "199051", "1990517", "19901305", "19900230", "１９９００５１７"]
)
def test_what_is_no_day_is_not_guessed(typed: str) -> None:
    with pytest.raises(FieldError):
        read_day(typed)


PRIVATE = [
    "",
    "/password",
    "/login",
    "/contact/phone",
    "/contact/email/code",
    "/contact/phone/remove",
    "/sessions",
    "/consents",
    "/data",
    "/leave",
    "/second-factor",
    "/second-factor/set",
    "/second-factor/codes",
    "/second-factor/remove",
    "/confirm",
    "/confirm/second-factor",
    "/providers",
]


@pytest.mark.parametrize("path", PRIVATE)
async def test_who_is_not_signed_in_is_led_to_it_and_back(talking: httpx.AsyncClient, path: str) -> None:
    answer = await talking.get(f"/account{path}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/account/sign-in?next=%2Faccount")
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", [path for path in PRIVATE if not path.endswith("/code")])
async def test_a_form_without_a_session_does_nothing(talking: httpx.AsyncClient, path: str) -> None:
    answer = await talking.post(f"/account{path}", data={"kind": "health", "provider": "kakao"})
    assert answer.status_code in {303, 405}


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/sign-up", "/recover", "/sign-up/details", "/sign-in/second-factor", "/recover/found"],
)
async def test_a_form_that_was_not_given_here_is_refused(talking: httpx.AsyncClient, path: str) -> None:
    answer = await talking.post(f"/account{path}", data={"form_token": "0" * 64, "login_id": "nuri2026"})
    assert answer.status_code == 403
    assert "다시 눌러 주세요" in answer.text


async def test_a_refusal_says_when_to_try_again(talking: httpx.AsyncClient) -> None:
    form = await talking.get("/account/recover?by=email")
    (token,) = re.findall(r'name="form_token" value="(\w+)"', form.text)
    data = {"form_token": token, "channel": "email", "target": "nuri@example.com"}
    first = await talking.post("/account/recover", data=data)
    assert first.headers["location"] == "/account/recover/code"
    again = await talking.post("/account/recover", data=data)
    assert again.status_code == 429
    assert 0 < int(again.headers["retry-after"]) <= 60
    assert re.search(r"\d+(초|분) 뒤에 다시 시도해 주세요", again.text)
    assert "이미 받은 인증번호 입력하기" in again.text


async def test_what_a_browser_holds_is_good_in_no_other(talking: httpx.AsyncClient, web_app: WebApp) -> None:
    form = await talking.get("/account/recover?by=email")
    (token,) = re.findall(r'name="form_token" value="(\w+)"', form.text)
    data = {"form_token": token, "channel": "email", "target": "nuri@example.com"}
    await talking.post("/account/recover", data=data)
    names = web_app.state.cookies
    draft = talking.cookies[names.name("draft")]
    assert "nuri" not in draft
    assert "nuri@example.com" in (await talking.get("/account/recover/code")).text
    async with talking_to(web_app) as other:
        other.cookies.set(names.name("draft"), draft)
        other.cookies.set(names.name("browser"), "another")
        assert (await other.get("/account/recover/code")).headers["location"] == "/account/recover"


async def test_the_texts_say_which_version_they_are(talking: httpx.AsyncClient) -> None:
    for path in ("/terms", "/privacy", "/privacy-consent", "/health-consent"):
        page = await talking.get(path)
        (version,) = re.findall(r'<time datetime="([\d-]+)">\1</time>부터', page.text)
        assert (await talking.get(f"{path}?version={version}")).is_success
        assert (await talking.get(f"{path}?version=1999-01-01")).status_code == 404


ARTICLE_30 = """
처리 목적 / 처리하는 항목 / 보유 기간 / 제3자 제공 / 처리 위탁 / 파기 / 권리와 행사 방법 / 안전성 확보 조치
/ 쿠키 / 개인정보 보호책임자 / 권익침해 구제 / 처리방침의 변경
""".split("/")


async def test_the_privacy_policy_has_what_the_law_lists(talking: httpx.AsyncClient) -> None:
    """개인정보 보호법 제30조와 같은 법 시행령 제31조."""
    page = (await talking.get("/privacy")).text
    headings = " ".join(re.findall(r'<h2 class="heading">(.*?)</h2>', page))
    assert [one for one in ARTICLE_30 if one.strip() not in headings] == []
    assert 'href="/privacy"' in (await talking.get("/")).text


async def test_the_privacy_policy_says_how_long_as_the_code_does(talking: httpx.AsyncClient) -> None:
    page = (await talking.get("/privacy")).text
    said = {
        f"쓰지 않으면 {sessions.REFRESH_LIFETIME.days}일, 쓰더라도 {sessions.LONGEST.days}일": True,
        f"{audit.KEPT.days // 365}년. 탈퇴하시면": True,
        f"없어진 계정: 다시 오실 수 있게 {upkeep.DORMANT.days}일": True,
        f"사실만 {delivery.KEPT / 86_400:.0f}일": True,
        f"마치지 않은 카카오·네이버·구글 가입: {pending.LIFETIMES['sign_up'].seconds // 60}분": True,
    }
    assert (sessions.KEPT_AFTER_END.days, codes.KEPT.days) == (1, 1)
    assert {words: words in page for words in said} == said
    for name, lifetime in LIFETIMES.items():
        (line,) = re.findall(rf"<li>[^<]*pillnuts_{name}\b[^<]*</li>", page)
        assert _spoken(lifetime) in line


def _spoken(span: timedelta) -> str:
    match span.days:
        case 0:
            return f"{span.seconds // 3600}시간"
        case 1:
            return "하루"
        case 365:
            return "1년"
        case days:
            return f"{days}일"


async def test_the_privacy_policy_says_who_is_in_charge_or_that_nobody_is_named(
    settings: Settings, talking: httpx.AsyncClient
) -> None:
    missing = (await talking.get("/privacy")).text
    assert missing.count("이 사이트의 운영자가 아직 적지 않았습니다") == 3
    named = {"operator_name": "필넛츠 주식회사", "privacy_officer": "김누리 개인정보보호팀장"}
    for changes, expected in (
        ({**named, "privacy_contact": "02-0000-0000"}, ("김누리 개인정보보호팀장", "02-0000-0000")),
        ({"environment": "development"}, ("개발 중이라", "PILLNUTS_PRIVACY_OFFICER")),
    ):
        app = create_web_app(settings.model_copy(update=changes))
        async with talking_to(app) as client:
            page = (await client.get("/privacy", headers=FORM)).text
        assert all(words in page for words in expected)
        assert "운영자가 아직 적지 않았습니다" not in page


async def test_pages_that_everybody_shares_say_nothing_of_anybody(talking: httpx.AsyncClient) -> None:
    page = await talking.get("/")
    assert 'href="/account"' in page.text
    assert "set-cookie" not in page.headers
    assert "form_token" not in page.text


async def test_who_begins_anew_owes_no_second_step_of_before(
    talking: httpx.AsyncClient, web_app: WebApp
) -> None:
    tools, visitor = web_app.state.accounts, browser()
    password_hash = await tools.passwords.hash(PASSWORD)
    async with tools.deciding() as session:
        row = await people.make(
            session, login_id=LOGIN_ID, password_hash=password_hash, role=Role.USER, now=tools.now()
        )
        who: dict[str, Any] = {"account_id": row.id, "by": row.id, "visitor": visitor}
        begun = await second_factor.begin(session, tools, label="x", **who)
        await second_factor.confirm(session, tools, code=pyotp.TOTP(begun.secret).now(), **who)
    form = await talking.get("/account/sign-in")
    (token,) = re.findall(r'name="form_token" value="(\w+)"', form.text)
    data = {"form_token": token, "login_id": LOGIN_ID, "password": PASSWORD}
    answer = await talking.post("/account/sign-in", data=data)
    assert answer.headers["location"] == "/account/sign-in/second-factor"
    assert (await talking.get("/account/sign-in/second-factor")).is_success
    await talking.get("/account/sign-in")
    answer = await talking.get("/account/sign-in/second-factor")
    assert answer.headers["location"] == "/account/sign-in?problem=stale"
