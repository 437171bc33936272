"""Passwords as argon2id hashes, made in threads of their own so that nobody else's answer waits for one."""

import asyncio
import base64
import contextlib
import os
import secrets
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple, TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from pillnuts.accounts.errors import Busy

LEAST_MEMORY_KIB: Final = 19_456
LEAST_TIME_COST: Final = 2
"""OWASP's minimum for argon2id with one lane."""
WAITING: Final = 64
"""Hashes that may wait for a thread: at 70 ms each, whoever comes last waits some five seconds."""
_NICE: Final = 19

Answer = TypeVar("Answer")


class Cost(NamedTuple):
    memory_kib: int = LEAST_MEMORY_KIB
    time_cost: int = 3


class Checked(NamedTuple):
    """Whether it is right; `newer` is its hash at today's cost when the stored one is of another."""

    right: bool
    newer: str | None = None


class Passwords:
    """Hashes and checks passwords; `worked` counts how often, so that a test can see equal work."""

    def __init__(self, cost: Cost | None = None, *, threads: int = 1, waiting: int = WAITING) -> None:
        cost = cost or Cost()
        self._hash = PasswordHash((hasher(cost),))
        self._nobodys = _nobodys(cost)
        self._pool = ThreadPoolExecutor(threads, "argon2", initializer=_be_nice)
        self._most = threads + waiting
        self._under_way = 0
        self._lock = threading.Lock()
        self.worked = 0

    async def hash(self, password: str) -> str:
        """Hash a password. Raises Busy."""
        return await self._run(lambda: self._hash.hash(normalised(password)))

    async def check(self, password: str, stored: str | None) -> Checked:
        """Compare with a stored hash; None takes as long and is never right. Raises Busy."""
        return await self._run(lambda: self._check(normalised(password), stored or self._nobodys))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _check(self, password: str, stored: str) -> Checked:
        try:
            return Checked(*self._hash.verify_and_update(password, stored))
        except UnknownHashError:
            return Checked(right=False)

    async def _run(self, work: Callable[[], Answer]) -> Answer:
        with self._lock:
            if self._under_way >= self._most:
                raise Busy
            self._under_way += 1
            self.worked += 1
        running = self._pool.submit(work)
        # A reader who goes away does not take the work out of the thread: it ends when it ends.
        running.add_done_callback(self._done)
        return await asyncio.wrap_future(running)

    def _done(self, _running: Future[Answer]) -> None:
        with self._lock:
            self._under_way -= 1


def hasher(cost: Cost) -> Argon2Hasher:
    """One lane, so that checking a password takes one processor and no more."""
    return Argon2Hasher(time_cost=cost.time_cost, memory_cost=cost.memory_kib, parallelism=1)


def normalised(password: str) -> str:
    """One form for what different keyboards write differently (NFKC, as NIST SP 800-63B asks)."""
    return unicodedata.normalize("NFKC", password)


def _nobodys(cost: Cost) -> str:
    """A hash that no password has, as costly to check as any other."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.time_cost},p=1${salt}${digest}"


def _be_nice() -> None:
    """Let everybody else's work go first. On Linux a thread has a priority of its own."""
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
