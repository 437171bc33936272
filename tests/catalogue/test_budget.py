"""Calls are counted for each data set on disk, and the portal's day ends at midnight in Seoul."""

import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pillnuts.catalogue import budget
from pillnuts.catalogue.budget import SEOUL, Budget, BudgetExhausted

SPAWN = multiprocessing.get_context("spawn")
LATE = datetime(2026, 11, 20, 23, 59, tzinfo=SEOUL)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=SEOUL)


class Clock:
    def __init__(self, at: datetime = LATE) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def spend_all(folder: Path) -> None:
    counted = Budget(folder, default=1000)
    for _ in range(50):
        counted.spend("1")


def test_who_used_up_our_number_is_told_how_to_raise_it(tmp_path: Path) -> None:
    budget = Budget(tmp_path, default=0)
    assert "한도가 0번보다 크면 PILLNUTS_MINISTRY_DAILY_CALLS" in str(exhausted(lambda: budget.spend("1")))
    assert "PILLNUTS" not in str(budget.exhaust("1")), "the portal itself said so"


def exhausted(spend: Callable[[], None]) -> BudgetExhausted:
    with pytest.raises(BudgetExhausted) as refused:
        spend()
    return refused.value


def test_no_more_than_the_budget_is_spent_and_the_error_says_until_when(tmp_path: Path) -> None:
    spent = Budget(tmp_path, default=2, clock=Clock())
    spent.spend("1")
    spent.spend("1")

    refused = exhausted(lambda: spent.spend("1"))
    assert (refused.dataset, refused.until) == ("1", MIDNIGHT)
    assert "2026-11-21 00:00" in str(refused)
    assert spent.left("1") == 0


def test_every_data_set_has_its_own_budget(tmp_path: Path) -> None:
    spent = Budget(tmp_path, {"2": 3}, default=1, clock=Clock())
    spent.spend("1")

    assert (spent.left("1"), spent.left("2"), spent.left("3")) == (0, 3, 1)
    assert Budget(tmp_path).left("9") == budget.CALLS_A_DAY


def test_a_new_process_goes_on_counting(tmp_path: Path) -> None:
    Budget(tmp_path, default=2, clock=Clock()).spend("1")

    assert Budget(tmp_path, default=2, clock=Clock()).left("1") == 1


def test_the_day_ends_at_midnight_in_seoul_wherever_the_machine_stands(tmp_path: Path) -> None:
    clock = Clock(LATE.astimezone(UTC))
    spent = Budget(tmp_path, default=1, clock=clock)
    spent.spend("1")
    assert spent.until() == MIDNIGHT
    exhausted(lambda: spent.spend("1"))

    clock.at += timedelta(minutes=1)
    spent.spend("1")
    assert spent.until() == MIDNIGHT + timedelta(days=1)


def test_the_word_of_the_portal_counts_more_than_ours(tmp_path: Path) -> None:
    clock = Clock()
    spent = Budget(tmp_path, default=1000, clock=clock)
    spent.spend("1")

    assert spent.exhaust("1").until == MIDNIGHT
    exhausted(lambda: spent.spend("1"))
    clock.at = MIDNIGHT
    assert spent.left("1") == 1000


def test_a_damaged_count_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text('{"day": "2026-11')
    spent = Budget(tmp_path, default=1, clock=Clock())
    spent.spend("1")

    assert spent.left("1") == 0


def test_two_processes_count_together(tmp_path: Path) -> None:
    processes = [SPAWN.Process(target=spend_all, args=(tmp_path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0, 0]
    assert Budget(tmp_path, default=1000).left("1") == 900
