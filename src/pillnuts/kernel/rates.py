"""How often somebody may do something: counted in Redis for all processes together, else in this one.

What is counted is never written down: a phone number or an address becomes a keyed hash before it leaves.
"""

import hashlib
import math
import time
from typing import Final, NamedTuple

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from prometheus_client import Counter

from pillnuts.kernel.errors import AppError, Unavailable
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.sealing import derived

log = structlog.get_logger(__name__)

REDIS_SECONDS: Final = 1.0
"""Redis answers in a millisecond; by then it is as good as away."""
REST_SECONDS: Final = 5.0
"""How long a Redis that failed is left alone: nobody waits for it meanwhile."""


class Limit(NamedTuple):
    """So many times in any span of so many seconds, for each key."""

    name: str
    amount: int
    seconds: int
    money: bool = False
    """Each time costs money. Without the shared count nothing is allowed, rather than too much."""


class TooMany(AppError):
    """Somebody did something too often; the sentence and Retry-After say when to try again."""

    status = 429

    def __init__(self, seconds: float, code: str = "too_many_requests") -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(code, f"너무 자주 요청하셨습니다. {spoken(self.seconds)} 뒤에 다시 시도해 주세요.")
        self.headers = {"Retry-After": str(self.seconds)}


class Rates:
    """Takes from limits. `secret` keys the hashes; whoever shares a Redis must share it too."""

    def __init__(self, redis_url: str | None, *, secret: str = "", metrics: Metrics | None = None) -> None:
        if redis_url and not secret:
            raise ValueError(
                "counting in Redis needs a secret: a bare hash of a phone number is guessed at once"
            )
        self._key = derived(secret, "rates") if secret else b""
        self._memory = MemoryStorage()
        self._locally = MovingWindowRateLimiter(self._memory)
        self._redis = _redis(redis_url) if redis_url else None
        self._shared = MovingWindowRateLimiter(self._redis) if self._redis else None
        self._rest_seconds = REST_SECONDS
        self._rest_until = 0.0
        self._failures = Counter(
            "pillnuts_rate_limit_store_failures",
            "Times that Redis did not count.",
            registry=(metrics or Metrics()).registry,
        )

    async def take(self, limit: Limit, *key: str) -> None:
        """Count one more; raises TooMany when that is one too many, which is then not counted."""
        item, digest = _item(limit), self._digest(limit, key)
        limiter = self._limiter(limit)
        try:
            taken = await limiter.hit(item, digest)
            wait = 0.0 if taken else (await limiter.get_window_stats(item, digest)).reset_time - time.time()
        except StorageError as error:
            self._failed(error)
            await self.take(limit, *key)  # now without Redis
        else:
            if not taken:
                raise TooMany(wait)

    async def left(self, limit: Limit, *key: str) -> int:
        """How many more are allowed now."""
        limiter = self._limiter(limit)
        try:
            return (await limiter.get_window_stats(_item(limit), self._digest(limit, key))).remaining
        except StorageError as error:
            self._failed(error)
            return await self.left(limit, *key)

    async def close(self) -> None:
        """Let go of Redis."""
        if self._memory.timer is not None:
            self._memory.timer.cancel()
        if self._redis is not None and isinstance(self._redis.bridge, RedispyBridge):
            await self._redis.bridge.get_connection().aclose()  # type: ignore[attr-defined]

    def _limiter(self, limit: Limit) -> MovingWindowRateLimiter:
        if self._shared is None:
            return self._locally
        if time.monotonic() >= self._rest_until:
            return self._shared
        if limit.money:
            raise Unavailable("try_again_soon", "지금은 보낼 수 없습니다. 잠시 뒤에 다시 시도해 주세요.")
        return self._locally

    def _failed(self, error: StorageError) -> None:
        self._rest_until = time.monotonic() + self._rest_seconds
        self._failures.inc()
        # The storage's own words may name its address with its password.
        log.error("redis does not count", kind=type(error.storage_error).__name__)

    def _digest(self, limit: Limit, key: tuple[str, ...]) -> str:
        whole = "\0".join((limit.name, *key)).encode()
        return hashlib.blake2b(whole, key=self._key, digest_size=20).hexdigest()


def spoken(seconds: int) -> str:
    """Say a span as a person does, never shorter than it is: 40 → "40초", 130 → "3분", 7200 → "2시간"."""
    if seconds < 60:  # noqa: PLR2004 -- a minute
        return f"{seconds}초"
    if seconds <= 60 * 60:
        return f"{math.ceil(seconds / 60)}분"
    return f"{math.ceil(seconds / 3600)}시간"


def _item(limit: Limit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit.amount, limit.seconds, namespace=f"pillnuts:{limit.name}")


def _redis(url: str) -> RedisStorage:
    return RedisStorage(
        f"async+{url}",
        wrap_exceptions=True,
        implementation="redispy",
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
