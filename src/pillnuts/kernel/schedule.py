"""When something is due: a line of a crontab, read on the clock of Seoul."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

SEOUL: Final = ZoneInfo("Asia/Seoul")

_NAMES: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Schedule:
    """`0 2 * * tue`: minute, hour, day, month, day of the week. Empty: never.

    Raises ValueError, with a sentence for a person, for what is no such line.
    """

    def __init__(self, line: str) -> None:
        self.line = line.strip()
        self._trigger = _trigger(self.line) if self.line else None

    def after(self, moment: datetime) -> datetime | None:
        """Give the first time due later than `moment`; None: never."""
        if self._trigger is None:
            return None
        found: datetime | None = self._trigger.get_next_fire_time(moment, moment)
        return found


def _trigger(line: str) -> CronTrigger:
    try:
        minute, hour, day, month, weekday = line.split()
        # The library counts days of the week from Monday; a crontab counts from Sunday, and so do we.
        named = re.sub(r"(?<![/\w])[0-7](?!\d)", lambda number: _NAMES[int(number[0])], weekday)
        return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=named, timezone=SEOUL)
    except ValueError as error:
        raise ValueError(
            f"‘{line}’는 일정이 아닙니다. ‘분 시 일 월 요일’로 적습니다. 예: 0 2 * * tue ({error})"
        ) from error
