"""The worker: what is due is fetched and loaded once, whoever dies meanwhile, and what fails is told."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from pillnuts import releases
from pillnuts.catalogue import journal, queries
from pillnuts.catalogue.journal import Entry, Kind, State
from pillnuts.errand import Access, Errand
from pillnuts.kernel import locks
from pillnuts.kernel.db import Database
from pillnuts.kernel.schedule import SEOUL
from pillnuts.migrating import migrate
from pillnuts.worker import Syncing
from tests.clocks import FileClock
from tests.gateway import KEY, Clock, Ministry, Options, Serving, invented, serving
from tests.gateway.operations import OPERATIONS, PERMIT_LIST, Packed

COMMAND = Path(sys.executable).parent / "pillnuts"
WEDNESDAY = datetime(2026, 11, 25, 12, 0, tzinfo=SEOUL)
T = TypeVar("T")


def ask(address: str, question: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(address)
        try:
            return await question(database)
        finally:
            await database.close()

    return asyncio.run(run())


async def entries(database: Database) -> list[Entry]:
    async with database.reading() as session:
        return await journal.last(session)


async def release(database: Database) -> tuple[int, str, int] | None:
    """Number, digest and size of the release in the database."""
    async with database.reading() as session:
        found = await queries.current(session)
    return (found.number, found.digest, found.product_count) if found else None


# ── as processes ──────────────────────────────────────────────────────────────────────────────


class Site:
    """A home folder on a database, and commands run on it."""

    def __init__(self, home: Path, address: str, gateway: str, **settings: str) -> None:
        self.address = address
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
        self.environment = kept | {
            "PILLNUTS_HOME": str(home),
            "PILLNUTS_DATABASE_URL": address,
            "PILLNUTS_SECRET": "Zk3-of-nobody-" * 3,
            "PILLNUTS_MINISTRY_URL": gateway,
            "PILLNUTS_MINISTRY_KEY": KEY,
            "PILLNUTS_MINISTRY_SPACING_SECONDS": "0",
            "PILLNUTS_WORKER_POLL_SECONDS": "0.3",
            "COLUMNS": "200",
            **settings,
        }
        self.folder = home.parent
        migrate(address)

    @contextmanager
    def running(self, *words: str, name: str = "log") -> Iterator[subprocess.Popen[bytes]]:
        """Run a command in the background; what it says goes to a file."""
        with (self.folder / name).open("wb") as log:
            process = subprocess.Popen(
                [COMMAND, *words], cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(60)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def entries(self) -> list[Entry]:
        return ask(self.address, entries)

    def release(self) -> tuple[int, str, int] | None:
        return ask(self.address, release)

    def said(self, name: str = "log") -> str:
        return (self.folder / name).read_text()


def wait(good: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not good():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.1)


def done(site: Site) -> bool:
    return any(entry.state is State.DONE for entry in site.entries())


@pytest.mark.database
def test_of_two_workers_started_together_one_runs(tmp_path: Path, database_url: str) -> None:
    with serving(invented(12)) as served, ExitStack() as stack:
        site = Site(tmp_path / "var", database_url, served.base)
        workers = [stack.enter_context(site.running("worker", name=f"log{n}")) for n in range(2)]
        wait(lambda: done(site))
        calls = dict(served.gateway.calls)
        time.sleep(1.5)  # several looks
        assert [entry.state for entry in site.entries()] == [State.DONE]
        assert dict(served.gateway.calls) == calls
        assert site.entries()[0].calls == sum(calls.values())
        found = site.release()
        assert found is not None
        assert (found[0], site.entries()[0].release) == (1, 1)
        for worker in workers:
            worker.terminate()
        assert [worker.wait(20) for worker in workers] == [0, 0]
    said = [(tmp_path / f"log{n}").read_text() for n in range(2)]
    assert sum("sync begins" in text for text in said) == 1
    assert KEY not in "".join(said)


@pytest.mark.parametrize("whom", ["the worker", "its child"])
def test_another_worker_takes_over_from_one_that_is_killed(tmp_path: Path, whom: str) -> None:
    ministry = invented(40)
    with serving(ministry) as served:
        calm = Site(tmp_path / "calm" / "var", f"sqlite:///{tmp_path}/calm.db", served.base)
        (tmp_path / "calm").mkdir()
        assert calm.run("catalogue", "sync").returncode == 0
    with serving(ministry, Options(latency=0.15)) as served, ExitStack() as stack:
        site = Site(tmp_path / "var", f"sqlite:///{tmp_path}/test.db", served.base)
        first = stack.enter_context(site.running("worker", name="first"))
        wait(lambda: served.gateway.calls.total() > 8)
        stack.enter_context(site.running("worker", name="second"))
        held = ask(site.address, _holder)
        assert held is not None
        os.kill(first.pid if whom == "the worker" else held.process.pid, signal.SIGKILL)
        wait(lambda: done(site))
    states = [entry.state for entry in site.entries()]
    assert states == [State.DONE, State.STOPPED]
    assert site.entries()[0].by != site.entries()[1].by
    assert site.release() == calm.release()
    if whom == "its child":
        assert '"about":"catalogue sync died"' in site.said("first")


async def _holder(database: Database) -> locks.Holder | None:
    async with database.reading() as session:
        return await locks.holder(session, journal.LOCK)


def test_a_worker_that_is_told_to_end_leaves_its_run_to_the_next(tmp_path: Path) -> None:
    with serving(invented(40), Options(latency=0.15)) as served:
        site = Site(tmp_path / "var", f"sqlite:///{tmp_path}/test.db", served.base)
        with site.running("worker") as worker:
            wait(lambda: served.gateway.calls.total() > 8)
            worker.terminate()
            assert worker.wait(20) == 0
        [entry] = site.entries()
        assert entry.state is State.STOPPED
        assert ask(site.address, _holder) is None


def test_without_a_key_a_worker_says_so_once_and_goes_on(tmp_path: Path) -> None:
    site = Site(
        tmp_path / "var",
        f"sqlite:///{tmp_path}/test.db",
        "http://127.0.0.1:9",
        PILLNUTS_MINISTRY_KEY="",
        PILLNUTS_WORKER_METRICS_PORT="8962",
    )
    with site.running("worker") as worker:
        wait(lambda: "no key" in site.said())
        time.sleep(1)
        metrics = httpx.get("http://127.0.0.1:8962/metrics", trust_env=False).text
        assert worker.poll() is None
    assert site.said().count("no key for the ministry") == 1
    assert "pillnuts_sync_without_key 1.0" in metrics
    assert "pillnuts_sync_next_timestamp_seconds 0.0" in metrics
    assert site.entries() == []


def test_by_hand_is_refused_while_another_changes_the_catalogue(tmp_path: Path) -> None:
    with serving(invented(12)) as served:
        site = Site(tmp_path / "var", f"sqlite:///{tmp_path}/test.db", served.base)
        with locks.holding(site.address, journal.LOCK):
            for words in (["sync"], ["demo"], ["import", str(tmp_path)]):
                refused = site.run("catalogue", *words)
                assert refused.returncode == 1
                assert f"(프로세스 {os.getpid()})이" in refused.stderr
                assert "부터 자료를 바꾸고 있습니다" in refused.stderr
        assert not served.gateway.calls
        assert site.run("catalogue", "sync").returncode == 0
        assert [(entry.kind, entry.state) for entry in site.entries()] == [(Kind.SYNC, State.DONE)]


def test_serve_keeps_web_and_worker_running(tmp_path: Path) -> None:
    site = Site(
        tmp_path / "var", f"sqlite:///{tmp_path}/test.db", "http://127.0.0.1:9", PILLNUTS_MINISTRY_KEY=""
    )
    address = "http://127.0.0.1:8963"
    with site.running("serve", "--port", "8963") as serve:
        wait(lambda: up(address) and len(children(serve.pid)) == 2)
        # The port of the command line is the one that the site takes for its own.
        form = httpx.post(f"{address}/api/v1/account/session", json={}, headers={"origin": address})
        assert form.status_code == 422
        before = children(serve.pid)
        os.kill(before["worker"], signal.SIGKILL)
        assert up(address)
        wait(lambda: children(serve.pid).get("worker") not in {None, before["worker"]})
        assert children(serve.pid)["web"] == before["web"]
        os.kill(before["web"], signal.SIGKILL)
        wait(lambda: up(address))
        after = children(serve.pid)
        assert after["web"] != before["web"]
        serve.terminate()
        assert serve.wait(30) == 0
        assert not up(address)
        assert not any(Path(f"/proc/{pid}").exists() for pid in after.values())


def test_what_serve_started_ends_with_it(tmp_path: Path) -> None:
    site = Site(
        tmp_path / "var", f"sqlite:///{tmp_path}/test.db", "http://127.0.0.1:9", PILLNUTS_MINISTRY_KEY=""
    )
    with site.running("serve", "--port", "8964") as serve:
        wait(lambda: up("http://127.0.0.1:8964"))
        started = children(serve.pid)
        serve.kill()
        wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started.values()))


def test_a_schedule_that_is_none_is_said_at_once(tmp_path: Path) -> None:
    site = Site(
        tmp_path / "var",
        f"sqlite:///{tmp_path}/test.db",
        "http://127.0.0.1:9",
        PILLNUTS_SYNC_SCHEDULE="tuesdays",
    )
    for command in ("worker", "serve"):
        refused = site.run(command)
        assert refused.returncode == 1
        assert "PILLNUTS_SYNC_SCHEDULE: ‘tuesdays’는 일정이 아닙니다." in refused.stderr


def up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", trust_env=False, timeout=2).is_success
    except httpx.HTTPError:
        return False


def children(pid: int) -> dict[str, int]:
    """Give the commands that a process started, and their numbers."""
    found: dict[str, int] = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found |= {word: int(child) for word in words if word in {"web", "worker"}}
    return found


# ── look by look ──────────────────────────────────────────────────────────────────────────────


class Bench:
    """A worker's look at the catalogue, with a clock to move, and the gateway it asks."""

    def __init__(self, folder: Path, served: Serving, clock: FileClock, ministry_clock: Clock) -> None:
        self.served = served
        self.clock = clock
        self.ministry_clock = ministry_clock
        self.registry = CollectorRegistry()
        self.errand = Errand(
            f"sqlite:///{folder}/test.db",
            folder / "releases",
            Access(folder / "ministry", KEY, served.base, {}, 100, 1000, {}, 4, 0),
            "0 2 * * tue",
            60,
            "info",
            "json",
            clock,
        )
        self.database = Database(self.errand.database)
        self.worker = Syncing(self.errand, self.database, self.registry)

    def again(self, **changes: object) -> None:
        """Start the worker anew, with another errand."""
        self.errand = replace(self.errand, **changes)  # type: ignore[arg-type]
        self.registry = CollectorRegistry()
        self.worker = Syncing(self.errand, self.database, self.registry)

    def forward(self, **amount: float) -> None:
        self.clock.forward(**amount)
        self.ministry_clock.forward(**amount)

    async def look(self) -> list[State]:
        """Look once; gives the states of the journal, newest first."""
        await self.worker.look()
        return [entry.state for entry in await entries(self.database)]

    async def next_start(self) -> datetime | None:
        async with self.database.reading() as session:
            syncs = await journal.last(session, Kind.SYNC)
        return journal.next_start(self.worker._schedule, syncs, self.clock())

    def metric(self, name: str) -> float:
        lines = generate_latest(self.registry).decode().splitlines()
        [value] = [line.split()[-1] for line in lines if line.startswith(f"{name} ")]
        return float(value)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A site on Wednesday noon that never synced, and a ministry of twenty products."""
    clock, ministry_clock = FileClock(tmp_path / "clock"), Clock()
    clock.set(WEDNESDAY)
    ministry_clock.set(WEDNESDAY)
    await asyncio.to_thread(migrate, f"sqlite:///{tmp_path}/test.db")
    with serving(invented(20), Options(), ministry_clock) as served:
        bench = Bench(tmp_path, served, clock, ministry_clock)
        yield bench
        await bench.database.close()


async def test_a_site_that_never_synced_does_so_at_once_and_then_on_tuesday(bench: Bench) -> None:
    assert await bench.look() == [State.DONE]
    calls = bench.served.gateway.calls.total()
    assert await bench.next_start() == datetime(2026, 12, 1, 2, 0, tzinfo=SEOUL)
    assert bench.metric("pillnuts_sync_next_timestamp_seconds") < bench.clock().timestamp() + 7 * 86400
    assert bench.metric("pillnuts_sync_last_success_timestamp_seconds") > WEDNESDAY.timestamp() - 1
    bench.forward(days=5, hours=13, minutes=59)
    assert await bench.look() == [State.DONE]
    assert bench.served.gateway.calls.total() == calls
    bench.forward(minutes=2)
    assert await bench.look() == [State.DONE, State.DONE]
    assert bench.served.gateway.calls.total() > calls
    assert await bench.next_start() == datetime(2026, 12, 8, 2, 0, tzinfo=SEOUL)


async def test_what_was_missed_while_no_worker_ran_is_done_once(bench: Bench) -> None:
    await bench.look()
    bench.forward(days=23)
    assert await bench.look() == [State.DONE, State.DONE]
    assert await bench.look() == [State.DONE, State.DONE]


async def test_a_budget_of_few_calls_is_used_day_by_day_until_all_is_there(bench: Bench) -> None:
    bench.again(access=replace(bench.errand.access, daily_calls=3))
    bench.served.gateway.options.quota = 3
    days = 0
    while (states := await bench.look()) == [State.WAITING]:
        assert await release(bench.database) is None
        until = await bench.next_start()
        assert until is not None
        assert (until.astimezone(SEOUL).hour, until.astimezone(SEOUL).minute) == (0, 0)
        assert await bench.look() == [State.WAITING]
        calls = bench.served.gateway.calls.total()
        bench.clock.set(until - timedelta(seconds=30))
        bench.ministry_clock.set(until - timedelta(seconds=30))
        await bench.look()
        assert bench.served.gateway.calls.total() == calls, "not before midnight"
        bench.forward(minutes=1)
        days += 1
        assert days < 10
    assert states == [State.DONE]
    assert days >= 2
    found = await release(bench.database)
    assert found is not None
    assert found[2] > 0
    [entry] = await entries(bench.database)
    assert entry.calls == bench.served.gateway.calls.total() - sum(bench.served.gateway.refused.values())


def half_lost(ministry: Ministry) -> list[tuple[list[Packed], list[Packed]]]:
    """Let half of the products disappear from every operation; gives each table, and what was in it."""
    lost = []
    gone = {row["ITEM_SEQ"] for row in ministry.rows(PERMIT_LIST)[::2]}
    for operation in OPERATIONS:
        table = ministry.table(operation)
        lost.append((table, list(table)))
        item = operation.item_field or ""
        table[:] = [row for row in table if operation.unpack(row).get(item) not in gone]
    return lost


async def test_a_release_that_shrinks_is_refused_and_the_old_one_stays(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    await bench.look()
    before = await release(bench.database)
    lost = half_lost(bench.served.gateway.ministry)
    bench.forward(days=7)
    capfd.readouterr()
    assert await bench.look() == [State.REFUSED, State.DONE]
    said = capfd.readouterr().out
    assert '"event":"alert"' in said
    assert '"about":"catalogue sync refused"' in said
    assert '"level":"error"' in said
    assert await release(bench.database) == before
    assert bench.metric("pillnuts_sync_failures") == 1
    assert bench.metric('pillnuts_sync_state{state="refused"}') == 1
    newest, _ = await entries(bench.database)
    assert newest.reason is not None
    assert "크게 줄었습니다" in newest.reason
    calls = bench.served.gateway.calls.total()
    bench.forward(days=1)
    assert len(await bench.look()) == 2, "the same again would be refused again"
    assert bench.served.gateway.calls.total() == calls
    for table, rows in lost:
        table[:] = rows
    bench.forward(days=6)
    assert await bench.look() == [State.DONE, State.REFUSED, State.DONE]
    assert bench.metric("pillnuts_sync_failures") == 0


async def test_a_failure_is_told_and_tried_again_later_and_later(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    bench.again(access=replace(bench.errand.access, key="wrong"))
    assert await bench.look() == [State.FAILED]
    said = capfd.readouterr().out
    assert '"about":"catalogue sync failed"' in said
    assert "등록되지 않은 인증키" in said
    assert await bench.look() == [State.FAILED]
    bench.forward(minutes=16)
    assert await bench.look() == [State.FAILED] * 2
    bench.forward(minutes=16)
    assert await bench.look() == [State.FAILED] * 2
    assert bench.metric("pillnuts_sync_failures") == 2
    bench.forward(minutes=16)
    bench.again(access=replace(bench.errand.access, key=KEY))
    assert await bench.look() == [State.DONE, State.FAILED, State.FAILED]


async def test_without_a_schedule_nothing_is_ever_fetched(bench: Bench) -> None:
    bench.again(schedule="")
    assert await bench.look() == []
    assert not bench.served.gateway.calls


async def test_the_snapshot_of_a_sync_is_there_for_the_web_process(bench: Bench) -> None:
    await bench.look()
    opened = releases.snapshots(bench.errand.releases).open_latest()
    assert opened is not None
    found = await release(bench.database)
    assert found is not None
    assert (opened.number, opened.part("catalogue").product_count) == (1, found[2])
