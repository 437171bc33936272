"""`make bench`: import, index, memory, throughput and sign-ins on the ministry's real data.

Throughput is printed as a ratio to an empty endpoint of the same framework, measured right before and after
in the same run, because machines are noisy. Figures in brackets are what the project means to reach.
"""

import argparse
import contextlib
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import logins
import sync
from load import drive
from pillnuts.search.found import Query
from pillnuts.search.index import Index

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SITE, HELLO = "http://127.0.0.1:8931", "http://127.0.0.1:8932"
LOGINS = "search beside sign-ins"
ONE_SYLLABLE = ("정", "이", "스", "라", "제")
TYPICAL = (
    *(
        "타이레놀",
        "타이레",
        "게보린",
        "ㅌㅇㄹㄴ",
        "xkdlfpshf",
        "아세트아미노펜",
        "ibuprofen",
        "진통제",
        "속쓰림",
        "감기",
    ),
    *(
        "유한 아스피린",
        "타이레놀 500",
        "지르텍",
        "훼스탈",
        "까스활명수",
        "비타민",
        "오메프라졸 20mg",
        "겔포스",
        "베아제",
    ),
)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "mfds")
    options.add_argument("--seconds", type=int, default=4, help="for each measurement under load")
    options.add_argument("--home", type=Path, help="an imported PILLNUTS_HOME: only put it under load")
    options.add_argument("--only", default="", help="of what is put under load: titles with this in them")
    chosen = options.parse_args()
    if chosen.home is None and not chosen.data.is_dir():
        print(f"{chosen.data} 폴더가 없습니다. --data로 식약처 자료 폴더를 알려 주십시오.")
        return 1
    if shutil.which("wrk") is None:
        print("wrk가 없습니다: apt-get install wrk")
        return 1
    if chosen.home is not None:
        environment = os.environ | {"PILLNUTS_HOME": str(chosen.home), "PILLNUTS_LOG_LEVEL": "info"}
        with serving(environment) as pid, hello():
            bench_load(chosen.seconds, chosen.only)
            show("its memory after load", f"{resident(pid):6.0f} MB", "≤ 250")
        if chosen.only in LOGINS:
            bench_logins(str(chosen.home))
        return 0
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"PILLNUTS_HOME": home, "PILLNUTS_LOG_LEVEL": "info"}
        bench_import(chosen.data, environment)
        bench_index(environment)
        for line in sync.measure(chosen.data, home):
            show(*line)
        snapshot = next(
            path for path in Path(home, "releases").iterdir() if path.is_dir() and path.name[0] != "."
        )
        bench_engine(snapshot, chosen.data.parent / "search")
        with serving(environment) as pid, hello():
            bench_load(chosen.seconds, chosen.only)
            bench_pages()
            show("its memory after load", f"{resident(pid):6.0f} MB", "≤ 250")
        bench_logins(home)
    bench_scripts()
    return 0


def show(title: str, figure: str, goal: str = "", note: str = "") -> None:
    print(f"{title:36} {figure:16} {f'({goal})' if goal else '':9} {note}".rstrip(), flush=True)


def bench_import(data: Path, environment: dict[str, str]) -> None:
    started = time.perf_counter()
    done = subprocess.run(
        [BIN / "pillnuts", "catalogue", "import", data],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    took = time.perf_counter() - started
    rows = int("".join(c for c in done.stdout.partition("읽은 행")[2].partition("·")[0] if c.isdigit()))
    show("import of everything", f"{took:6.1f} s", "≤ 60", f"{rows:,} rows, {rows / took:,.0f} rows/s")


def bench_index(environment: dict[str, str]) -> None:
    """Build the search index of the imported release once more, alone."""
    probe = (
        "import asyncio, sys, tempfile, time; from pathlib import Path\n"
        "from pillnuts import releases; from pillnuts.catalogue import queries\n"
        "from pillnuts.kernel.db import Database; from pillnuts.settings import Settings\n"
        "async def export():\n"
        "    database = Database(Settings().database)\n"
        "    async with database.reading() as session: found = await queries.export(session)\n"
        "    await database.close(); return found\n"
        "release = asyncio.run(export()); started = time.perf_counter()\n"
        "releases.SearchPart().build(Path(tempfile.mkdtemp(dir=Settings().home)), release)\n"
        "print(time.perf_counter() - started)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], env=environment, capture_output=True, text=True, check=True
    )
    show("index built", f"{float(done.stdout.splitlines()[-1]):6.1f} s", "≤ 10")


def bench_engine(snapshot: Path, cases: Path) -> None:
    """Time the engine alone, by kind of query."""
    started = time.perf_counter()
    index = Index.open(snapshot / "search")
    show("index opened", f"{(time.perf_counter() - started) * 1e3:6.0f} ms")
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in ("queries.jsonl", "concepts.jsonl"):
        if (cases / name).exists():
            for line in (cases / name).read_text("utf-8").splitlines():
                case = json.loads(line)
                kinds[case["kind"]].append(case["q"])
    kinds["one_syllable"] = list(ONE_SYLLABLE)
    kinds["suggest"] = [q[:n] for q in TYPICAL for n in range(1, len(q) + 1)]
    for kind, queries in sorted(kinds.items()):
        ask: Callable[[str], object] = (
            (lambda q: index.suggest(q, 8)) if kind == "suggest" else (lambda q: index.search(Query(q=q)))
        )
        times = sorted(_timed(ask, q) for q in queries for _ in range(20))
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        show(f"  engine, {kind}", f"{p50 * 1e6:6.0f} µs", note=f"p99 {p99 * 1e6:,.0f} µs")


def _timed(ask: Callable[[str], object], query: str) -> float:
    started = time.perf_counter()
    ask(query)
    return time.perf_counter() - started


def bench_load(seconds: int, only: str = "") -> None:
    """Put every kind of request under load; a new kind is one line of `loads`."""
    for title, paths, goal in loads():
        if only in title:
            measure(title, paths, goal, seconds)


def loads() -> list[tuple[str, list[str], float]]:
    """Title, addresses to ask for at random, goal. What is cold or random is hardly ever asked twice."""
    items = [item["item_seq"] for item in _json("/api/v1/products?q=타이레놀&size=20")["items"]]
    everything = _item_seqs()
    random.seed(7)
    pairs = [f"{a},{b}" for a, b in (random.sample(everything, 2) for _ in range(20_000))]
    typed = [q[:n] for q in TYPICAL for n in range(1, len(q) + 1)]
    return [
        ("search, typical", [_search(q) for q in TYPICAL], 0.5),
        ("search, one syllable", [_search(q) for q in ONE_SYLLABLE], 0.3),
        ("search, cold", [_search(q) for q in _words()], 0),
        ("search, cold, second page", [_search(q) + "&page=2" for q in _words()], 0),
        ("suggest", [_suggest(q) for q in typed], 0.6),
        ("suggest, cold", [_suggest(q) for q in _words()], 0),
        ("detail, hot", [f"/api/v1/products/{i}" for i in items[:5]], 0.5),
        ("detail, random", [f"/api/v1/products/{i}" for i in everything], 0.2),
        ("compare, hot", [f"/api/v1/compare?items={items[0]},{i}" for i in items[1:5]], 0.5),
        ("compare, random", [f"/api/v1/compare?items={pair}" for pair in pairs], 0.2),
    ]


def _search(query: str) -> str:
    return f"/api/v1/products?q={urllib.parse.quote(query)}"


def _suggest(query: str) -> str:
    return f"/api/v1/products/suggest?q={urllib.parse.quote(query)}"


def _words() -> list[str]:
    """Beginnings of names of every product, each once: what people type, but never what the cache holds."""
    beginnings = {name[:length] for name in _names for length in (2, 3, 5, 8) if name[:length].strip()}
    return random.Random(7).sample(sorted(beginnings), len(beginnings))  # noqa: S311 -- the same every time


def measure(title: str, paths: Sequence[str], goal: float, seconds: int) -> None:
    before = drive(HELLO, ["/hello"], max(seconds // 2, 1))
    got = drive(SITE, paths, seconds)
    after = drive(HELLO, ["/hello"], max(seconds // 2, 1))
    yardstick = (before.per_second + after.per_second) / 2
    show(
        title,
        f"{got.per_second / yardstick:6.2f} of hello",
        f"≥ {goal}" if goal else "",
        f"{got.per_second:,.0f} of {yardstick:,.0f}/s, p50 {got.p50_ms:.2f} ms, p99 {got.p99_ms:.2f} ms",
    )


def bench_pages() -> None:
    """Weigh pages as they travel: the searches, and every hundredth product with its neighbour."""
    everything = _item_seqs()[::100]
    pages = ["/", "/search?q=%EC%A0%95", "/search?q=%EA%B0%90%EA%B8%B0"]
    pages += [f"/products/{i}" for i in everything]
    pages += [f"/compare?items={a},{b}" for a, b in pairwise(everything)]
    sizes = {path: _weight(path) for path in pages}
    heaviest = max(sizes, key=lambda path: sizes[path])
    print(
        f"heaviest of {len(pages)} pages               {sizes[heaviest] / 1000:6.1f} kB  (≤ 40)   {heaviest}"
    )


def _weight(path: str) -> int:
    request = urllib.request.Request(SITE + path, headers={"Accept-Encoding": "gzip"})  # noqa: S310 -- loopback
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310
        return len(reply.read())


def bench_logins(home: str) -> None:
    """Adds five hundred members to the database of `home`."""
    for line in logins.measure(home):
        show(*line)


def bench_scripts() -> None:
    scripts = list((ROOT / "static" / "dist").glob("*.js"))
    size = sum(len(gzip.compress(path.read_bytes())) for path in scripts)
    show("all scripts, compressed", f"{size / 1000:6.1f} kB", "≤ 60")


def _json(path: str) -> dict[str, list[dict[str, str]]]:
    with urllib.request.urlopen(SITE + urllib.parse.quote(path, safe="/?&=,%"), timeout=20) as reply:  # noqa: S310
        found: dict[str, list[dict[str, str]]] = json.load(reply)
        return found


def _item_seqs() -> list[str]:
    """Every item code, asked page by page from the server itself."""
    if not _cached:
        page = 1
        while items := _json(f"/api/v1/products?q=&withdrawn=true&sort=name&size=100&page={page}")["items"]:
            _cached.extend(item["item_seq"] for item in items)
            _names.extend(item["name"] for item in items)
            page += 1
    return _cached


_cached: list[str] = []
_names: list[str] = []


@contextlib.contextmanager
def serving(environment: dict[str, str]) -> Iterator[int]:
    """Run the server as it ships, with one web process, and time how long it takes to be ready."""
    started = time.perf_counter()
    with _process([BIN / "pillnuts", "web", "--port", SITE.rpartition(":")[2]], environment) as process:
        _wait(SITE + "/readyz")
        show("web process ready after", f"{time.perf_counter() - started:6.2f} s", "≤ 3")
        show("its memory when ready", f"{resident(process.pid):6.0f} MB", "≤ 250")
        yield process.pid


@contextlib.contextmanager
def hello() -> Iterator[None]:
    command = [
        BIN / "uvicorn",
        "hello:app",
        "--app-dir",
        ROOT / "benchmarks",
        "--port",
        HELLO.rpartition(":")[2],
    ]
    with _process([*command, "--no-access-log", "--log-level", "warning"], dict(os.environ)):
        _wait(HELLO + "/hello")
        yield


@contextlib.contextmanager
def _process(command: Sequence[object], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [str(part) for part in command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def _wait(url: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return
        time.sleep(0.02)
    raise TimeoutError(url)


def resident(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


if __name__ == "__main__":
    sys.exit(main())
