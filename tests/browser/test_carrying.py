"""What was chosen, typed or read stays with the reader from page to page, and on paper."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from pillnuts.search.asked import LONGEST
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

NOWHERE = "/search?q=꿿뚫쀍쀍쀍"
LARGE = 320


def code(visitor: Visitor, query: str) -> str:
    page = visitor.go(f"/search?q={query}")
    return page.locator("compare-toggle").first.get_attribute("item") or ""


def test_the_first_product_is_kept_while_the_second_is_searched_for(phone: Visitor) -> None:
    first = code(phone, "게보린")
    page = phone.go(f"/compare?items={first}")
    page.get_by_role("combobox").fill("판콜")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.locator(".result").first.get_by_role("button").click()
    page.get_by_role("link", name="2개 비교하기").click()
    expect(page.get_by_role("list", name="비교하는 약")).to_contain_text("게보린")
    expect(page.get_by_role("list", name="비교하는 약")).to_contain_text("판콜")


def test_without_scripts_the_first_product_travels_in_the_address(visit: Callable[..., Visitor]) -> None:
    first = code(visit(), "게보린")
    page = visit(java_script_enabled=False).go(f"/compare?items={first}")
    page.locator(".pick input[type=search]").fill("판콜")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.get_by_role("link", name="이름 순").click()
    page.locator(".result .button").first.click()
    expect(page.get_by_role("list", name="비교하는 약").get_by_role("listitem")).to_have_count(2)


def test_an_address_cannot_put_anything_but_codes_into_the_links(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).go("/search?q=판콜&compare=1%22%3E%26items=2")
    assert "1&quot" not in page.content()
    href = page.locator(".result .button").first.get_attribute("href") or ""
    assert href.removeprefix("/compare?items=").isdigit()


def test_the_empty_compare_page_offers_what_is_in_the_box(phone: Visitor) -> None:
    page = phone.go("/search?q=감기약")
    for at in range(2):
        page.locator(".result").get_by_role("button").nth(at).click()
    page = phone.go("/compare")
    page.get_by_role("link", name="2개 비교하기").click()
    expect(page.get_by_role("region", name="한눈에")).to_be_visible()


def test_what_is_taken_out_of_the_cards_leaves_the_box(phone: Visitor) -> None:
    page = phone.go(f"/compare?items={code(phone, '게보린')}")
    expect(page.get_by_role("region", name="보관함")).to_contain_text("게보린")
    page.get_by_role("link", name="빼기").click()
    page.wait_for_url("**/compare?items=")
    expect(page.get_by_role("region", name="보관함")).to_be_hidden()


def test_four_names_are_in_sight_in_the_tray(phone: Visitor) -> None:
    page = phone.go("/search")
    for at in range(4):
        page.locator(".result").get_by_role("button").nth(at).click()
    entries = page.get_by_role("region", name="보관함").get_by_role("listitem")
    expect(entries).to_have_count(4)
    for at in range(4):
        expect(entries.nth(at).get_by_role("button")).to_be_in_viewport(ratio=1)


def test_an_empty_list_tells_only_of_what_is_on_the_page(phone: Visitor) -> None:
    page = phone.go(NOWHERE)
    expect(page.locator(".steps")).not_to_contain_text("자세히 거르기")
    page.get_by_role("link", name="허가가 끝난 약까지").click()
    page.wait_for_url("**withdrawn=true**")
    expect(page.locator("#filters")).to_be_visible()
    expect(page.locator(".steps")).not_to_contain_text("허가가 끝난 약")


@pytest.mark.parametrize("path", ["/products/{0}", "/compare?items={0}"])
def test_on_paper_the_foot_has_the_whole_address_and_the_day(phone: Visitor, path: str) -> None:
    path = path.format(code(phone, "게보린"))
    page = phone.go(path)
    page.emulate_media(media="print")
    expect(page.locator(".at-foot")).to_contain_text(phone.site + path)
    expect(page.locator(".at-foot")).to_contain_text(f"{datetime.now(UTC).year}년")


def test_a_very_long_name_takes_three_lines_of_a_list(phone: Visitor) -> None:
    page = phone.go("/search")
    name = page.locator(".result h3 .clamp").first
    name.evaluate("(name) => { name.textContent = '아주긴이름정(수출명:Long Name)'.repeat(20); }")
    lines = name.evaluate(
        "(name) => name.clientHeight / parseFloat(getComputedStyle(name).lineHeight)",
    )
    assert round(lines) == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_field_takes_as_much_as_the_search(phone: Visitor) -> None:
    expect(phone.go("/").get_by_role("combobox")).to_have_attribute("maxlength", str(LONGEST))


def test_large_letters_on_a_narrow_screen_never_scroll_sideways(visit: Callable[..., Visitor]) -> None:
    visitor = visit(width=LARGE, height=640)
    one, two = code(visitor, "게보린"), code(visitor, "판콜")
    paths = ("/", "/search", NOWHERE, "/compare", f"/products/{one}", f"/compare?items={one},{two}")
    widths = {}
    for path in paths:
        page = visitor.go(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(paths, LARGE)


def test_a_wrong_value_in_the_address_is_answered_in_korean(visit: Callable[..., Visitor]) -> None:
    page = visit(forgives=True).go("/search?sort=nonsense")
    expect(page.get_by_role("heading", level=1)).to_have_text("주소에 알 수 없는 값이 있습니다.")
    assert "relevance" not in page.content()
