"""A few calls a day are enough, whatever happens in between, and there is never one too many."""

import asyncio
import io
import multiprocessing
import os
import random
import signal
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from pillnuts import syncing
from pillnuts.catalogue.budget import SEOUL
from pillnuts.catalogue.runs import Outcome
from pillnuts.errand import Access
from tests.gateway import KEY, Clock, Options, Serving, invented, serving
from tests.synced import SIZE, digest

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["pillnuts.syncing"])
EVENING = datetime(2026, 11, 20, 22, 30, tzinfo=SEOUL)


def access(root: Path, served: Serving, calls: int) -> Access:
    return Access(root, KEY, served.base, {}, SIZE, calls, {}, 4, 0)


async def again(
    root: Path, served: Serving, calls: int, clock: Clock, console: Console | None = None
) -> tuple[Path, Outcome]:
    """Do what a worker does each day."""
    console = console or Console(quiet=True)
    return await syncing.fetch_release(access(root, served, calls), syncing.Wish(), console, clock.now)


@pytest.mark.parametrize("calls", [4, 20])
async def test_a_small_budget_is_enough_over_some_days(tmp_path: Path, calls: int) -> None:
    clock, most, ends = Clock(), 0, []
    clock.set(EVENING)
    with serving(invented(24), Options(), clock) as served:
        calm, _ = await again(tmp_path / "calm", served, 10_000, clock)
    with serving(invented(24), Options(quota=calls), clock) as served:
        while True:
            folder, outcome = await again(tmp_path / "small", served, calls, clock)
            most = max(most, *served.gateway.today().values())
            if outcome.complete:
                break
            assert outcome.until
            ends.append(outcome.until)
            clock.set(outcome.until + timedelta(seconds=1))

    assert most == calls
    assert served.gateway.refused == {}
    # The busiest data set, DUR of products, takes 35 calls: four for each of seven kinds, seven for pairs.
    assert len(ends) == 34 // calls
    assert ends == [datetime(2026, 11, 21, tzinfo=SEOUL) + timedelta(days=n) for n in range(len(ends))]
    assert await asyncio.to_thread(digest, folder) == await asyncio.to_thread(digest, calm)


async def test_the_days_that_were_told_are_the_days_it_takes(tmp_path: Path) -> None:
    clock = Clock()
    clock.set(EVENING)
    with serving(invented(24), Options(), clock) as served:
        said = io.StringIO()
        _, outcome = await again(tmp_path / "var", served, 20, clock, Console(file=said, width=200))
        assert "하루 한도 안에서 2일 걸립니다" in said.getvalue()
        assert outcome.until
        clock.set(outcome.until)
        assert (await again(tmp_path / "var", served, 20, clock))[1].complete


def fetch_a_day(root: Path, url: str) -> None:
    told = Access(root, KEY, url, {}, SIZE, 20, {}, 4, 0)
    asyncio.run(syncing.fetch_release(told, syncing.Wish(), Console(quiet=True)))


def test_a_killed_process_has_spent_what_it_spent(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311 -- no secret
    with serving(invented(24), Options(latency=0.05)) as served:
        for _ in range(4):
            process = FORKING.Process(target=fetch_a_day, args=(tmp_path, served.base))
            process.start()
            before = served.gateway.calls.total()
            while process.is_alive() and served.gateway.calls.total() < before + 3:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.3))
            if process.is_alive() and process.pid:
                os.kill(process.pid, signal.SIGKILL)
            process.join()
        fetch_a_day(tmp_path, served.base)
        spent = served.gateway.today()

    assert 10 < max(spent.values()) <= 20
    assert served.gateway.refused == {}
