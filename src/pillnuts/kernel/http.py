"""Asking other services over HTTP: politely, in time, again where that helps, and without telling secrets.

A service gets one `Client`. What an answer means is the caller's to say: a `reader` gives what it reads, or
raises `AskAgain`. An error and a log line never hold the query, whose parameters may be secret.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import quote, quote_plus

import httpx
import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")

_MASK: Final = "•••"
_TOO_MANY: Final = 429


@dataclass(frozen=True)
class Reply:
    """What came back, to its last byte."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def retry_after(self) -> float | None:
        """Seconds that the service asks to wait; None: it does not say so in seconds."""
        stated = self.headers.get("retry-after", "")
        return float(stated) if stated.isascii() and stated.isdigit() else None


@dataclass(frozen=True)
class _Question:
    method: str
    path: str
    parameters: Mapping[str, str]
    content: bytes | None = None
    headers: Mapping[str, str] | None = None


class AskAgain(Exception):
    """The same question may be answered a little later."""

    def __init__(self, reason: str, *, after: float | None = None, everybody: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        """Seconds to wait at least."""
        self.everybody = everybody
        """The service is asked too often: every other question waits as well."""


class Unreachable(AskAgain):
    """No answer came, or not in time."""


class NoConnection(Unreachable):
    """Nobody could be asked: the service, the name server or our own line is away."""


class BadStatus(Exception):
    """The service refuses the question; asking again would not help."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


@dataclass(frozen=True)
class Timeouts:
    """Seconds."""

    connect: float = 10
    read: float = 60
    """Between two pieces of an answer."""
    total: float = 180
    """For one attempt."""


@dataclass(frozen=True)
class Retries:
    attempts: int = 5
    first: float = 1
    """Seconds before the second attempt; each further pause is twice as long."""
    longest: float = 60

    def pause(self, attempt: int, asked: float | None = None, chance: float = 1.0) -> float:
        """Seconds after this attempt (from 1); `chance`, 0 to 1, keeps many clients from coming in step."""
        grown = min(self.longest, self.first * 2.0 ** min(attempt - 1, 30))
        return max(grown * (0.5 + chance / 2), min(asked or 0, self.longest))


@dataclass(frozen=True)
class Manners:
    """How hard a service may be leant on."""

    at_once: int = 4
    spacing: float = 0.0
    """Seconds between the beginnings of two calls."""
    largest: int = 64_000_000
    """Bytes of an answer, unpacked."""


def successful(reply: Reply) -> Reply:
    """Take a success as it is; overload and the service's own failures may pass."""
    if reply.status == _TOO_MANY:
        raise AskAgain("too many calls", after=reply.retry_after, everybody=True)
    if reply.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise AskAgain(f"status {reply.status}", after=reply.retry_after)
    if not httpx.codes.is_success(reply.status):
        raise BadStatus(reply.status)
    return reply


def nothing() -> None:
    """Count nothing."""


class Client:
    """Asks one service. `service` names it in logs; `secrets` are masked wherever they could show."""

    def __init__(
        self,
        base_url: str,
        *,
        service: str,
        secrets: Iterable[str] = (),
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        manners: Manners | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.service = service
        self._secrets = _written(secrets)
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or Retries()
        self._manners = manners or Manners()
        self._sleep = sleep
        self._places = asyncio.Semaphore(self._manners.at_once)
        self._next_start = 0.0
        logging.getLogger("httpx").addFilter(_drop)  # it logs each URL with its query
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(self._timeouts.read, connect=self._timeouts.connect, pool=None),
            headers={"User-Agent": "pillnuts"},
        )

    def __repr__(self) -> str:
        return f"Client({self.service})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    def masked(self, text: str) -> str:
        """The text without secrets, in whichever form they are written."""
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text

    async def get(
        self,
        path: str,
        parameters: Mapping[str, str],
        reader: Callable[[Reply], T],
        *,
        before: Callable[[], None] = nothing,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Ask until `reader` gives something; `before` runs before every attempt and may forbid it.

        Raises the last `AskAgain` (`Unreachable` when nothing was heard) when every attempt is used up, and
        whatever else `reader` or `before` raise.
        """
        attempt = 1
        question = _Question("GET", path, parameters, headers=headers)
        while True:
            try:
                return reader(await self._attempt(question, attempt, before))
            except AskAgain as again:
                log.warning(
                    "call to be repeated" if attempt < self._retries.attempts else "call given up",
                    service=self.service,
                    path=path,
                    attempt=attempt,
                    reason=self.masked(str(again)),
                )
                if attempt >= self._retries.attempts:
                    raise
                pause = self._retries.pause(attempt, again.after, random.random())  # noqa: S311 -- no secret
                if again.everybody:
                    self._next_start = max(self._next_start, time.monotonic() + pause)
            await self._sleep(pause)
            attempt += 1

    async def post(
        self, path: str, content: bytes, headers: Mapping[str, str], reader: Callable[[Reply], T]
    ) -> T:
        """Tell something, once: whether it may be told again, after a failure too, only the caller knows.

        Raises `Unreachable` when nothing was heard, and whatever `reader` raises.
        """
        return reader(await self._attempt(_Question("POST", path, {}, content, headers), 1, nothing))

    async def _attempt(self, question: _Question, attempt: int, before: Callable[[], None]) -> Reply:
        async with self._turn():
            before()
            started, failure, kind = time.monotonic(), "", Unreachable
            try:
                async with asyncio.timeout(self._timeouts.total):
                    reply = await self._reply(question)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                failure = self.masked(f"{self.service} does not answer: {type(error).__name__}: {error}")
                reply = None
                if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                    kind = NoConnection
            if reply is None:  # raised out here: an error with that cause would hold the URL
                raise kind(failure.removesuffix(": "))
            log.info(
                "called",
                service=self.service,
                path=question.path,
                status=reply.status,
                bytes=len(reply.content),
                seconds=round(time.monotonic() - started, 3),
                attempt=attempt,
            )
            return reply

    async def _reply(self, question: _Question) -> Reply:
        async with self._http.stream(
            question.method,
            question.path,
            params=dict(question.parameters),
            content=question.content,
            headers=question.headers,
        ) as response:
            content = bytearray()
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > self._manners.largest:
                    raise Unreachable(f"{self.service} answers more than {self._manners.largest} bytes")
            return Reply(response.status_code, dict(response.headers), bytes(content))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until another call may begin."""
        async with self._places:
            now = time.monotonic()
            start = max(now, self._next_start)
            self._next_start = start + self._manners.spacing
            if start > now:
                await self._sleep(start - now)
            yield


def _drop(_record: logging.LogRecord) -> bool:
    return False


def _written(secrets: Iterable[str]) -> tuple[str, ...]:
    """Every way in which a secret may stand in a text, the longest first."""
    forms = {form for s in secrets if s for form in (s, quote(s), quote(s, safe=""), quote_plus(s))}
    return tuple(sorted(forms, key=len, reverse=True))
