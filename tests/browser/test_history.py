"""Seeing what changed in a label, and that a medicine was called back."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.serving import ROOT, serving
from tests.browser.test_every_page import AXE, CUT_OFF, TOO_SMALL
from tests.catalogue import changing

pytestmark = pytest.mark.browser

PAGES = (
    f"/products/{changing.CHANGED}",
    f"/products/{changing.CHANGED}/history",
    f"/products/{changing.UNCHANGED}/history",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site that took two releases; a label changed between them."""
    folder = tmp_path_factory.mktemp("changed")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
    environment["PILLNUTS_HOME"] = str(folder / "var")
    for files in (changing.earlier(folder / "earlier"), changing.later(folder / "later")):
        command = [str(Path(sys.executable).parent / "pillnuts"), "catalogue", "import", str(files)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    with serving(folder) as address:
        yield address


def fold(page: Page) -> None:
    page.locator("#history > details > summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#changes del").first).to_be_visible()


def test_the_fold_brings_the_difference_with_the_keyboard_alone(phone: Visitor) -> None:
    page = phone.go(PAGES[0])
    expect(page.locator("#history del")).to_have_count(0)
    fold(page)
    usage = page.get_by_role("region", name="바뀐 글: 용법·용량").locator(".word-difference")
    expect(usage.locator("del")).to_have_text(["[지움: −500 지움 끝]", "[지움: −3 지움 끝]"])
    expect(usage.locator("ins")).to_have_text(["[더함: +650 더함 끝]", "[더함: +2 더함 끝]"])


def test_removed_and_added_differ_by_more_than_colour(phone: Visitor) -> None:
    page = phone.go(PAGES[1])
    line = "one => getComputedStyle(one).textDecorationLine"
    assert page.locator("main del").first.evaluate(line) == "line-through"
    assert page.locator("main ins").first.evaluate(line) == "underline"
    expect(page.locator("main del .sign").first).to_have_text("−")


def test_without_scripts_a_link_leads_to_the_history(visit: Callable[..., Visitor]) -> None:
    # What watches for a broken policy is a script as well.
    visitor = visit(java_script_enabled=False)
    page = visitor.go(PAGES[0])
    page.locator("#history summary").first.click()
    page.get_by_role("link", name="무엇이 바뀌었는지 보기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("허가사항 변경 이력")
    expect(page.locator("main ins").first).to_be_visible()


def test_a_recall_is_seen_without_scrolling_and_older_ones_are_folded(phone: Visitor) -> None:
    page = phone.go(PAGES[0])
    recall = page.get_by_role("region", name="회수·판매중지 알림")
    expect(recall).to_be_in_viewport()
    expect(recall).to_contain_text("함량 부적합")
    older = recall.get_by_text("성상 부적합에 따른 영업자 회수")
    expect(older).to_be_hidden()
    recall.get_by_text("그 전의 알림 1번").click()
    expect(older).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(visit: Callable[..., Visitor], path: str, mode: str) -> None:
    page = visit(color_scheme=mode).go(path)
    if path == PAGES[0]:
        fold(page)
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert [
        f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]
    ] == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "percent"), [(320, 100), (390, 200)], ids=["320px", "large-text"])
def test_nothing_runs_over_the_edge_or_is_too_small_to_tap(
    visit: Callable[..., Visitor], path: str, width: int, percent: int
) -> None:
    page = visit(width=width).go(path)
    page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
    if path == PAGES[0]:
        fold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT_OFF) == []
    if percent == 100:  # large text makes the field of the search within the page narrow
        assert page.evaluate(TOO_SMALL) == []
