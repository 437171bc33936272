"""Going to a provider and coming back, Kakao's callback, and the same for programs.

The first two draw no page: they send the browser on, with a `problem` that the page there puts into words.
"""

from datetime import date, datetime
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from pillnuts.accounts import answers, audit
from pillnuts.accounts.asked import Exact
from pillnuts.accounts.auth import (
    OptionalUser,
    RecentlyConfirmed,
    TheTools,
    TheVisitor,
    begin_here,
    safe_next,
)
from pillnuts.accounts.errors import NotAllowed
from pillnuts.accounts.oauth import flow, links, unfinished, upkeep
from pillnuts.accounts.oauth.config import NAMES, TITLES, ProviderName, Providers
from pillnuts.accounts.oauth.pending import Purpose
from pillnuts.accounts.oauth.talk import Talk, Talks
from pillnuts.accounts.oauth.words import sentence
from pillnuts.accounts.shapes import Caller, ConsentKind
from pillnuts.accounts.sign_in import recently_confirmed
from pillnuts.kernel.errors import NotFound
from pillnuts.kernel.web import problems

pages = APIRouter(prefix="/account/providers", include_in_schema=False)
api = APIRouter(prefix="/account/providers", tags=["account"])

MY_PAGE: Final = "/account"
SIGN_IN: Final = "/account/sign-in"
CONFIRM: Final = "/account/confirm"
OPEN: Final = {
    "sign_up": "/account/sign-up/provider",
    "challenge": "/account/sign-in/second-factor",
    "confirm": "/account/confirm/second-factor",
}
"""The pages that ask what a return leaves open."""
_LARGEST_CALLBACK: Final = 10_000
_SEE_OTHER: Final = 303


def _talk(request: Request, name: str) -> Talk:
    talks: Talks = request.app.state.provider_talks
    if (talk := talks.get(name)) is None:
        raise NotFound("unknown_provider", sentence("unknown_provider", ""))
    return talk


def _kakao(request: Request) -> Talk:
    return _talk(request, "kakao")


TheTalk = Annotated[Talk, Depends(_talk)]
TheKakao = Annotated[Talk, Depends(_kakao)]


@pages.get("/{name}/start")  # noqa: FAST003 -- `TheTalk` takes the name
async def start(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    talk: TheTalk,
    purpose: Purpose = "sign_in",
    next: Annotated[str, Query(max_length=2000)] = "/",  # noqa: A002 -- the name in the address
) -> Response:
    """Send the browser to the provider."""
    if purpose != "sign_in":
        _from_our_page(request)
        if caller is None:
            return _to(SIGN_IN, next=MY_PAGE)
    if caller is not None and purpose == "link" and not _may_link(caller, tools):
        return _to(CONFIRM, provider=talk.provider.name, problem="confirm_again", next=MY_PAGE)
    address = await flow.start(
        tools, talk, purpose=purpose, next_=safe_next(next), caller=caller, visitor=visitor
    )
    return RedirectResponse(address, _SEE_OTHER)


@pages.get("/{name}/return")  # noqa: FAST003
async def come_back(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: OptionalUser,
    talk: TheTalk,
    code: Annotated[str, Query(max_length=4096)] = "",
    state: Annotated[str, Query(max_length=512)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Take the browser back from the provider, and send it on at once: its address holds the code."""
    back = await flow.come_back(
        tools, talk, code=code, state=state, error=error, caller=caller, visitor=visitor
    )
    name = talk.provider.name
    if back.signed_in is not None:
        await begin_here(request, tools, visitor, back.signed_in)
    if back.problem == "stale" and caller is not None and back.purpose == "sign_in":
        return _to("/")  # the back button, after it went well
    if back.problem is not None:
        where = {"sign_in": SIGN_IN, "link": MY_PAGE, "confirm": CONFIRM}[back.purpose]
        return _to(where, provider=name, problem=back.problem, next=back.next)
    if back.open is not None:
        return _to(OPEN[back.open])
    return _to(MY_PAGE, linked=name) if back.purpose == "link" else _to(back.next)


@pages.api_route("/kakao/unlinked", methods=["GET", "POST"])
async def unlinked(request: Request, tools: TheTools, visitor: TheVisitor, talk: TheKakao) -> Response:
    """Kakao says that somebody ended the link there."""
    said = await _parameters(request)
    known = upkeep.is_kakao(
        talk.provider,
        authorization=request.headers.get("authorization", ""),
        app_id=said.get("app_id", ""),
    )
    if not known:
        await audit.refused(
            tools, action="provider.unlinked", caller=None, visitor=visitor, provider="kakao", why="not_kakao"
        )
        raise NotAllowed("not_kakao", "카카오에서 온 요청이 아닙니다.")
    await upkeep.ended_by_kakao(tools, subject=said.get("user_id", ""), reason=said.get("referrer_type", ""))
    return Response(status_code=200)


class Link(answers.Answer):
    provider: ProviderName
    title: str
    linked_at: datetime | None = None
    used_at: datetime | None = None
    last_way_in: bool = False


class Links(answers.Answer):
    items: list[Link]


class PendingSignUp(answers.Answer):
    provider: ProviderName
    title: str
    next: str


class FinishSignUp(Exact):
    birth_date: date
    consents: frozenset[ConsentKind]


# Whoever is not signed in may ask too: the empty requirement says so.
@api.get("", summary="네이버, 구글, 카카오 로그인", openapi_extra={"security": [{}]})
async def list_(request: Request, tools: TheTools, caller: OptionalUser) -> Links:
    """쓸 수 있는 로그인 방법입니다. 로그인했으면 연결된 것에 `linked_at`이 있습니다."""
    providers: Providers = request.app.state.login_providers
    linked = {}
    if caller is not None:
        async with tools.database.reading() as session:
            linked = {one.provider: one for one in await links.list_(session, account_id=caller.account_id)}
    offered = [name for name in NAMES if name in linked or providers.get(name) is not None]
    return Links(
        items=[
            Link.model_validate(linked[name]) if name in linked else Link(provider=name, title=TITLES[name])
            for name in offered
        ]
    )


@api.get("/sign-up", responses=problems(404), summary="마치지 않은 가입 보기")
async def pending(tools: TheTools, visitor: TheVisitor) -> PendingSignUp:
    """네이버, 구글, 카카오에서 처음 돌아온 브라우저가 30분 안에 마칠 가입입니다."""
    held = await unfinished.sign_up_due(tools, visitor=visitor)
    if held is None:
        raise NotFound("pending_over", sentence("stale", ""))
    return PendingSignUp.model_validate(held)


@api.post("/sign-up", status_code=201, responses=problems(401, 409, 422, 429), summary="가입 마치기")
async def finish(tools: TheTools, visitor: TheVisitor, body: FinishSignUp) -> answers.Tokens:
    """만 14세부터 가입할 수 있습니다."""
    finished = await unfinished.finish(
        tools, birth_date=body.birth_date, agreed=body.consents, visitor=visitor
    )
    return answers.Tokens.of(finished.signed_in)


@api.delete("/sign-up", status_code=204, summary="가입 그만두기")
async def give_up(tools: TheTools, visitor: TheVisitor) -> None:
    await unfinished.give_up(tools, visitor=visitor)


@api.delete("/{name}", status_code=204, responses=problems(401, 403, 404, 422), summary="연결 끊기")
async def unlink(tools: TheTools, visitor: TheVisitor, caller: RecentlyConfirmed, name: ProviderName) -> None:
    """다른 기기에서는 로그아웃됩니다. 로그인할 방법이 그것뿐이면 끊을 수 없습니다."""
    await flow.unlink(tools, caller=caller, provider=name, visitor=visitor)


def _from_our_page(request: Request) -> None:
    """Raise NotAllowed unless one of our own pages sends here.

    Another site could otherwise have its own account at the provider linked to somebody's account here.
    """
    if request.headers.get("sec-fetch-site") != "same-origin":
        raise NotAllowed(
            "cross_site", "이 사이트의 화면에서 눌러 주세요. 오래된 브라우저라면 새 판으로 올려 주세요."
        )


def _may_link(caller: Caller, tools: TheTools) -> bool:
    return not caller.must_enrol and recently_confirmed(tools, caller)


async def _parameters(request: Request) -> dict[str, str]:
    """Of the address, or of a form; the callback may be set to either."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_CALLBACK:
            return {}
    return {**dict(request.query_params), **dict(parse_qsl(body.decode("ascii", "replace")))}


def _to(path: str, **query: str) -> RedirectResponse:
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, _SEE_OTHER)
