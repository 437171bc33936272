"""People with accounts in front of the site: how to make them and read what they were sent, and a tour."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import pyotp
from playwright.sync_api import Page, expect

from pillnuts import main
from pillnuts.accounts import consents, people
from pillnuts.accounts.contacts import parse
from pillnuts.accounts.roles import Role
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Database
from pillnuts.notifications.mailbox import Mailbox
from pillnuts.settings import Settings

T = TypeVar("T")

PASSWORD: Final = "복숭아 먹는 다람쥐 7마리"  # noqa: S105 -- of nobody
NEW_PASSWORD: Final = "겨울 나무 아래 고양이 2"  # noqa: S105
SECONDS: Final = 15
"""A message is there within two; the machine may be busy."""

SETTINGS: Final = {
    "PILLNUTS_SMS_SPACING_SECONDS": "0",
    "PILLNUTS_SMS_DAILY_PER_ADDRESS": "1000",
    "PILLNUTS_SYNC_SCHEDULE": "",
}
"""Everybody in these tests comes from one address."""


@dataclass
class Town:
    """The folder of a running site, seen from beside it."""

    folder: Path

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.folder / "var" / "mailbox.jsonl")

    def sent(self, to: str) -> list[str]:
        """Texts to somebody, the newest first."""
        return [one.text for one in self.mailbox.messages() if one.to == to]

    def wait_for(self, to: str, pattern: str, known: int = 0) -> str:
        """The newest message to somebody in which that is found, once there are more than `known`."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            texts = self.sent(to)
            if len(texts) > known and (found := re.search(pattern, texts[0])):
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"nothing like {pattern} came to {to}: {self.sent(to)}")

    def code(self, to: str, known: int = 0) -> str:
        return self.wait_for(to, r"\b\d{6}\b", known)

    def make(self, login_id: str, *contacts: str, role: Role = Role.USER) -> None:
        """An account, without the pages."""

        async def made(tools: Tools) -> None:
            password_hash = await tools.passwords.hash(PASSWORD)
            async with tools.deciding() as session:
                row = await people.make(
                    session, login_id=login_id, password_hash=password_hash, role=role, now=tools.now()
                )
                for contact in contacts:
                    channel = parse("email" if "@" in contact else "phone", contact)
                    await people.set_contact(session, tools, row, channel)
                for kind in ("terms", "privacy", "health"):
                    await consents.give(session, tools, account_id=row.id, kind=kind, by=row.id)

        self._with_tools(made)

    def _with_tools(self, work: Callable[[Tools], Awaitable[T]]) -> T:
        settings = Settings.model_validate({"home": self.folder / "var"})

        async def run() -> T:
            database = Database(settings.database)
            tools = main.make_accounts(settings, database)
            try:
                return await work(tools)
            finally:
                tools.passwords.close()
                await tools.rates.close()
                await database.close()

        with ThreadPoolExecutor() as beside:  # the browser's event loop runs in this thread
            return beside.submit(lambda: asyncio.run(run())).result()


def press(page: Page, words: str) -> None:
    page.get_by_role("main").get_by_role("button", name=words, exact=True).click()


def send(page: Page, words: str) -> None:
    """Press a button and wait for the page that answers."""
    with page.expect_navigation(wait_until="load"):
        press(page, words)


def sign_in(page: Page, site: str, login_id: str, password: str = PASSWORD, path: str = "/account") -> None:
    """Sign in by the page, and arrive; who is signed in arrives at once."""
    page.goto(f"{site}/account/sign-in?next={path}")
    if "/account/sign-in" not in page.url:
        return
    page.get_by_label("아이디").fill(login_id)
    page.get_by_label("비밀번호", exact=True).fill(password)
    press(page, "로그인")
    page.wait_for_url(f"**{path}")


def confirm(page: Page, password: str = PASSWORD) -> None:
    """Prove it again, where that is asked for."""
    expect(page.get_by_role("heading", level=1)).to_have_text("본인인지 다시 확인합니다")
    page.get_by_label("지금 비밀번호", exact=True).fill(password)
    press(page, "확인")


def agree(page: Page, *kinds: str) -> None:
    for kind in kinds:
        page.locator(f"input[name={kind}]").check()
    press(page, "다음")


def begin_sign_up(page: Page, site: str, town: Town, target: str, to: str) -> None:
    """The first three steps."""
    known = len(town.sent(to))
    page.goto(f"{site}/account/sign-up")
    agree(page, "terms", "privacy")
    if "@" in target:
        page.get_by_role("link", name="이메일", exact=True).click()
    page.locator("#target").fill(target)
    press(page, "인증번호 받기")
    page.locator("#code").fill(town.code(to, known))
    press(page, "확인")
    expect(page.get_by_role("heading", level=1)).to_have_text("아이디와 비밀번호")


def fill_details(page: Page, login_id: str, password: str = PASSWORD, born: str = "19900517") -> None:
    page.get_by_label("아이디").fill(login_id)
    page.get_by_label("비밀번호", exact=True).fill(password)
    page.get_by_label("생년월일").fill(born)
    press(page, "가입하기")


def tour(page: Page, site: str, town: Town, name: str) -> Iterator[str]:
    """Every page of accounts in every state of its own, one after another: gives what it shows now."""
    yield from _tour_in(page, site, town, name)
    yield from _tour_own(page, site)
    yield from _tour_factor(page, site, name)
    yield from _tour_back(page, site, town, name)


def _tour_in(page: Page, site: str, town: Town, name: str) -> Iterator[str]:
    mail = f"{name}@example.com"
    for path in ("terms", "privacy", "privacy-consent", "health-consent"):
        page.goto(f"{site}/{path}")
        yield path
    page.goto(f"{site}/account/sign-in")
    yield "sign-in"
    page.get_by_label("아이디").fill(name)
    page.get_by_label("비밀번호", exact=True).fill("아니다 아니야")
    send(page, "로그인")
    yield "sign-in-wrong"
    page.goto(f"{site}/account/sign-up")
    yield "sign-up"
    send(page, "다음")
    yield "sign-up-wrong"
    for kind in ("terms", "privacy", "health"):
        page.locator(f"input[name={kind}]").check()
    send(page, "다음")
    yield "contact-phone"
    page.get_by_role("link", name="이메일", exact=True).click()
    page.wait_for_url("**by=email")
    send(page, "인증번호 받기")
    yield "contact-wrong"
    page.locator("#target").fill(mail)
    send(page, "인증번호 받기")
    yield "code"
    page.locator("#code").fill("12")
    send(page, "확인")
    yield "code-wrong"
    send(page, "인증번호 다시 받기")
    yield "code-too-often"
    page.locator("#code").fill(town.code(mail))
    send(page, "확인")
    yield "details"
    page.get_by_label("아이디").press_sequentially("Aé", delay=10)
    page.get_by_label("비밀번호", exact=True).press_sequentially("password1", delay=5)
    expect(page.locator("#password-live meter")).to_be_visible()
    expect(page.locator("#login_id-live")).to_contain_text("쓸 수 없는")
    yield "details-live"
    send(page, "가입하기")
    yield "details-wrong"
    fill_details(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("내 계정")
    yield "account"


def _tour_own(page: Page, site: str) -> Iterator[str]:
    page.goto(f"{site}/account/password")
    yield "confirm"
    page.get_by_label("지금 비밀번호", exact=True).fill("아니다")
    send(page, "확인")
    yield "confirm-wrong"
    confirm(page)
    yield "password"
    page.get_by_label("새 비밀번호", exact=True).fill("1234567")
    send(page, "바꾸기")
    yield "password-wrong"
    for path in ("contact/phone", "sessions", "consents", "data", "leave", "second-factor"):
        page.goto(f"{site}/account/{path}")
        yield path.replace("/", "-")
    page.goto(f"{site}/account/contact/email/remove")
    send(page, "지우기")
    yield "contact-remove-wrong"


def _tour_factor(page: Page, site: str, name: str) -> Iterator[str]:
    page.goto(f"{site}/account/second-factor")
    send(page, "켜기")
    yield "factor-set"
    totp = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", "").replace("\n", ""))
    page.locator("#code").fill("000000")
    send(page, "켜기")
    yield "factor-set-wrong"
    page.locator("#code").fill(totp.now())
    send(page, "켜기")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    yield "factor-codes"
    recovery = page.locator(".recovery-codes li").first.inner_text()
    send(page, "다 적었습니다")
    page.goto(f"{site}/account/second-factor")
    yield "factor-on"
    page.goto(f"{site}/account/second-factor/remove")
    yield "factor-remove"
    page.goto(f"{site}/account")
    send(page, "로그아웃")
    yield "signed-out"
    page.get_by_label("아이디").fill(name)
    page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
    send(page, "로그인")
    yield "second-step"
    page.get_by_text("휴대전화가 없으십니까").click()
    page.get_by_label("복구 번호").fill("aaaaa-bbbbb")
    send(page, "복구 번호로 확인")
    yield "second-step-wrong"
    page.get_by_label("복구 번호").fill(recovery)
    send(page, "복구 번호로 확인")
    expect(page.get_by_role("heading", level=1)).to_have_text("내 계정")
    send(page, "로그아웃")


def _tour_back(page: Page, site: str, town: Town, name: str) -> Iterator[str]:
    mail = f"{name}back@example.com"
    town.make(f"{name[:12]}back", mail, "010-8765-" + f"{sum(map(ord, name)) % 10000:04}")
    page.goto(f"{site}/account/recover?by=email")
    yield "recover"
    page.locator("#target").fill(mail)
    send(page, "인증번호 받기")
    page.locator("#code").fill(town.code(mail))
    send(page, "확인")
    yield "found"
    sign_in(page, site, f"{name[:12]}back")
    page.goto(f"{site}/account/leave")
    confirm(page)
    send(page, "탈퇴하기")
    yield "leave-wrong"
    page.get_by_role("checkbox").check()
    send(page, "탈퇴하기")
    expect(page.get_by_role("heading", level=1)).to_have_text("탈퇴했습니다")
    yield "left"
