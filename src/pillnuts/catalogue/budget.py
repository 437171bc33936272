"""The calls a day that the portal allows for each data set, counted on disk.

Every process of the machine counts in the same files, and a process that is killed forgets nothing. The
portal's day ends at midnight in Seoul.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from filelock import FileLock
from pydantic import BaseModel, ValidationError

SEOUL: Final = ZoneInfo("Asia/Seoul")
CALLS_A_DAY: Final = 1000
"""What the strictest data set was reported to allow; the portal's page says how many, often 10,000."""


def now() -> datetime:
    return datetime.now(SEOUL)


class BudgetExhausted(Exception):
    """No call of this data set is left today; there are new ones at `until`."""

    def __init__(self, dataset: str, until: datetime, *, limit: int | None = None) -> None:
        """`limit`: it is ours, and the portal may allow more."""
        more = (
            f"포털의 한도가 {limit:,}번보다 크면 PILLNUTS_MINISTRY_DAILY_CALLS를 올릴 수 있습니다. "
            if limit is not None
            else ""
        )
        super().__init__(
            f"자료 {dataset}의 오늘 호출 횟수를 다 썼습니다. {until:%Y-%m-%d %H:%M}(서울)부터 다시 됩니다. "
            f"{more}(the daily calls are used up until {until.isoformat()})"
        )
        self.dataset = dataset
        self.until = until


class _Day(BaseModel):
    day: date
    spent: int


class Budget:
    """`limits` names the data sets that allow another number than `default`."""

    def __init__(
        self,
        folder: Path,
        limits: Mapping[str, int] | None = None,
        default: int = CALLS_A_DAY,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._folder = folder
        self._limits = dict(limits or {})
        self._default = default
        self._clock = clock

    def limit(self, dataset: str) -> int:
        return self._limits.get(dataset, self._default)

    def left(self, dataset: str) -> int:
        """Calls that may be made today."""
        return max(0, self.limit(dataset) - self._spent(dataset))

    def until(self) -> datetime:
        """When there are new calls."""
        today = self._clock().astimezone(SEOUL).date()
        return datetime.combine(today + timedelta(days=1), time(), SEOUL)

    def spend(self, dataset: str) -> None:
        """Count one call before it is made; raises `BudgetExhausted`."""
        with self._lock(dataset):
            spent = self._spent(dataset)
            if spent >= self.limit(dataset):
                raise BudgetExhausted(dataset, self.until(), limit=self.limit(dataset))
            self._write(dataset, spent + 1)

    def exhaust(self, dataset: str) -> BudgetExhausted:
        """Take the portal's word that no call is left today, whatever was counted here."""
        with self._lock(dataset):
            self._write(dataset, max(self._spent(dataset), self.limit(dataset)))
        return BudgetExhausted(dataset, self.until())

    def _spent(self, dataset: str) -> int:
        try:
            counted = _Day.model_validate_json(self._path(dataset).read_bytes())
        except (OSError, ValidationError):  # nothing spent yet; a damaged count is begun anew
            return 0
        return counted.spent if counted.day == self._clock().astimezone(SEOUL).date() else 0

    def _write(self, dataset: str, spent: int) -> None:
        counted = _Day(day=self._clock().astimezone(SEOUL).date(), spent=spent)
        # Renamed, so that a killed process leaves the old count or the new one.
        new = self._path(dataset).with_suffix(".new")
        new.write_text(counted.model_dump_json())
        new.replace(self._path(dataset))

    def _path(self, dataset: str) -> Path:
        return self._folder / f"{dataset}.json"

    def _lock(self, dataset: str) -> FileLock:
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / f".{dataset}.lock", poll_interval=0.005)
