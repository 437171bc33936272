"""A person in front of the site."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.serving import CHROMIUM_ARGUMENTS, ROOT, chromium, serving

WATCH: Final = """
window.watched = { shift: 0, violations: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.watched.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
document.addEventListener("securitypolicyviolation", (event) => {
  window.watched.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site."""
    if not (ROOT / "static" / "dist" / "manifest.json").exists():
        pytest.fail("the front end is not built: npm ci && npm run build in frontend/")
    with serving(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        reason = "no Chromium on this machine: apt-get install chromium fonts-noto-cjk"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@dataclass
class Visitor:
    """A person with a browser window; what went wrong on the way is remembered."""

    site: str
    context: BrowserContext
    page: Page
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.site + path, wait_until="load")
        return self.page

    def watched(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("window.watched")
        return found


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Open windows: `visit()`, `visit(width=1280, color_scheme="dark")`.

    At the end no page may have asked another site for anything, broken the content policy, or failed.
    """
    visitors: list[Visitor] = []

    def opened(*, width: int = 390, height: int = 844, forgives: bool = False, **options: Any) -> Visitor:
        phone = width < 700
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="ko-KR",
            is_mobile=phone,
            has_touch=phone,
            **options,
        )
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(8000)
        visitor = Visitor(site, context, page)
        page.on("request", lambda request: _note_foreign(visitor, request.url))
        if not forgives:
            page.on("pageerror", lambda error: visitor.errors.append(str(error)))
            page.on("console", lambda line: _note_error(visitor, line.type, line.text))
        visitors.append(visitor)
        return visitor

    yield opened
    for visitor in visitors:
        violations = (
            [] if visitor.page.is_closed() else visitor.page.evaluate("window.watched?.violations ?? []")
        )
        visitor.context.close()
        assert visitor.foreign == []
        assert violations == []
        assert visitor.errors == []


def _note_foreign(visitor: Visitor, url: str) -> None:
    if not url.startswith((visitor.site, "data:", "about:")):
        visitor.foreign.append(url)


def _note_error(visitor: Visitor, kind: str, text: str) -> None:
    if kind == "error":
        visitor.errors.append(text)


@pytest.fixture
def phone(visit: Callable[..., Visitor]) -> Visitor:
    """A phone of ordinary size."""
    return visit()
