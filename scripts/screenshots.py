"""Photograph the pages of the demo catalogue: `python -m scripts.screenshots [FOLDER]`.

Without a folder, the pictures of the README; with one, every page in every size, light and dark, into it.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.account_pages import Town, sign_in
from tests.browser.serving import CHROMIUM_ARGUMENTS, ROOT, chromium, serving

README: Final = {
    "search-phone-light",
    "detail-phone-light",
    "compare-phone-dark",
    "compare-desktop-light",
    "sign-up-phone-light",
    "account-phone-dark",
}
SIGNED_IN: Final = {"account", "devices"}
LOGIN_ID: Final = "pillnuts2026"
SIZES: Final = {"phone": (390, 844), "desktop": (1280, 900)}
FIRST_RESULT: Final = "compare-toggle"


def code(page: Page, site: str, query: str) -> str:
    """The item code of the first result."""
    page.goto(f"{site}/search?q={query}")
    return page.locator(FIRST_RESULT).first.get_attribute("item") or ""


def photograph(browser: Browser, site: str, folder: Path, wanted: set[str] | None) -> None:
    page = browser.new_page()
    one, other = (code(page, site, query) for query in ("게보린", "판콜"))
    page.close()
    views = {
        "home": "/",
        "search": "/search?q=xkdlfpshf",
        "detail": f"/products/{one}",
        "compare": f"/compare?items={one},{other}",
        "sign-in": "/account/sign-in",
        "sign-up": "/account/sign-up",
        "account": "/account",
        "devices": "/account/sessions",
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
                picture = f"{name}-{size}-{mode}"
                if wanted is not None and picture not in wanted:
                    continue
                if name in SIGNED_IN:
                    sign_in(page, site, LOGIN_ID, path=path)
                page.goto(site + path)
                if name == "compare" and size == "phone":
                    page.locator(".summary").evaluate("(summary) => summary.scrollIntoView()")
                page.screenshot(path=folder / f"{picture}.png")
            context.close()


def main() -> None:
    path = chromium()
    if path is None:
        sys.exit("no Chromium on this machine: apt-get install chromium fonts-noto-cjk")
    chosen = sys.argv[1:]
    folder = Path(chosen[0]) if chosen else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home)) as site,
        sync_playwright() as playwright,
    ):
        Town(Path(home)).make(LOGIN_ID, "nuri@example.com", "010-2345-6789")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        photograph(browser, site, folder, None if chosen else README)
        browser.close()


if __name__ == "__main__":
    main()
