"""What a process has to know that fetches the ministry's data: small enough for one that only waits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pillnuts.catalogue.budget import now
from pillnuts.kernel import logs

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Access:
    """How the ministry is reached, and how much of it a day."""

    root: Path
    """Where runs and budgets are kept."""
    key: str
    url: str
    paths: Mapping[str, str]
    page_size: int
    daily_calls: int
    daily_calls_of: Mapping[str, int]
    at_once: int
    spacing: float


@dataclass(frozen=True)
class Errand:
    """What is to be fetched and loaded when it is due."""

    database: str
    releases: Path
    access: Access
    schedule: str
    lock_seconds: float
    log_level: str
    log_format: logs.Form
    clock: Clock = now
