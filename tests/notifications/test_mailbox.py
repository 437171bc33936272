"""The development mailbox: seen in development, and in production not there at all."""

from pathlib import Path

import httpx
import pytest

from pillnuts.main import create_web_app
from pillnuts.notifications.mailbox import Mailbox
from pillnuts.settings import Settings
from tests.conftest import talking_to


def site(tmp_path: Path, environment: str) -> Settings:
    return Settings.model_validate({"home": tmp_path / "var", "environment": environment})


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    file = site(tmp_path, "development").mailbox
    assert file
    return Mailbox(file)


async def test_what_was_sent_is_shown_the_newest_first(tmp_path: Path, mailbox: Mailbox) -> None:
    app = create_web_app(site(tmp_path, "development"))
    mailbox.put("sms", "01012345678", "", "[필넛츠] 인증번호 482913", "a")
    mailbox.put("mail", "someone@pillnuts.test", "인증번호", "첫 줄\n<b>둘째</b> 줄", "b")
    async with talking_to(app) as client:
        answer = await client.get("/dev/mailbox")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.index("someone@pillnuts.test") < answer.text.index("인증번호 482913")
    assert "첫 줄<br>&lt;b&gt;둘째&lt;/b&gt; 줄" in answer.text


async def test_it_looks_again_by_itself_and_leaves_what_is_not_new(tmp_path: Path, mailbox: Mailbox) -> None:
    app = create_web_app(site(tmp_path, "development"))
    htmx = {"HX-Request": "true"}
    async with talking_to(app) as client:
        empty = await client.get("/dev/mailbox")
        nothing = await client.get("/dev/mailbox?seen=", headers=htmx)
        mailbox.put("sms", "01012345678", "", "[필넛츠] 인증번호 482913", "a")
        fresh = await client.get("/dev/mailbox?seen=", headers=htmx)
        same = await client.get("/dev/mailbox?seen=a", headers=htmx)

    assert "아직 온 것이 없습니다" in empty.text
    assert 'data-hx-get="/dev/mailbox?seen="' in empty.text
    assert (nothing.status_code, same.status_code) == (204, 204)
    assert "482913" in fresh.text
    assert "<html" not in fresh.text
    assert 'data-hx-get="/dev/mailbox?seen=a"' in fresh.text


async def test_it_does_not_exist_in_production(tmp_path: Path, mailbox: Mailbox) -> None:
    mailbox.put("sms", "01012345678", "", "[필넛츠] 인증번호 482913", "a")  # of a time as development
    app = create_web_app(site(tmp_path, "production"))
    async with talking_to(app) as client:
        answer = await client.get("/dev/mailbox")

    assert answer.status_code == 404
    assert "482913" not in answer.text
    assert not [path for path in app.openapi()["paths"] if "dev" in path]
    assert (app.state.ways_out.mailbox, app.state.ways_out.sms, app.state.ways_out.mail) == (
        None,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("address", "setting", "status"),
    [
        ("127.0.0.1", "", 200),
        ("::1", "", 200),
        ("::ffff:127.0.0.1", "", 200),
        ("192.168.0.20", "", 404),
        ("fe80::1", "", 404),
        ("somewhere", "", 404),
        ("192.168.0.20", "open", 200),
    ],
)
async def test_other_machines_read_it_only_when_a_setting_says_so(
    tmp_path: Path, mailbox: Mailbox, address: str, setting: str, status: int
) -> None:
    mailbox.put("sms", "01012345678", "", "[필넛츠] 인증번호 482913", "a")
    app = create_web_app(site(tmp_path, "development").model_copy(update={"mailbox_open": setting == "open"}))
    transport = httpx.ASGITransport(app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pillnuts.test") as client:
        answer = await client.get("/dev/mailbox", headers={"Accept": "text/html"})

    assert answer.status_code == status
    assert ("482913" in answer.text) == (status == 200)


async def test_no_setting_opens_it_in_production(tmp_path: Path, mailbox: Mailbox) -> None:
    mailbox.put("sms", "01012345678", "", "[필넛츠] 인증번호 482913", "a")
    app = create_web_app(site(tmp_path, "production").model_copy(update={"mailbox_open": True}))
    async with talking_to(app) as client:
        assert (await client.get("/dev/mailbox")).status_code == 404
