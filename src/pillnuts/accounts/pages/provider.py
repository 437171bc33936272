"""Pages: what is asked after a provider, and which providers an account is linked to."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import Form, Query, Request
from fastapi.responses import Response
from pydantic import Field

from pillnuts.accounts import auth, texts
from pillnuts.accounts.auth import Enrolling, OptionalUser, RecentlyConfirmed, TheTools, TheVisitor
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.oauth import flow, links, unfinished
from pillnuts.accounts.oauth.config import ProviderName
from pillnuts.accounts.oauth.unfinished import Held
from pillnuts.accounts.pages.forms import (
    HOME,
    SIGN_IN,
    Filled,
    Sent,
    agreement_errors,
    away,
    checked,
    collected,
    onward,
    raise_all,
    read_day,
    router,
    show,
)
from pillnuts.accounts.shapes import Caller
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError, NotFound

pages = router()

FINISH: Final = "/account/sign-up/provider"
SECOND: Final = "/account/confirm/second-factor"
LINKS: Final = f"{HOME}/providers"

Flag = Annotated[str, Field(max_length=3)]


class FinishForm(Sent):
    birth_date: Annotated[str, Field(max_length=30)] = ""
    terms: Flag = ""
    privacy: Flag = ""
    health: Flag = ""

    @property
    def agreed(self) -> frozenset[str]:
        return frozenset(kind for kind in texts.KINDS if getattr(self, kind))


class CodeForm(Sent):
    code: Annotated[str, Field(max_length=32)] = ""
    recovery: Annotated[str, Field(max_length=32)] = ""


class UnlinkForm(Sent):
    provider: ProviderName


@pages.get(FINISH)
async def finish_page(
    request: Request, tools: TheTools, visitor: TheVisitor, caller: OptionalUser
) -> Response:
    held = await unfinished.sign_up_due(tools, visitor=visitor)
    if held is None:
        return away(HOME) if caller else away(SIGN_IN, problem="stale")
    values = dict.fromkeys(("birth_date", *map(str, texts.KINDS)), "")
    return _finish(request, held, Filled(values))


def _finish(request: Request, held: Held, form: Filled) -> Response:
    return show(request, "accounts/sign_up_provider.html", form, held=held)


@pages.post(FINISH)
async def finish_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[FinishForm, Form()],
) -> Response:
    held = await unfinished.sign_up_due(tools, visitor=visitor)
    if held is None:
        return away(HOME) if caller else away(SIGN_IN, problem="stale")
    try:
        checked(request, caller, form)
        born, wrong = collected(read_day, form.birth_date)
        raise_all([*agreement_errors(form.agreed), *wrong])
        finished = await unfinished.finish(tools, birth_date=born, agreed=form.agreed, visitor=visitor)
    except AppError as error:
        return _finish(request, held, Filled.of(form).refused(error))
    await auth.begin_here(request, tools, visitor, finished.signed_in)
    return away(onward(finished.next)) if finished.next != "/" else away(HOME, done="signed_up")


@pages.post(f"{FINISH}/give-up")
async def give_up(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[Sent, Form()],
) -> Response:
    checked(request, caller, form)
    await unfinished.give_up(tools, visitor=visitor)
    return away(SIGN_IN)


@pages.get(f"{FINISH}/give-up")
async def given_up() -> Response:
    return away(SIGN_IN)


@pages.get(SECOND)
async def second_page(request: Request, caller: Enrolling) -> Response:  # noqa: ARG001
    return _second(request, Filled({"code": "", "recovery": ""}))


def _second(request: Request, form: Filled) -> Response:
    return show(request, "accounts/sign_in_code.html", form, action=SECOND)


@pages.post(SECOND)
async def second_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: Enrolling,
    form: Annotated[CodeForm, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        code = form.code.strip() or form.recovery.strip()
        if not code:
            raise FieldError("missing", "인증 앱에 보이는 번호 여섯 자리를 입력해 주세요.", "code")
        going = await unfinished.confirm(tools, caller=caller, code=code, visitor=visitor)
    except AppError as error:
        if error.code == "pending_over":
            return away("/account/confirm", problem="stale")
        return _second(request, Filled.of(form, secret=("code", "recovery")).refused(error))
    return away(onward(going))


@pages.get(LINKS)
async def links_page(
    request: Request,
    tools: TheTools,
    caller: RecentlyConfirmed,
    done: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    said = "연결을 끊었습니다. 다른 기기에서는 로그아웃되었습니다." if done == "unlinked" else ""
    return await _links(request, tools, caller, Filled({}), said)


async def _links(request: Request, tools: Tools, caller: Caller, form: Filled, said: str = "") -> Response:
    async with tools.database.reading() as session:
        linked = await links.list_(session, account_id=caller.account_id)
    names = {one.provider for one in linked}
    free = [one for one in request.app.state.login_providers if one.name not in names]
    return show(request, "accounts/providers.html", form, linked=linked, free=free, said=said)


@pages.post(LINKS)
async def unlink_form(
    request: Request,
    tools: TheTools,
    caller: RecentlyConfirmed,
    visitor: TheVisitor,
    form: Annotated[UnlinkForm, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        await flow.unlink(tools, caller=caller, provider=form.provider, visitor=visitor)
    except NotFound:
        pass  # ended already, in another tab
    except AppError as error:
        refused = Filled({}).refused(error)
        return await _links(request, tools, caller, replace(refused, status=error.status))
    return away(LINKS, done="unlinked")
