"""How old data is, and when that has to be said."""

from datetime import date

import pytest

from pillnuts.catalogue.freshness import Freshness, freshness

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("stated", "on", "stale"),
    [
        ("2026-11-02", date(2026, 11, 2), False),
        ("2026-11-01", date(2026, 11, 1), True),
        ("2026-10", date(2026, 10, 31), True),
        ("2026-11", TODAY, False),
        ("2024-02", date(2024, 2, 29), True),
        (None, None, True),
        ("언젠가", None, True),
        ("2026-13", None, True),
    ],
)
def test_more_than_the_days_is_old_and_so_is_what_nobody_knows(
    stated: str | None, on: date | None, *, stale: bool
) -> None:
    assert freshness(stated, None, TODAY, 21) == Freshness(on, checked=False, stale=stale, days=21)


def test_data_that_the_ministry_was_asked_about_since_is_as_new_as_the_answer() -> None:
    asked = date(2026, 11, 17)
    assert freshness("2026-09-01", asked, TODAY, 21) == Freshness(asked, checked=True, stale=False, days=21)
    assert freshness("2026-11-17", asked, TODAY, 21).checked is False
    assert freshness("2026-11-20", asked, TODAY, 21).on == date(2026, 11, 20)
