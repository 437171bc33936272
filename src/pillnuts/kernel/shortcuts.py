"""Answers that are made right behind the cache, without the routing in between.

Finding a route, reading its parameters and wrapping its answer cost more than a whole comparison. A shortcut
makes the answer of one GET route from path and query, where both are as plain as our own pages write them.
It never refuses: whatever it cannot answer goes the ordinary way, which knows how to say no. The
description of the API is that of the route.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from pillnuts.kernel.snapshots import Snapshot, Snapshots
from pillnuts.kernel.web import CACHEABLE

_HEADERS: Final = ((b"content-type", b"application/json"), (CACHEABLE.encode(), b"release"))


class Shortcut(NamedTuple):
    endpoint: Any
    """The route that answers the same, for logs and metrics."""
    make: Callable[[Snapshot, bytes], bytes | None]
    """Query string → JSON that is the same for every reader of the release; None: the ordinary way."""


class Shortcuts:
    """`shortcuts` are those of each path."""

    def __init__(self, app: ASGIApp, shortcuts: Mapping[str, Shortcut], snapshots: Snapshots[Any]) -> None:
        self.app = app
        self.shortcuts = shortcuts
        self.snapshots = snapshots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self.shortcuts.get(scope["path"]) if scope["type"] == "http" else None
        body = self._made(found, scope) if found else None
        if found is None or body is None:
            await self.app(scope, receive, send)
            return
        scope["endpoint"] = found.endpoint
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": body})

    def _made(self, shortcut: Shortcut, scope: Scope) -> bytes | None:
        current = self.snapshots.current
        if scope["method"] != "GET" or current is None:
            return None
        try:
            return shortcut.make(current, scope["query_string"])
        except Exception:  # noqa: BLE001 -- the route will meet the same, and knows how to say it
            return None
