"""Kakao, Naver and Google, clicked through with the providers as this machine plays them."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.account_pages import PASSWORD, SETTINGS, Town, confirm, press, sign_in
from tests.browser.serving import serving
from tests.browser.test_every_page import AXE
from tests.providers.app import Providers
from tests.providers.registered import settings
from tests.providers.serving import serving as playing

pytestmark = pytest.mark.browser


@dataclass
class Place:
    site: str
    town: Town


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    town = Town(tmp_path_factory.mktemp("place"))
    with playing(Providers()) as providers:
        known = {f"PILLNUTS_{name.upper()}": str(value) for name, value in settings(providers.url).items()}
        with serving(town.folder, **SETTINGS, **known) as address:
            yield Place(address, town)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ko-KR")
    page = context.new_page()
    page.set_default_timeout(8000)
    yield page
    context.close()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    assert [node["html"][:200] for one in found for node in one["nodes"]] == []


def go(page: Page, words: str, person: str = "누리") -> None:
    """Press a button of ours and say yes over there."""
    page.get_by_role("link", name=words).click()
    page.get_by_role("link", name=person).click()


def join(page: Page, site: str, title: str, person: str) -> None:
    page.goto(f"{site}/account/sign-in")
    go(page, f"{title}로 계속하기", person)
    heading(page, f"{title} 계정으로 가입")
    for kind in ("terms", "privacy"):
        page.locator(f"input[name={kind}]").check()
    page.get_by_label("생년월일").fill("1990.5.17")
    press(page, "가입하기")
    heading(page, "내 계정")


def test_somebody_new_agrees_is_old_enough_and_comes_back_the_same(page: Page, place: Place) -> None:
    page.goto(f"{place.site}/account/sign-in")
    go(page, "카카오로 계속하기")
    press(page, "가입하기")
    for name in ("terms", "privacy", "birth_date"):
        expect(page.locator(f"#{name}-error")).to_be_visible()
    accessible(page)
    page.locator("input[name=terms]").check()
    page.locator("input[name=privacy]").check()
    page.get_by_label("생년월일").fill("20200101")
    press(page, "가입하기")
    expect(page.locator("#birth_date-error")).to_contain_text("만 14세부터")
    expect(page.locator("input[name=terms]")).to_be_checked()
    page.get_by_label("생년월일").fill("19900517")
    press(page, "가입하기")
    heading(page, "내 계정")
    expect(page.get_by_role("main")).to_contain_text("카카오")
    press(page, "로그아웃")
    go(page, "카카오로 계속하기")
    page.goto(f"{place.site}/account")
    heading(page, "내 계정")


def test_who_says_no_over_there_is_told_so_here(page: Page, place: Place) -> None:
    page.goto(f"{place.site}/account/sign-in")
    page.get_by_role("link", name="네이버로 계속하기").click()
    page.get_by_role("link", name="취소").click()
    heading(page, "로그인")
    expect(page.get_by_role("alert")).to_contain_text("네이버 로그인을 취소하셨습니다")


def test_who_does_not_want_to_finish_is_back_at_the_door(page: Page, place: Place) -> None:
    page.goto(f"{place.site}/account/sign-in")
    go(page, "네이버로 계속하기", "보라")
    press(page, "가입하지 않기")
    heading(page, "로그인")
    page.goto(f"{place.site}/account/sign-up/provider")
    heading(page, "로그인")
    expect(page.get_by_role("alert")).to_contain_text("시간이 지났거나")


def test_an_account_is_linked_and_unlinked(page: Page, place: Place) -> None:
    place.town.make("yeongyeol", "link@example.com")
    sign_in(page, place.site, "yeongyeol")
    page.get_by_role("link", name="관리 연결한 계정").click()
    confirm(page)
    heading(page, "연결한 계정")
    go(page, "구글 연결하기", "보라")
    expect(page.get_by_text("계정을 연결했습니다.")).to_be_visible()
    page.goto(f"{place.site}/account/providers")
    accessible(page)
    press(page, "구글 연결 끊기")
    expect(page.get_by_text("연결을 끊었습니다.")).to_be_visible()
    place.town.wait_for("link@example.com", "연결을 끊었습니다")


def test_who_came_by_a_provider_proves_it_there_and_sets_a_password(page: Page, place: Place) -> None:
    join(page, place.site, "구글", "누리")
    page.get_by_role("link", name="정하기 아이디와 비밀번호").click()
    heading(page, "본인인지 다시 확인합니다")
    accessible(page)
    go(page, "구글로 확인하기")
    heading(page, "아이디와 비밀번호 정하기")
    page.get_by_role("link", name="이메일 등록").click()
    page.locator("#target").fill("goog@example.com")
    press(page, "인증번호 받기")
    page.locator("#code").fill(place.town.code("goog@example.com"))
    press(page, "확인")
    page.get_by_role("link", name="정하기 아이디와 비밀번호").click()
    page.get_by_label("아이디").fill("googler1")
    page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
    press(page, "정하기")
    expect(page.get_by_text("아이디와 비밀번호를 정했습니다.")).to_be_visible()
    press(page, "로그아웃")
    sign_in(page, place.site, "googler1")


def test_who_has_a_second_factor_proves_that_too_before_leaving(page: Page, place: Place) -> None:
    join(page, place.site, "네이버", "누리")
    page.goto(f"{place.site}/account/second-factor")
    press(page, "켜기")
    go(page, "네이버로 확인하기")
    totp, recovery = set_second_factor(page)
    page.goto(f"{place.site}/account")
    press(page, "로그아웃")
    go(page, "네이버로 계속하기")  # a session that has proved nothing again
    by_recovery_code(page, recovery)

    page.goto(f"{place.site}/account/leave")
    heading(page, "본인인지 다시 확인합니다")
    go(page, "네이버로 확인하기")
    heading(page, "2단계 인증")
    assert page.url == f"{place.site}/account/confirm/second-factor"
    accessible(page)
    page.goto(f"{place.site}/account/leave")  # the provider alone opens nothing
    heading(page, "본인인지 다시 확인합니다")
    page.goto(f"{place.site}/account/confirm/second-factor")
    page.locator("#code").fill("000000")
    press(page, "확인")
    expect(page.locator("#code-error")).to_contain_text("맞지 않습니다")
    page.locator("#code").fill(totp.at(int(time.time()) + 30))  # that of now was used for setting it up
    press(page, "확인")
    heading(page, "탈퇴")
    page.get_by_role("checkbox").check()
    press(page, "탈퇴하기")
    heading(page, "탈퇴했습니다")


def set_second_factor(page: Page) -> tuple[pyotp.TOTP, str]:
    """Put an app in force; gives it, and a recovery code."""
    press(page, "켜기")
    totp = pyotp.TOTP("".join(page.locator(".secret").inner_text().split()))
    page.locator("#code").fill(totp.now())
    press(page, "켜기")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    recovery = page.locator(".recovery-codes li").first.inner_text()
    press(page, "다 적었습니다")
    return totp, recovery


def by_recovery_code(page: Page, code: str) -> None:
    """The second step of signing in."""
    page.get_by_text("휴대전화가 없으십니까").click()
    page.get_by_label("복구 번호").fill(code)
    press(page, "복구 번호로 확인")
    expect(page).not_to_have_url(re.compile("sign-in"))
