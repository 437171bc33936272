"""The layer every request passes: keeps other sites' forms out, and writes the cookies that a route noted.

Cookies are noted in the request rather than set on an answer, so that they are written whatever the route
answers with, an error included.
"""

from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pillnuts.accounts.cookies import Cookies, Name
from pillnuts.kernel.problems import answer

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PORTS: Final = {"http": 80, "https": 443}
NOTED: Final = "pillnuts_cookies"
PERSONAL: Final = "pillnuts_personal"
"""In `scope["state"]`: the answer is for one person and kept nowhere."""

_REFUSED: Final = (
    403,
    "cross_site",
    "다른 사이트에서 온 요청이라 받지 않았습니다. 이 사이트의 화면에서 다시 해 주세요.",
)


class Origin(NamedTuple):
    """What a browser tells sites apart by (RFC 6454)."""

    scheme: str
    host: str
    port: int


def origin_of(address: str) -> Origin | None:
    """The origin of an address, `https://a` and `https://A:443/` alike; None: it has none (`null`)."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return Origin(parts.scheme, parts.hostname, port) if parts.hostname else None


class Doors:
    """`site_url`: the one address that readers know us by; empty: whichever they came by."""

    def __init__(self, app: ASGIApp, *, cookies: Cookies, site_url: str) -> None:
        self.app = app
        self.cookies = cookies
        self._site = origin_of(site_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and self._foreign(scope, headers):
            await answer(Request(scope), *_REFUSED)(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def written(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self._own(state)]}
            await send(message)

        await self.app(scope, receive, written)

    def _own(self, state: dict[str, object]) -> list[tuple[bytes, bytes]]:
        noted: dict[Name, str] = state.get(NOTED, {})  # type: ignore[assignment]
        own = [(b"set-cookie", self.cookies.written(name, value).encode()) for name, value in noted.items()]
        if noted or state.get(PERSONAL):
            own.append((b"cache-control", b"no-store"))
        return own

    def _foreign(self, scope: Scope, headers: Headers) -> bool:
        """Whether a browser sends this for another site.

        A request without cookies of ours and without a browser's marks is a program's: it has nothing of
        anybody's to misuse. One with our cookies has to show where it comes from.
        """
        if site := headers.get("sec-fetch-site"):
            return site not in {"same-origin", "none"}
        if origin := headers.get("origin"):
            # A proxy that is trusted says by which scheme the browser came: the server has put it there.
            came_by = self._site or origin_of(f"{scope['scheme']}://{headers.get('host', '')}")
            return came_by is None or origin_of(origin) != came_by
        if headers.get("authorization"):
            return False
        return any(
            f"{self.cookies.name(name)}=" in headers.get("cookie", "") for name in ("access", "refresh")
        )
