"""Requests too large to be meant, refused before anything reads them."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from pillnuts.kernel.problems import HTTP_ERRORS, problem

ADDRESS: Final = 128_000
"""Bytes of path and query. A text of 10,000 Korean letters still arrives, and is refused by name."""
BODY: Final = 64_000
"""Bytes of a request's body; nothing of ours takes a larger one."""


class Limits:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (status := _too_large(scope)):
            await problem(status, *HTTP_ERRORS[status])(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _too_large(scope: Scope) -> int | None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > ADDRESS:
        return 414
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > BODY:
            return 413
    return None
