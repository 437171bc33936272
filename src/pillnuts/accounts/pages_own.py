"""Pages: the own account, and what can be changed of it."""

from typing import Annotated, Final

import orjson
from fastapi import Form, Query, Request
from fastapi.responses import Response
from pydantic import Field

from pillnuts.accounts import auth, changes, oauth_links, own_routes, people, sessions
from pillnuts.accounts import pages_codes as steps
from pillnuts.accounts import pages_drafts as drafts
from pillnuts.accounts.auth import CurrentUser, RecentlyConfirmed, TheTools, TheVisitor
from pillnuts.accounts.contacts import Channel
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.pages_codes import CodeForm, ContactForm, Way
from pillnuts.accounts.pages_forms import (
    HOME,
    Filled,
    Sent,
    Short,
    away,
    checked,
    complete,
    router,
    said_of,
    show,
)
from pillnuts.accounts.shapes import Caller, ConsentKind, Profile
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError, NotFound

pages = router()

DONE: Final = {
    "signed_up": "가입했습니다. 환영합니다.",
    "password": "비밀번호를 바꾸었습니다. 다른 기기에서는 로그아웃되었습니다.",
    "phone": "휴대전화 번호를 바꾸었습니다.",
    "email": "이메일을 바꾸었습니다.",
    "phone_removed": "휴대전화 번호를 지웠습니다.",
    "email_removed": "이메일을 지웠습니다.",
    "login": "아이디와 비밀번호를 정했습니다.",
    "factor": "2단계 인증을 켰습니다.",
    "factor_removed": "2단계 인증을 껐습니다.",
    "ended": "그 기기에서 로그아웃했습니다.",
    "ended_others": "다른 기기에서 모두 로그아웃했습니다.",
    "given": "동의하셨습니다.",
    "withdrawn": "동의를 거두었습니다. 그 동의로 보관하던 정보는 모두 지웠습니다.",
}

WORDS: Final[dict[Channel, str]] = {"phone": "휴대전화 번호", "email": "이메일"}
Done = Annotated[str, Query(max_length=40)]


class PasswordForm(Sent):
    login_id: Short = ""
    new_password: Annotated[str, Field(max_length=1024)] = ""


class LoginForm(Sent):
    login_id: Short = ""
    password: Annotated[str, Field(max_length=1024)] = ""


class EndForm(Sent):
    session_id: Annotated[str, Field(max_length=40)] = ""
    """Empty: every one but this."""


class ConsentForm(Sent):
    kind: ConsentKind
    give: Annotated[str, Field(max_length=3)] = ""


class LeaveForm(Sent):
    sure: Annotated[str, Field(max_length=3)] = ""


async def _profile(tools: Tools, caller: Caller) -> Profile:
    async with tools.database.reading() as session:
        return await people.profile(session, tools, account_id=caller.account_id)


@pages.get(HOME)
async def home(
    request: Request,
    tools: TheTools,
    caller: CurrentUser,
    done: Done = "",
    linked: Done = "",
    problem: Done = "",
    provider: Done = "",
) -> Response:
    async with tools.database.reading() as session:
        profile = await people.profile(session, tools, account_id=caller.account_id)
        signed_in = await sessions.list_(
            session, tools, account_id=caller.account_id, current=caller.session_id
        )
        links = await oauth_links.list_(session, account_id=caller.account_id)
    return show(
        request,
        "accounts/account.html",
        profile=profile,
        devices=len(signed_in),
        linked=links,
        said="계정을 연결했습니다." if linked else DONE.get(done, ""),
        problem=said_of(problem, provider),
        outdated=[one.kind for one in profile.consents if not one.current],
    )


# -- password, id


@pages.get(f"{HOME}/password")
async def password_page(request: Request, tools: TheTools, caller: RecentlyConfirmed) -> Response:
    profile = await _profile(tools, caller)
    if not profile.has_password:
        return away(f"{HOME}/login")
    form = Filled({"login_id": profile.login_id or "", "new_password": ""})
    return show(request, "accounts/password.html", form)


@pages.post(f"{HOME}/password")
async def password_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    form: Annotated[PasswordForm, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        complete(form, new_password="새 비밀번호를 입력해 주세요.")  # noqa: S106 -- a sentence
        await changes.change_password(tools, caller=caller, new_password=form.new_password, visitor=visitor)
    except AppError as error:
        refused = Filled.of(form, secret=("new_password",)).refused(error)
        return show(request, "accounts/password.html", refused)
    return away(HOME, done="password")


@pages.get(f"{HOME}/login")
async def login_page(request: Request, tools: TheTools, caller: RecentlyConfirmed) -> Response:
    profile = await _profile(tools, caller)
    if profile.has_password:
        return away(f"{HOME}/password")
    form = Filled({"login_id": "", "password": "", "sealed": ""})
    return show(request, "accounts/login.html", form, profile=profile)


@pages.post(f"{HOME}/login")
async def login_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    form: Annotated[LoginForm, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        complete(form, login_id="아이디를 입력해 주세요.", password="비밀번호를 입력해 주세요.")  # noqa: S106
        await changes.set_login(
            tools, caller=caller, login_id=form.login_id.strip(), password=form.password, visitor=visitor
        )
    except AppError as error:
        refused = Filled.of(form, secret=("password",)).refused(error)
        return show(request, "accounts/login.html", refused, profile=await _profile(tools, caller))
    return away(HOME, done="login")


# -- phone, e-mail


def _way(channel: Channel) -> Way:
    lead = "새 연락처로 인증번호를 보내고, 바뀐 것은 전의 연락처에도 알려 드립니다."
    return Way("change", f"{HOME}/contact/{channel}", f"{WORDS[channel]} 바꾸기", lead=lead, channel=channel)


@pages.get(f"{HOME}/contact/{{channel}}")
async def contact_page(request: Request, caller: RecentlyConfirmed, channel: Channel) -> Response:
    return steps.show_contact(request, _way(channel), session=caller.session_id)


@pages.post(f"{HOME}/contact/{{channel}}")
async def contact_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    channel: Channel,
    form: Annotated[ContactForm, Form()],
) -> Response:
    return await steps.ask(request, tools, visitor, caller, _way(channel), form)


@pages.get(f"{HOME}/contact/{{channel}}/code")
async def contact_code_page(request: Request, caller: RecentlyConfirmed, channel: Channel) -> Response:
    return steps.show_code(request, _way(channel), session=caller.session_id)


@pages.post(f"{HOME}/contact/{{channel}}/code")
async def contact_code_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    channel: Channel,
    form: Annotated[CodeForm, Form()],
) -> Response:
    """The right code is the change."""
    way = _way(channel)
    wrong = await steps.check(request, tools, visitor, caller, way, form)
    if wrong is None:
        try:
            await changes.change_contact(
                tools, caller=caller, channel=channel, target=form.target, visitor=visitor
            )
        except AppError as error:
            # Somebody else's: the number is what is wrong, not the code.
            filled = Filled({"target": form.target, "channel": channel}).refused(error)
            return steps.show_contact(request, way, channel, filled, session=caller.session_id)
        drafts.drop(request, way.draft)
        return away(HOME, done=channel)
    return steps.show_code(request, way, wrong, session=caller.session_id)


@pages.get(f"{HOME}/contact/{{channel}}/remove")
async def remove_contact_page(
    request: Request, tools: TheTools, caller: RecentlyConfirmed, channel: Channel
) -> Response:
    return await _remove_contact(request, tools, caller, channel, Filled({}))


async def _remove_contact(
    request: Request, tools: Tools, caller: Caller, channel: Channel, form: Filled
) -> Response:
    profile = await _profile(tools, caller)
    held = profile.phone if channel == "phone" else profile.email
    if held is None:
        return away(HOME)
    return show(
        request, "accounts/remove_contact.html", form, channel=channel, held=held, word=WORDS[channel]
    )


@pages.post(f"{HOME}/contact/{{channel}}/remove")
async def remove_contact_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    channel: Channel,
    form: Annotated[Sent, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        await changes.remove_contact(tools, caller=caller, channel=channel, visitor=visitor)
    except AppError as error:
        return await _remove_contact(request, tools, caller, channel, Filled({}).refused(error))
    return away(HOME, done=f"{channel}_removed")


# -- sessions


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
            await own_routes.end_one(tools, visitor, caller, form.session_id)
        else:
            await own_routes.end_others(tools, visitor, caller)
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
    profile = await _profile(tools, caller)
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
            await own_routes.give_consent(tools, visitor, caller, form.kind)
        else:
            await own_routes.withdraw_consent(tools, visitor, caller, form.kind)
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
        found = await own_routes.data(tools, visitor, caller)
    except AppError as error:
        return show(request, "accounts/data.html", Filled({}).refused(error))
    body = orjson.dumps(found, option=orjson.OPT_INDENT_2)
    name = {"Content-Disposition": 'attachment; filename="pillnuts-my-data.json"'}
    return Response(body, media_type="application/json", headers=name)


@pages.get(f"{HOME}/leave")
async def leave_page(request: Request, tools: TheTools, caller: RecentlyConfirmed) -> Response:
    return await _leave(request, tools, caller, Filled({"sure": ""}))


async def _leave(request: Request, tools: Tools, caller: Caller, form: Filled) -> Response:
    return show(request, "accounts/leave.html", form, profile=await _profile(tools, caller))


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
        left = await own_routes.leave(tools, visitor, caller)
    except AppError as error:
        return await _leave(request, tools, caller, filled.refused(error))
    auth.sign_out_here(request)
    drafts.drop(request)
    drafts.keep(request, "left", {"receipt": left.receipt})
    return away(f"{HOME}/left")


@pages.get(f"{HOME}/left")
async def left_page(request: Request, visitor: TheVisitor) -> Response:  # noqa: ARG001
    held = drafts.kept(request, "left")
    return away("/") if held is None else show(request, "accounts/left.html", receipt=held["receipt"])
