"""`python benchmarks/logins.py`: what fifty people who sign in at once do to everybody's searches.

Two web processes with the demo catalogue; searches over two connections, alone and beside fifty sign-ins that
are always under way. Printed as a ratio of the p99 of searching, in turns, because machines are noisy.
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
from pathlib import Path

import httpx

BIN = Path(sys.executable).parent
PORT = 8933
SITE = f"http://127.0.0.1:{PORT}"
AT_ONCE = 50
SECONDS = 8.0
TURNS = 3
SEARCHES = ("타이레놀", "감기", "아세트아미노펜", "속쓰림", "ㅌㅇㄹㄴ", "xkdlfpshf", "비타민", "정")


@contextlib.contextmanager
def site() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as home:
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
            yield
        finally:
            process.terminate()
            process.wait(30)


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
    """Try one id after another, each from elsewhere, so that no limit is what is measured."""
    while time.monotonic() < until:
        name = f"u{random.getrandbits(48):x}"
        address = ".".join(str(random.randint(1, 250)) for _ in range(4))  # noqa: S311
        answer = await client.post(
            "/api/v1/account/session",
            json={"login_id": name, "password": "wrong password"},
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


def main() -> None:
    with site():
        asyncio.run(turn(0))  # warm
        ratios = []
        for _ in range(TURNS):
            alone, _ = asyncio.run(turn(0))
            beside, answers = asyncio.run(turn(AT_ONCE))
            ratios.append(beside / alone)
            rate = sum(answers.values()) / SECONDS
            print(
                f"search p99 {alone:6.1f} ms alone, {beside:6.1f} ms beside {AT_ONCE} sign-ins"
                f" ({rate:.0f} a second, {dict(answers)}): {ratios[-1]:.2f}×"
            )
        print(f"median {statistics.median(ratios):.2f}×  [at most 2×]")


if __name__ == "__main__":
    main()
