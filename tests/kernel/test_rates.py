"""How often is often: in one process, in several that share Redis, and when Redis is away."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from structlog.testing import capture_logs

from pillnuts.kernel.errors import Unavailable
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.rates import Limit, Rates, TooMany, spoken

REDIS = "redis://127.0.0.1:6379/9"
OURS = "a secret of this site"
TAKER = """
import asyncio, json, sys
from pillnuts.kernel.rates import Limit, Rates, TooMany

async def main():
    rates, taken = Rates(sys.argv[1], secret="a secret of this site"), 0
    for _ in range(30):
        try:
            await rates.take(Limit(sys.argv[2], 20, 60), "one person")
            taken += 1
        except TooMany:
            pass
    await rates.close()
    print(json.dumps(taken))

asyncio.run(main())
"""


@pytest.fixture
def name() -> str:
    """Nobody else counts under it."""
    return uuid4().hex


@pytest.fixture
def redis_server() -> Iterator["redis.Redis"]:
    with closing(redis.Redis.from_url(REDIS)) as server:
        try:
            server.ping()
        except redis.ConnectionError:
            if os.environ.get("CI", "").lower() in {"1", "true"}:
                pytest.fail("redis does not answer, and in CI it must")
            pytest.skip("NOT TESTED: redis does not answer on this machine")
        yield server
        server.flushdb()


@pytest.fixture(params=["memory", "redis"])
async def rates(request: pytest.FixtureRequest) -> AsyncIterator[Rates]:
    if request.param == "redis":
        request.getfixturevalue("redis_server")
    made = Rates(REDIS, secret=OURS) if request.param == "redis" else Rates(None)
    yield made
    await made.close()


async def test_one_too_many_is_refused_and_told_when_to_come_back(rates: Rates, name: str) -> None:
    limit = Limit(name, 2, 180)
    await rates.take(limit, "010")
    await rates.take(limit, "010")

    with pytest.raises(TooMany) as refused:
        await rates.take(limit, "010")

    assert refused.value.status == 429
    assert refused.value.code == "too_many_requests"
    assert 170 < int(refused.value.headers["Retry-After"]) <= 180
    assert refused.value.detail == "너무 자주 요청하셨습니다. 3분 뒤에 다시 시도해 주세요."


async def test_each_key_and_each_limit_is_counted_for_itself(rates: Rates, name: str) -> None:
    await rates.take(Limit(name, 1, 60), "a", "b")

    await rates.take(Limit(name, 1, 60), "ab")
    await rates.take(Limit(name, 1, 60), "a")
    await rates.take(Limit(name + "2", 1, 60), "a", "b")


async def test_a_refusal_does_not_make_the_wait_longer(rates: Rates, name: str) -> None:
    limit = Limit(name, 1, 1)
    await rates.take(limit)
    for _ in range(3):
        with pytest.raises(TooMany):
            await rates.take(limit)
        await asyncio.sleep(0.2)
    await asyncio.sleep(0.6)

    await rates.take(limit)


async def test_what_is_left_can_be_asked_without_taking(rates: Rates, name: str) -> None:
    limit = Limit(name, 3, 60)
    await rates.take(limit, "x")

    assert [await rates.left(limit, "x"), await rates.left(limit, "x")] == [2, 2]


async def test_no_more_than_allowed_pass_at_once(rates: Rates, name: str) -> None:
    outcomes = await asyncio.gather(
        *(rates.take(Limit(name, 7, 60), "x") for _ in range(40)), return_exceptions=True
    )

    assert sum(outcome is None for outcome in outcomes) == 7
    assert {type(outcome) for outcome in outcomes if outcome} == {TooMany}


@pytest.mark.usefixtures("redis_server")
def test_two_processes_share_one_count(name: str) -> None:
    takers = [
        subprocess.Popen([sys.executable, "-c", TAKER, REDIS, name], stdout=subprocess.PIPE) for _ in "12"
    ]
    taken = [json.loads(taker.communicate(timeout=60)[0]) for taker in takers]

    assert sum(taken) == 20


async def test_redis_is_told_no_number(redis_server: "redis.Redis", name: str) -> None:
    rates = Rates(REDIS, secret=OURS)
    await rates.take(Limit(name, 5, 60), "01012345678", "192.0.2.7")
    await rates.close()

    kept = b" ".join(redis_server.scan_iter("*"))
    assert name.encode() in kept
    assert b"0101234" not in kept
    assert b"192.0" not in kept


def test_a_shared_count_wants_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        Rates(REDIS)


async def test_without_redis_each_process_counts_for_itself_but_no_money_is_spent(name: str) -> None:
    metrics = Metrics()
    rates = Rates(f"redis://:hidden@127.0.0.1:{_closed_port()}/0", secret=OURS, metrics=metrics)
    with capture_logs() as lines:
        await rates.take(Limit(name, 1, 60), "x")
        with pytest.raises(TooMany):
            await rates.take(Limit(name, 1, 60), "x")
        assert await rates.left(Limit(name, 1, 60), "x") == 0
        with pytest.raises(Unavailable) as refused:
            await rates.take(Limit("sms", 100, 60, money=True), "x")
    await rates.close()

    assert refused.value.headers["Retry-After"] == "5"
    assert [line["event"] for line in lines] == ["redis does not count"]  # then it is left alone for a while
    assert "hidden" not in str(lines)
    assert b"pillnuts_rate_limit_store_failures_total 1.0" in metrics.text()


async def test_money_is_not_spent_at_the_very_call_that_finds_redis_away(name: str) -> None:
    rates = Rates(f"redis://127.0.0.1:{_closed_port()}/0", secret=OURS)

    with pytest.raises(Unavailable):
        await rates.take(Limit(name, 100, 60, money=True), "x")
    await rates.close()


async def test_redis_is_asked_again_when_it_is_back(tmp_path: Path, name: str) -> None:
    port = _closed_port()
    rates = Rates(f"redis://127.0.0.1:{port}/0", secret=OURS)
    rates._rest_seconds = 0.1
    limit = Limit(name, 1, 60, money=True)
    with pytest.raises(Unavailable):
        await rates.take(limit, "x")
    with _redis_on(port, tmp_path):
        await asyncio.sleep(0.2)
        await rates.take(limit, "x")
        with pytest.raises(TooMany):
            await rates.take(limit, "x")
        await rates.close()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1초"), (59, "59초"), (60, "1분"), (61, "2분"), (3600, "60분"), (3601, "2시간"), (86400, "24시간")],
)
def test_a_span_is_said_as_people_do(seconds: int, words: str) -> None:
    assert spoken(seconds) == words


def _closed_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port: int = listening.getsockname()[1]
        return port


class _redis_on:  # noqa: N801 -- used like a function
    def __init__(self, port: int, folder: Path) -> None:
        self._command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(folder)]
        self._port = port

    def __enter__(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        with closing(redis.Redis(port=self._port)) as server:
            for _ in range(100):
                try:
                    server.ping()
                except redis.ConnectionError:
                    subprocess.run(["sleep", "0.05"], check=True)
                else:
                    return

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
