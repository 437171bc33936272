"""Pages: where one is signed in, what one agreed to, one's data, and leaving."""

from typing import Annotated

import orjson
from fastapi import Form, Request
from fastapi.responses import Response
from pydantic import Field

from pillnuts.accounts import auth, rights, sessions
from pillnuts.accounts.auth import CurrentUser, RecentlyConfirmed, TheTools, TheVisitor
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.pages import drafts
from pillnuts.accounts.pages.forms import (
    DONE,
    HOME,
    Done,
    Filled,
    Sent,
    away,
    checked,
    profile_of,
    router,
    show,
)
from pillnuts.accounts.shapes import Caller, ConsentKind
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError, NotFound

pages = router()


class EndForm(Sent):
    session_id: Annotated[str, Field(max_length=40)] = ""
    """Empty: every one but this."""


class ConsentForm(Sent):
    kind: ConsentKind
    give: Annotated[str, Field(max_length=3)] = ""


class LeaveForm(Sent):
    sure: Annotated[str, Field(max_length=3)] = ""


@pages.get(f"{HOME}/sessions")
async def sessions_page(request: Request, tools: TheTools, caller: CurrentUser, done: Done = "") -> Response:
    return await _sessions(request, tools, caller, Filled({}), DONE.get(done, ""))


async def _sessions(request: Request, tools: Tools, caller: Caller, form: Filled, said: str = "") -> Response:
    async with tools.database.reading() as session:
        found = await sessions.list_(session, tools, account_id=caller.account_id, current=caller.session_id)
    return show(request, "accounts/sessions.html", form, sessions=found, said=said)


@pages.post(f"{HOME}/sessions")
async def sessions_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: CurrentUser,
    form: Annotated[EndForm, Form()],
) -> Response:
    """One that is over already is what was wished for."""
    try:
        checked(request, caller, form)
        if form.session_id:
            await rights.end_session(tools, caller=caller, session_id=form.session_id, visitor=visitor)
        else:
            await rights.end_other_sessions(tools, caller=caller, visitor=visitor)
    except NotFound:
        pass
    except AppError as error:
        return await _sessions(request, tools, caller, Filled({}).refused(error))
    if form.session_id == caller.session_id:
        auth.sign_out_here(request)
        return away("/account/sign-in", done="signed_out")
    return away(f"{HOME}/sessions", done="ended" if form.session_id else "ended_others")


# -- consents, data, leaving


@pages.get(f"{HOME}/consents")
async def consents_page(request: Request, tools: TheTools, caller: CurrentUser, done: Done = "") -> Response:
    return await _consents(request, tools, caller, Filled({}), DONE.get(done, ""))


async def _consents(request: Request, tools: Tools, caller: Caller, form: Filled, said: str = "") -> Response:
    profile = await profile_of(tools, caller)
    given = {one.kind: one for one in profile.consents}
    return show(request, "accounts/consents.html", form, given=given, said=said)


@pages.post(f"{HOME}/consents")
async def consents_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: CurrentUser,
    form: Annotated[ConsentForm, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        if form.give:
            await rights.give_consent(tools, caller=caller, kind=form.kind, visitor=visitor)
        else:
            await rights.withdraw_consent(tools, caller=caller, kind=form.kind, visitor=visitor)
    except AppError as error:
        return await _consents(request, tools, caller, Filled({}).refused(error))
    return away(f"{HOME}/consents", done="given" if form.give else "withdrawn")


@pages.get(f"{HOME}/data")
async def data_page(request: Request, caller: RecentlyConfirmed) -> Response:  # noqa: ARG001
    return show(request, "accounts/data.html")


@pages.post(f"{HOME}/data")
async def data_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    form: Annotated[Sent, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        found = await rights.export(tools, caller=caller, visitor=visitor)
    except AppError as error:
        return show(request, "accounts/data.html", Filled({}).refused(error))
    body = orjson.dumps(found, option=orjson.OPT_INDENT_2)
    name = {"Content-Disposition": 'attachment; filename="pillnuts-my-data.json"'}
    return Response(body, media_type="application/json", headers=name)


@pages.get(f"{HOME}/leave")
async def leave_page(request: Request, tools: TheTools, caller: RecentlyConfirmed) -> Response:
    return await _leave(request, tools, caller, Filled({"sure": ""}))


async def _leave(request: Request, tools: Tools, caller: Caller, form: Filled) -> Response:
    return show(request, "accounts/leave.html", form, profile=await profile_of(tools, caller))


@pages.post(f"{HOME}/leave")
async def leave_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    form: Annotated[LeaveForm, Form()],
) -> Response:
    filled = Filled.of(form)
    try:
        checked(request, caller, form)
        if not form.sure:
            raise FieldError("not_sure", "되돌릴 수 없다는 것을 확인하는 칸에 표시해 주세요.", "sure")
        receipt = await rights.leave(tools, caller=caller, visitor=visitor)
    except AppError as error:
        return await _leave(request, tools, caller, filled.refused(error))
    auth.sign_out_here(request)
    drafts.drop(request)
    drafts.keep(request, "left", {"receipt": receipt})
    return away(f"{HOME}/left")


@pages.get(f"{HOME}/left")
async def left_page(request: Request, visitor: TheVisitor) -> Response:  # noqa: ARG001
    held = drafts.kept(request, "left")
    return away("/") if held is None else show(request, "accounts/left.html", receipt=held["receipt"])
