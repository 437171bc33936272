"""A sync that is killed again and again ends as one left in peace does, and readers never see half of it."""

import itertools
import multiprocessing
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx

from pillnuts.catalogue import archive
from pillnuts.cli.app import app
from tests.gateway import KEY, Ministry, Options, Serving, invented, serving
from tests.gateway.operations import PERMIT_DETAIL, PERMIT_LIST

KILLS = 20
PRODUCTS = 30
SEED = 20261123

FORKING = multiprocessing.get_context("forkserver")
"""A command of its own would spend most of its life on imports."""
FORKING.set_forkserver_preload(
    ["pillnuts.cli.app", "pillnuts.running", "pillnuts.migrating", "pillnuts.status"]
)


_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND


def sync(environment: dict[str, str]) -> None:
    """Be `pillnuts catalogue sync`, and nothing else."""
    os.environ.clear()
    os.environ.update(environment)
    for stream in (1, 2):
        os.dup2(os.open(Path(environment["PILLNUTS_HOME"]).with_suffix(".log"), _APPEND), stream)
    app(["catalogue", "sync"])


class Home:
    """A folder of its own, and the command run in it."""

    def __init__(self, folder: Path, served: Serving) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
        self.environment = kept | {
            "PILLNUTS_HOME": str(folder),
            "PILLNUTS_LOG_LEVEL": "error",
            "PILLNUTS_MINISTRY_KEY": KEY,
            "PILLNUTS_MINISTRY_URL": served.base,
            "PILLNUTS_MINISTRY_PAGE_SIZE": "10",
            "PILLNUTS_MINISTRY_SPACING_SECONDS": "0",
            "PILLNUTS_MINISTRY_DAILY_CALLS": "1000000",
            "PILLNUTS_SNAPSHOT_POLL_SECONDS": "0.2",
        }

    def start(self) -> BaseProcess:
        process = FORKING.Process(target=sync, args=(self.environment,), daemon=True)
        process.start()
        return process

    def sync(self) -> None:
        process = self.start()
        process.join(60)
        assert process.exitcode == 0

    def release(self) -> tuple[int, str]:
        """Number and digest of the newest release; 0: there is none."""
        if not (self.folder / "pillnuts.db").exists():
            return 0, ""
        with closing(sqlite3.connect(self.folder / "pillnuts.db")) as database:
            query = "SELECT number, digest FROM catalogue_release ORDER BY number DESC LIMIT 1"
            number, digest = database.execute(query).fetchone() or (0, "")
        return number, digest

    def pages(self) -> int:
        return sum(len(files) for _, _, files in os.walk(self.folder / "ministry"))

    def complete(self) -> bool:
        return archive.to_load(self.folder / "ministry") is not None


def begin_era(ministry: Ministry, era: int) -> None:
    """Give every product a new name, and one product more."""
    for row in ministry.rows(PERMIT_DETAIL):
        name = f"{era}판 {(row['ITEM_NAME'] or '').rpartition(' ')[2]}"
        for operation in (PERMIT_LIST, PERMIT_DETAIL):
            ministry.change(operation, {"ITEM_SEQ": row["ITEM_SEQ"]}, ITEM_NAME=name)
    added = ministry.rows(PERMIT_DETAIL)[0] | {"ITEM_SEQ": f"2099000{era:02}", "ITEM_NAME": f"{era}판 덤정"}
    ministry.add(PERMIT_DETAIL, **added)
    ministry.add(PERMIT_LIST, **added, PRDLST_STDR_CODE=added["ITEM_SEQ"])


class Reader:
    """Asks a web process for all there is, all the time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.answers = 0
        self.eras: list[int] = []
        self.wrong: list[str] = []
        self._stop = threading.Event()

    def read(self) -> None:
        with httpx.Client(base_url=self._url, trust_env=False, timeout=10) as client:
            while not self._stop.wait(0.01):
                asked = {"q": "", "withdrawn": "true", "size": "100", "sort": "name"}
                answer = client.get("/api/v1/products", params=asked)
                self.answers += 1
                self._judge(answer)

    def _judge(self, answer: httpx.Response) -> None:
        if answer.status_code != httpx.codes.OK:
            self.wrong.append(f"{answer.status_code} {answer.text[:200]}")
            return
        found = answer.json()
        [era, *others] = {int(item["name"].partition("판")[0]) for item in found["items"]}
        if others or found["total"] != PRODUCTS + era or len(found["items"]) != found["total"]:
            self.wrong.append(f"{found['total']} products, eras {[era, *others]}")
        if not self.eras or self.eras[-1] != era:
            self.eras.append(era)

    @contextmanager
    def reading(self) -> Iterator[None]:
        thread = threading.Thread(target=self.read, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(20)


@contextmanager
def web(home: Home) -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "pillnuts"), "web", "--port", str(port)]
    process = subprocess.Popen(command, cwd=home.folder.parent, env=home.environment)
    try:
        for _ in range(600):
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait(process: BaseProcess, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while process.is_alive() and not until() and time.monotonic() < deadline:
        time.sleep(0.002)


def lingering(home: Home, process: BaseProcess, aim: str, chance: random.Random) -> float:
    """Wait until a phase begins; gives how many seconds of it are to pass."""
    match aim:
        case "fetch":
            pages = home.pages()
            wait(process, lambda: home.pages() > pages)
            return chance.uniform(0, 0.4)
        case "load":
            wait(process, home.complete)
            return chance.uniform(0, 0.5)
        case "index":
            before = home.release()[0]
            wait(process, lambda: home.release()[0] > before)
            return chance.uniform(0, 0.1)
        case _:
            return chance.uniform(0, 1.5)


def test_killed_twenty_times_it_ends_the_same_and_never_serves_half(tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 -- no secret
    ministry, options = invented(PRODUCTS), Options(latency=0.004)
    begin_era(ministry, era := 1)
    phases: Counter[str] = Counter()
    with serving(ministry, options) as served:
        home = Home(tmp_path / "var", served)
        home.sync()
        with web(home) as url, (reader := Reader(url)).reading():
            begin_era(ministry, era := 2)
            for aim in itertools.cycle(("any", "fetch", "load", "index")):
                if phases.total() == KILLS:
                    break
                before = home.release()[0]
                process = home.start()
                time.sleep(lingering(home, process, aim, chance))
                if process.is_alive() and process.pid:
                    os.kill(process.pid, signal.SIGKILL)
                process.join()
                if process.exitcode == 0:  # it was quicker: there has to be something new to do
                    begin_era(ministry, era := era + 1)
                    continue
                assert process.exitcode == -signal.SIGKILL
                phase = "index" if home.release()[0] > before else "load" if home.complete() else "fetch"
                phases[phase] += 1
            home.sync()
            deadline = time.monotonic() + 20
            while reader.eras[-1] != era and time.monotonic() < deadline:
                time.sleep(0.05)
        calm = Home(tmp_path / "calm", served)
        calm.sync()

    print(  # noqa: T201 -- shown when it fails
        f"seed {SEED}: {dict(phases)}, {reader.answers} answers, eras {reader.eras}"
    )
    assert home.release()[1] == calm.release()[1]
    assert reader.wrong == []
    assert reader.eras == sorted(reader.eras)
    assert reader.eras[-1] == era
    assert reader.answers > KILLS
    assert set(phases) == {"fetch", "load", "index"}
