"""How old the data is that is shown, and when that has to be said (pure)."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Final

_MONTH: Final = len("2026-07")


@dataclass(frozen=True)
class Freshness:
    """What pages say of the age of their data. It changes when a day ends; two equal ones say the same."""

    on: date | None
    """The last day on which this was what the ministry says; None: nobody knows."""
    checked: bool
    """It is known because the ministry was asked again, later than the data itself tells."""
    stale: bool
    """Older than it should be, or of unknown age."""
    days: int
    """From how many days on data counts as old."""


def freshness(data_date: str | None, asked: date | None, today: date, days: int) -> Freshness:
    """Tell from the newest day that the data states, and the day the ministry was last asked for changes."""
    stated = _day(data_date, today)
    on = max((day for day in (stated, asked) if day), default=None)
    checked = asked is not None and on == asked and on != stated
    return Freshness(on, checked, on is None or (today - on).days > days, days)


def _day(text: str | None, today: date) -> date | None:
    """Read `2026-07-02`, or `2026-07` as the end of that month, which is the best that can be meant."""
    if not text:
        return None
    try:
        if len(text) > _MONTH:
            return date.fromisoformat(text)
        year, month = map(int, text.split("-"))
        return min(today, date(year, month, calendar.monthrange(year, month)[1]))
    except ValueError:
        return None
