"""How the gateway behaves, and what time it is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final, Literal
from urllib.parse import quote

from . import faults
from .envelopes import ENVELOPES

KST: Final = timezone(timedelta(hours=9))
KEY: Final = "pillnuts+gateway/for/developers=="
"""The key the gateway accepts unless told otherwise, in the form the portal calls Decoding."""

Refusal = Literal["xml", "json", "text"]


def encoded(key: str) -> str:
    """Give the form of a key that the portal calls Encoding."""
    return quote(key, safe="")


@dataclass
class Options:
    """How the gateway behaves; a test may change any of it between two calls."""

    key: str = KEY
    quota: int = 10_000
    """Calls a day for each data set."""
    page_limit: int = 100
    """The greatest numOfRows."""
    latency: float = 0.0
    """Seconds every answer takes."""
    hang: float = 120.0
    """Seconds of silence before a hanging call is torn down."""
    at_once: int | None = None
    """How many calls may be under way together; more are told to slow down. None: any number."""
    envelope: str = "documented"
    """A name of `ENVELOPES`, or `rotate`: each call the next one."""
    refusal: Refusal = "xml"
    """How a key or a quota is refused: XML with HTTP 200, JSON with 403, or plain text with 401 or 429."""
    not_applied: frozenset[str] = frozenset()
    """Services (`DURPrdlstInfoService03`) the key was never applied for."""
    expired: bool = False
    faults: Mapping[str, float] = field(default_factory=dict)
    """Fault → share, see `faults`."""
    seed: int = 0

    def __post_init__(self) -> None:
        self.faults = faults.checked(self.faults)
        if self.envelope not in {*ENVELOPES, "rotate"}:
            raise ValueError(f"no envelope is called {self.envelope}")


class Clock:
    """The time in Seoul, which a test may move."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(KST) + self._ahead

    def set(self, moment: datetime) -> None:
        """Go on from `moment`, which says its time zone."""
        self._ahead = moment - datetime.now(KST)

    def forward(self, **amount: float) -> None:
        """Jump, as `timedelta(**amount)` says."""
        self._ahead += timedelta(**amount)
