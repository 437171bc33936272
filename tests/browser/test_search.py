"""Finding a medicine, as a person at a phone does."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
RECALLED = "마데카솔케어연고"
"""A medicine of the demo that was called back once."""


def test_initial_consonants_suggest_the_product(phone: Visitor) -> None:
    page = phone.go("/")
    page.get_by_role("combobox").press_sequentially("ㅌㅇㄹㄴ")
    expect(page.get_by_role("option").first).to_contain_text("타이레놀")


def test_suggestions_come_while_a_syllable_is_composed(phone: Visitor) -> None:
    page = phone.go("/")
    field = page.get_by_role("combobox")
    field.focus()
    keyboard = phone.context.new_cdp_session(page)
    for text in ("ㅌ", "타", "탕", "타이", "타일", "타이레"):
        keyboard.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
    expect(page.get_by_role("option").first).to_contain_text("타이레놀")


def test_enter_inside_a_syllable_sends_nothing(phone: Visitor) -> None:
    page = phone.go("/")
    field = page.get_by_role("combobox")
    field.fill("타이레")
    prevented = field.evaluate(
        """(input) => !input.dispatchEvent(new KeyboardEvent("keydown", {
            key: "Enter", isComposing: true, bubbles: true, cancelable: true }))"""
    )
    assert prevented
    assert page.url == phone.site + "/"


def test_a_late_answer_never_replaces_a_newer_one(phone: Visitor) -> None:
    def slow_for_the_first(route: Route) -> None:
        if route.request.url.endswith("q=%EA%B2%8C&limit=8"):
            page.wait_for_timeout(400)
        route.continue_()

    page = phone.go("/")
    page.route("**/api/v1/products/suggest**", slow_for_the_first)
    field = page.get_by_role("combobox")
    field.fill("게")
    field.fill("판콜")
    expect(page.get_by_role("option").first).to_contain_text("판콜")
    page.wait_for_timeout(600)
    expect(page.get_by_role("option").first).to_contain_text("판콜")


def test_a_suggestion_opens_the_product(phone: Visitor) -> None:
    page = phone.go("/")
    page.get_by_role("combobox").fill("게보린")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("게보린")


def test_a_recall_shows_in_suggestions_and_results(phone: Visitor) -> None:
    page = phone.go("/")
    page.get_by_role("combobox").fill(RECALLED)
    expect(page.get_by_role("option").first).to_contain_text("회수·판매중지")
    expect(page.get_by_role("option").first.locator("svg")).to_be_visible()
    page = phone.go(f"/search?q={RECALLED}")
    expect(page.locator(".result").first).to_contain_text("회수·판매중지")


def test_a_query_on_the_wrong_keyboard_says_how_it_was_read(phone: Visitor) -> None:
    page = phone.go("/")
    page.get_by_role("combobox").fill("xkdlfpshf")
    page.get_by_role("button", name="찾기").click()
    expect(page.locator("#results")).to_contain_text("타이레놀’(으)로 찾았습니다")
    expect(page.locator(".result").first).to_contain_text("타이레놀")


def test_a_filter_narrows_the_list_and_going_back_widens_it(phone: Visitor) -> None:
    page = phone.go("/search")
    before = page.locator("#results [data-said]").get_attribute("data-said")
    page.get_by_role("link", name="전문의약품").first.click()
    expect(page.locator("#results [data-said]")).not_to_have_attribute("data-said", before or "")
    assert "otc=" in page.url
    expect(page.get_by_role("link", name="전문의약품").first).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(page.locator("#results [data-said]")).to_have_attribute("data-said", before or "")


def test_a_new_query_keeps_the_filter(phone: Visitor) -> None:
    page = phone.go("/search")
    page.get_by_role("link", name="일반의약품").first.click()
    expect(page.get_by_role("link", name="일반의약품").first).to_have_attribute("aria-current", "true")
    page.get_by_role("combobox").fill("진통")
    page.get_by_role("combobox").press("Enter")
    page.wait_for_url("**q=%EC%A7%84%ED%86%B5**")
    assert "otc=" in page.url


def test_the_next_page_arrives_without_a_new_document(phone: Visitor) -> None:
    page = phone.go("/search")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="뒤쪽").click()
    expect(page.locator("#page-2")).to_have_attribute("aria-current", "page")
    assert page.evaluate("window.same")


def test_going_back_from_a_product_finds_the_results_again(phone: Visitor) -> None:
    page = phone.go("/search?q=진통제")
    page.locator(".result h3 a").first.click()
    page.wait_for_url("**/products/**")
    page.go_back()
    expect(page.locator(".result").first).to_be_visible()


def test_nothing_found_offers_next_steps(phone: Visitor) -> None:
    page = phone.go("/search?q=꿿뚫쀍쀍쀍")
    expect(page.get_by_role("heading", name="찾지 못했습니다")).to_be_visible()
    expect(page.get_by_role("link", name="두통")).to_be_visible()


def test_a_slow_answer_shows_skeletons_of_the_same_size(phone: Visitor) -> None:
    def slowly(route: Route) -> None:
        page.wait_for_timeout(900)
        route.continue_()

    page = phone.go("/search")
    page.route("**/search?**", slowly)
    card = page.locator(".result").first
    size = card.bounding_box()
    page.locator("#sort-name").click(no_wait_after=True)
    expect(page.locator("#results.htmx-request")).to_be_visible()
    assert card.bounding_box() == size
    expect(page.locator("#results.htmx-request")).to_have_count(0)


def test_without_connection_the_page_says_so(visit: Callable[..., Visitor]) -> None:
    visitor = visit(forgives=True)
    page = visitor.go("/search")
    visitor.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.locator("#sort-name").click()
    expect(page.get_by_role("heading", name="결과를 받지 못했습니다")).to_be_visible()
    visitor.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    page.get_by_role("button", name="다시 시도").click()
    expect(page.locator(".result").first).to_be_visible()


def test_everything_is_found_without_scripts(visit: Callable[..., Visitor]) -> None:
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    page.goto(visitor.site + "/")
    page.locator("input[name=q]").fill("타이레놀")
    page.get_by_role("button", name="찾기").click()
    page.locator(".result .button").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("비교")
    page.goto(visitor.site + "/search?q=타이레놀")
    page.locator(".result h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("타이레놀")
