"""Pages: finding an id and setting a new password, by a number or address that is proved again."""

from typing import Annotated, Final

from fastapi import Form, Query, Request
from fastapi.responses import Response
from pydantic import Field

from pillnuts.accounts import auth, recovery
from pillnuts.accounts.auth import OptionalUser, TheTools, TheVisitor
from pillnuts.accounts.contacts import Channel
from pillnuts.accounts.pages import codes as steps
from pillnuts.accounts.pages import drafts
from pillnuts.accounts.pages.codes import CodeForm, ContactForm, Way
from pillnuts.accounts.pages.forms import SIGN_IN, Filled, Sent, Short, away, checked, complete, router, show
from pillnuts.kernel.errors import AppError

pages = router()

START: Final = "/account/recover"
FOUND: Final = f"{START}/found"
WAY: Final = Way(
    "recover", START, "아이디·비밀번호 찾기", "가입할 때 인증한 휴대전화나 이메일로 인증번호를 보냅니다."
)


class NewPassword(Sent):
    channel: Channel = "phone"
    target: Short = ""
    login_id: Short = ""
    new_password: Annotated[str, Field(max_length=1024)] = ""


@pages.get(START)
async def start_page(
    request: Request,
    caller: OptionalUser,  # noqa: ARG001 -- the form is made for whoever is signed in
    by: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    return steps.show_contact(request, WAY, by)


@pages.post(START)
async def start_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[ContactForm, Form()],
) -> Response:
    return await steps.ask(request, tools, visitor, caller, WAY, form)


@pages.get(WAY.code)
async def code_page(request: Request, caller: OptionalUser) -> Response:  # noqa: ARG001
    return steps.show_code(request, WAY)


@pages.post(WAY.code)
async def code_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[CodeForm, Form()],
) -> Response:
    if wrong := await steps.check(request, tools, visitor, caller, WAY, form):
        return steps.show_code(request, WAY, wrong)
    visitor = auth.visitor(request)  # it has a new name
    proven = steps.proven(form, WAY)
    try:
        found = await recovery.find_login_id(
            tools, channel=proven["channel"], target=form.target, visitor=visitor
        )
    except AppError as error:
        return steps.show_code(request, WAY, Filled.of(form).refused(error))
    since = found.created_at.isoformat()
    drafts.keep(request, "found", {**proven, "login_id": found.login_id or "", "since": since})
    drafts.drop(request, WAY.draft)
    return away(FOUND)


@pages.get(FOUND)
async def found_page(request: Request, caller: OptionalUser) -> Response:  # noqa: ARG001
    held = drafts.kept(request, "found")
    if held is None:
        return away(START)
    values = {name: held[name] for name in ("channel", "target", "login_id")}
    return show(request, "accounts/found.html", Filled({**values, "new_password": ""}))


@pages.post(FOUND)
async def found_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[NewPassword, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        complete(form, new_password="새 비밀번호를 입력해 주세요.")  # noqa: S106 -- a sentence
        await recovery.reset_password(
            tools,
            channel=form.channel,
            target=form.target,
            new_password=form.new_password,
            visitor=visitor,
        )
    except AppError as error:
        refused = Filled.of(form, secret=("new_password",)).refused(error)
        return show(request, "accounts/found.html", refused)
    drafts.drop(request, "found")
    return away(SIGN_IN, done="password_reset")
