"""The development mailbox in a real browser: what arrives appears by itself, and nothing else moves."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pillnuts.main import create_web_app
from pillnuts.migrating import migrate
from pillnuts.notifications.mailbox import Mailbox
from pillnuts.settings import Settings
from tests.conftest import Serve

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280])
def test_what_arrives_appears_by_itself(browser: Browser, serve: Serve, tmp_path: Path, width: int) -> None:
    settings = Settings.model_validate({"home": tmp_path / "var", "environment": "development"})
    with ThreadPoolExecutor() as beside:  # the browser's event loop runs in this thread
        beside.submit(migrate, settings.database).result()
    assert settings.mailbox
    mailbox = Mailbox(settings.mailbox)
    address = serve(create_web_app(settings))
    page = browser.new_page(viewport={"width": width, "height": 800})
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)

    page.goto(f"{address}/dev/mailbox")
    expect(page.get_by_text("아직 온 것이 없습니다")).to_be_visible()
    for number in ("첫째", "둘째"):
        mailbox.put("sms", "01012345678", "", f"[필넛츠] {number} 인증번호 482913", number)
        expect(page.get_by_text(f"{number} 인증번호")).to_be_visible(timeout=10_000)

    assert page.get_by_role("heading", level=2).count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wrong == []
    page.close()
