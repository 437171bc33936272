"""Requests too large to be meant, refused before anything reads them."""

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from pillnuts.kernel.problems import HTTP_ERRORS, answer

ADDRESS: Final = 64_000
"""Bytes of path and query; the HTTP parser itself ends at 65,535."""
HEADERS: Final = 64_000
"""Bytes of all header names and values."""
BODY: Final = 64_000
"""Bytes of a request's body; nothing of ours takes a larger one."""

TOO_LARGE: Final = "pillnuts.too_large"
"""In the scope: the status with which the server wants a request refused (see `server.Protocol`)."""


class Limits:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (status := _too_large(scope)):
            await answer(Request(scope), status, *HTTP_ERRORS[status])(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _too_large(scope: Scope) -> int | None:
    if TOO_LARGE in scope:
        status: int = scope[TOO_LARGE]
        return status
    if len(scope["query_string"]) > ADDRESS:
        return 414
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > BODY:
            return 413
    return None
