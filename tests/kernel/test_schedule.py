"""A line of a crontab, read on the clock of Seoul."""

from datetime import UTC, datetime

import pytest

from pillnuts.kernel.schedule import SEOUL, Schedule

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=SEOUL)


def test_tuesday_at_two_is_meant_in_seoul() -> None:
    due = Schedule("0 2 * * tue").after(MONDAY.astimezone(UTC))
    assert due == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert due is not None
    assert due.isoformat() == "2026-11-24T02:00:00+09:00"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("0 2 * * 2", 24),
        ("0 2 * * 0", 29),
        ("0 2 * * 7", 29),
        ("0 2 * * 1", 30),
        ("0 2 * * 3-5", 25),
        ("0 2 * * 5,6", 27),
        ("0 2 * * TUE", 24),
        ("0 2 */25 * *", 26),
    ],
)
def test_days_of_the_week_are_counted_as_in_a_crontab(line: str, day: int) -> None:
    due = Schedule(line).after(MONDAY)
    assert due is not None
    assert (due.month, due.day, due.hour) == (11, day, 2)


def test_the_time_itself_is_not_after_it() -> None:
    due = Schedule("0 2 * * tue").after(MONDAY)
    assert due is not None
    again = Schedule("0 2 * * tue").after(due)
    assert again is not None
    assert (again - due).days == 7


def test_an_empty_line_is_never_due() -> None:
    assert Schedule(" ").after(MONDAY) is None


@pytest.mark.parametrize(
    "line", ["tuesday", "0 2 * *", "0 25 * * tue", "0 2 * * 9", "0 2 * * xyz", "@weekly"]
)
def test_what_is_no_schedule_is_refused_with_an_example(line: str) -> None:
    with pytest.raises(ValueError, match=r"0 2 \* \* tue"):
        Schedule(line)
