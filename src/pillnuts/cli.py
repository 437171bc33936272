"""The `pillnuts` command: thin; what it does stands elsewhere.

Each command imports what it needs when it runs: the web process is to be ready in a moment, and has no use
for spreadsheets, migrations and progress bars.
"""

import asyncio
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pillnuts.accounts.roles import Role
from pillnuts.settings import Settings, started_with

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from pillnuts.accounts.tools import Tools
    from pillnuts.catalogue.journal import Kind
    from pillnuts.errand import Access
    from pillnuts.importing import Reading
    from pillnuts.kernel.db import Database
    from pillnuts.posting import Posting
    from pillnuts.running import Recording
    from pillnuts.worker import Work

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="필넛츠: 약 속을 들여다봅니다.",
)
catalogue = typer.Typer(no_args_is_help=True, help="식약처 자료를 들여오고 살펴봅니다.")
app.add_typer(catalogue, name="catalogue")
admin = typer.Typer(no_args_is_help=True, help="계정과 권한을 다룹니다.")
app.add_typer(admin, name="admin")

Host = Annotated[str | None, typer.Option(help="들을 주소. 없으면 PILLNUTS_HOST")]
Port = Annotated[int | None, typer.Option(help="들을 포트. 없으면 PILLNUTS_PORT")]
Force = Annotated[bool, typer.Option("--force", help="제품이 5% 넘게 줄어도 바꿉니다.")]
Parent = Annotated[int | None, typer.Option(hidden=True, help="이 프로세스가 사라지면 함께 끝납니다.")]
Answer = TypeVar("Answer")


@app.command()
def migrate() -> None:
    """데이터베이스의 표를 이 판에 맞춥니다."""
    _migrate(_settings())


@app.command()
def web(host: Host = None, port: Port = None, parent: Parent = None) -> None:
    """웹 프로세스를 띄웁니다."""
    from pillnuts import main

    _end_with(parent)
    settings = _settings(host, port)
    _posting(settings)  # what must not start is said in a sentence
    main.run_web(settings)


@app.command()
def worker(parent: Parent = None) -> None:
    """일꾼 프로세스를 띄웁니다. 문자와 메일을 보내고 식약처 자료를 받습니다. 여럿을 띄워도 됩니다."""
    from pillnuts import worker as working

    _end_with(parent)
    working.run(_work(_settings()))


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """표를 맞추고, 자료가 없으면 데모를 싣고, 웹과 일꾼을 함께 띄웁니다."""
    from pillnuts.kernel import children, logs

    settings = _settings(host, port)
    # What needs much memory once is done by a process that ends; this one stays as long as the site.
    if code := subprocess.run(_ourselves("prepare"), check=False).returncode:  # noqa: S603 -- our own command
        raise typer.Exit(code)
    logs.configure(settings.log_level, settings.log_format)
    if sys.stderr.isatty():  # a machine reads log lines only
        print(f"필넛츠: {settings.site} (끝내기: Ctrl+C)", file=sys.stderr)  # noqa: T201
    raise typer.Exit(children.keep_running({name: _ourselves(name) for name in ("web", "worker")}))


@app.command(hidden=True)
def prepare(parent: Parent = None) -> None:
    """Do what has to be there before a site starts."""
    from rich.console import Console

    from pillnuts import importing

    _end_with(parent)
    settings = _settings()
    _work(settings)  # a setting that cannot be is said now
    _migrate(settings)
    console = Console(stderr=True)
    _with_database(
        settings, lambda database: importing.make_demo_when_empty(database, settings.releases, console)
    )


@catalogue.command("import")
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

    settings = _settings()
    _migrate(settings)
    with _changing(settings, Kind.IMPORT):
        _make(settings, importing.from_files(paths), force=force, demo=False)


@catalogue.command("sync")
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
    settings = _settings()
    access = _access(settings)
    try:
        syncing.check(access, wish)
    except (NoKey, UnknownOperationError) as error:
        errors.print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    _migrate(settings)
    logs.configure("error", "console")
    with _changing(settings, Kind.PART if wish.only or wish.since else Kind.SYNC) as run:
        budget = running.CountingBudget(access)
        fetching = syncing.fetch_release(access, wish, errors, budget=budget)
        folder, outcome = asyncio.run(fetching)
        run.result = running.of_outcome(folder, outcome, budget.calls)
        for trouble in outcome.reasons:
            errors.print(trouble, markup=False, highlight=False, soft_wrap=True)
        if not outcome.complete:
            errors.print("다 받지 못했습니다. 실린 판은 그대로이고, 다시 부르면 이어서 받습니다.")
            raise typer.Exit(1)
        _make(settings, importing.from_files([folder]), force=force, demo=False, run=folder)


@catalogue.command("demo")
def demo_(*, force: Force = False) -> None:
    """내장 데모 자료를 싣습니다."""
    from pillnuts import importing
    from pillnuts.catalogue.journal import Kind

    settings = _settings()
    _migrate(settings)
    with _changing(settings, Kind.DEMO):
        _make(settings, importing.from_demo, force=force, demo=True)


@catalogue.command("status")
def status_() -> None:
    """다음에 받을 때, 오래된 자료, 마지막 실행들, 그리고 실린 판과 그 보고서를 보여 줍니다."""
    from rich.console import Console

    from pillnuts import status
    from pillnuts.catalogue import journal, queries
    from pillnuts.catalogue.budget import now
    from pillnuts.catalogue.gateway import plain_key
    from pillnuts.kernel import locks
    from pillnuts.kernel.schedule import Schedule

    settings = _settings()

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

    _work(settings)
    _migrate(settings)
    console, (reports, runs) = Console(), _with_database(settings, asked)
    if reports:
        status.show_runs(console, runs)
        status.show(console, reports)
    else:
        status.show(console, reports)
        status.show_runs(console, runs)


@admin.command("create")
def create_(
    login_id: Annotated[str, typer.Argument(help="영어 소문자와 숫자 4–20자")],
    role: Annotated[Role, typer.Option(help="관리자인지 상담사인지")] = Role.ADMIN,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="비밀번호를 표준 입력에서")
    ] = False,
) -> None:
    """관리자나 상담사 계정을 만듭니다. 처음 로그인하면 2단계 인증을 설정해야 합니다."""
    from pillnuts import administering

    typed = sys.stdin.readline().rstrip("\n") if password_stdin else _typed_password()
    _with_tools(lambda tools: administering.create(tools, login_id=login_id, password=typed, role=role))
    typer.echo(f"{login_id} 계정을 만들었습니다. 로그인하면 2단계 인증부터 설정합니다.")


@admin.command("role")
def role_(login_id: str, role: Role) -> None:
    """권한을 바꿉니다. 그 사람은 다시 로그인해야 합니다."""
    from pillnuts import administering

    _with_tools(lambda tools: administering.give_role(tools, login_id=login_id, role=role))
    typer.echo(f"{login_id}: {role}")


@admin.command("forget-second-factor")
def forget_second_factor_(login_id: str) -> None:
    """2단계 인증을 잃어버린 사람이 다시 설정할 수 있게 합니다. 본인인지 먼저 확인하세요."""
    from pillnuts import administering

    _with_tools(lambda tools: administering.forget_second_factor(tools, login_id=login_id))
    typer.echo(f"{login_id}: 다음 로그인에서 다시 설정할 수 있습니다.")


@admin.command("audit")
def audit_(
    user: Annotated[str | None, typer.Option(help="아이디나 계정 번호")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"])] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """계정에 일어난 일을 새것부터 보여 줍니다. 시각은 서울 기준입니다."""
    from rich.console import Console

    from pillnuts import administering

    start = since.replace(tzinfo=administering.SEOUL) if since else None
    lines = _with_tools(
        lambda tools: administering.read_audit(tools, login_id=user, since=start, limit=limit)
    )
    administering.show_audit(Console(), lines)


@admin.command("rotate-keys")
def rotate_keys_() -> None:
    """토큰에 서명하는 열쇠를 바꿉니다. 10분 뒤부터 새 열쇠로 서명하고, 앞의 토큰도 끝까지 통합니다."""
    from pillnuts import administering

    typer.echo(_with_tools(administering.rotate_keys))


@admin.command("tune")
def tune_() -> None:
    """이 컴퓨터에서 비밀번호 확인이 50–80 ms 걸리는 값을 잽니다."""
    from pillnuts import administering

    rounds, took = administering.tuned(_settings().password_memory_kib)
    typer.echo(f"PILLNUTS_PASSWORD_ROUNDS={rounds}  # {took:.0f} ms")


def _typed_password() -> str:
    """Ask twice, without showing it."""
    typed: str = typer.prompt("비밀번호", hide_input=True, confirmation_prompt="한 번 더")
    return typed


def _with_tools(work: "Callable[[Tools], Awaitable[Answer]]") -> Answer:
    """Do something with the accounts of this site; a refusal ends with 1 and says why."""
    from rich.console import Console

    from pillnuts import main
    from pillnuts.kernel.errors import AppError

    settings = _settings()
    _posting(settings)  # a missing secret is said in a sentence
    _migrate(settings)

    async def run(database: "Database") -> Answer:
        tools = main.make_accounts(settings, database)
        try:
            return await work(tools)
        finally:
            tools.passwords.close()
            await tools.rates.close()

    try:
        return _with_database(settings, run)
    except AppError as error:
        Console(stderr=True).print(error.detail, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


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
        release, report = _with_database(
            settings,
            lambda database: importing.make(
                database, settings.releases, reading, errors, force=force, demo=demo
            ),
        )
    except ImportRefusedError as error:
        said = f"들여오지 않았습니다. 바뀐 것은 없습니다.\n{error}"
        errors.print(said, style="red", markup=False, highlight=False, soft_wrap=True)
        if run:
            archive.refuse(run)
        raise
    if run:
        _with_database(settings, lambda database: syncing.settle(database, run))
    if release is None:
        console.print("지금 실린 판과 같습니다. 바뀐 것이 없습니다.")
    else:
        status.show_import(console, release, report)


@contextmanager
def _changing(settings: Settings, kind: "Kind") -> "Iterator[Recording]":
    """Change the catalogue in this block, or say who does so now and end with 1."""
    from rich.console import Console

    from pillnuts import running, status
    from pillnuts.catalogue.ingest import ImportRefusedError
    from pillnuts.kernel.locks import HeldError

    try:
        with running.recorded(settings.database, kind, settings.lock_seconds) as run:
            yield run
    except HeldError as error:
        Console(stderr=True).print(status.held(error.holder), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    except ImportRefusedError as error:  # it was said where it was met
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        said = "멈췄습니다. 다시 부르면 이어서 합니다. 지금 어떤지는 `pillnuts catalogue status`에 있습니다."
        Console(stderr=True).print(said, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(130) from error  # what a shell calls ended by Ctrl-C


def _access(settings: Settings) -> "Access":
    from pillnuts.errand import Access

    return Access(
        settings.home / "ministry",
        settings.ministry_key.get_secret_value(),
        settings.ministry_url,
        settings.ministry_paths,
        settings.ministry_page_size,
        settings.ministry_daily_calls,
        settings.ministry_daily_calls_of,
        settings.ministry_at_once,
        settings.ministry_spacing_seconds,
    )


def _work(settings: Settings) -> "Work":
    """Tell a worker what it has to know; a schedule that is none ends with 1."""
    from rich.console import Console

    from pillnuts.errand import Errand
    from pillnuts.kernel.schedule import Schedule
    from pillnuts.worker import Work

    try:
        Schedule(settings.sync_schedule)
    except ValueError as error:
        said = f"PILLNUTS_SYNC_SCHEDULE: {error}"
        Console(stderr=True).print(said, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    errand = Errand(
        settings.database,
        settings.releases.absolute(),
        _access(settings),
        settings.sync_schedule,
        settings.lock_seconds,
        settings.log_level,
        settings.log_format,
    )
    return Work(
        errand,
        _posting(settings),
        settings.worker_poll_seconds,
        settings.worker_metrics_host,
        settings.worker_metrics_port,
    )


def _posting(settings: Settings) -> "Posting":
    """Tell a worker how messages leave the site; what is missing for that is said, and ends with 1."""
    from rich.console import Console

    from pillnuts.posting import IncompleteError, Posting, login_providers, ways_out
    from pillnuts.secrecy import NoSecretError, site_secret

    given = settings.secret.get_secret_value()
    try:
        secret = site_secret(
            given, home=settings.home, host=settings.host, database=settings.database, site=settings.site_url
        )
        ways = ways_out(settings.sens, settings.smtp, settings.mailbox)
        providers = login_providers(settings.login_providers)
    except (IncompleteError, NoSecretError) as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    older = tuple(one.get_secret_value() for one in settings.older_secrets)
    return Posting(secret, ways, older, providers)


def _ourselves(*words: str) -> list[str]:
    """Give the command line that runs another command of ours, for as long as this process lives."""
    return [sys.executable, sys.argv[0], *words, "--parent", str(os.getpid())]


def _end_with(parent: int | None) -> None:
    from pillnuts.kernel import children

    if parent is not None:
        children.end_with(parent)


def _settings(host: str | None = None, port: int | None = None) -> Settings:
    """Read the settings; one that cannot be is said, without what it is set to, and ends with 1."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError
    from rich.console import Console

    try:
        return started_with(host=host, port=port)
    except ValidationError as error:
        named = [(str(next(iter(one["loc"]), "")).upper(), one["msg"]) for one in error.errors()]
        wrong = [f"PILLNUTS_{name.removeprefix('PILLNUTS_')}: {said}" for name, said in named]
    except SettingsError as error:  # no JSON where it has to be
        wrong = [str(error)]
    said = "\n".join(["설정을 읽을 수 없습니다. 뜻과 모양은 dotenv-sample에 있습니다.", *wrong])
    Console(stderr=True).print(said, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def _migrate(settings: Settings) -> None:
    from rich.console import Console
    from sqlalchemy.exc import OperationalError

    from pillnuts import migrating
    from pillnuts.kernel import logs

    logs.configure("warning", "console")  # a person reads what a command prints, and wants its answer only
    try:
        migrating.migrate(settings.database)
    except (OSError, OperationalError) as error:
        cause = getattr(error, "orig", None) or error
        said = (
            "데이터베이스를 쓸 수 없습니다. 서버가 떠 있는지, PILLNUTS_DATABASE_URL의 주소와 비밀번호가 "
            f"맞는지 확인해 주십시오. ({type(cause).__name__}: {cause})"
        )
        Console(stderr=True).print(said, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _with_database(settings: Settings, work: "Callable[[Database], Awaitable[Answer]]") -> Answer:
    from pillnuts.kernel.db import Database

    async def run() -> Answer:
        database = Database(settings.database)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())
