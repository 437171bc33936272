"""Fetching the ministry's data into a folder of raw answers, and making that folder the release.

<root>/<number>/      one run; the newest that is not complete is gone on with
<root>/<number>/.done  the run is complete, and the next one asks only for what changed since
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from rich.console import Console

from pillnuts.catalogue.budget import Budget, now
from pillnuts.catalogue.fetch import fetch, plan
from pillnuts.catalogue.gateway import connected
from pillnuts.catalogue.operations import chosen, configured
from pillnuts.catalogue.runs import Outcome, Plan
from pillnuts.importing import bar
from pillnuts.kernel.http import Manners

_DONE: Final = ".done"


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
class Wish:
    """What the command line asks for."""

    full: bool = False
    since: date | None = None
    only: Sequence[str] = ()


async def fetch_release(access: Access, wish: Wish, console: Console) -> tuple[Path, Outcome]:
    """Fetch until all is there or today's calls are used up; gives the folder, and what is still missing.

    Raises `gateway.NoKey`, and `operations.UnknownOperationError` for a name in `wish.only`.
    """
    budget = Budget(access.root / "budget", access.daily_calls_of, access.daily_calls)
    operations = configured(access.paths, access.page_size)
    if wish.only:
        operations = chosen(operations, wish.only)
    manners = Manners(access.at_once, access.spacing)
    async with connected(access.key, budget, url=access.url, manners=manners) as gateway:
        folder, previous = runs(access.root)
        made = await plan(
            gateway, operations, folder, now().date(), previous=previous, since=wish.since, full=wish.full
        )
        _show(made, budget, console)
        with bar(console) as show:
            outcome = await fetch(gateway, made, at_once=access.at_once, progress=show)
    if outcome.complete:
        (folder / _DONE).touch()
    return folder, outcome


def runs(root: Path) -> tuple[Path, Path | None]:
    """Give the folder to fetch into, and the last complete run."""
    numbers = sorted(int(path.name) for path in root.glob("*") if path.name.isdigit())
    complete = [number for number in numbers if (root / str(number) / _DONE).exists()]
    last = numbers[-1] if numbers else 0
    number = last if numbers and last not in complete else last + 1
    folder = root / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    return folder, root / str(complete[-1]) if complete else None


def _show(made: Plan, budget: Budget, console: Console) -> None:
    for part in made.parts:
        rows = "모름" if part.total is None else f"{part.total:,}행"
        since = f", {part.since} 뒤에 바뀐 것만" if part.since else ""
        console.print(f"{part.operation.title}: {rows}, 부를 횟수 {part.calls:,}{since}", highlight=False)
    console.print(
        f"모두 {made.calls:,}번 부릅니다. 하루 한도 안에서 {made.days(budget)}일 걸립니다.", highlight=False
    )
