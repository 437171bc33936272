"""What holds on every page."""

import gzip
from collections.abc import Callable
from typing import Final

import httpx
import pytest

from tests.browser.conftest import Visitor
from tests.browser.serving import ROOT

pytestmark = pytest.mark.browser

AXE: Final = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES: Final = (
    "/",
    "/search",
    "/search?q=꿿뚫쀍쀍쀍",
    "/products/{first}",
    "/products/{second}",
    "/products/{several}?f=2",
    "/ingredients/{ingredient}",
    "/compare",
    "/compare?items={first}",
    "/compare?items={first},{second}",
    "/compare?items={first},{second},{third}",
    "/gallery",
    "/docs",
    "/nowhere",
)
SCRIPTS_BYTES, PAGE_BYTES = 60_000, 40_000


def _json(address: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = httpx.get(address, trust_env=False).raise_for_status().json()
    return found


@pytest.fixture(scope="session")
def named(site: str) -> Callable[[str], str]:
    """Fill in the codes of demo products that are interesting to look at."""
    codes = [
        _json(f"{site}/api/v1/products/suggest?q={query}&limit=1")["items"][0]["item_seq"]
        for query in ("게보린", "판콜", "타이레놀", "스트렙실")
    ]
    ingredient = _json(f"{site}/api/v1/products/{codes[0]}")["ingredients"][0]["id"]
    return lambda path: path.format(
        first=codes[0], second=codes[1], third=codes[2], several=codes[3], ingredient=ingredient
    )


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(
    visit: Callable[..., Visitor], named: Callable[[str], str], path: str, mode: str
) -> None:
    visitor = visit(color_scheme=mode, forgives=True)
    page = visitor.go(named(path))
    for fold in page.locator("main summary").all()[:3]:
        fold.click()
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    wrong = [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
    assert wrong == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_jumps(visit: Callable[..., Visitor], named: Callable[[str], str], path: str) -> None:
    visitor = visit(forgives=True)
    visitor.context.add_init_script(
        """localStorage.setItem('pillnuts.box', '[{"item":"200000001","name":"가나다정"}]')"""
    )
    page = visitor.go(named(path))
    page.wait_for_timeout(300)
    assert visitor.watched()["shift"] == 0


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "percent"), [(320, 100), (390, 200)], ids=["320px", "large-text"])
def test_nothing_runs_over_the_edge(
    visit: Callable[..., Visitor], named: Callable[[str], str], path: str, width: int, percent: int
) -> None:
    page = visit(width=width, forgives=True).go(named(path))
    page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT_OFF) == []


CUT_OFF: Final = """
[...document.querySelectorAll("main :is(h1, h2, h3, p, dd, td, th, .button, .badge)")]
  .filter((one) => one.checkVisibility() && !one.closest(".sr, .row, thead"))
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
  .map((one) => one.outerHTML.slice(0, 160))
"""
"""Texts wider than their boxes."""

TOO_SMALL: Final = """
[...document.querySelectorAll("a, button, summary, select, input:not([type=radio]), label")]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).display !== "inline")
  .filter((one) => !one.closest(".sr, .skip, [inert]"))
  .map((one) => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
  .map(([box, one]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 120)}`)
"""


@pytest.mark.parametrize("path", PAGES)
def test_everything_to_tap_is_large_enough(
    visit: Callable[..., Visitor], named: Callable[[str], str], path: str
) -> None:
    page = visit(forgives=True).go(named(path))
    assert page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize("path", PAGES)
def test_the_page_has_a_title_one_heading_and_a_way_past_the_header(
    visit: Callable[..., Visitor], named: Callable[[str], str], path: str
) -> None:
    page = visit(forgives=True).go(named(path))
    assert page.title().endswith("필넛츠") or page.title().startswith("필넛츠")
    assert page.locator("h1").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_another_site_or_breaks_the_policy(
    visit: Callable[..., Visitor], named: Callable[[str], str], path: str
) -> None:
    visitor = visit(width=1280, forgives=path == "/nowhere")
    page = visitor.go(named(path))
    assert page.locator("[style], style, script:not([src])").count() == 0
    assert visitor.watched()["violations"] == []


def test_a_policy_that_is_broken_would_be_seen(visit: Callable[..., Visitor]) -> None:
    visitor = visit(forgives=True)
    page = visitor.go("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.wait_for_function("window.watched.violations.length > 0")
    page.evaluate("window.watched.violations = []")


def test_scripts_are_light() -> None:
    scripts = (ROOT / "static" / "dist").glob("*.js")
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= SCRIPTS_BYTES


@pytest.mark.parametrize("path", [path for path in PAGES if path.isascii() and path != "/nowhere"])
def test_pages_are_light(site: str, named: Callable[[str], str], path: str) -> None:
    page = httpx.get(site + named(path), trust_env=False).raise_for_status()
    assert len(gzip.compress(page.content)) <= PAGE_BYTES
