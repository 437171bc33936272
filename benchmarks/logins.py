"""`python benchmarks/logins.py`: what fifty people who sign in at once do to everybody's searches.

Two web processes; searches over two connections, alone and beside fifty sign-ins that are always under way.
Printed as a ratio of the p99 of searching, in turns, because machines are noisy. By itself it takes the demo
catalogue; `make bench` runs it on the ministry's data.
"""

import asyncio
import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from pillnuts.accounts import people
from pillnuts.accounts.hashing import Passwords
from pillnuts.accounts.roles import Role
from pillnuts.kernel.db import Database

BIN = Path(sys.executable).parent
PORT = 8933
SITE = f"http://127.0.0.1:{PORT}"
AT_ONCE = 50
SECONDS = 8.0
TURNS = 3
PASSWORD = "fifty squirrels at one door"  # noqa: S105 -- of nobody
MEMBERS = [f"member{number}" for number in range(500)]
SEARCHES = ("타이레놀", "감기", "아세트아미노펜", "속쓰림", "ㅌㅇㄹㄴ", "xkdlfpshf", "비타민", "정")


@contextlib.contextmanager
def site(home: str) -> Iterator[None]:
    environment = os.environ | {
        "PILLNUTS_HOME": home,
        "PILLNUTS_WEB_PROCESSES": "2",
        "PILLNUTS_LOG_LEVEL": "error",
        "PILLNUTS_CACHE_BYTES": "0",  # every search is really searched
    }
    command = [BIN / "pillnuts", "serve", "--port", str(PORT)]
    process = subprocess.Popen(command, env=environment, cwd=home)
    try:
        wait()
        asyncio.run(let_people_join(home))
        yield
    finally:
        process.terminate()
        process.wait(30)


async def let_people_join(home: str) -> None:
    """Members with one password; its hash costs what it costs on the site."""
    database, passwords = Database(f"sqlite:///{Path(home) / 'pillnuts.db'}"), Passwords()
    hashed = await passwords.hash(PASSWORD)
    async with database.writing() as session:
        for login_id in MEMBERS:
            if await people.by_login_id(session, login_id) is None:
                await people.make(
                    session, login_id=login_id, password_hash=hashed, role=Role.USER, now=datetime.now(UTC)
                )
    passwords.close()
    await database.close()


def wait() -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{SITE}/readyz", trust_env=False).is_success:
                return
        time.sleep(0.3)
    raise TimeoutError("the site did not start")


async def search(client: httpx.AsyncClient, until: float, took: list[float]) -> None:
    """Search like a reader: a little pause after each."""
    while time.monotonic() < until:
        started = time.perf_counter()
        parameters = {"q": random.choice(SEARCHES), "page": random.randint(1, 3)}  # noqa: S311
        (await client.get("/api/v1/products", params=parameters)).raise_for_status()
        took.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(0.005)


async def sign_in(client: httpx.AsyncClient, until: float, answers: Counter[int]) -> None:
    """Sign one member in after another, each from elsewhere, so that no limit is what is measured."""
    while time.monotonic() < until:
        name = random.choice(MEMBERS)  # noqa: S311
        address = ".".join(str(random.randint(1, 250)) for _ in range(4))  # noqa: S311
        answer = await client.post(
            "/api/v1/account/session",
            json={"login_id": name, "password": PASSWORD},
            headers={"X-Forwarded-For": address},
        )
        answers[answer.status_code] += 1


async def turn(people: int) -> tuple[float, Counter[int]]:
    """The p99 of searching in milliseconds, and how the sign-ins were answered."""
    took: list[float] = []
    answers: Counter[int] = Counter()
    until = time.monotonic() + SECONDS
    limits = httpx.Limits(max_connections=AT_ONCE + 2)
    async with httpx.AsyncClient(base_url=SITE, trust_env=False, timeout=60, limits=limits) as client:
        await asyncio.gather(
            *(search(client, until, took) for _ in range(2)),
            *(sign_in(client, until, answers) for _ in range(people)),
        )
    return statistics.quantiles(took, n=100)[98], answers


def measure(home: str) -> Iterator[tuple[str, str, str, str]]:
    """Lines for the bench: title, figure, goal, and what is behind it."""
    with site(home):
        asyncio.run(turn(0))  # warm
        turns = [(asyncio.run(turn(0))[0], *asyncio.run(turn(AT_ONCE))) for _ in range(TURNS)]
    ratio = statistics.median(beside / alone for alone, beside, _ in turns)
    spans = ", ".join(f"{alone:.0f} → {beside:.0f} ms" for alone, beside, _ in turns)
    yield f"search p99 beside {AT_ONCE} sign-ins", f"{ratio:6.2f} of alone", "≤ 2", spans
    answers = sum((answers for _, _, answers in turns), Counter[int]())
    rate = answers.total() / SECONDS / TURNS
    yield (
        "sign-ins that succeed meanwhile",
        f"{answers[200] / answers.total():6.1%}",
        "≥ 99 %",
        f"{rate:.0f}/s",
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        for line in measure(home):
            print(*line, sep="   ")


if __name__ == "__main__":
    main()
