"""Looking inside a medicine."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def open_product(visitor: Visitor, query: str) -> Page:
    page = visitor.go(f"/search?q={query}")
    page.locator(".result h3 a").first.click()
    page.wait_for_url("**/products/**")
    return page


def test_the_ingredient_graph_reads_as_a_table(phone: Visitor) -> None:
    page = open_product(phone, "게보린")
    table = page.locator("#ingredients").get_by_role("table").first
    expect(table.get_by_role("columnheader", name="함량")).to_be_attached()
    row = table.get_by_role("row").filter(has_text="아세트아미노펜")
    expect(row.get_by_role("rowheader")).to_contain_text("아세트아미노펜")
    expect(row.get_by_role("cell").first).to_contain_text("mg")


def test_the_longest_bar_is_the_largest_amount(phone: Visitor) -> None:
    page = open_product(phone, "게보린")
    widths = page.locator("#ingredients .bar .value").evaluate_all(
        "bars => bars.map(bar => bar.getBBox().width)"
    )
    amounts = page.locator("#ingredients td.amount").all_inner_texts()
    numbers = [float(amount.split("\u202f")[0].replace(",", "")) for amount in amounts]
    assert widths.index(max(widths)) == numbers.index(max(numbers))


def test_an_explanation_opens_on_tap_with_its_source(phone: Visitor) -> None:
    page = open_product(phone, "게보린")
    fold = page.locator(".explain").first
    fold.locator("summary").click()
    expect(fold.locator(".source").first).to_be_visible()


def test_words_are_found_in_the_texts(phone: Visitor) -> None:
    page = open_product(phone, "게보린")
    page.get_by_label("설명 글에서 찾기").fill("의 사")
    expect(page.locator("find-in-page output")).to_contain_text("1 / ")
    total = page.locator("find-in-page output").inner_text().split(" / ")[1]
    page.get_by_role("button", name="다음 것").click()
    expect(page.locator("find-in-page output")).to_have_text(f"{min(2, int(total))} / {total}")
    assert page.evaluate("CSS.highlights.get('found-now').size") == 1
    page.get_by_label("설명 글에서 찾기").fill("없는말입니다")
    expect(page.locator("find-in-page output")).to_have_text("없음")


def test_the_contents_stay_in_sight_and_lead_to_each_part(phone: Visitor) -> None:
    page = open_product(phone, "게보린")
    contents = page.get_by_role("navigation", name="차례")
    contents.get_by_role("link", name="허가 정보").click()
    expect(page.get_by_role("heading", name="허가 정보")).to_be_in_viewport()
    expect(contents).to_be_in_viewport()


def test_the_address_is_copied_where_sharing_is_impossible(phone: Visitor) -> None:
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_product(phone, "게보린")
    page.evaluate("delete Navigator.prototype.share")
    page.get_by_role("button", name="공유").click()
    expect(page.locator("#said")).to_have_text("주소를 복사했습니다.")
    assert "/products/" in page.evaluate("navigator.clipboard.readText()")


def test_the_photo_is_a_link_and_not_loaded(phone: Visitor) -> None:
    page = open_product(phone, "게보린")
    assert page.locator("img").count() == 0


def test_the_chosen_brightness_is_remembered_before_the_first_paint(phone: Visitor) -> None:
    page = phone.go("/")
    page.get_by_text("어둡게").click()
    page.goto(phone.site + "/search", wait_until="commit")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_a_wrong_address_says_what_to_do(phone: Visitor) -> None:
    phone.errors.clear()
    page = phone.go("/products/999999999")
    expect(page.get_by_role("heading", level=1)).to_contain_text("찾을 수 없습니다")
    expect(page.get_by_role("combobox")).to_be_visible()
    phone.errors.clear()


def test_one_of_several_formulations_is_chosen_by_a_link(phone: Visitor) -> None:
    page = open_product(phone, "스트렙실")
    tabs = page.get_by_role("navigation", name="어느 제품을 볼지")
    expect(tabs.get_by_role("link").first).to_have_attribute("aria-current", "true")
    tabs.get_by_role("link").nth(1).click()
    expect(tabs.get_by_role("link").nth(1)).to_have_attribute("aria-current", "true")
    assert "f=2" in page.url
