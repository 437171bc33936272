"""From the list to two medicines side by side."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def put_in(page: Page, count: int) -> None:
    buttons = page.locator(".result").get_by_role("button")
    for at in range(count):
        buttons.nth(at).click()


def test_two_results_become_a_comparison(phone: Visitor) -> None:
    page = phone.go("/search?q=감기약")
    put_in(page, 2)
    tray = page.get_by_role("region", name="보관함")
    expect(tray.get_by_role("listitem")).to_have_count(2)
    tray.get_by_role("link", name="2개 비교하기").click()
    expect(page.get_by_role("region", name="한눈에")).to_be_visible()
    expect(page.get_by_role("list", name="비교하는 약").get_by_role("listitem")).to_have_count(2)


def test_the_box_outlives_a_reload_and_reaches_other_tabs(phone: Visitor) -> None:
    page = phone.go("/search")
    other = phone.context.new_page()
    other.goto(phone.site + "/")
    put_in(page, 1)
    expect(other.get_by_role("region", name="보관함").get_by_role("listitem")).to_have_count(1)
    page.reload()
    toggle = page.locator(".result").first
    expect(toggle.get_by_role("button", name="담음 빼기")).to_be_visible()
    other.get_by_role("button", name="빼기").click()
    expect(toggle.get_by_role("button", name="비교 목록에 담기")).to_be_visible()
    expect(page.get_by_role("region", name="보관함")).to_be_hidden()


def test_a_fifth_product_is_refused_with_a_reason(phone: Visitor) -> None:
    page = phone.go("/search")
    put_in(page, 5)
    tray = page.get_by_role("region", name="보관함")
    expect(tray.get_by_role("listitem")).to_have_count(4)
    expect(tray).to_contain_text("4개까지 담을 수 있습니다")


def test_the_box_survives_nonsense_in_the_storage(phone: Visitor) -> None:
    page = phone.go("/")
    page.evaluate('localStorage.setItem(\'pillnuts.box\', \'[{"item":"<b>","name":1},null,7]\')')
    page.reload()
    expect(page.get_by_role("region", name="보관함")).to_be_hidden()


def test_the_tray_covers_nothing(phone: Visitor) -> None:
    page = phone.go("/search")
    put_in(page, 2)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    switch = page.get_by_text("어둡게").bounding_box()
    tray = page.get_by_role("region", name="보관함").bounding_box()
    assert switch
    assert tray
    assert switch["y"] + switch["height"] <= tray["y"]


def test_one_product_asks_for_another(phone: Visitor) -> None:
    page = phone.go("/search?q=게보린")
    code = page.locator("compare-toggle").first.get_attribute("item")
    page.goto(f"{phone.site}/compare?items={code}")
    page.get_by_role("combobox").fill("판콜")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("region", name="한눈에")).to_be_visible()


def test_the_graph_reads_as_a_table(phone: Visitor) -> None:
    page = compare(phone, "게보린", "판콜")
    table = page.get_by_role("table", name="단위").or_(page.get_by_role("table", name="유효성분")).first
    expect(table.get_by_role("columnheader")).to_have_count(4)
    expect(table.get_by_role("rowheader").first).not_to_be_empty()
    expect(table.get_by_role("row").nth(1).get_by_role("cell")).to_have_count(3)


def test_the_contents_stay_in_sight(phone: Visitor) -> None:
    page = compare(phone, "게보린", "판콜")
    contents = page.get_by_role("navigation", name="차례")
    contents.get_by_role("link", name="첨가제").click()
    expect(page.get_by_role("heading", name="첨가제")).to_be_in_viewport()
    expect(contents).to_be_in_viewport()


def test_a_product_can_be_taken_out(phone: Visitor) -> None:
    page = compare(phone, "게보린", "판콜")
    page.get_by_role("link", name="빼기").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("비교할 약 고르기")


def test_on_paper_folds_are_open_and_the_address_stands_at_the_foot(visit: Callable[..., Visitor]) -> None:
    visitor = visit(width=1280)
    page = compare(visitor, "게보린", "판콜")
    page.emulate_media(media="print")
    expect(page.locator(".at-foot")).to_contain_text("/compare?items=")
    expect(page.locator(".contents")).to_be_hidden()


def test_on_paper_no_table_stands_in_a_box_that_sheets_cut_badly(visit: Callable[..., Visitor]) -> None:
    page = compare(visit(width=1280), "게보린", "판콜")
    page.emulate_media(media="print")
    around = page.locator(".beside-table, .versus").evaluate_all(AROUND)
    assert set(around) == {"block"}


AROUND = """(tables) => tables.flatMap((table) => {
  const found = [];
  for (let one = table.parentElement; one; one = one.parentElement) found.push(getComputedStyle(one).display);
  return found;
})"""
"""How everything around the tables is laid out."""


def test_an_unknown_amount_is_an_empty_outline_beside_what_is_known(phone: Visitor) -> None:
    page = compare(phone, "게보린", "판콜")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="구아이페네신"))
    expect(row).to_contain_text("함량 정보 없음")
    expect(row.locator(".bar .nothing")).to_have_count(1)
    expect(row.locator(".bar .track")).to_have_attribute("width", "50%")


def test_a_wide_screen_shows_the_whole_list_of_contents(visit: Callable[..., Visitor]) -> None:
    page = compare(visit(width=1280), "게보린", "판콜")
    row = page.locator(".contents .row")
    assert row.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def compare(visitor: Visitor, *queries: str) -> Page:
    """Open the comparison of the first results of some queries."""
    codes = []
    for query in queries:
        visitor.go(f"/search?q={query}")
        codes.append(visitor.page.locator("compare-toggle").first.get_attribute("item") or "")
    return visitor.go(f"/compare?items={','.join(codes)}")


def test_a_recalled_medicine_is_marked_on_its_card_and_above_the_comparison(phone: Visitor) -> None:
    page = phone.go("/compare?items=200201403,197900277")
    card = page.get_by_role("list", name="비교하는 약").get_by_role("listitem").first
    expect(card).to_contain_text("회수·판매중지")
    notice = page.locator(".notice.danger")
    expect(notice).to_contain_text("회수되었거나 판매가 중지된 적이 있는 약입니다")
    expect(notice.get_by_role("link")).to_have_attribute("href", "/products/200201403")
