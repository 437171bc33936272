"""The `pillnuts` command: thin; what it does stands in the features."""

import asyncio
import gc
import getpass
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from pillnuts import main, status
from pillnuts.catalogue import demo, ingest, queries
from pillnuts.catalogue.glossary import glossary
from pillnuts.catalogue.merge import Gathered
from pillnuts.catalogue.report import Report
from pillnuts.kernel.db import Database
from pillnuts.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="필넛츠: 약 속을 들여다봅니다.")
catalogue = typer.Typer(no_args_is_help=True, help="식약처 자료를 들여오고 살펴봅니다.")
app.add_typer(catalogue, name="catalogue")

console = Console()
errors = Console(stderr=True)

Force = Annotated[bool, typer.Option("--force", help="제품이 5% 넘게 줄어도 바꿉니다.")]


def _refuse(message: str) -> typer.Exit:
    errors.print(message, style="red", markup=False, soft_wrap=True)
    return typer.Exit(1)


@app.command()
def migrate() -> None:
    """데이터베이스의 표를 이 판에 맞춥니다."""
    main.migrate(Settings())


@app.command()
def web(host: str | None = None, port: int | None = None) -> None:
    """웹 프로세스를 띄웁니다."""
    main.run_web(Settings(), host=host, port=port)


@app.command()
def serve(host: str | None = None, port: int | None = None) -> None:
    """표를 맞추고, 자료가 없으면 데모를 싣고, 사이트를 띄웁니다."""
    settings = Settings()
    main.migrate(settings)
    asyncio.run(_demo_when_empty(settings))
    main.run_web(settings, host=host, port=port)


@catalogue.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="식약처 파일이나 폴더. 한 번에 모두 적습니다.")],
    *,
    force: Force = False,
) -> None:
    """식약처의 내려받기 파일과 API 답을 읽어 새 판을 만듭니다.

    한 판은 여기 적은 파일만으로 만들어지며, 같은 파일은 늘 같은 판이 됩니다.
    """
    settings = Settings()
    main.migrate(settings)
    asyncio.run(_import(settings, partial(ingest.read, paths), force=force, demo=False))


@catalogue.command("demo")
def demo_(*, force: Force = False) -> None:
    """내장 데모 자료를 싣습니다."""
    settings = Settings()
    main.migrate(settings)
    asyncio.run(_import(settings, _demo, force=force, demo=True))


@catalogue.command("status")
def status_() -> None:
    """마지막으로 들여온 판과 그 보고서를 보여 줍니다."""
    settings = Settings()
    main.migrate(settings)
    asyncio.run(_status(settings))


@contextmanager
def _progress() -> Iterator[ingest.Progress]:
    """Show a bar on a terminal; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("읽는 중", total=1.0)
        yield lambda step, share: bar.update(task, description=step[:40], completed=share)


def _part(show: ingest.Progress, start: float, end: float) -> ingest.Progress:
    """Show the progress of one step on its part of the bar."""
    return lambda step, share: show(step, start + share * (end - start))


@contextmanager
def _without_gc() -> Iterator[None]:
    """Look for no cycles meanwhile: looking through millions of lasting objects took a quarter of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _demo(report: Report, _progress: ingest.Progress) -> Gathered:
    return demo.gathered(report)


async def _demo_when_empty(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        async with database.reading() as session:
            empty = await queries.current_key(session) is None
    finally:
        await database.close()
    if empty:
        await _import(settings, _demo, force=False, demo=True)


async def _import(
    settings: Settings, read: Callable[[Report, ingest.Progress], Gathered], *, force: bool, demo: bool
) -> None:
    started, report = time.monotonic(), Report()
    database = Database(settings.database)
    try:
        with _progress() as show, _without_gc():
            gathered = read(report, _part(show, 0, 0.3))
            made = ingest.prepare(gathered, glossary(), report, _part(show, 0.3, 0.6))
            async with database.writing() as session:
                release = await ingest.load(
                    session,
                    made,
                    report,
                    by=getpass.getuser(),
                    demo=demo,
                    force=force,
                    started=started,
                    progress=_part(show, 0.6, 0.85),
                )
            show("검색 색인을 만드는 중", 0.85)
            await main.build_snapshot(settings, database)
    except ingest.ImportRefusedError as error:
        raise _refuse(f"들여오지 않았습니다. 바뀐 것은 없습니다.\n{error}") from error
    finally:
        await database.close()
    if release is None:
        console.print("지금 실린 판과 같습니다. 바뀐 것이 없습니다.")
    else:
        status.show_import(console, release, report)


async def _status(settings: Settings) -> None:
    database = Database(settings.database)
    try:
        async with database.reading() as session:
            releases = await queries.last_reports(session)
    finally:
        await database.close()
    status.show(console, releases)


def run() -> None:
    """Run the command; broken pipes end quietly."""
    try:
        app()
    except BrokenPipeError:
        sys.exit(0)
