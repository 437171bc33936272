"""Photograph the pages of the demo catalogue for the README: `python -m scripts.screenshots [FOLDER]`."""

import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.serving import CHROMIUM_ARGUMENTS, ROOT, chromium, serving

SIZES: Final = {"phone": (390, 844), "desktop": (1280, 900)}
FIRST_RESULT: Final = "compare-toggle"


def code(page: Page, site: str, query: str) -> str:
    """The item code of the first result."""
    page.goto(f"{site}/search?q={query}")
    return page.locator(FIRST_RESULT).first.get_attribute("item") or ""


def photograph(browser: Browser, site: str, folder: Path) -> None:
    page = browser.new_page()
    one, other = (code(page, site, query) for query in ("게보린", "판콜"))
    page.close()
    views = {
        "home": "/",
        "search": "/search?q=xkdlfpshf",
        "detail": f"/products/{one}",
        "compare": f"/compare?items={one},{other}",
    }
    for size, (width, height) in SIZES.items():
        for mode in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if mode == "dark" else "light",
                device_scale_factor=2 if size == "phone" else 1,
                is_mobile=size == "phone",
                locale="ko-KR",
            )
            page = context.new_page()
            for name, path in views.items():
                page.goto(site + path)
                if name == "compare" and size == "phone":
                    page.locator(".summary").evaluate("(summary) => summary.scrollIntoView()")
                page.screenshot(path=folder / f"{name}-{size}-{mode}.png")
            context.close()


def main() -> None:
    path = chromium()
    if path is None:
        sys.exit("no Chromium on this machine: apt-get install chromium fonts-noto-cjk")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        photograph(browser, site, folder)
        browser.close()


if __name__ == "__main__":
    main()
