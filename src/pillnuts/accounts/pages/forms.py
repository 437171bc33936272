"""What every page of accounts does: show a form with what was typed, and what is wrong beside the field.

Whoever has to sign in first, or prove it again, is led there and back.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Final, Self, TypeVar, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from pillnuts.accounts import auth, people, texts
from pillnuts.accounts.errors import FieldError, NotAllowed, NotSignedIn
from pillnuts.accounts.oauth.config import TITLES
from pillnuts.accounts.oauth.words import sentence
from pillnuts.accounts.shapes import Caller, Profile
from pillnuts.accounts.sign_up import KOREA
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError
from pillnuts.kernel.web import page

T = TypeVar("T")

SIGN_IN: Final = "/account/sign-in"
CONFIRM: Final = "/account/confirm"
SECOND_FACTOR: Final = "/account/second-factor"
HOME: Final = "/account"

SHOWN_IN_FORM: Final = frozenset({401, 403, 409, 422, 429, 503})
NOON: Final = 12
_DATE: Final = re.compile(r"(\d{4})[\s./년-]*(\d{1,2})[\s./월-]*(\d{1,2})[\s.일]*", re.ASCII)
STALE: Final = "화면이 오래되어 한 번 더 확인합니다. 적으신 내용은 그대로 있습니다. 다시 눌러 주세요."

Short = Annotated[str, Field(max_length=254)]
Long = Annotated[str, Field(max_length=4096)]

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

Done = Annotated[str, Query(max_length=40)]
"""In an address: which of `DONE` a page is to say."""


class SeveralWrong(FieldError):
    """More than one field cannot be used: all of them are said at once."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(errors[0].code, errors[0].detail, errors[0].field)
        self.errors = tuple(errors)


class Sent(BaseModel):
    """A form. What is not there is empty: what must not be is said beside its field."""

    form_token: Annotated[str, Field(max_length=64)] = ""


@dataclass(frozen=True)
class Filled:
    """A form as it is shown: what was typed, and what is wrong with it by field ("": with no single one)."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: Sent, *, secret: Iterable[str] = ()) -> Self:
        """What was typed, but for what is not shown again."""
        hidden = {"form_token", *secret}
        return cls({name: "" if name in hidden else str(value) for name, value in sent.model_dump().items()})

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    @property
    def first(self) -> str | None:
        """The field that the reader is led to."""
        return next(iter(self.errors), None)

    def refused(self, error: AppError) -> Self:
        """The same form with what was refused. What no form can mend is raised."""
        if not _for_a_form(error):
            raise error
        errors = error.errors if isinstance(error, SeveralWrong) else (error,)
        said: dict[str, str] = dict(self.errors)
        for one in errors:
            name = getattr(one, "field", "")
            detail = STALE if one.code == "stale_form" else one.detail
            said.setdefault(name if name in self.values else "", detail)
        codes = self.codes.union(one.code for one in errors)
        return type(self)(self.values, said, codes, error.status, error.headers)


def _for_a_form(error: AppError) -> bool:
    elsewhere = isinstance(error, NotSignedIn) or error.code in {"confirm_again", "second_factor_required"}
    return error.status in SHOWN_IN_FORM and not elsewhere


class PageRoute(APIRoute):
    """Leads to the page that is missing before this one: signing in, proving it again, a second factor."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except NotSignedIn:
                return away(SIGN_IN, next=here(request))
            except NotAllowed as error:
                match error.code:
                    case "confirm_again":
                        return away(CONFIRM, next=here(request))
                    case "second_factor_required":
                        return away(SECOND_FACTOR)
                    case _:
                        raise

        return answered


def router() -> APIRouter:
    return APIRouter(include_in_schema=False, route_class=PageRoute)


def here(request: Request) -> str:
    """Where to come back to: the page itself, which every address that takes a form has as well."""
    query = request.url.query if request.method in {"GET", "HEAD"} else ""
    return f"{request.url.path}?{query}" if query else request.url.path


def away(path: str, **query: str) -> Response:
    """See there: the next thing is a page, and loading it again sends nothing twice."""
    mark = "&" if "?" in path else "?"
    given = {name: value for name, value in query.items() if value}
    return RedirectResponse(f"{path}{mark}{urlencode(given)}" if given else path, 303)


def onward(given: str, default: str = HOME) -> str:
    """Where somebody was going: a path of this site."""
    return auth.safe_next(given) if given else default


def checked(request: Request, caller: Caller | None, sent: Sent) -> None:
    """Raise NotAllowed `stale_form` for a form that this browser was not given."""
    auth.check_form(request, caller, sent.form_token)


def complete(sent: Sent, **sentences: str) -> None:
    """Raise SeveralWrong for the fields that are empty: their names and what to say."""
    typed = sent.model_dump()
    raise_all(
        [
            FieldError("missing", said, name)
            for name, said in sentences.items()
            if not str(typed[name]).strip()
        ]
    )


def raise_all(errors: Sequence[FieldError]) -> None:
    """Raise what there is."""
    if errors:
        raise SeveralWrong(errors)


def read_day(typed: str) -> date:
    """A day as people write it: 19900517, 1990-05-17, 1990.5.17, 1990년 5월 17일. Raises FieldError."""
    wrong = FieldError(
        "bad_birth_date", "생년월일을 숫자 여덟 자리로 적어 주세요. 예: 19900517", "birth_date"
    )
    plain = typed.strip()
    if plain.isascii() and plain.isdigit() and len(plain) != len("19900517"):
        raise wrong
    if (found := _DATE.fullmatch(plain)) is None:
        raise wrong
    try:
        return date(*map(int, found.groups()))
    except ValueError as error:
        raise wrong from error


def agreement_errors(agreed: frozenset[str]) -> list[FieldError]:
    return [
        FieldError("consent_missing", f"‘{texts.current(kind).title}’에 동의해야 가입할 수 있습니다.", kind)
        for kind in texts.KINDS
        if kind in texts.REQUIRED and kind not in agreed
    ]


def collected(rule: Callable[..., T], *given: Any) -> tuple[T, list[FieldError]]:
    """What a rule makes of something typed, or what it says of it, to be raised with what others say."""
    try:
        return rule(*given), []
    except FieldError as error:
        return cast("T", None), [error]


def _day(at: datetime) -> str:
    return f"{at.astimezone(KOREA):%Y. %-m. %-d.}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(KOREA):%Y. %-m. %-d. %H:%M}"


def _clock(at: datetime) -> str:
    """A time of today: 오후 2시 5분 9초."""
    there = at.astimezone(KOREA)
    half = "오전" if there.hour < NOON else "오후"
    return f"{half} {(there.hour - 1) % NOON + 1}시 {there.minute}분 {there.second}초"


WORDS: Final = {"in_korea": _moment, "in_korea_day": _day, "clock": _clock}
"""Times as people in Korea read them, for the templates."""


def said_of(problem: str, provider: str = "") -> str:
    """What went wrong somewhere else, in words; empty when nothing did."""
    if problem == "challenge_over":
        return "시간이 지났습니다. 처음부터 다시 로그인해 주세요."
    title = next((title for name, title in TITLES.items() if name == provider), "")
    return sentence(problem, title) if problem else ""


def show(request: Request, template: str, form: Filled | None = None, **context: Any) -> Response:
    """A page of accounts; `form` is what its fields show."""
    auth.personal(request)
    filled = form or Filled({})
    response = page(
        request,
        template,
        filled.status,
        form=filled,
        form_token=auth.form_token(request),
        texts={kind: texts.current(kind) for kind in texts.KINDS},
        login_providers=tuple(getattr(request.app.state, "login_providers", ())),
        **WORDS,
        **context,
    )
    response.headers.update(filled.headers)
    return response


async def profile_of(tools: Tools, caller: Caller) -> Profile:
    async with tools.database.reading() as session:
        return await people.profile(session, tools, account_id=caller.account_id)
