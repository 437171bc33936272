"""The commands that look after accounts."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pillnuts.accounts.roles import Role
from pillnuts.cli.begin import Answer, posting_of, prepare_tables, read_settings, refuse, with_database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pillnuts.accounts.tools import Tools
    from pillnuts.kernel.db import Database

app = typer.Typer(no_args_is_help=True, help="계정과 권한을 다룹니다.")


@app.command("create")
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


@app.command("role")
def role_(login_id: str, role: Role) -> None:
    """권한을 바꿉니다. 그 사람은 다시 로그인해야 합니다."""
    from pillnuts import administering

    _with_tools(lambda tools: administering.give_role(tools, login_id=login_id, role=role))
    typer.echo(f"{login_id}: {role}")


@app.command("forget-second-factor")
def forget_second_factor_(login_id: str) -> None:
    """2단계 인증을 잃어버린 사람이 다시 설정할 수 있게 합니다. 본인인지 먼저 확인하세요."""
    from pillnuts import administering

    _with_tools(lambda tools: administering.forget_second_factor(tools, login_id=login_id))
    typer.echo(f"{login_id}: 다음 로그인에서 다시 설정할 수 있습니다.")


@app.command("audit")
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


@app.command("rotate-keys")
def rotate_keys_() -> None:
    """토큰에 서명하는 열쇠를 바꿉니다. 10분 뒤부터 새 열쇠로 서명하고, 앞의 토큰도 끝까지 통합니다."""
    from pillnuts import administering

    typer.echo(_with_tools(administering.rotate_keys))


@app.command("tune")
def tune_() -> None:
    """이 컴퓨터에서 비밀번호 확인이 50–80 ms 걸리는 값을 잽니다."""
    from pillnuts import administering

    rounds, took = administering.tuned(read_settings().password_memory_kib)
    typer.echo(f"PILLNUTS_PASSWORD_ROUNDS={rounds}  # {took:.0f} ms")


def _typed_password() -> str:
    """Ask twice, without showing it."""
    typed: str = typer.prompt("비밀번호", hide_input=True, confirmation_prompt="한 번 더")
    return typed


def _with_tools(work: "Callable[[Tools], Awaitable[Answer]]") -> Answer:
    """Do something with the accounts of this site; a refusal ends with 1 and says why."""
    from pillnuts import main
    from pillnuts.kernel.errors import AppError

    settings = read_settings()
    posting_of(settings)  # a missing secret is said in a sentence
    prepare_tables(settings)

    async def run(database: "Database") -> Answer:
        tools = main.make_accounts(settings, database)
        try:
            return await work(tools)
        finally:
            tools.passwords.close()
            await tools.rates.close()

    try:
        return with_database(settings, run)
    except AppError as error:
        refuse(error.detail)
