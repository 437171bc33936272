"""The commands that run the site.

Each command imports what it needs when it runs: the web process is to be ready in a moment, and has no use
for spreadsheets, migrations and progress bars.
"""

import os
import subprocess
import sys
from typing import Annotated

import typer

from pillnuts.cli import admin, catalogue
from pillnuts.cli.begin import posting_of, prepare_tables, read_settings, with_database, work_of

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="필넛츠: 약 속을 들여다봅니다.",
)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(admin.app, name="admin")

Host = Annotated[str | None, typer.Option(help="들을 주소. 없으면 PILLNUTS_HOST")]
Port = Annotated[int | None, typer.Option(help="들을 포트. 없으면 PILLNUTS_PORT")]
Parent = Annotated[int | None, typer.Option(hidden=True, help="이 프로세스가 사라지면 함께 끝납니다.")]


@app.command()
def migrate() -> None:
    """데이터베이스의 표를 이 판에 맞춥니다."""
    prepare_tables(read_settings())


@app.command()
def web(host: Host = None, port: Port = None, parent: Parent = None) -> None:
    """웹 프로세스를 띄웁니다."""
    from pillnuts import main

    _end_with(parent)
    settings = read_settings(host, port)
    posting_of(settings)  # what must not start is said in a sentence
    main.run_web(settings)


@app.command()
def worker(parent: Parent = None) -> None:
    """일꾼 프로세스를 띄웁니다. 문자와 메일을 보내고 식약처 자료를 받습니다. 여럿을 띄워도 됩니다."""
    from pillnuts import worker as working

    _end_with(parent)
    working.run(work_of(read_settings()))


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """표를 맞추고, 자료가 없으면 데모를 싣고, 웹과 일꾼을 함께 띄웁니다."""
    from pillnuts.kernel import children, logs

    settings = read_settings(host, port)
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
    settings = read_settings()
    work_of(settings)  # a setting that cannot be is said now
    prepare_tables(settings)
    console = Console(stderr=True)
    with_database(
        settings, lambda database: importing.make_demo_when_empty(database, settings.releases, console)
    )


def _ourselves(*words: str) -> list[str]:
    """Give the command line that runs another command of ours, for as long as this process lives."""
    return [sys.executable, sys.argv[0], *words, "--parent", str(os.getpid())]


def _end_with(parent: int | None) -> None:
    from pillnuts.kernel import children

    if parent is not None:
        children.end_with(parent)
