"""Pages: becoming a member, in four steps: agreeing, a number or address, its code, id and password."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final

from fastapi import Form, Query, Request
from fastapi.responses import Response
from pydantic import Field

from pillnuts.accounts import auth, rules, sign_up, texts
from pillnuts.accounts.auth import OptionalUser, TheTools, TheVisitor
from pillnuts.accounts.contacts import Channel, parse
from pillnuts.accounts.pages import codes as steps
from pillnuts.accounts.pages import drafts
from pillnuts.accounts.pages.codes import CodeForm, ContactForm, Way
from pillnuts.accounts.pages.forms import (
    HOME,
    Filled,
    Long,
    Sent,
    Short,
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
from pillnuts.accounts.sign_up import KOREA, NewAccount
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError
from pillnuts.kernel.rates import Limit
from pillnuts.kernel.web import fragment

pages = router()

START: Final = "/account/sign-up"
CONTACT: Final = f"{START}/contact"
DETAILS: Final = f"{START}/details"
WAY: Final = Way(
    "sign_up", CONTACT, "회원 가입", "본인 확인과 아이디·비밀번호 찾기에만 씁니다.", step=2, steps=4
)

_BRIEFLY: Final = {
    "bad_login_id": "쓸 수 없는 아이디입니다.",
    "login_id_taken": "이미 쓰이고 있는 아이디입니다.",
}
_STRENGTHS: Final = Limit("strengths", 60, 60)

Flag = Annotated[str, Field(max_length=3)]


class Agreement(Sent):
    terms: Flag = ""
    privacy: Flag = ""
    health: Flag = ""
    next: Annotated[str, Field(max_length=2000)] = ""

    @property
    def agreed(self) -> frozenset[str]:
        return frozenset(kind for kind in texts.KINDS if getattr(self, kind))


class Details(Sent):
    login_id: Short = ""
    password: Annotated[str, Field(max_length=1024)] = ""
    sealed: Long = ""
    """The password of the try before, when it was something else that was wrong."""
    birth_date: Annotated[str, Field(max_length=30)] = ""
    channel: Channel = "phone"
    target: Short = ""
    agreed: Annotated[str, Field(max_length=60)] = ""


@pages.get(START)
async def start_page(
    request: Request,
    caller: OptionalUser,
    next: Annotated[str, Query(max_length=2000)] = "",  # noqa: A002
) -> Response:
    if caller is not None:
        return away(onward(next))
    held = drafts.kept(request, WAY.draft) or {}
    chosen: dict[str, str] = {kind: "on" if kind in held.get("agreed", ()) else "" for kind in texts.KINDS}
    return _start(request, Filled({**chosen, "next": next or held.get("next", "")}))


def _start(request: Request, form: Filled) -> Response:
    return show(request, "accounts/sign_up.html", form, next=onward(form.value("next"), ""))


@pages.post(START)
async def start_form(request: Request, caller: OptionalUser, form: Annotated[Agreement, Form()]) -> Response:
    filled = Filled.of(form)
    try:
        checked(request, caller, form)
        raise_all(agreement_errors(form.agreed))
    except AppError as error:
        return _start(request, filled.refused(error))
    held = drafts.kept(request, WAY.draft) or {}
    drafts.keep(request, WAY.draft, {**held, "agreed": sorted(form.agreed), "next": form.next})
    return away(CONTACT)


@pages.get(CONTACT)
async def contact_page(
    request: Request, caller: OptionalUser, by: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    if caller is not None:
        return away(HOME)
    held = drafts.kept(request, WAY.draft)
    if held is None or agreement_errors(frozenset(held["agreed"])):
        return away(START)
    return steps.show_contact(request, WAY, by or held.get("channel", ""))


@pages.post(CONTACT)
async def contact_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[ContactForm, Form()],
) -> Response:
    if drafts.kept(request, WAY.draft) is None:
        return away(START)
    return await steps.ask(request, tools, visitor, caller, WAY, form)


@pages.get(WAY.code)
async def code_page(request: Request, caller: OptionalUser) -> Response:
    return away(HOME) if caller is not None else steps.show_code(request, WAY)


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
    held = drafts.kept(request, WAY.draft) or {}
    drafts.keep(request, WAY.draft, {**held, **steps.proven(form, WAY)})
    return away(DETAILS)


@pages.get(DETAILS)
async def details_page(request: Request, caller: OptionalUser) -> Response:
    if caller is not None:
        return away(HOME)
    held = drafts.kept(request, WAY.draft)
    if held is None or not held.get("proven") or "agreed" not in held:
        return away(CONTACT)
    known = {"channel": held["channel"], "target": held["target"], "agreed": ",".join(held["agreed"])}
    return show(request, "accounts/sign_up_details.html", Filled({**dict.fromkeys(_TYPED, ""), **known}))


_TYPED: Final = ("login_id", "password", "birth_date", "sealed")


@pages.post(DETAILS)
async def details_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    form: Annotated[Details, Form()],
) -> Response:
    password = form.password or drafts.opened(tools, auth.names(request), form.sealed)
    filled = Filled.of(form, secret=("password", "sealed"))
    try:
        checked(request, caller, form)
        account = _new_account(form, password, tools)
        signed_in = await sign_up.sign_up(tools, form=account, visitor=visitor)
    except AppError as error:
        refused = filled.refused(error)
        if password and "password" not in refused.errors:
            kept = drafts.seal(tools, visitor.browser, password)
            refused = replace(refused, values={**refused.values, "sealed": kept})
        return show(request, "accounts/sign_up_details.html", refused)
    held = drafts.kept(request, WAY.draft) or {}
    drafts.drop(request, WAY.draft)
    await auth.begin_here(request, tools, visitor, signed_in)
    going = onward(held.get("next", ""), "")
    return away(going) if going else away(HOME, done="signed_up")


def _new_account(form: Details, password: str, tools: Tools) -> NewAccount:
    """All that can be said of the fields is said at once. Raises FieldError."""
    login_id, today = form.login_id.strip(), tools.now().astimezone(KOREA).date()
    _, bad_id = collected(rules.login_id, login_id)
    own = rules.own_words(login_id, [parse(form.channel, form.target)])
    _, bad_password = collected(rules.password, password, own)
    born, bad_day = collected(_old_enough, form.birth_date, today)
    raise_all([*bad_id, *bad_password, *bad_day])
    agreed = frozenset(form.agreed.split(",")).intersection(texts.KINDS)
    return NewAccount(login_id, password, born, form.channel, form.target, agreed)


def _old_enough(typed: str, today: date) -> date:
    born = read_day(typed)
    rules.old_enough(born, today)
    return born


@pages.get(f"{START}/login-id")
async def login_id_hint(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    login_id: Annotated[str, Query(max_length=254)] = "",
) -> Response:
    """Whether an id is free, for htmx to put beside the field."""
    try:
        await sign_up.check_login_id(tools, login_id=login_id.strip(), visitor=visitor)
    except AppError as error:
        # One line, which the page has room for; the rule itself stands above the field.
        said = _BRIEFLY.get(error.code, error.detail)
        return fragment(request, "accounts/_hint.html", said=said, good=False)
    return fragment(request, "accounts/_hint.html", said="쓸 수 있는 아이디입니다.", good=True)


class Strength(Sent):
    login_id: Short = ""
    password: Annotated[str, Field(max_length=1024)] = ""
    new_password: Annotated[str, Field(max_length=1024)] = ""


@pages.post("/account/password-strength")
async def strength_hint(
    request: Request, tools: TheTools, visitor: TheVisitor, form: Annotated[Strength, Form()]
) -> Response:
    """How strong a password is, for htmx to put beside the field."""
    await tools.rates.take(_STRENGTHS, visitor.address)
    typed = form.new_password or form.password
    score, said = rules.strength(typed, rules.own_words(form.login_id))
    if 0 < len(typed) < rules.SHORTEST_PASSWORD:
        said = f"{rules.SHORTEST_PASSWORD}자 이상이어야 합니다. 지금 {len(typed)}자입니다."
    return fragment(request, "accounts/_strength.html", score=score, said=said, typed=bool(typed))
