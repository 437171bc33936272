"""Pages: signing in with its second step, proving it again, signing out."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import Form, Query, Request
from fastapi.responses import Response
from pydantic import Field

from pillnuts.accounts import auth, people, sessions, sign_in
from pillnuts.accounts.auth import Enrolling, OptionalUser, TheTools, TheVisitor
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.oauth import links, unfinished
from pillnuts.accounts.pages import drafts
from pillnuts.accounts.pages.forms import (
    CONFIRM,
    HOME,
    SIGN_IN,
    Filled,
    Long,
    Sent,
    Short,
    away,
    checked,
    complete,
    onward,
    router,
    said_of,
    show,
)
from pillnuts.accounts.shapes import Caller, SecondFactorDue, SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError

pages = router()

SECOND_STEP: Final = f"{SIGN_IN}/second-factor"
DONE: Final = {
    "signed_out": "로그아웃했습니다.",
    "password_reset": "비밀번호를 새로 정했습니다. 모든 기기에서 로그아웃되었습니다. 새로 로그인해 주세요.",
}
Next = Annotated[str, Query(max_length=2000)]
Word = Annotated[str, Query(max_length=40)]


class SignInForm(Sent):
    login_id: Short = ""
    password: Annotated[str, Field(max_length=1024)] = ""
    next: Annotated[str, Field(max_length=2000)] = ""


class SecondStepForm(Sent):
    challenge: Long = ""
    code: Annotated[str, Field(max_length=32)] = ""
    recovery: Annotated[str, Field(max_length=32)] = ""
    next: Annotated[str, Field(max_length=2000)] = ""


class ConfirmForm(Sent):
    password: Annotated[str, Field(max_length=1024)] = ""
    code: Annotated[str, Field(max_length=32)] = ""
    next: Annotated[str, Field(max_length=2000)] = ""


@pages.get(SIGN_IN)
async def sign_in_page(
    request: Request,
    caller: OptionalUser,
    next: Next = "",  # noqa: A002 -- its name in the address
    done: Word = "",
    problem: Word = "",
    provider: Word = "",
) -> Response:
    if caller is not None:
        return away(onward(next))
    if drafts.kept(request, "sign_in"):
        drafts.drop(request, "sign_in")  # whoever begins anew, perhaps by a provider, owes another code
    return _sign_in(
        request, Filled({"login_id": "", "next": next}), done=done, problem=said_of(problem, provider)
    )


def _sign_in(request: Request, form: Filled, *, done: str = "", problem: str = "") -> Response:
    return show(
        request,
        "accounts/sign_in.html",
        form,
        said=DONE.get(done, ""),
        problem=problem,
        next=onward(form.value("next"), ""),
    )


@pages.post(SIGN_IN)
async def sign_in_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[SignInForm, Form()],
) -> Response:
    """What is typed in capitals, as telephones like to, is meant in small letters."""
    filled = Filled.of(form, secret=("password",))
    try:
        checked(request, caller, form)
        complete(form, login_id="아이디를 입력해 주세요.", password="비밀번호를 입력해 주세요.")  # noqa: S106 -- a sentence
        signed_in = await sign_in.with_password(
            tools, login_id=form.login_id.strip().lower(), password=form.password, visitor=visitor
        )
    except AppError as error:
        return _sign_in(request, filled.refused(error))
    if isinstance(signed_in, SecondFactorDue):
        drafts.keep(request, "sign_in", {"challenge": signed_in.challenge, "next": form.next})
        return away(SECOND_STEP)
    await _begin(request, tools, visitor, caller, signed_in)
    return away(onward(form.next))


@pages.get(SECOND_STEP)
async def second_step_page(
    request: Request, tools: TheTools, visitor: TheVisitor, caller: OptionalUser
) -> Response:
    """After a password, or after a provider."""
    held = drafts.kept(request, "sign_in")
    if held is None and (owed := await unfinished.challenge(tools, visitor=visitor)):
        held = {"challenge": owed.challenge, "next": owed.next}
    if held is None:
        return away(HOME) if caller else away(SIGN_IN, problem="stale")
    return _second_step(request, Filled({**held, "code": "", "recovery": ""}))


def _second_step(request: Request, form: Filled) -> Response:
    return show(request, "accounts/sign_in_code.html", form, action=SECOND_STEP)


@pages.post(SECOND_STEP)
async def second_step_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[SecondStepForm, Form()],
) -> Response:
    filled = Filled.of(form, secret=("code", "recovery"))
    try:
        checked(request, caller, form)
        code = form.code.strip() or form.recovery.strip()
        if not code:
            raise FieldError("missing", "인증 앱에 보이는 번호 여섯 자리를 입력해 주세요.", "code")
        signed_in = await sign_in.with_second_factor(
            tools, challenge=form.challenge, code=code, visitor=visitor
        )
    except AppError as error:
        if error.code == "challenge_over":
            drafts.drop(request, "sign_in")
            return away(SIGN_IN, next=onward(form.next, ""), problem=error.code)
        return _second_step(request, _beside(filled.refused(error), form))
    drafts.drop(request, "sign_in")
    await _begin(request, tools, visitor, caller, signed_in)
    return away(onward(form.next))


def _beside(filled: Filled, form: SecondStepForm) -> Filled:
    """What is wrong with a recovery code stands beside that field."""
    if not form.recovery or form.code or "code" not in filled.errors:
        return filled
    return replace(
        filled, errors={"recovery": "복구 번호가 맞지 않습니다. 한 번 쓴 번호는 다시 쓸 수 없습니다."}
    )


async def _begin(
    request: Request, tools: Tools, visitor: Visitor, caller: Caller | None, signed_in: SignedIn
) -> None:
    """Keep the new session; the one that this browser had before ends, or nobody could end it from here."""
    if caller is not None:
        async with tools.deciding() as session:
            await sessions.end(
                session,
                tools,
                account_id=caller.account_id,
                session_id=caller.session_id,
                by=caller.account_id,
                visitor=visitor,
            )
    await auth.begin_here(request, tools, visitor, signed_in)


@pages.get(CONFIRM)
async def confirm_page(
    request: Request,
    tools: TheTools,
    caller: Enrolling,
    next: Next = "",  # noqa: A002 -- its name in the address
    problem: Word = "",
    provider: Word = "",
) -> Response:
    if sign_in.recently_confirmed(tools, caller):
        return away(onward(next))
    return await _confirm(
        request, tools, caller, Filled({"password": "", "code": "", "next": next}), said_of(problem, provider)
    )


async def _confirm(
    request: Request, tools: Tools, caller: Caller, form: Filled, problem: str = ""
) -> Response:
    async with tools.database.reading() as session:
        profile = await people.profile(session, tools, account_id=caller.account_id)
        linked = {one.provider for one in await links.list_(session, account_id=caller.account_id)}
    return show(
        request,
        "accounts/confirm.html",
        form,
        profile=profile,
        linked=[one for one in request.app.state.login_providers if one.name in linked],
        problem=problem,
        next=onward(form.value("next")),
    )


@pages.post(CONFIRM)
async def confirm_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: Enrolling,
    form: Annotated[ConfirmForm, Form()],
) -> Response:
    filled = Filled.of(form, secret=("password", "code"))
    try:
        checked(request, caller, form)
        complete(form, password="비밀번호를 입력해 주세요.")  # noqa: S106 -- a sentence
        await sign_in.confirm_password(
            tools, caller=caller, password=form.password, code=form.code.strip() or None, visitor=visitor
        )
    except AppError as error:
        return await _confirm(request, tools, caller, filled.refused(error))
    return away(onward(form.next))


@pages.post("/account/sign-out")
async def sign_out(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[Sent, Form()],
) -> Response:
    """Signing out twice, or in a second tab, is signing out."""
    if caller is not None:
        checked(request, caller, form)
        async with tools.deciding() as session:
            await sessions.end(
                session,
                tools,
                account_id=caller.account_id,
                session_id=caller.session_id,
                by=caller.account_id,
                visitor=visitor,
            )
    auth.sign_out_here(request)
    drafts.drop(request)
    return away(SIGN_IN, done="signed_out")


@pages.get("/account/sign-out", include_in_schema=False)
async def signed_out() -> Response:
    """Where somebody comes back to who typed the address, or pressed the button of an old page."""
    return away(HOME)
