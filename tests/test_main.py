"""The web process as a whole: how it starts with nothing, follows releases, and heals."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from pillnuts import main, releases
from pillnuts.catalogue import demo, ingest, journal
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.journal import Kind, Result, State
from pillnuts.catalogue.models import Popularity, Release
from pillnuts.catalogue.report import Report
from pillnuts.kernel.db import Database
from pillnuts.kernel.metrics import Metrics
from pillnuts.migrating import migrate
from pillnuts.settings import Settings
from tests.conftest import talking_to

FOUND = "/api/v1/products?q=타이레놀"


async def load_demo(database_url: str) -> Release | None:
    """Load the demo catalogue; an equal one that is there already changes nothing."""
    database, report = Database(database_url), Report()
    made = ingest.prepare(demo.gathered(report), Glossary(), report)
    async with database.writing() as session:
        loaded = await ingest.load(
            session, made, report, by="test", demo=True, force=True, started=time.monotonic()
        )
    await database.close()
    return loaded


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the demo catalogue."""
    file = tmp_path_factory.mktemp("demo") / "pillnuts.db"
    url = f"sqlite:///{file}"
    migrate(url)
    asyncio.run(load_demo(url))
    return file


@pytest.fixture
def demo_settings(settings: Settings, demo_file: Path) -> Settings:
    """A site whose database holds the demo, and which has no snapshot yet."""
    settings.home.mkdir(parents=True)
    shutil.copy(demo_file, settings.home / "pillnuts.db")
    return settings


@pytest.fixture
async def database(demo_settings: Settings) -> AsyncIterator[Database]:
    """The database of the site, as another process sees it."""
    database = Database(demo_settings.database)
    yield database
    await database.close()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = main.create_web_app(settings)
    async with app.router.lifespan_context(app), talking_to(app) as client:
        yield client


async def until(
    client: httpx.AsyncClient, good: Callable[[httpx.Response], bool], path: str
) -> httpx.Response:
    """Ask again and again, as long as it may take."""
    deadline = time.monotonic() + 180
    while not good(answer := await client.get(path)):
        assert time.monotonic() < deadline, f"{path} stays {answer.status_code}: {answer.text[:500]}"
        await asyncio.sleep(0.1)
    return answer


def ok(answer: httpx.Response) -> bool:
    return answer.is_success


async def build(settings: Settings) -> Path:
    database = Database(settings.database)
    await releases.build(database, releases.snapshots(settings.releases))
    await database.close()
    (folder,) = (path for path in settings.releases.iterdir() if path.is_dir())
    return folder


async def test_with_nothing_at_all_it_starts_and_says_so(settings: Settings) -> None:
    async with running(settings) as client:
        assert (await client.get("/healthz")).is_success
        assert (await client.get("/readyz")).status_code == 503
        problem = await client.get(FOUND)
        page = await client.get("/products/202005623", headers={"Accept": "text/html"})

    assert problem.status_code == page.status_code == 503
    assert problem.json()["code"] == "preparing"
    assert "준비하고 있습니다" in page.text


async def test_a_snapshot_is_built_while_it_runs(demo_settings: Settings) -> None:
    async with running(demo_settings) as client:
        await until(client, ok, "/readyz")
        answer = await client.get(FOUND)

    assert answer.json()["total"] > 0
    assert answer.headers["etag"].startswith('"1-')


async def test_a_snapshot_that_is_there_is_read_at_once_and_without_a_database(
    demo_settings: Settings,
) -> None:
    await build(demo_settings)
    (demo_settings.home / "pillnuts.db").unlink()
    (demo_settings.home / "pillnuts.db").mkdir()

    async with running(demo_settings) as client:
        assert (await client.get(FOUND)).json()["total"] > 0
        assert (await client.get("/readyz")).json() == {"status": "ready", "degraded": ["database"]}


@pytest.mark.parametrize("part", ["info", "catalogue", "search"])
async def test_a_damaged_snapshot_heals_by_itself(demo_settings: Settings, part: str) -> None:
    folder = await build(demo_settings)
    damaged = next(file for file in sorted((folder / part).rglob("*")) if file.is_file())
    size = damaged.stat().st_size
    damaged.write_bytes(b"\x00" * size)  # the right size, the wrong content

    async with running(demo_settings) as client:
        await until(client, ok, "/readyz")
        assert (await client.get(FOUND)).json()["total"] > 0


async def test_what_a_killed_build_left_behind_is_tidied_away(demo_settings: Settings) -> None:
    half = demo_settings.releases / ".building-x"
    (half / "catalogue").mkdir(parents=True)
    (half / "catalogue" / "catalogue.db").write_bytes(b"half")

    async with running(demo_settings) as client:
        await until(client, ok, "/readyz")
    assert not half.exists()


async def test_the_snapshot_of_another_database_is_replaced(demo_settings: Settings) -> None:
    folder = await build(demo_settings)
    folder.rename(folder.with_name("1-elsewhere"))
    complete = folder.with_name("1-elsewhere") / "complete.json"
    complete.write_text(complete.read_text().replace(folder.name.partition("-")[2], "elsewhere"))

    async with running(demo_settings) as client:
        assert (await client.get(FOUND)).headers["etag"].startswith('"1-elsewhere-')
        key = folder.name.partition("-")[2]
        await until(client, lambda answer: f'"1-{key}-' in answer.headers["etag"], FOUND)


async def test_a_popular_product_comes_first_without_a_restart(
    demo_settings: Settings, database: Database
) -> None:
    async with running(demo_settings) as client:
        before = await until(client, ok, FOUND)
        second = before.json()["items"][1]["item_seq"]  # found as well as the first
        async with database.writing() as session:
            session.add(Popularity(item_seq=second, bookmark_count=9, changed_at=datetime.now(UTC)))
        after = await until(client, lambda answer: answer.json()["items"][0]["item_seq"] == second, FOUND)

    assert after.json()["items"][0]["bookmark_count"] == 9
    assert after.headers["etag"] != before.headers["etag"]


async def test_a_new_release_is_taken_in_without_a_restart(
    demo_settings: Settings, database: Database
) -> None:
    async with running(demo_settings) as client:
        before = await until(client, ok, FOUND)
        async with database.writing() as session:
            old = await session.get_one(Release, 1)
            second: dict[str, Any] = {"number": 2, "token": "second"}
            same = ("created_at", "by", "demo", "digest", "data_date", "product_count", "report")
            session.add(Release(**second, **{name: getattr(old, name) for name in same}))
        after = await until(client, lambda answer: '"2-second-' in answer.headers["etag"], FOUND)
        unchanged = await client.get(FOUND, headers={"If-None-Match": after.headers["etag"]})
        metrics = await client.get("/metrics")

    assert before.json() == after.json()
    assert unchanged.status_code == 304
    assert "pillnuts_release_number 2.0" in metrics.text


async def test_answers_of_a_release_that_is_not_in_order_yet_are_kept_apart(
    demo_settings: Settings, database: Database
) -> None:
    await build(demo_settings)
    snapshots = releases.snapshots(demo_settings.releases)
    child: releases.Child = (demo_settings.database, demo_settings.releases, "error", "json")
    follower = releases.Follower(database, snapshots, Metrics(), child)
    snapshots.open_latest()
    opened = follower.epoch()
    await follower.look()
    assert follower.epoch() != opened


async def test_a_build_that_fails_leaves_readers_what_they_have(
    demo_settings: Settings, database: Database, tmp_path: Path
) -> None:
    snapshots = releases.snapshots(demo_settings.releases)
    (tmp_path / "folder.db").mkdir()
    child: releases.Child = (f"sqlite:///{tmp_path}/folder.db", demo_settings.releases, "error", "json")
    follower = releases.Follower(database, snapshots, Metrics(), child)

    with pytest.raises(RuntimeError, match="building a snapshot failed"):
        await follower.look()
    assert follower.epoch() is None

    await build(demo_settings)
    await follower.look()
    assert follower.epoch() is not None


@pytest.mark.database
async def test_a_snapshot_is_the_same_from_every_database(database_url: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path / "var", database_url=database_url)
    await asyncio.to_thread(migrate, settings.database)
    await load_demo(database_url)
    await build(settings)
    opened = releases.snapshots(settings.releases).open_latest()

    assert opened is not None
    assert len(opened.part("search")) == opened.part("info").product_count


async def test_the_gallery_is_for_developers_only(demo_settings: Settings) -> None:
    async with running(demo_settings) as client:
        assert (await client.get("/gallery")).status_code == 404
    async with running(demo_settings.model_copy(update={"environment": "development"})) as client:
        assert (await client.get("/gallery")).is_success


async def test_the_openapi_document_names_the_calls_others_build_on(settings: Settings) -> None:
    async with running(settings) as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
        documentation = await client.get("/docs")

    assert {
        "/api/v1/products",
        "/api/v1/products/suggest",
        "/api/v1/products/{item_seq}",
        "/api/v1/compare",
        "/api/v1/ingredients",
    } <= set(paths)
    assert all(path in documentation.text for path in paths)


def test_several_processes_share_a_port_and_count_together(demo_settings: Settings) -> None:
    port = 8947
    environment = os.environ | {"PILLNUTS_HOME": str(demo_settings.home), "PILLNUTS_WEB_PROCESSES": "2"}
    command = [str(Path(sys.executable).parent / "pillnuts"), "web", "--port", str(port)]
    said = demo_settings.home / "said.log"
    with said.open("wb") as out:
        process = subprocess.Popen(command, env=environment, cwd=demo_settings.home, stdout=out)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            deadline = time.monotonic() + 180
            while not answers(client, "/readyz"):
                assert time.monotonic() < deadline
                time.sleep(0.2)
            for _ in range(20):
                assert httpx.get(f"http://127.0.0.1:{port}/docs", trust_env=False).is_success
            # An answer is counted once it has left, which may be after the other process was asked.
            counted = 'pillnuts_http_requests_total{method="GET",route="/docs",status="200"} 20.0'
            deadline = time.monotonic() + 20
            while counted not in client.get("/metrics").text:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in {0, -signal.SIGTERM}
    assert said.read_text().count("each process counts tries by itself") == 1


@pytest.mark.parametrize(("trusted", "last"), [("127.0.0.1", 401), ("192.0.2.1", 429)])
def test_only_our_own_proxy_says_where_somebody_comes_from(
    demo_settings: Settings, trusted: str, last: int
) -> None:
    port = 8948
    environment = os.environ | {
        "PILLNUTS_HOME": str(demo_settings.home),
        "PILLNUTS_TRUSTED_PROXIES": trusted,
        "FORWARDED_ALLOW_IPS": "*",  # uvicorn's own setting is none of ours
    }
    command = [str(Path(sys.executable).parent / "pillnuts"), "web", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=demo_settings.home, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            deadline = time.monotonic() + 180
            while not answers(client, "/readyz"):
                assert time.monotonic() < deadline
                time.sleep(0.2)
            found = [
                client.post(
                    "/api/v1/account/session",
                    json={"login_id": "nobody2026", "password": "wrong"},
                    headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.{number}"},
                ).status_code
                for number in range(11)
            ]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert found == [401] * 10 + [last]


def answers(client: httpx.Client, path: str) -> bool:
    try:
        return client.get(path).is_success
    except httpx.HTTPError:
        return False


# ── how old the data is ───────────────────────────────────────────────────────────────────────


async def dated(database: Database, days_ago: int) -> str:
    """Make the release one of the ministry's, of a day some days ago in Seoul; gives the day."""
    day = (datetime.now(main.KOREA).date() - timedelta(days=days_ago)).isoformat()
    async with database.writing() as session:
        release = await session.get_one(Release, 1)
        release.demo, release.data_date = False, day
    return day


async def synced(database: Database, days_ago: int) -> None:
    """Note that the ministry was asked some days ago, and that what it said is release 1."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    async with database.writing() as session:
        run = await journal.begin(session, Kind.SYNC, by="test", at=at)
        await journal.end(session, run, Result(State.DONE), at=at)


async def test_old_data_says_so_on_every_page_and_is_measured(
    demo_settings: Settings, database: Database
) -> None:
    day = await dated(database, 22)
    async with running(demo_settings) as client:
        await until(client, ok, "/readyz")
        for path in ("/", "/search?q=타이레놀", "/compare", "/nowhere", "/docs"):
            page = await client.get(path, headers={"Accept": "text/html"})
            assert "오래된 자료입니다" in page.text, path
            assert f'<time datetime="{day}">' in page.text
            assert "21일이 넘도록" in page.text
        metrics = (await client.get("/metrics")).text
    [age] = [
        line.split()[1] for line in metrics.splitlines() if line.startswith("pillnuts_catalogue_data_age")
    ]
    assert 22 * 86400 <= float(age) < 23 * 86400


async def test_data_of_three_weeks_and_the_demo_say_nothing(
    demo_settings: Settings, database: Database
) -> None:
    await dated(database, 21)
    async with running(demo_settings) as client:
        await until(client, ok, "/readyz")
        assert "오래된 자료" not in (await client.get("/")).text
    async with database.writing() as session:
        (await session.get_one(Release, 1)).demo = True
    shutil.rmtree(demo_settings.releases)
    async with running(demo_settings.model_copy(update={"stale_days": 1})) as client:
        await until(client, ok, "/readyz")
        assert "오래된 자료" not in (await client.get("/")).text


async def test_data_that_was_found_unchanged_is_as_new_as_that_and_kept_pages_hear_of_it(
    demo_settings: Settings, database: Database
) -> None:
    await dated(database, 30)
    kept = "/search?q=타이레놀"
    async with running(demo_settings) as client:
        await until(client, ok, "/readyz")
        before = await until(client, lambda answer: "오래된 자료입니다" in answer.text, kept)
        await synced(database, 3)
        after = await until(client, lambda answer: "오래된 자료입니다" not in answer.text, kept)
        metrics = (await client.get("/metrics")).text
    assert "에 바뀐 것이 없음을 확인" in after.text
    assert "에 바뀐 것이 없음을 확인" not in before.text
    assert before.headers["etag"] != after.headers["etag"]
    assert 'pillnuts_sync_state{state="done"} 1.0' in metrics


async def test_kept_answers_are_made_anew_on_the_day_data_becomes_old(
    demo_settings: Settings, database: Database
) -> None:
    day = datetime.fromisoformat(await dated(database, 5)).replace(tzinfo=main.KOREA)
    await build(demo_settings)
    now = day.timestamp() + 21 * 86400
    child: releases.Child = (demo_settings.database, demo_settings.releases, "error", "json")
    snapshots = releases.snapshots(demo_settings.releases)
    follower = releases.Follower(database, snapshots, Metrics(), child, 21, lambda: now)
    await follower.look()
    epochs = []
    for seconds in (0, 3600, 24 * 3600 - 1, 24 * 3600, 48 * 3600):
        now = day.timestamp() + 21 * 86400 + seconds
        fresh = follower.freshness()
        assert fresh is not None
        epochs.append((follower.epoch(), fresh.stale))
    assert [stale for _, stale in epochs] == [False, False, False, True, True]
    assert len({epoch for epoch, _ in epochs}) == 2, "at midnight in Seoul, and not every day"


async def test_what_does_not_answer_as_it_must_is_never_announced(
    demo_settings: Settings, database: Database
) -> None:
    await build(demo_settings)
    async with running(demo_settings) as client:
        before = (await client.get(FOUND)).json()
        async with database.writing() as session:  # release 2 announces more products than there are
            old = await session.get_one(Release, 1)
            same = ("created_at", "by", "demo", "digest", "data_date", "report")
            fields: dict[str, Any] = {name: getattr(old, name) for name in same} | {"token": "second"}
            session.add(Release(number=2, product_count=old.product_count + 1, **fields))
        with pytest.raises(releases.NotWhole, match="announced"):
            await releases.build(database, releases.snapshots(demo_settings.releases))
        await asyncio.sleep(3)  # the process has looked, tried and failed by now
        answer = await client.get(FOUND)
    assert answer.json() == before
    assert answer.headers["etag"].startswith('"1-')
    assert [path.name[:2] for path in demo_settings.releases.iterdir() if path.is_dir()] == ["1-"]
