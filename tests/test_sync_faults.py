"""Whatever happens to a third of the calls, a sync ends with the right catalogue or tells the cause."""

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pillnuts.catalogue.budget import Budget
from tests.gateway import Clock, Options, Serving, faults, invented, serving
from tests.synced import digest, fetch_once, fetch_whole

THIRD = 1 / 3
SEEDS = {"totals": 5}
"""With others a list of five rows is short of one in each of its two calls, and then that is the list."""
FORMS = ("service", "gateway-xml", "gateway-xml-message", "gateway-json")
PASSING_CODES = ("01", "02", "03", "04", "05", "23", "99")
STOPPING_CODES = ("10", "12", "20", "21", "30", "31", "32", "33")

TOMORROW = {f"{form}-22" for form in FORMS} | {"text-quota"}
STOPPING = {f"{form}-{code}" for form in FORMS for code in STOPPING_CODES}
STOPPING |= {"text-unauthorized", "text-forbidden", "text-not-found"} | {f"{form}-11" for form in FORMS}
PASSING = faults.FAULTS - TOMORROW - STOPPING - {"shrunk", "bad-document"}


@pytest.fixture(scope="module")
def served() -> Iterator[Serving]:
    with serving(invented(12), Options()) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(served: Serving, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int]:
    """The catalogue without any fault, and the calls that it takes."""
    served.gateway.options.faults = {}
    served.gateway.forget()
    folder = tmp_path_factory.mktemp("calm") / "1"
    asyncio.run(fetch_whole(served, folder))
    return digest(folder), served.gateway.calls.total()


@pytest.fixture(autouse=True)
def _forgetful(served: Serving, undisturbed: tuple[str, int]) -> None:  # noqa: ARG001 -- comes first
    served.gateway.forget()


def spoil(served: Serving, fault: str, share: float = THIRD) -> None:
    served.gateway.options.faults = faults.checked({fault: share})
    served.gateway.options.seed = SEEDS.get(fault, 0)
    served.gateway.options.hang = 1


def test_every_fault_of_the_gateway_is_met_here() -> None:
    codes = {*PASSING_CODES, *STOPPING_CODES, "11", "22"}
    assert codes == set(faults.CODES)
    assert {f"{form}-{code}" for form in FORMS for code in PASSING_CODES} <= PASSING
    assert {"html", "empty", "truncated", "hang", "reset", "duplicates", "totals", "foreign-row"} <= PASSING


@pytest.mark.parametrize("fault", sorted(PASSING))
async def test_what_passes_changes_nothing(
    served: Serving, tmp_path: Path, undisturbed: tuple[str, int], fault: str
) -> None:
    calm, calls = undisturbed
    spoil(served, fault)
    outcome = await fetch_whole(served, tmp_path / "1", silence=0.15)

    assert await asyncio.to_thread(digest, tmp_path / "1") == calm
    assert {name: done.short for name, done in outcome.done.items() if done.short} == {}
    assert served.gateway.calls.total() < 4 * calls


@pytest.mark.parametrize("fault", sorted(STOPPING))
async def test_what_somebody_has_to_mend_stops_at_once_and_is_named(
    served: Serving, tmp_path: Path, fault: str
) -> None:
    spoil(served, fault, 1)
    started = time.monotonic()
    _, outcome = await fetch_once(served, tmp_path / "1")

    assert len(outcome.troubles) == 23
    assert not outcome.done
    code = fault[-2:] if fault[-2:].isdigit() else ""
    for trouble in map(str, outcome.troubles.values()):
        assert code in trouble
        assert re.search("[가-힣]{2}.*[가-힣]{2}", trouble)
        assert re.search(r"\(.*[a-z]{2,} [a-z]+.*\)", trouble)
    # No question is asked twice; a key that is refused everywhere is tried once.
    everywhere = code in {"21", "31", "32", "33"}
    assert served.gateway.calls.total() == (1 if everywhere else len(served.gateway.calls))
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "fault", sorted(fault for fault in STOPPING if fault.startswith(("gateway-json", "text")))
)
async def test_a_third_of_such_refusals_is_no_storm_either(
    served: Serving, tmp_path: Path, undisturbed: tuple[str, int], fault: str
) -> None:
    calm, calls = undisturbed
    spoil(served, fault)
    _, outcome = await fetch_once(served, tmp_path / "1")
    assert outcome.troubles
    assert served.gateway.faulted.total() <= 4 * len(served.gateway.calls)  # four pages under way at once
    assert served.gateway.calls.total() < calls

    served.gateway.options.faults = {}  # somebody mended it
    await fetch_whole(served, tmp_path / "1")
    assert await asyncio.to_thread(digest, tmp_path / "1") == calm


@pytest.mark.parametrize("fault", sorted(TOMORROW))
async def test_a_quota_that_is_used_up_is_respected_until_midnight(
    served: Serving, tmp_path: Path, undisturbed: tuple[str, int], fault: str
) -> None:
    calm, calls = undisturbed
    spoil(served, fault)
    clock, days = Clock(), 0
    budget = Budget(tmp_path / "budget", default=10_000, clock=clock.now)
    complete = False
    while not complete and days < 200:
        before, refused = served.gateway.calls.total(), served.gateway.faulted.total()
        _, outcome = await fetch_once(served, tmp_path / "1", budget=budget)
        complete = outcome.complete
        again = served.gateway.calls.total()
        assert served.gateway.faulted.total() - refused <= 4 * 8  # eight data sets, four pages under way
        if not complete:
            assert outcome.until == budget.until()
            await fetch_once(served, tmp_path / "1", budget=budget)
            assert served.gateway.calls.total() == again  # the same day: nothing is asked
        assert again > before
        clock.set(outcome.until or clock.now())
        days += 1

    assert complete
    assert await asyncio.to_thread(digest, tmp_path / "1") == calm
    assert served.gateway.calls.total() < 3 * calls
