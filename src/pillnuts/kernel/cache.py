"""Answers that are the same for every reader of a release, kept as bytes and sent without any routing.

A route marks such an answer with `web.cacheable()`. It is kept under (path, query, asked by htmx) until the
epoch changes: the release, or the popularity that orders the results.
"""

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from isal import isal_zlib
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pillnuts.kernel.web import CACHEABLE

SMALLEST_GZIP: Final = 1_000
"""Bytes; below this the header costs as much as compression saves."""
THREAD_GZIP: Final = 128_000
"""Bytes; from here on compressing would hold up other readers, and is done in a thread."""
GZIP_LEVEL: Final = 6
LONGEST_ADDRESS: Final = 500
"""Bytes of path and query; a longer one comes from no page of ours, and would fill the memory as a key."""
OVERHEAD: Final = 2_000
"""Bytes that an entry takes besides its bodies: headers, key, objects (counted with tracemalloc)."""

_MARK: Final = CACHEABLE.encode()
_VARY: Final = (b"vary", b"Accept-Encoding, HX-Request, HX-Request-Type")

Headers = list[tuple[bytes, bytes]]
Key = tuple[str, bytes, bool]


@dataclass(slots=True)
class _Variant:
    """One encoding of an answer, as it goes out."""

    etag: bytes
    headers: Headers
    unchanged: Headers
    """The headers of a 304."""
    body: bytes


@dataclass(slots=True)
class _Entry:
    endpoint: Any
    """The route that made it, for logs and metrics."""
    plain: _Variant
    zipped: _Variant | None = None

    def size(self) -> int:
        return len(self.plain.body) + (len(self.zipped.body) if self.zipped else 0) + OVERHEAD


@dataclass(slots=True)
class _Asked:
    """What of a request decides which answer it gets, and in which form."""

    head: bool
    gzip: bool = False
    htmx: bool = False
    authorized: bool = False
    if_none_match: bytes = b""

    @classmethod
    def of(cls, scope: Scope) -> "_Asked":
        asked = cls(head=scope["method"] == "HEAD")
        whole_page = False
        for name, value in scope["headers"]:
            match name:
                case b"accept-encoding":
                    asked.gzip = accepts_gzip(value)
                case b"if-none-match":
                    asked.if_none_match = value
                case b"hx-request":
                    asked.htmx = True
                case b"hx-request-type":
                    whole_page = value == b"full"
                case b"authorization":
                    asked.authorized = True
                case _:
                    pass
        asked.htmx = asked.htmx and not whole_page
        return asked


class ReleaseCache:
    """Keeps at most `size` bytes; the answer that was not asked for longest leaves first.

    `epoch()` names what the answers are made from; None while there is nothing to make them from. Readers
    and proxies may keep an answer for `seconds`, and ask again with its ETag after that. HEAD is answered
    for every GET route.
    """

    def __init__(
        self, app: ASGIApp, *, epoch: Callable[[], str | None], size: int = 24_000_000, seconds: int = 60
    ) -> None:
        self.app = app
        self.epoch = epoch
        self.size = size
        self.used = 0
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()
        self._entries_epoch: str | None = None
        keep = f"max-age={seconds}, stale-while-revalidate=600"
        self._public = (b"cache-control", f"public, {keep}".encode())
        self._private = (b"cache-control", f"private, {keep}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        asked = _Asked.of(scope)
        epoch = self._turn()
        key = (scope["path"], scope["query_string"], asked.htmx)
        entry = None if asked.authorized else self._entries.get(key)
        if entry is None:
            collected = _Collected(asked, send)
            # GET routes answer HEAD too; the copy keeps the server's own view of the method.
            inner = {**scope, "method": "GET"} if asked.head else scope
            try:
                await self.app(inner, receive, collected)
            finally:
                if "endpoint" in inner:
                    scope["endpoint"] = inner["endpoint"]
            if not collected.complete:
                return
            scope["pillnuts.cache"] = "miss"
            entry = self._entry(scope.get("endpoint"), collected, epoch or "", private=asked.authorized)
            if epoch is not None and epoch == self._turn() and not asked.authorized:
                self._put(key, entry)
        else:
            scope["pillnuts.cache"] = "hit"
            scope["endpoint"] = entry.endpoint
            self._entries.move_to_end(key)
        await self._reply(key, entry, asked, send)

    def _turn(self) -> str | None:
        """The epoch of now; what was kept for another one is gone."""
        epoch = self.epoch()
        if epoch != self._entries_epoch:
            self._entries.clear()
            self.used = 0
            self._entries_epoch = epoch
        return epoch

    def _put(self, key: Key, entry: _Entry) -> None:
        if entry.size() > self.size // 4 or len(key[0]) + len(key[1]) > LONGEST_ADDRESS:
            return
        if (old := self._entries.pop(key, None)) is not None:
            self.used -= old.size()
        self._entries[key] = entry
        self.used += entry.size()
        self._shrink()

    def _shrink(self) -> None:
        while self.used > self.size:
            _, gone = self._entries.popitem(last=False)
            self.used -= gone.size()

    def _entry(self, endpoint: Any, collected: "_Collected", epoch: str, *, private: bool) -> _Entry:
        body = b"".join(collected.chunks)
        content = f"{isal_zlib.crc32(body):08x}"  # only ever held against what this address said before
        cache_control = self._private if private else self._public
        headers = [*collected.headers, cache_control, _VARY]
        return _Entry(endpoint, _variant(f"{epoch}-{content}", headers, body))

    async def _zipped(self, key: Key, entry: _Entry) -> _Variant:
        """The compressed form of an answer, made when somebody first asks for it."""
        if entry.zipped is None:
            body = entry.plain.body
            if len(body) < SMALLEST_GZIP:
                return entry.plain
            if len(body) < THREAD_GZIP:
                packed = gzip.compress(body, GZIP_LEVEL, mtime=0)
            else:
                packed = await asyncio.to_thread(gzip.compress, body, GZIP_LEVEL, mtime=0)
            if entry.zipped is None:  # nobody else made it while this one waited
                etag = entry.plain.etag.decode().strip('"')
                kept = [pair for pair in entry.plain.headers if pair[0] not in {b"content-length", b"etag"}]
                entry.zipped = _variant(f"{etag}-gzip", [*kept, (b"content-encoding", b"gzip")], packed)
                if self._entries.get(key) is entry:
                    self.used += len(packed)
                    self._shrink()
        return entry.zipped

    async def _reply(self, key: Key, entry: _Entry, asked: _Asked, send: Send) -> None:
        variant = await self._zipped(key, entry) if asked.gzip else entry.plain
        if asked.if_none_match and _matches(asked.if_none_match, variant.etag):
            await send({"type": "http.response.start", "status": 304, "headers": variant.unchanged})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": variant.headers})
        await send({"type": "http.response.body", "body": b"" if asked.head else variant.body})


@dataclass(slots=True)
class _Collected:
    """Holds back an answer that is marked cacheable; lets every other one through."""

    asked: _Asked
    send: Send
    headers: Headers = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    held: bool = False
    complete: bool = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            names = {name for name, _ in headers}
            if _MARK in names:
                # What cacheable() put there for the way from the route to here.
                headers = [pair for pair in headers if pair[0] not in {_MARK, b"content-encoding"}]
                # A route that asks who is signed in has no place here; should one be marked, it is not kept.
                personal = b"set-cookie" in names or (b"cache-control", b"no-store") in headers
                self.held = message["status"] == 200 and not personal  # noqa: PLR2004
                message = {**message, "headers": headers}
            if self.held:
                self.headers = [pair for pair in headers if pair[0] != b"content-length"]
                return
        elif self.held and message["type"] == "http.response.body":
            self.chunks.append(message.get("body", b""))
            self.complete = not message.get("more_body", False)
            return
        elif self.asked.head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.send(message)


def _variant(tag: str, headers: Headers, body: bytes) -> _Variant:
    etag = f'"{tag}"'.encode()
    with_etag = [*headers, (b"etag", etag)]
    unchanged = [pair for pair in with_etag if pair[0] in {b"cache-control", b"vary", b"etag"}]
    return _Variant(etag, [*with_etag, (b"content-length", str(len(body)).encode())], unchanged, body)


def _matches(if_none_match: bytes, etag: bytes) -> bool:
    """Weak comparison, as RFC 9110 asks for here: a proxy may have weakened our tag."""
    asked = [tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",")]
    return etag in asked or asked == [b"*"]


@lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: bytes) -> bool:
    """Whether an Accept-Encoding header allows gzip (`gzip;q=0` forbids it)."""
    weights: dict[bytes, bool] = {}
    for item in accept_encoding.lower().split(b","):
        name, _, parameters = item.partition(b";")
        weights[name.strip()] = parameters.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return weights.get(b"gzip", weights.get(b"*", False))
