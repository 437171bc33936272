"""Signing up, in and out, and the own account, as a person at a phone does it; codes come by the outbox."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from pillnuts.accounts.roles import Role
from tests.browser.account_pages import (
    NEW_PASSWORD,
    PASSWORD,
    SETTINGS,
    Town,
    agree,
    begin_sign_up,
    confirm,
    fill_details,
    press,
    sign_in,
    tour,
)
from tests.browser.conftest import Visitor
from tests.browser.serving import serving
from tests.browser.test_every_page import AXE, CUT_OFF, TOO_SMALL

pytestmark = pytest.mark.browser

SIGN_IN = "로그인"
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def site(town: Town) -> Iterator[str]:
    """A site of their own: what is counted for an address is counted for all of these tests together."""
    with serving(town.folder, **SETTINGS) as address:
        yield address


@pytest.fixture
def visitor(visit: Visit) -> Visitor:
    # An answer of 401 or 422 is what these pages are about; the browser writes a line for each.
    return visit(forgives=True)


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def wrong(page: Page, name: str) -> Any:
    """What is said beside a field."""
    return page.locator(f"#{name}-error")


def member(browser: Browser, site: str, login_id: str, **options: Any) -> tuple[BrowserContext, Page]:
    """Somebody signed in, in a browser of their own."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ko-KR", **options)
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, site, login_id)
    return context, page


# -- signing up


def test_by_e_mail_somebody_becomes_a_member(visitor: Visitor, town: Town) -> None:
    page = visitor.page
    begin_sign_up(page, visitor.site, town, "haneul@example.com", "haneul@example.com")
    fill_details(page, "haneul01")
    expect(page.get_by_text("가입했습니다. 환영합니다.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("ha***@example.com")


def test_by_phone_somebody_becomes_a_member(visitor: Visitor, town: Town) -> None:
    page = visitor.page
    begin_sign_up(page, visitor.site, town, "010-5555-1234", "01055551234")
    fill_details(page, "bada0001")
    heading(page, "내 계정")
    expect(page.get_by_role("main")).to_contain_text("010-****-1234")


def test_nothing_typed_is_lost_when_something_is_wrong(visitor: Visitor, town: Town) -> None:
    page = visitor.page
    town.make("taken001", "taken001@example.com")
    begin_sign_up(page, visitor.site, town, "garam@example.com", "garam@example.com")
    fill_details(page, "taken001")
    expect(wrong(page, "login_id")).to_contain_text("이미 쓰이고 있는")
    expect(page.get_by_label("아이디")).to_be_focused()
    expect(page.get_by_label("아이디")).to_have_value("taken001")
    expect(page.get_by_label("생년월일")).to_have_value("19900517")
    described = page.get_by_label("아이디").get_attribute("aria-describedby") or ""
    assert "login_id-error" in described.split()
    # The password does not stand in the page, and still need not be typed again.
    assert PASSWORD not in page.content()
    page.get_by_label("아이디").fill("garam001")
    press(page, "가입하기")
    heading(page, "내 계정")
    press(page, "로그아웃")
    sign_in(page, visitor.site, "garam001")


def test_a_child_is_refused_beside_the_date(visitor: Visitor, town: Town) -> None:
    page = visitor.page
    begin_sign_up(page, visitor.site, town, "mirae@example.com", "mirae@example.com")
    fill_details(page, "mirae001", born="2020-05-17")
    expect(wrong(page, "birth_date")).to_contain_text("만 14세부터")


def test_a_page_of_before_goes_on_from_where_it_was(visitor: Visitor, town: Town) -> None:
    page = visitor.page
    begin_sign_up(page, visitor.site, town, "sora@example.com", "sora@example.com")
    page.go_back()
    heading(page, "인증번호 입력")
    page.go_back()
    expect(page.locator("#target")).to_have_value("sora@example.com")
    page.get_by_role("link", name="이미 받은 인증번호 입력하기").click()
    heading(page, "인증번호 입력")
    page.goto(f"{visitor.site}/account/sign-up")
    expect(page.locator("input[name=terms]")).to_be_checked()
    expect(page.locator("input[name=health]")).not_to_be_checked()


def test_a_wrong_code_says_how_many_tries_are_left(visitor: Visitor) -> None:
    page = visitor.go("/account/sign-up")
    agree(page, "terms", "privacy")
    page.goto(f"{visitor.site}/account/sign-up/contact?by=email")
    page.locator("#target").fill("noeul@example.com")
    press(page, "인증번호 받기")
    page.locator("#code").fill("123")
    press(page, "확인")
    expect(wrong(page, "code")).to_contain_text("번 더 입력할 수 있습니다")
    press(page, "인증번호 다시 받기")
    expect(page.get_by_role("alert")).to_contain_text("뒤에 다시 시도해 주세요")
    heading(page, "인증번호 입력")


def test_two_tabs_of_signing_up_do_not_mix(visitor: Visitor, town: Town) -> None:
    one, other = visitor.page, visitor.context.new_page()
    for page, mail in ((one, "tab1@example.com"), (other, "tab2@example.com")):
        page.goto(f"{visitor.site}/account/sign-up")
        agree(page, "terms", "privacy")
        page.goto(f"{visitor.site}/account/sign-up/contact?by=email")
        page.locator("#target").fill(mail)
        press(page, "인증번호 받기")
        heading(page, "인증번호 입력")
    one.locator("#code").fill(town.code("tab1@example.com"))
    press(one, "확인")
    fill_details(one, "tabone01")
    expect(one.get_by_role("main")).to_contain_text("ta***@example.com")
    other.locator("#code").fill(town.code("tab2@example.com"))
    press(other, "확인")  # signed in meanwhile: the form is taken, and there is nothing left to do
    heading(other, "내 계정")


def test_without_scripts_all_of_it_works_too(visit: Visit, town: Town) -> None:
    visitor = visit(forgives=True, java_script_enabled=False)
    page = visitor.page
    begin_sign_up(page, visitor.site, town, "namu@example.com", "namu@example.com")
    expect(page.get_by_role("button", name="비밀번호 보기")).to_be_hidden()
    fill_details(page, "namu0001")
    heading(page, "내 계정")
    page.goto(f"{visitor.site}/account/sessions")
    press(page, "Linux · Chrome 로그아웃")
    heading(page, SIGN_IN)
    page.goto("about:blank")  # `visit` asks for what only a script could have watched
    page.close()


def test_while_typing_the_page_tells_of_id_and_password(visitor: Visitor, town: Town) -> None:
    page = visitor.page
    town.make("taken002", "taken002@example.com")
    begin_sign_up(page, visitor.site, town, "dubu@example.com", "dubu@example.com")
    field = page.get_by_label("아이디")
    field.press_sequentially("taken002")
    expect(page.locator("#login_id-live")).to_have_text("이미 쓰이고 있는 아이디입니다.")
    field.fill("dubu0001")
    expect(page.locator("#login_id-live")).to_have_text("쓸 수 있는 아이디입니다.")
    password = page.get_by_label("비밀번호", exact=True)
    password.press_sequentially("password")
    expect(page.locator("#password-live")).to_contain_text("쉽게 맞힐 수 있습니다")
    password.fill(PASSWORD)
    expect(page.locator("#password-live")).to_contain_text("좋습니다")
    page.get_by_role("button", name="비밀번호 보기").click()
    expect(password).to_have_attribute("type", "text")
    assert visitor.watched()["shift"] == 0


# -- signing in and out


def test_a_wrong_password_keeps_the_id_and_says_so_beside_the_field(visitor: Visitor, town: Town) -> None:
    town.make("nuri0001", "nuri0001@example.com")
    page = visitor.go("/account/sign-in")
    for login_id in ("nuri0001", "nobody99"):
        page.get_by_label("아이디").fill(login_id)
        page.get_by_label("비밀번호", exact=True).fill("아니다")
        press(page, SIGN_IN)
        expect(wrong(page, "password")).to_have_text("아이디 또는 비밀번호가 맞지 않습니다.")
        expect(page.get_by_label("아이디")).to_have_value(login_id)
        expect(page.get_by_label("비밀번호", exact=True)).to_be_focused()


def test_signing_in_leads_back_to_where_it_was_asked_for(visitor: Visitor, town: Town) -> None:
    town.make("nuri0002", "nuri0002@example.com")
    page = visitor.go("/account/sessions")
    heading(page, SIGN_IN)
    page.get_by_label("아이디").fill("Nuri0002")  # telephones begin with a capital
    page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
    press(page, SIGN_IN)
    heading(page, "로그인한 기기")


@pytest.mark.parametrize(
    "going", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_signing_in_leads_to_no_other_site(visitor: Visitor, town: Town, going: str) -> None:
    login_id = f"nuri1{abs(hash(going)) % 1000:03}"
    town.make(login_id)
    page = visitor.page
    page.goto(f"{visitor.site}/account/sign-in?next={going}")
    page.get_by_label("아이디").fill(login_id)
    page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
    press(page, SIGN_IN)
    page.wait_for_url(f"{visitor.site}/**")
    assert page.url.startswith(f"{visitor.site}/")
    assert visitor.foreign == []


def test_after_signing_out_going_back_shows_nothing_private(visitor: Visitor, town: Town) -> None:
    town.make("nuri0003", "nuri0003@example.com")
    page = visitor.page
    sign_in(page, visitor.site, "nuri0003")
    expect(page.get_by_role("main")).to_contain_text("nu***@example.com")
    press(page, "로그아웃")
    expect(page.get_by_text("로그아웃했습니다.")).to_be_visible()
    page.go_back()
    heading(page, SIGN_IN)
    assert "nu***@example.com" not in page.content()


def test_private_pages_are_kept_nowhere(visitor: Visitor, town: Town) -> None:
    town.make("nuri0004")
    sign_in(visitor.page, visitor.site, "nuri0004")
    for path in ("", "/sessions", "/consents", "/second-factor"):
        answer = visitor.page.goto(f"{visitor.site}/account{path}")
        assert answer is not None
        assert "no-store" in (answer.header_value("cache-control") or "")


def test_a_form_that_is_too_old_keeps_what_was_typed(visitor: Visitor) -> None:
    page = visitor.go("/account/sign-in")
    page.get_by_label("아이디").fill("nuri0005")
    page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
    visitor.context.clear_cookies()
    press(page, SIGN_IN)
    expect(page.get_by_role("alert")).to_contain_text("다시 눌러 주세요")
    expect(page.get_by_label("아이디")).to_have_value("nuri0005")


def test_two_tabs_use_one_session_at_the_same_time(visitor: Visitor, town: Town) -> None:
    town.make("nuri0006")
    page = visitor.page
    sign_in(page, visitor.site, "nuri0006")
    other = visitor.context.new_page()
    other.goto(f"{visitor.site}/account")
    # Both find the access token gone, and renew with the same refresh token at once.
    visitor.context.clear_cookies(name="pillnuts_access")
    answers = page.evaluate(
        "Promise.all([1, 2, 3, 4].map(async () => (await fetch('/account', { redirect: 'manual' })).status))"
    )
    assert answers == [200] * 4
    for tab in (page, other):
        tab.reload()
        heading(tab, "내 계정")


def test_two_tabs_whose_token_is_over_load_at_once_and_stay_signed_in(visitor: Visitor, town: Town) -> None:
    town.make("nuri0009")
    page, other = visitor.page, visitor.context.new_page()
    sign_in(page, visitor.site, "nuri0009")
    other.goto(f"{visitor.site}/account")
    answers: list[Response] = []
    visitor.context.on("response", lambda one: answers.append(one))  # noqa: PLW0108 -- no builtin, says playwright
    for _ in range(10):
        visitor.context.clear_cookies(name="pillnuts_access")
        answers.clear()
        at = page.evaluate("Date.now() + 100")
        with page.expect_navigation(), other.expect_navigation():
            for tab in (page, other):
                tab.evaluate("at => { setTimeout(() => location.reload(), at - Date.now()) }", at)
        for tab in (page, other):
            heading(tab, "내 계정")
        renewed = [one for one in answers if "pillnuts_access=" in (one.header_value("set-cookie") or "")]
        if {one.frame.page for one in renewed} == {page, other}:
            break  # both came without an access token, with the one refresh token that they share
    else:
        raise AssertionError("the tabs never came at once")
    for tab in (page, other):
        tab.goto(f"{visitor.site}/account/sessions")
        heading(tab, "로그인한 기기")
        expect(tab.locator(".devices li")).to_have_count(1)


def test_signing_out_in_one_tab_leads_the_other_to_the_door(visitor: Visitor, town: Town) -> None:
    town.make("nuri0007")
    page = visitor.page
    sign_in(page, visitor.site, "nuri0007", path="/account/consents")
    other = visitor.context.new_page()
    other.goto(f"{visitor.site}/account")
    press(other, "로그아웃")
    press(page, "동의 거두기")
    heading(page, SIGN_IN)
    assert page.url.endswith("next=%2Faccount%2Fconsents")


def test_the_keyboard_alone_signs_in(visitor: Visitor, town: Town) -> None:
    town.make("nuri0008")
    page = visitor.go("/account/sign-in")
    page.get_by_label("아이디").focus()
    page.keyboard.type("nuri0008")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "내 계정")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "로그아웃":
            break
    page.keyboard.press("Enter")
    heading(page, SIGN_IN)


# -- getting back in


def test_who_forgot_finds_the_id_and_sets_a_new_password(
    visitor: Visitor, town: Town, browser: Browser
) -> None:
    town.make("byeol001", "byeol@example.com")
    context, before = member(browser, visitor.site, "byeol001")
    page = visitor.go("/account/recover?by=email")
    page.locator("#target").fill("byeol@example.com")
    press(page, "인증번호 받기")
    page.locator("#code").fill(town.code("byeol@example.com"))
    press(page, "확인")
    expect(page.get_by_role("main")).to_contain_text("byeol001")
    page.get_by_label("새 비밀번호", exact=True).fill("short")
    press(page, "비밀번호 정하기")
    expect(wrong(page, "new_password")).to_contain_text("8자 이상")
    page.get_by_label("새 비밀번호", exact=True).fill(NEW_PASSWORD)
    press(page, "비밀번호 정하기")
    expect(page.get_by_text("비밀번호를 새로 정했습니다.")).to_be_visible()
    before.reload()
    heading(before, SIGN_IN)
    context.close()
    sign_in(page, visitor.site, "byeol001", NEW_PASSWORD)
    town.wait_for("byeol@example.com", "비밀번호를 새로 설정했습니다")


def test_a_contact_of_nobody_looks_the_same_on_the_page(visitor: Visitor, town: Town) -> None:
    page = visitor.go("/account/recover?by=email")
    page.locator("#target").fill("stranger@example.com")
    press(page, "인증번호 받기")
    heading(page, "인증번호 입력")
    town.wait_for("stranger@example.com", "가입된 계정이 없습니다")


# -- the own account


def test_a_new_phone_is_proved_and_the_old_one_told(visitor: Visitor, town: Town) -> None:
    town.make("sae00001", "010-7777-1111")
    page = visitor.page
    sign_in(page, visitor.site, "sae00001")
    page.get_by_role("link", name="바꾸기 휴대전화").click()
    confirm(page)
    heading(page, "휴대전화 번호 바꾸기")
    page.locator("#target").fill("010-7777-2222")
    press(page, "인증번호 받기")
    page.locator("#code").fill(town.code("01077772222"))
    press(page, "확인")
    expect(page.get_by_text("휴대전화 번호를 바꾸었습니다.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("010-****-2222")
    town.wait_for("01077771111", "바꾸었습니다")


def test_a_new_password_ends_the_sessions_elsewhere(visitor: Visitor, town: Town, browser: Browser) -> None:
    town.make("sae00002", "sae2@example.com")
    context, elsewhere = member(browser, visitor.site, "sae00002")
    page = visitor.page
    sign_in(page, visitor.site, "sae00002")
    page.get_by_role("link", name="바꾸기 비밀번호").click()
    confirm(page)
    page.get_by_label("새 비밀번호", exact=True).fill(NEW_PASSWORD)
    press(page, "바꾸기")
    expect(page.get_by_text("비밀번호를 바꾸었습니다.")).to_be_visible()
    elsewhere.reload()
    heading(elsewhere, SIGN_IN)
    context.close()


def test_a_session_elsewhere_is_seen_and_ended(visitor: Visitor, town: Town, browser: Browser) -> None:
    town.make("sae00003")
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    context, elsewhere = member(browser, visitor.site, "sae00003", user_agent=iphone)
    page = visitor.page
    sign_in(page, visitor.site, "sae00003", path="/account/sessions")
    expect(page.locator(".devices li")).to_have_count(2)
    page.locator(".devices li", has_text="iPhone").get_by_role("button").click()
    expect(page.get_by_text("그 기기에서 로그아웃했습니다.")).to_be_visible()
    expect(page.locator(".devices li")).to_have_count(1)
    elsewhere.reload()
    heading(elsewhere, SIGN_IN)
    sign_in(elsewhere, visitor.site, "sae00003")
    page.reload()
    press(page, "다른 기기에서 모두 로그아웃")
    expect(page.locator(".devices li")).to_have_count(1)
    elsewhere.reload()
    heading(elsewhere, SIGN_IN)
    context.close()


def test_the_consent_to_health_data_is_taken_back_and_given_again(visitor: Visitor, town: Town) -> None:
    town.make("sae00004")
    page = visitor.page
    sign_in(page, visitor.site, "sae00004", path="/account/consents")
    press(page, "동의 거두기")
    expect(page.get_by_text("동의를 거두었습니다.")).to_be_visible()
    page.get_by_role("button", name="판에 동의하기").click()
    expect(page.get_by_text("동의하셨습니다.", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="동의 거두기")).to_be_visible()


def test_everything_we_hold_can_be_taken_along(visitor: Visitor, town: Town) -> None:
    town.make("sae00005", "sae5@example.com")
    page = visitor.page
    sign_in(page, visitor.site, "sae00005")
    page.get_by_role("link", name="열기 내 정보 내려받기").click()
    confirm(page)
    with page.expect_download() as download:
        press(page, "내려받기")
    found = json.loads(Path(download.value.path()).read_text())
    assert found["account"]["contacts"] == {"email": "sae5@example.com"}


def test_who_leaves_is_gone(visitor: Visitor, town: Town) -> None:
    town.make("sae00006")
    page = visitor.page
    sign_in(page, visitor.site, "sae00006")
    page.get_by_role("link", name="열기 탈퇴").click()
    confirm(page)
    press(page, "탈퇴하기")
    expect(wrong(page, "sure")).to_be_visible()
    page.get_by_role("checkbox").check()
    press(page, "탈퇴하기")
    heading(page, "탈퇴했습니다")
    page.goto(f"{visitor.site}/account")
    page.get_by_label("아이디").fill("sae00006")
    page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
    press(page, SIGN_IN)
    expect(wrong(page, "password")).to_contain_text("맞지 않습니다")


def test_who_sees_others_is_led_to_a_second_factor_first(visitor: Visitor, town: Town) -> None:
    town.make("sangdam1", role=Role.COUNSELLOR)
    page = visitor.page
    page.goto(f"{visitor.site}/account/sign-in")
    page.get_by_label("아이디").fill("sangdam1")
    page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
    press(page, SIGN_IN)
    heading(page, "2단계 인증")
    expect(page.get_by_text("먼저 2단계 인증을 켜야 합니다.")).to_be_visible()
    page.goto(f"{visitor.site}/account/consents")
    heading(page, "2단계 인증")
    press(page, "켜기")
    confirm(page)
    press(page, "켜기")
    heading(page, "인증 앱 연결")


# -- every page


TAPPED_ELSEWHERE: Final = re.compile(r"<label for=|type=.checkbox")
"""Words above a field, and boxes whose whole line is the target."""


@pytest.mark.parametrize(("width", "mode"), [(390, "light"), (1280, "dark")])
def test_every_page_can_be_used_by_everybody(
    visit: Visit, town: Town, width: int, mode: str, site: str
) -> None:
    """Axe finds nothing, nothing jumps, nothing runs over the edge, all can be tapped, nothing is inline."""
    visitor = visit(width=width, color_scheme=mode, forgives=True)
    page = visitor.page
    wrong: dict[str, Any] = {}
    for name in tour(page, site, town, f"tour{width}"):
        page.wait_for_timeout(50)
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        wrong[name] = [
            *(f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]),
            *(one for one in page.evaluate(TOO_SMALL) if not TAPPED_ELSEWHERE.search(one)),
            *([f"shift {shift}"] if (shift := visitor.watched()["shift"]) else []),
            *visitor.watched()["violations"],
            *(["h1"] if page.locator("h1").count() != 1 else []),
            *(["inline"] if page.locator("[style], style, script:not([src])").count() else []),
        ]
    assert [(name, said) for name, said in wrong.items() if said] == []
    assert len(wrong) > 30


def test_at_320_pixels_and_with_large_text_all_is_there(visit: Visit, town: Town, site: str) -> None:
    visitor = visit(width=320, forgives=True)
    visitor.context.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"
    )
    page = visitor.page
    cut: dict[str, Any] = {}
    for name in tour(page, site, town, "tour320"):
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        cut[name] = [*page.evaluate(CUT_OFF), *([f"{over} px too wide"] if over > 0 else [])]
    assert [(name, said) for name, said in cut.items() if said] == []
