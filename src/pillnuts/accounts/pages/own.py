"""Pages: the own account, and what can be changed of it."""

from typing import Annotated, Final

from fastapi import Form, Request
from fastapi.responses import Response
from pydantic import Field

from pillnuts.accounts import auth, changes, people, sessions
from pillnuts.accounts.auth import CurrentUser, RecentlyConfirmed, TheTools, TheVisitor
from pillnuts.accounts.contacts import Channel
from pillnuts.accounts.oauth import links
from pillnuts.accounts.pages import codes as steps
from pillnuts.accounts.pages import drafts
from pillnuts.accounts.pages.codes import CodeForm, ContactForm, Way
from pillnuts.accounts.pages.forms import (
    DONE,
    HOME,
    Done,
    Filled,
    Sent,
    Short,
    away,
    checked,
    complete,
    profile_of,
    router,
    said_of,
    show,
)
from pillnuts.accounts.shapes import Caller
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError

pages = router()

WORDS: Final[dict[Channel, str]] = {"phone": "휴대전화 번호", "email": "이메일"}


class PasswordForm(Sent):
    login_id: Short = ""
    new_password: Annotated[str, Field(max_length=1024)] = ""


class LoginForm(Sent):
    login_id: Short = ""
    password: Annotated[str, Field(max_length=1024)] = ""


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
        ways_in = await links.list_(session, account_id=caller.account_id)
    return show(
        request,
        "accounts/account.html",
        profile=profile,
        devices=len(signed_in),
        linked=ways_in,
        said="계정을 연결했습니다." if linked else DONE.get(done, ""),
        problem=said_of(problem, provider),
        outdated=[one.kind for one in profile.consents if not one.current],
    )


# -- password, id


@pages.get(f"{HOME}/password")
async def password_page(request: Request, tools: TheTools, caller: RecentlyConfirmed) -> Response:
    profile = await profile_of(tools, caller)
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
    profile = await profile_of(tools, caller)
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
        return show(request, "accounts/login.html", refused, profile=await profile_of(tools, caller))
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
        visitor = auth.visitor(request)  # it has a new name
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
    profile = await profile_of(tools, caller)
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
