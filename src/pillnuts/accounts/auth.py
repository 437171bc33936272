"""Who asks: what routes put into their signatures, and the cookies behind it.

`CurrentUser` in a signature is a promise kept before the route runs. The access token is checked and then its
session looked up, so that what was ended is over at once, and a role that was taken away is gone.
"""

import hmac
import secrets
from datetime import datetime
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Annotated, Final

import orjson
from fastapi import Depends, Form, Request
from fastapi.security import HTTPBearer

from pillnuts.accounts import audit, codes, sessions, sign_in
from pillnuts.accounts.cookies import LIFETIMES, Cookies, Name
from pillnuts.accounts.devices import device
from pillnuts.accounts.doors import NOTED, PERSONAL, SAFE
from pillnuts.accounts.errors import NotAllowed, NotSignedIn
from pillnuts.accounts.keys import BadToken
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import Caller, SignedIn, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.sealing import BadSeal

_BEARER: Final = HTTPBearer(auto_error=False, description="`POST /api/v1/account/session`의 `access_token`")
_CALLER: Final = "pillnuts_caller"
_LONGEST_BROWSER: Final = 64
_NAMES_KEPT: Final = 5


def tools(request: Request) -> Tools:
    """What accounts work with in this process."""
    found: Tools = request.app.state.accounts
    return found


def cookies(request: Request) -> Cookies:
    found: Cookies = request.app.state.cookies
    return found


TheTools = Annotated[Tools, Depends(tools)]


def note(request: Request, which: Name, value: str) -> None:
    """Have a cookie written on whatever answers this request; an empty value takes it away."""
    noted = getattr(request.state, NOTED, {})
    setattr(request.state, NOTED, {**noted, which: value})


async def begin_here(request: Request, tools: Tools, visitor: Visitor, signed_in: SignedIn) -> None:
    """Keep a session that has just begun, or may do more than before, in this browser."""
    await rename(request, tools, visitor)
    keep_signed_in(request, signed_in)


def keep_signed_in(request: Request, signed_in: SignedIn) -> None:
    """Keep the next tokens of a session in this browser."""
    note(request, "access", signed_in.access)
    note(request, "refresh", signed_in.refresh)
    if signed_in.known:
        note(request, "known", signed_in.known)


def sign_out_here(request: Request) -> None:
    """Take out of this browser what is whose. The session itself is ended by `sessions.end`."""
    _drop_tokens(request)
    note(request, "browser", secrets.token_urlsafe(24))
    note(request, "before", "")


def _drop_tokens(request: Request) -> None:
    note(request, "access", "")
    note(request, "refresh", "")


def personal(request: Request) -> None:
    """The answer belongs to one person: nobody keeps it."""
    setattr(request.state, PERSONAL, True)


def visitor(request: Request) -> Visitor:
    """Whoever asks. A browser without a name of ours gets one."""
    personal(request)
    noted: dict[Name, str] = getattr(request.state, NOTED, {})
    browser = noted.get("browser") or request.cookies.get(cookies(request).name("browser"), "")
    if not browser or len(browser) > _LONGEST_BROWSER:
        browser = secrets.token_urlsafe(24)
        note(request, "browser", browser)
    return Visitor(
        address=subscriber(request.client.host) if request.client else "",
        browser=browser,
        device=device(request.headers.get("user-agent", "")),
        known=request.cookies.get(cookies(request).name("known"), ""),
    )


async def rename(request: Request, tools: Tools, visitor_: Visitor) -> Visitor:
    """Call this browser something else, where it proved something or may do more than before.

    Whoever planted the name it had, or read it, has nothing by it: what was proved goes along. What other
    tabs hold is good for an hour more, in this browser alone.
    """
    fresh, before = secrets.token_urlsafe(24), names(request)[:_NAMES_KEPT]
    async with tools.database.writing() as session:
        await codes.follow(session, tools, old=visitor_.browser, new=fresh)
    until = (tools.now() + LIFETIMES["before"]).isoformat()
    said = orjson.dumps({"now": fresh, "before": before, "until": until}).decode()
    note(request, "browser", fresh)
    note(request, "before", tools.challenges.seal(said))
    return visitor(request)


def names(request: Request) -> tuple[str, ...]:
    """What this browser is called, and what it was called within the last hour."""
    current = visitor(request).browser
    noted: dict[Name, str] = getattr(request.state, NOTED, {})
    sealed = noted.get("before", request.cookies.get(cookies(request).name("before"), ""))
    try:
        said = orjson.loads(tools(request).challenges.open(sealed)) if sealed else {}
    except (BadSeal, orjson.JSONDecodeError):
        said = {}
    if said.get("now") != current or datetime.fromisoformat(said["until"]) < tools(request).now():
        return (current,)
    return (current, *said["before"])


def subscriber(host: str) -> str:
    """The address that counts: of IPv6 the network, since each customer has 2^64 addresses to come from."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), 64), strict=False).network_address)


TheVisitor = Annotated[Visitor, Depends(visitor)]


async def _caller(
    request: Request, tools: TheTools, visitor: TheVisitor, _bearer: Annotated[object, Depends(_BEARER)]
) -> Caller | None:
    """Whoever is signed in. An access cookie past its time is renewed by the refresh cookie on the way."""
    if hasattr(request.state, _CALLER):
        found: Caller | None = getattr(request.state, _CALLER)
        return found
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        caller = await _of_token(tools, token.strip()) if scheme.lower() == "bearer" else None
    else:
        caller = await _of_cookies(request, tools, visitor)
    setattr(request.state, _CALLER, caller)
    return caller


async def _of_token(tools: Tools, token: str) -> Caller | None:
    try:
        claims = await tools.keyring.read(token)
    except BadToken:
        return None
    async with tools.database.reading() as session:
        return await sessions.find(session, tools, claims)


async def _of_cookies(request: Request, tools: Tools, visitor: Visitor) -> Caller | None:
    names = cookies(request)
    access, refresh = (request.cookies.get(names.name(which), "") for which in ("access", "refresh"))
    if access and (caller := await _of_token(tools, access)):
        return caller
    if not refresh:
        return None
    try:
        signed_in = await sign_in.refresh(tools, refresh_token=refresh, visitor=visitor)
    except NotSignedIn:
        _drop_tokens(request)
        return None
    keep_signed_in(request, signed_in)
    return await _of_token(tools, signed_in.access)


OptionalUser = Annotated[Caller | None, Depends(_caller)]
"""Whoever is signed in, or None."""


def _enrolling(caller: OptionalUser) -> Caller:
    if caller is None:
        raise NotSignedIn
    return caller


Enrolling = Annotated[Caller, Depends(_enrolling)]
"""Like `CurrentUser`, and also who still has to set up a second factor: for that alone."""


async def _current(request: Request, caller: Enrolling, tools: TheTools, visitor: TheVisitor) -> Caller:
    if caller.must_enrol:
        error = NotAllowed(
            "second_factor_required", "상담사와 관리자는 2단계 인증을 설정해야 다른 일을 할 수 있습니다."
        )
        await _note(request, tools, caller, visitor, error)
        raise error
    return caller


CurrentUser = Annotated[Caller, Depends(_current)]


async def _counsellor(request: Request, caller: CurrentUser, tools: TheTools, visitor: TheVisitor) -> Caller:
    if not caller.role.privileged:
        raise await _not_allowed(request, tools, caller, visitor)
    return caller


Counsellor = Annotated[Caller, Depends(_counsellor)]
"""A counsellor or an administrator."""


async def _admin(request: Request, caller: CurrentUser, tools: TheTools, visitor: TheVisitor) -> Caller:
    if caller.role is not Role.ADMIN:
        raise await _not_allowed(request, tools, caller, visitor)
    return caller


AdminUser = Annotated[Caller, Depends(_admin)]


async def _recently(request: Request, caller: CurrentUser, tools: TheTools, visitor: TheVisitor) -> Caller:
    return await _recent(request, tools, caller, visitor)


async def _enrolling_recently(
    request: Request, caller: Enrolling, tools: TheTools, visitor: TheVisitor
) -> Caller:
    return await _recent(request, tools, caller, visitor)


async def _recent(request: Request, tools: Tools, caller: Caller, visitor: Visitor) -> Caller:
    if not sign_in.recently_confirmed(tools, caller):
        error = NotAllowed("confirm_again", "중요한 변경입니다. 비밀번호를 한 번 더 확인해 주세요.")
        await _note(request, tools, caller, visitor, error)
        raise error
    return caller


async def _not_allowed(request: Request, tools: Tools, caller: Caller, visitor: Visitor) -> NotAllowed:
    error = NotAllowed("not_allowed", "이 일을 할 권한이 없습니다.")
    await _note(request, tools, caller, visitor, error, looks=True)
    return error


async def _note(
    request: Request,
    tools: Tools,
    caller: Caller,
    visitor: Visitor,
    error: NotAllowed,
    *,
    looks: bool = False,
) -> None:
    """Write down who was kept from where. A page that leads to the proof it lacks first is no refusal."""
    if not looks and request.method in SAFE and not request.url.path.startswith("/api/"):
        return
    at = getattr(request.scope.get("route"), "path", "")  # as it is declared: it names nobody
    await audit.refused(tools, action="access.refused", caller=caller, visitor=visitor, why=error.code, at=at)


RecentlyConfirmed = Annotated[Caller, Depends(_recently)]
"""Who proved again, in the last five minutes, that it is them."""
EnrollingConfirmed = Annotated[Caller, Depends(_enrolling_recently)]
"""The same of `Enrolling`."""


def form_token(request: Request) -> str:
    """For a hidden field of every form: good in this browser, for whoever is signed in to it."""
    caller: Caller | None = getattr(request.state, _CALLER, None)
    return tools(request).keyed.digest("form", visitor(request).browser, caller.session_id if caller else "")


def check_form(request: Request, caller: Caller | None, given: str) -> None:
    """Raise NotAllowed `stale_form` unless that form was made for this browser and whoever is signed in."""
    # Signed in since in another tab: the form was made by this browser all the same.
    of = {"", caller.session_id if caller else ""}
    keyed = tools(request).keyed
    good = [keyed.digest("form", name, session_id) for name in names(request) for session_id in of]
    if not any(_same(given, token) for token in good):
        raise NotAllowed("stale_form", "화면이 오래되었습니다. 새로 고친 뒤에 다시 해 주세요.")


def _checked_form(
    request: Request, caller: OptionalUser, form_token: Annotated[str, Form(max_length=64)] = ""
) -> None:
    check_form(request, caller, form_token)


CheckedForm = Depends(_checked_form)
"""For the `dependencies` of a route that takes a form: its `form_token` is of this browser."""


def safe_next(given: str) -> str:
    r"""A path of this site to go on to, or "/": never another site's (`//x`, `/\x`, `https:…`)."""
    plain = all(" " < letter < "\x7f" and letter != "\\" for letter in given)
    local = given.startswith("/") and not given.startswith("//")
    return given if plain and local else "/"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
