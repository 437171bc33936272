"""What every command begins with: settings, tables, and what processes have to know.

What cannot be is said in a sentence on the error output, and ends with 1.
"""

import asyncio
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from pillnuts.settings import Settings, started_with

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pillnuts.errand import Access
    from pillnuts.kernel.db import Database
    from pillnuts.posting import Posting
    from pillnuts.worker import Work

Answer = TypeVar("Answer")


def say(said: str, style: str = "") -> None:
    """Print a sentence on the error output, as it is."""
    from rich.console import Console

    Console(stderr=True).print(said, style=style, markup=False, highlight=False, soft_wrap=True)


def refuse(said: str) -> NoReturn:
    say(said)
    raise typer.Exit(1)


def read_settings(host: str | None = None, port: int | None = None) -> Settings:
    """Read the settings; one that cannot be is said, without what it is set to, and ends with 1."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    try:
        return started_with(host=host, port=port)
    except ValidationError as error:
        named = [(str(next(iter(one["loc"]), "")).upper(), one["msg"]) for one in error.errors()]
        wrong = [f"PILLNUTS_{name.removeprefix('PILLNUTS_')}: {said}" for name, said in named]
    except SettingsError as error:  # no JSON where it has to be
        wrong = [str(error)]
    refuse("\n".join(["설정을 읽을 수 없습니다. 뜻과 모양은 dotenv-sample에 있습니다.", *wrong]))


def prepare_tables(settings: Settings) -> None:
    """Bring the tables up to date, and let nothing but warnings onto the screen."""
    from sqlalchemy.exc import OperationalError

    from pillnuts import migrating
    from pillnuts.kernel import logs

    logs.configure("warning", "console")
    try:
        migrating.migrate(settings.database)
    except (OSError, OperationalError) as error:
        cause = getattr(error, "orig", None) or error
        refuse(
            "데이터베이스를 쓸 수 없습니다. 서버가 떠 있는지, PILLNUTS_DATABASE_URL의 주소와 비밀번호가 "
            f"맞는지 확인해 주십시오. ({type(cause).__name__}: {cause})"
        )


def with_database(settings: Settings, work: "Callable[[Database], Awaitable[Answer]]") -> Answer:
    from pillnuts.kernel.db import Database

    async def run() -> Answer:
        database = Database(settings.database)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def access_of(settings: Settings) -> "Access":
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


def work_of(settings: Settings) -> "Work":
    """Tell a worker what it has to know; a schedule that is none ends with 1."""
    from pillnuts.errand import Errand
    from pillnuts.kernel.schedule import Schedule
    from pillnuts.worker import Work

    try:
        Schedule(settings.sync_schedule)
    except ValueError as error:
        refuse(f"PILLNUTS_SYNC_SCHEDULE: {error}")
    errand = Errand(
        settings.database,
        settings.releases.absolute(),
        access_of(settings),
        settings.sync_schedule,
        settings.lock_seconds,
        settings.log_level,
        settings.log_format,
    )
    return Work(
        errand,
        posting_of(settings),
        settings.worker_poll_seconds,
        settings.worker_metrics_host,
        settings.worker_metrics_port,
    )


def posting_of(settings: Settings) -> "Posting":
    """Tell a worker how messages leave the site; what is missing for that is said, and ends with 1."""
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
        refuse(str(error))
    older = tuple(one.get_secret_value() for one in settings.older_secrets)
    return Posting(secret, ways, older, providers)
