"""The `pillnuts` command as a person types it: what it prints, how it ends, and what it leaves behind."""

import asyncio
import os
import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from pillnuts import releases
from pillnuts.catalogue import queries
from pillnuts.kernel.db import Database
from pillnuts.migrating import migrate
from tests.catalogue import ministry

COMMAND = Path(sys.executable).parent / "pillnuts"
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
MANY = 4_000

State = tuple[int, str, int, int] | None
"""Number and digest of the newest release, how many products it counted, and how many there are."""


class Site:
    """A home folder, and the command run in it."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
        self.environment = kept | {
            "PILLNUTS_HOME": str(folder),
            "COLUMNS": "200",
            "PILLNUTS_LOG_LEVEL": "error",
        }
        if database_url:
            self.environment["PILLNUTS_DATABASE_URL"] = database_url

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.folder.parent,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *arguments: str | Path, **environment: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def import_(self, *paths: str | Path, **environment: str) -> tuple[int, str, str]:
        return self.run("catalogue", "import", *paths, **environment)

    def state(self) -> State:
        with closing(sqlite3.connect(self.folder / "pillnuts.db")) as database:
            query = "SELECT number, digest, product_count FROM catalogue_release ORDER BY number DESC"
            newest = database.execute(query).fetchone()
            [(there,)] = database.execute("SELECT count(*) FROM product")
        return None if newest is None else (*newest, there)


def report(out: str) -> str:
    """What was printed, without the lines of the log before it."""
    return out[out.index("판 ") :]


def small(folder: Path) -> Path:
    """Twenty-one products, told by a list and by plain-language texts."""
    folder.mkdir()
    rows = [ministry.listed(f"2020000{n:02}", f"새봄{n}정500밀리그램", active="가나펜") for n in range(21)]
    ministry.xlsx(folder / "목록_202507.xlsx", rows)
    easy = {"itemSeq": "202000001", "itemName": "새봄1정", "efcyQesitm": "두통에 사용합니다."}
    ministry.table(folder / "약_202601.csv", [easy])
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("small") / "files")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, files: Path) -> tuple[Path, str]:
    """A home after one import, and what the command printed."""
    site = Site(tmp_path_factory.mktemp("imported") / "var")
    code, out, err = site.import_(files, PYTHONHASHSEED="1")
    assert (code, err.strip()) == (0, "")
    return site.folder, out


@pytest.fixture
def site(tmp_path: Path, imported: tuple[Path, str]) -> Site:
    """A site of one's own on which `files` was imported."""
    shutil.copytree(imported[0], tmp_path / "var")
    return Site(tmp_path / "var")


def test_an_import_prints_its_report(imported: tuple[Path, str]) -> None:
    _, out = imported
    assert report(out).startswith("판 1 · 식약처 자료 · 제품 21개 · 자료 기준일 2026-01")
    assert "읽은 행 22 · 받은 행 22 · 한 제품으로 합친 행 1 · 새 제품 21 · 사라진 제품 0" in out
    assert "목록_202507.xlsx" in out
    assert "함량을 아는 제품" in out


def test_an_import_leaves_a_snapshot_for_the_web_process(imported: tuple[Path, str]) -> None:
    snapshot = releases.snapshots(imported[0] / "releases").open_latest()
    assert snapshot is not None
    assert snapshot.number == 1
    assert snapshot.part("catalogue").product_count == 21


def test_importing_again_in_another_process_changes_nothing(site: Site, files: Path) -> None:
    before = site.state()
    code, out, _ = site.import_(files, PYTHONHASHSEED="2")
    assert (code, out) == (0, "지금 실린 판과 같습니다. 바뀐 것이 없습니다.\n")
    assert site.state() == before


BAD: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "빈 파일입니다"),
    "cut.json": (b'{"header": {"resultCode": "00"}, "body": {"items": [{"ITEM_S', "잘렸거나"),
    "broken.xlsx": (b"PK\x03\x04 and no more", "깨졌거나"),
    "locked.xlsx": (LOCKED, "암호가 걸려 있습니다"),
    "foreign.csv": ("봄이,오면,산에\n들에,진달래,피네\n".encode(), "열 이름을 찾을 수 없습니다"),
    "picture.csv": (b"GIF89a\x00\x00\x00", "글자 파일도 엑셀 파일도 아닙니다"),
}


def test_files_that_cannot_be_taken_are_all_named_and_change_nothing(
    site: Site, files: Path, tmp_path: Path
) -> None:
    before = site.state()
    for name, (content, _) in BAD.items():
        (tmp_path / name).write_bytes(content)
    code, out, err = site.import_(files, *(tmp_path / name for name in BAD))
    assert (code, out) == (1, "")
    first, *lines = err.strip().splitlines()
    assert first == "들여오지 않았습니다. 바뀐 것은 없습니다."
    assert len(lines) == len(BAD)
    for (name, (_, reason)), line in zip(sorted(BAD.items()), lines, strict=True):
        assert line.startswith(f"{name}: ")
        assert reason in line
    assert site.state() == before


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_database_that_is_away_is_told_in_a_sentence(site: Site, scheme: str) -> None:
    code, out, err = site.run(
        "catalogue",
        "status",
        PILLNUTS_DATABASE_URL=f"{scheme}://someone:hidden@127.0.0.1:1/nothing",
        PILLNUTS_SECRET=secrets.token_urlsafe(48),
    )
    assert (code, out) == (1, "")
    assert "PILLNUTS_DATABASE_URL" in err
    assert "Traceback" not in err
    assert "hidden" not in err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PILLNUTS_STALE_DAYS", "hidden"),
        ("PILLNUTS_OLDER_SECRETS", "hidden"),
        ("PILLNUTS_OLDER_SECRETS", '{"hidden": 1}'),
    ],
)
def test_a_setting_that_cannot_be_is_named_without_its_value(site: Site, name: str, value: str) -> None:
    code, out, err = site.run("catalogue", "status", **{name: value})
    assert (code, out) == (1, "")
    assert name.removeprefix("PILLNUTS_") in err.upper()
    assert "Traceback" not in err
    assert "hidden" not in err


def test_a_great_loss_is_refused_unless_forced(site: Site, tmp_path: Path) -> None:
    before = site.state()
    fewer = ministry.xlsx(
        tmp_path / "fewer.xlsx", [ministry.listed(f"2020000{n:02}", f"새봄{n}정") for n in range(19)]
    )
    code, out, err = site.import_(fewer)
    assert (code, out) == (1, "")
    assert "지금 있는 제품 21개 가운데 2개가 사라집니다(10%)" in err
    assert "--force" in err
    assert site.state() == before
    code, out, _ = site.import_(fewer, "--force")
    assert code == 0
    assert report(out).startswith("판 2 · 식약처 자료 · 제품 19개")
    assert "사라진 제품 2" in out


def test_a_small_loss_is_taken(site: Site, tmp_path: Path) -> None:
    rows = [ministry.listed(f"2020000{n:02}", f"새봄{n}정") for n in range(20)]
    code, out, _ = site.import_(ministry.xlsx(tmp_path / "fewer.xlsx", rows))
    assert code == 0
    assert "사라진 제품 1 " in out


def test_the_status_of_an_empty_home_says_how_to_begin_and_the_demo_fills_it(tmp_path: Path) -> None:
    site = Site(tmp_path / "var")
    code, out, _ = site.run("catalogue", "status")
    assert code == 0
    assert out.startswith("아직 실린 자료가 없습니다.")
    code, out, err = site.run("catalogue", "demo")
    assert (code, err.strip()) == (0, "")
    assert report(out).startswith("판 1 · 데모 · 제품 ")
    code, out, _ = site.run("catalogue", "status")
    assert code == 0
    assert report(out).startswith("판 1 · 데모 · 제품 ")


def test_the_status_after_an_import_shows_the_report_again(site: Site, imported: tuple[Path, str]) -> None:
    code, out, _ = site.run("catalogue", "status")
    assert (code, report(out)) == (0, report(imported[1]))


def test_help_is_korean(tmp_path: Path) -> None:
    code, out, _ = Site(tmp_path / "var").run("--help")
    assert code == 0
    assert "필넛츠: 약 속을 들여다봅니다." in out
    assert "식약처 자료를 들여오고 살펴봅니다." in out


# ── killed in the middle ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough products that loading them takes a while; those of `files` are among them."""
    folder = small(tmp_path_factory.mktemp("many") / "files")
    rows = [
        ministry.listed(
            f"2021{n:05}", f"새봄{n}정", active=f"가나펜/다라민{n % 50}염산염", additives="전분,유당수화물"
        )
        for n in range(MANY)
    ]
    ministry.table(folder / "더_202507.csv", rows)
    return folder


def _written(site: Site) -> bool:
    """Whether the open transaction has begun to spill into the log beside the database."""
    log = site.folder / "pillnuts.db-wal"
    return log.exists() and log.stat().st_size > 500_000


def _after(seconds: float) -> Callable[[Site], bool]:
    end = time.monotonic() + seconds
    return lambda _: time.monotonic() > end


def _killed(site: Site, paths: Sequence[Path], moment: Callable[[Site], bool]) -> bool:
    """Import and kill with SIGKILL at the moment; False: the command was faster."""
    process = site.start("catalogue", "import", *paths)
    while process.poll() is None and not moment(site):
        time.sleep(0.005)
    process.kill()
    process.communicate(timeout=60)
    return process.returncode == -signal.SIGKILL


def test_killed_at_any_moment_nothing_has_changed_and_importing_again_works(site: Site, many: Path) -> None:
    before = site.state()
    assert _killed(site, [many], _written), "killed while it was writing"
    assert site.state() == before
    chance = random.Random(7)  # noqa: S311 -- moments, no secrets
    states = []
    for _ in range(3):
        _killed(site, [many], _after(chance.uniform(0.5, 4)))
        states.append(site.state())
    code, _, err = site.import_(many)
    assert (code, err.strip()) == (0, "")
    after = site.state()
    assert after is not None
    assert after[0] == 2
    assert after[2] == after[3] == 21 + MANY
    assert all(state in (before, after) for state in states)
    snapshot = releases.snapshots(site.folder / "releases").open_latest()
    assert snapshot is not None
    assert (snapshot.number, snapshot.part("catalogue").product_count) == (2, 21 + MANY)


# ── two at once ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.database
def test_two_imports_at_once_end_with_one_catalogue(
    tmp_path: Path, files: Path, many: Path, database_url: str
) -> None:
    site = Site(tmp_path / "var", database_url)
    migrate(database_url)
    both = [site.start("catalogue", "import", paths, "--force") for paths in (many, files)]
    ends = [process.communicate(timeout=120) for process in both]
    codes = [process.returncode for process in both]
    assert sorted(codes) in ([0, 0], [0, 1]), ends
    # One after the other, or the second was told that the first is at it.
    assert all(
        "부터 자료를 바꾸고 있습니다" in err for (_, err), code in zip(ends, codes, strict=True) if code
    )
    number, counted, there = asyncio.run(_found(database_url))
    assert number == codes.count(0)
    assert counted == there
    assert counted in {21, 21 + MANY}


async def _found(database_url: str) -> tuple[int, int, int]:
    database = Database(database_url)
    async with database.reading() as session:
        export = await queries.export(session)
    await database.close()
    return export.info.number, export.info.product_count, len(export.products)
