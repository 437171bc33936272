"""The whole way with the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()")
    return text


def tab_to(page: Page, words: str, limit: int = 60) -> None:
    for _ in range(limit):
        page.keyboard.press("Tab")
        if words in focused(page):
            return
    pytest.fail(f"{words} is not reached with Tab")


def test_from_the_first_letter_to_the_comparison(phone: Visitor) -> None:
    page = phone.go("/")
    tab_to(page, "약 찾기")
    page.keyboard.type("게보린")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    field = page.get_by_role("combobox")
    expect(field).to_have_attribute("aria-activedescendant", "q-options-0")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/**")

    tab_to(page, "비교에 담기")
    page.keyboard.press("Enter")
    tab_to(page, "하나 더 고르기", 200)
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?items=*")
    tab_to(page, "비교할 약 찾기")
    page.keyboard.type("판콜")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="한눈에")).to_be_visible()


def test_what_has_the_focus_can_be_seen(phone: Visitor) -> None:
    page = phone.go("/search")
    for _ in range(12):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            """() => {
              const around = [document.activeElement, document.activeElement.closest(".field"),
                              document.activeElement.closest("label")].filter(Boolean);
              const after = getComputedStyle(document.activeElement, "::after").outlineStyle;
              return after !== "none" || around.some((one) => getComputedStyle(one).outlineStyle !== "none");
            }"""
        )
        assert ring, focused(page)


def test_the_focus_stays_where_a_filter_was_chosen(phone: Visitor) -> None:
    page = phone.go("/search")
    tab_to(page, "일반의약품")
    page.keyboard.press("Enter")
    expect(page.locator("#q-otc-일반")).to_have_attribute("aria-current", "true")
    expect(page.locator("#q-otc-일반")).to_be_focused()
