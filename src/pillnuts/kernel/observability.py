"""What an operator sees: request ids, one log line and the counts for each request, health and readiness.

`Observability` is the outermost layer, so that errors and answers from the cache are seen too. Search words
say something about a person's health: a query string is never logged.
"""

import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pillnuts.kernel.logs import REQUEST_ID
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.problems import problem
from pillnuts.kernel.web import database, json_bytes

log = structlog.get_logger(__name__)

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
"""No other site's files, nothing inline. `data:` is for the pictures inside our own style sheets."""

SECURITY_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
HTTPS_ONLY: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

UNMATCHED: Final = "(none)"
"""The route of an address that no route knows; its own text would make one time series for each."""

MISSING: Final = {"database": "데이터베이스에 연결할 수 없습니다", "snapshot": "의약품 자료가 없습니다"}

_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class Observability:
    """Names the request, measures it, counts it, logs it, and puts the security headers on its answer."""

    def __init__(self, app: ASGIApp, *, routes: Callable[[], Mapping[Any, str]], metrics: Metrics) -> None:
        """`routes()` gives the path template of each endpoint; it is asked once, at the first request."""
        self.app = app
        self.metrics = metrics
        self._find_routes = routes
        self._routes: Mapping[Any, str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        REQUEST_ID.set(request_id)
        own: list[tuple[bytes, bytes]] = [*SECURITY_HEADERS, (b"x-request-id", request_id.encode())]
        if scope["scheme"] == "https":
            own.append(HTTPS_ONLY)
        status = 0
        finished = False

        async def observed(message: Message) -> None:
            nonlocal status, finished
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], *own]}
            elif message["type"] == "http.response.body":
                finished = not message.get("more_body", False)
            await send(message)

        try:
            await self.app(scope, receive, observed)
        except Exception:
            log.exception("request failed", method=scope["method"], route=self._route(scope))
            if (
                not finished
            ):  # the server closes the connection, so that half an answer is not taken for whole
                raise
        finally:
            self._record(scope, status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._route(scope)
        cache = scope.get("pillnuts.cache")
        self.metrics.request(route, scope["method"], status, seconds)
        if cache is not None:
            self.metrics.cache(cache)
        log.info(
            "request answered",
            method=scope["method"],
            route=route,
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 2),
            cache=cache,
        )

    def _route(self, scope: Scope) -> str:
        if self._routes is None:
            self._routes = self._find_routes()
        endpoint = scope.get("endpoint")
        return UNMATCHED if endpoint is None else self._routes.get(endpoint, UNMATCHED)


def _request_id(scope: Scope) -> str:
    """The id that a proxy gave, when it looks like one; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            given: bytes = value
            return given.decode()
    return secrets.token_hex(8)


operations = APIRouter(include_in_schema=False)


@operations.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@operations.get("/readyz")
async def readyz(request: Request) -> Response:
    """The process can answer: it has a release to read. Without its database it still answers from that."""
    reachable = await database(request).reachable()
    if request.app.state.snapshots.current is None:
        missing = ["snapshot"] if reachable else ["database", "snapshot"]
        detail = "아직 답할 수 없습니다: " + ", ".join(MISSING[what] for what in missing)
        return problem(503, "not_ready", detail, missing=missing)
    return json_bytes(b'{"status":"ready"}' if reachable else b'{"status":"ready","degraded":["database"]}')


@operations.get("/metrics")
async def metrics(request: Request) -> Response:
    """Counts for Prometheus."""
    text: bytes = request.app.state.metrics.text()
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
