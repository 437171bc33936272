"""The worker as it ships: codes leave within seconds, once, and also when it is killed on the way."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pillnuts.kernel.db import Database
from pillnuts.kernel.outbox import OutboxRow, State
from pillnuts.migrating import migrate
from pillnuts.notifications.mailbox import Mailbox
from pillnuts.notifications.service import SMS
from pillnuts.posting import outbox
from tests.senders.fake_sens import ACCESS_KEY, SECRET_KEY, SENDER, SERVICE, FakeSens, fake_sens

COMMAND = Path(sys.executable).parent / "pillnuts"
OURS = "Zk3-of-nobody-" * 3
TEXT = "[필넛츠] 인증번호 482913"


class Site:
    def __init__(self, home: Path, address: str) -> None:
        self.home = home
        self.address = address
        self.database = Database(address)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
        self.environment = kept | {"PILLNUTS_HOME": str(home), "PILLNUTS_DATABASE_URL": address}
        self.environment |= {"PILLNUTS_SECRET": OURS, "PILLNUTS_SYNC_SCHEDULE": ""}

    @contextmanager
    def worker(self, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self.home.parent / "log").open("ab") as log:
            process = subprocess.Popen(
                [COMMAND, "worker"],
                env=self.environment | settings,
                cwd=self.home.parent,
                stdout=log,
                stderr=log,
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(30)

    async def put(self, *numbers: str) -> None:
        async with self.database.writing() as session:
            for number in numbers:
                given = {"to": number, "text": TEXT}
                await outbox(OURS).enqueue(session, SMS, given, by="test", expires=timedelta(minutes=5))

    async def states(self) -> list[str]:
        async with self.database.reading() as session:
            return list((await session.scalars(select(OutboxRow.state))).all())

    def said(self) -> str:
        return (self.home.parent / "log").read_text()


@pytest.fixture
async def site(tmp_path: Path, database_url: str) -> AsyncIterator[Site]:
    await asyncio.to_thread(migrate, database_url)
    site = Site(tmp_path / "var", database_url)
    yield site
    await site.database.close()


async def until(good: Callable[[], Awaitable[bool]], seconds: float = 30) -> float:
    started = time.monotonic()
    while not await good():
        assert time.monotonic() < started + seconds, "it does not come to that"
        await asyncio.sleep(0.05)
    return time.monotonic() - started


def through(sens: FakeSens) -> dict[str, str]:
    return {
        "PILLNUTS_SENS_ACCESS_KEY": ACCESS_KEY,
        "PILLNUTS_SENS_SECRET_KEY": SECRET_KEY,
        "PILLNUTS_SENS_SERVICE_ID": SERVICE,
        "PILLNUTS_SENS_FROM": SENDER,
        "PILLNUTS_SENS_URL": sens.url,
    }


@pytest.mark.database
async def test_two_workers_send_each_code_once_and_soon(site: Site) -> None:
    numbers = [f"0101234{number:04}" for number in range(20)]

    async def all_left() -> bool:
        return await site.states() == [State.DELIVERED] * 21

    async def begun() -> bool:
        return [to for to, _ in sens.received] == ["01000000000"] and site.said().count("worker started") == 2

    async with fake_sens() as sens:
        with site.worker(**through(sens)), site.worker(**through(sens)):
            await site.put("01000000000")
            await until(begun)
            await asyncio.gather(*(site.put(number) for number in numbers))
            waited = await until(all_left)

    assert sorted(to for to, _ in sens.received) == ["01000000000", *numbers]
    assert waited < 10  # on a busy machine; a quiet one takes two
    for secret in (*numbers, "482913", ACCESS_KEY, SECRET_KEY, OURS):
        assert secret not in site.said()


@pytest.mark.database
async def test_what_a_killed_worker_was_sending_is_sent_by_the_next(site: Site) -> None:
    async def asked() -> bool:
        return len(sens.questions) == 1

    async def left() -> bool:
        return await site.states() == [State.DELIVERED]

    async with fake_sens() as sens:
        sens.awkward.append(None)
        await site.put("01012345678")
        with site.worker(**through(sens)) as first:
            await until(asked)
            first.send_signal(signal.SIGKILL)
            first.wait(10)
        async with site.database.writing() as session:  # the time of its claim is over
            await session.execute(update(OutboxRow).values(due=0))
        with site.worker(**through(sens)):
            await until(left)

    assert sens.received == [("01012345678", TEXT)]


async def test_development_needs_no_provider(tmp_path: Path) -> None:
    address, home = f"sqlite:///{tmp_path / 'test.db'}", tmp_path / "var"
    await asyncio.to_thread(migrate, address)
    site, mailbox = Site(home, address), Mailbox(home / "mailbox.jsonl")

    async def arrived() -> bool:
        return [one.text for one in mailbox.messages()] == [TEXT]

    await site.put("01012345678")
    with site.worker(PILLNUTS_ENVIRONMENT="development"):
        await until(arrived)
    await site.database.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"PILLNUTS_SECRET": "", "PILLNUTS_HOST": "0.0.0.0"}, "PILLNUTS_SECRET"),  # noqa: S104 -- it must not start
        ({"PILLNUTS_SECRET": "changeme"}, "PILLNUTS_SECRET"),
        ({"PILLNUTS_SENS_ACCESS_KEY": "key"}, "PILLNUTS_SENS_SECRET_KEY"),
        ({"PILLNUTS_SMTP_HOST": "mail.pillnuts.test"}, "PILLNUTS_MAIL_FROM"),
    ],
)
async def test_half_a_site_does_not_start_and_says_why(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    site = Site(tmp_path / "var", f"sqlite:///{tmp_path / 'test.db'}")
    with site.worker(**settings) as process:
        code = await asyncio.to_thread(process.wait, 30)
    await site.database.close()

    assert code == 1
    assert said in site.said()
    assert "Traceback" not in site.said()
