"""The commands that change and show the catalogue."""

import asyncio
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pillnuts.cli.begin import access_of, prepare_tables, read_settings, refuse, say, with_database, work_of
from pillnuts.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pillnuts.catalogue.journal import Kind
    from pillnuts.importing import Reading
    from pillnuts.kernel.db import Database
    from pillnuts.running import Recording

app = typer.Typer(no_args_is_help=True, help="식약처 자료를 들여오고 살펴봅니다.")

Force = Annotated[bool, typer.Option("--force", help="제품이 5% 넘게 줄어도 바꿉니다.")]


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="식약처 파일이나 폴더. 한 번에 모두 적습니다.")],
    *,
    force: Force = False,
) -> None:
    """식약처의 내려받기 파일과 API 답을 읽어 새 판을 만듭니다.

    한 판은 여기 적은 파일만으로 만들어지며, 같은 파일은 늘 같은 판이 됩니다.
    """
    from pillnuts import importing
    from pillnuts.catalogue.journal import Kind

    settings = read_settings()
    prepare_tables(settings)
    with _changing(settings, Kind.IMPORT):
        _make(settings, importing.from_files(paths), force=force, demo=False)


@app.command("sync")
def sync(
    *,
    full: Annotated[bool, typer.Option("--full", help="바뀐 것만이 아니라 모두 다시 받습니다.")] = False,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="이 날부터 바뀐 것.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="이 자료만. 여러 번 쓸 수 있습니다.")] = None,
    force: Force = False,
) -> None:
    """식약처 오픈 API에서 받아 새 판을 만듭니다. 끊기면 다음에 이어서 받습니다."""
    from rich.console import Console

    from pillnuts import importing, running, syncing
    from pillnuts.catalogue.gateway import NoKey
    from pillnuts.catalogue.journal import Kind
    from pillnuts.catalogue.operations import UnknownOperationError
    from pillnuts.kernel import logs

    errors = Console(stderr=True)
    wish = syncing.Wish(full, since.date() if since else None, tuple(only or ()), force)
    settings = read_settings()
    access = access_of(settings)
    try:
        syncing.check(access, wish)
    except (NoKey, UnknownOperationError) as error:
        refuse(str(error))
    prepare_tables(settings)
    logs.configure("error", "console")
    with _changing(settings, Kind.PART if wish.only or wish.since else Kind.SYNC) as run:
        budget = running.CountingBudget(access)
        fetching = syncing.fetch_release(access, wish, errors, budget=budget)
        folder, outcome = asyncio.run(fetching)
        run.result = running.of_outcome(folder, outcome, budget.calls)
        for trouble in outcome.reasons:
            say(trouble)
        if not outcome.complete:
            refuse("다 받지 못했습니다. 실린 판은 그대로이고, 다시 부르면 이어서 받습니다.")
        _make(settings, importing.from_files([folder]), force=force, demo=False, run=folder)


@app.command("demo")
def demo_(*, force: Force = False) -> None:
    """내장 데모 자료를 싣습니다."""
    from pillnuts import importing
    from pillnuts.catalogue.journal import Kind

    settings = read_settings()
    prepare_tables(settings)
    with _changing(settings, Kind.DEMO):
        _make(settings, importing.from_demo, force=force, demo=True)


@app.command("status")
def status_() -> None:
    """다음에 받을 때, 오래된 자료, 마지막 실행들, 그리고 실린 판과 그 보고서를 보여 줍니다."""
    from rich.console import Console

    from pillnuts import status
    from pillnuts.catalogue import journal, queries
    from pillnuts.catalogue.budget import now
    from pillnuts.catalogue.gateway import plain_key
    from pillnuts.kernel import locks
    from pillnuts.kernel.schedule import Schedule

    settings = read_settings()

    async def asked(database: "Database") -> tuple[list[status.Reported], status.Runs]:
        async with database.reading() as session:
            reports = await queries.last_reports(session)
            real = bool(reports) and not reports[0][0].demo
            return reports, status.Runs(
                Schedule(settings.sync_schedule),
                bool(plain_key(settings.ministry_key.get_secret_value())),
                settings.stale_days,
                now(),
                await journal.last(session),
                await journal.last(session, journal.Kind.SYNC),
                await journal.fetched(session),
                await locks.holder(session, journal.LOCK),
                reports[0][0].number if real else None,
                reports[0][0].data_date if real else None,
            )

    work_of(settings)
    prepare_tables(settings)
    console, (reports, runs) = Console(), with_database(settings, asked)
    if reports:
        status.show_runs(console, runs)
        status.show(console, reports)
    else:
        status.show(console, reports)
        status.show_runs(console, runs)


def _make(
    settings: Settings, reading: "Reading", *, force: bool, demo: bool, run: Path | None = None
) -> None:
    """Make a release and show its report; a refusal ends with 1 and says why. `run` is what it is made of."""
    from rich.console import Console

    from pillnuts import importing, status, syncing
    from pillnuts.catalogue import archive
    from pillnuts.catalogue.ingest import ImportRefusedError

    console, errors = Console(), Console(stderr=True)
    try:
        if run and not force:
            syncing.refuse_losses(run)
        release, report = with_database(
            settings,
            lambda database: importing.make(
                database, settings.releases, reading, errors, force=force, demo=demo
            ),
        )
    except ImportRefusedError as error:
        say(f"들여오지 않았습니다. 바뀐 것은 없습니다.\n{error}", "red")
        if run:
            archive.refuse(run)
        raise
    if run:
        with_database(settings, lambda database: syncing.settle(database, run))
    if release is None:
        console.print("지금 실린 판과 같습니다. 바뀐 것이 없습니다.")
    else:
        status.show_import(console, release, report)


@contextmanager
def _changing(settings: Settings, kind: "Kind") -> "Iterator[Recording]":
    """Change the catalogue in this block, or say who does so now and end with 1."""
    from pillnuts import running, status
    from pillnuts.catalogue.ingest import ImportRefusedError
    from pillnuts.kernel import children
    from pillnuts.kernel.locks import HeldError

    children.stop_by_signal()  # whoever loses the lock is stopped this way, too
    try:
        with running.recorded(settings.database, kind, settings.lock_seconds) as run:
            yield run
    except HeldError as error:
        refuse(status.held(error.holder))
    except ImportRefusedError as error:  # it was said where it was met
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        say("멈췄습니다. 다시 부르면 이어서 합니다. 지금 어떤지는 `pillnuts catalogue status`에 있습니다.")
        raise typer.Exit(130) from error  # what a shell calls ended by Ctrl-C
