"""What a sync does against the fake gateway, which runs in a process of its own and answers without delay."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
PILLNUTS = Path(sys.executable).parent / "pillnuts"
PAGES = 200
"""Pages that a bare client gets for the yardstick."""


class Served:
    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key

    def environment(self, home: str) -> dict[str, str]:
        return os.environ | {
            "PILLNUTS_HOME": home,
            "PILLNUTS_MINISTRY_URL": self.url,
            "PILLNUTS_MINISTRY_KEY": self.key,
            "PILLNUTS_MINISTRY_SPACING_SECONDS": "0",
            "PILLNUTS_MINISTRY_DAILY_CALLS": "1000000",
        }

    def calls(self) -> int:
        answer = httpx.get(f"{self.url.removesuffix('/1471000')}/__calls", trust_env=False)
        return sum(answer.json()["calls"].values())


@contextlib.contextmanager
def gateway(data: Path) -> Iterator[Served]:
    """Run the fake gateway with the ministry's rows."""
    command = [
        sys.executable,
        "-m",
        "tests.gateway",
        "--data",
        str(data),
        "--port",
        "0",
        "--quota",
        "1000000",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = "".join(iter(process.stdout.readline, "준비되었습니다.\n")) if process.stdout else ""
            lines = said.splitlines()
            key = next(line.split(") ")[1] for line in lines if "Decoding" in line)
            yield Served(lines[-1], key)
        finally:
            process.terminate()


def bare(served: Served) -> float:
    """Give the pages a second of a client that gets label documents one after the other and looks at none."""
    path = "/DrugPrdtPrmsnInfoService07/getDrugPrdtPrmsnDtlInq06"
    with httpx.Client(trust_env=False, timeout=30) as client:
        started = time.perf_counter()
        for number in range(1, PAGES + 1):
            asked = {"serviceKey": served.key, "type": "json", "numOfRows": 100, "pageNo": number}
            client.get(f"{served.url}{path}", params=asked).raise_for_status()
        return PAGES / (time.perf_counter() - started)


class Ran:
    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(PILLNUTS), "catalogue", *arguments], env=environment, stdout=subprocess.DEVNULL
        )
        pid, ministry, self.fetched = 0, Path(environment["PILLNUTS_HOME"], "ministry"), 0.0
        while not pid:
            time.sleep(0.02)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not self.fetched and any(ministry.glob("*/.complete")):
                self.fetched = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{arguments} ended with {process.returncode}")
        self.seconds = time.perf_counter() - started
        self.peak = usage.ru_maxrss / 1000
        """MB."""


def measure(data: Path, home: str) -> Iterator[tuple[str, str, str, str]]:
    """Give lines for the table: title, figure, goal, note."""
    with gateway(data) as served:
        before = bare(served)
        begun = served.calls()
        fetched = Ran(["sync"], served.environment(f"{home}/sync"))
        calls = served.calls() - begun
        after = bare(served)
        [run] = Path(home, "sync", "ministry").glob("1-release-*")
        loaded = Ran(["import", str(run)], served.environment(f"{home}/again"))
        told = json.loads((run / ".run.json").read_bytes())["operations"].values()
        rows = sum(operation["done"]["rows"] for operation in told)
    products = _count(Path(home, "sync", "pillnuts.db"))
    bare_rate, seconds = (before + after) / 2, fetched.fetched
    yield (
        "sync of everything",
        f"{fetched.seconds:6.1f} s",
        "",
        f"{rows:,} rows fetched in {seconds:.1f} s, {rows / seconds:,.0f} rows/s",
    )
    yield (
        "  its calls",
        f"{calls / seconds / bare_rate:6.2f} of bare",
        "",
        f"{calls:,} calls, {calls / seconds:,.0f} of {bare_rate:,.0f} calls/s",
    )
    yield ("  its memory at most", f"{fetched.peak:6.0f} MB", "≤ 400", "")
    yield (
        "a fetched run parsed and loaded",
        f"{loaded.seconds:6.1f} s",
        "≤ 60",
        f"{products / loaded.seconds:,.0f} products/s, at most {loaded.peak:.0f} MB",
    )


def _count(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM product").fetchone()[0])
