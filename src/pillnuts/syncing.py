"""Fetching the ministry's data into a folder of raw answers, to make a release of it: see `archive`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from rich.console import Console

from pillnuts.catalogue import archive, ingest, queries
from pillnuts.catalogue.budget import Budget, now
from pillnuts.catalogue.fetch import fetch, plan
from pillnuts.catalogue.gateway import NoKey, connected, how_to_get_a_key, plain_key
from pillnuts.catalogue.operations import OPERATIONS, chosen, configured
from pillnuts.catalogue.runs import Outcome, Plan, Run, losses
from pillnuts.errand import Access
from pillnuts.importing import bar
from pillnuts.kernel.db import Database
from pillnuts.kernel.http import Manners


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    full: bool = False
    since: date | None = None
    only: Sequence[str] = ()
    force: bool = False
    """What was refused because it loses too much is wanted nevertheless."""

    @property
    def usual(self) -> bool:
        return not (self.full or self.since or self.only)


def check(access: Access, wish: Wish) -> None:
    """Raise `gateway.NoKey` without a key, `operations.UnknownOperationError` for a name in `wish.only`."""
    if not plain_key(access.key):
        raise NoKey(how_to_get_a_key(OPERATIONS))
    chosen(configured(access.paths, access.page_size), wish.only)


async def fetch_release(
    access: Access,
    wish: Wish,
    console: Console,
    clock: Callable[[], datetime] = now,
    budget: Budget | None = None,
) -> tuple[Path, Outcome]:
    """Fetch until all is there or today's calls are used up; gives the folder, and what is still missing.

    A run that is complete and of which no release was made yet is given as it is. Raises what `check` raises.
    """
    if wish.usual and (waiting := archive.to_load(access.root, refused=wish.force)):
        console.print("다 받아 두고 아직 싣지 않은 자료가 있어 그것을 싣습니다.", highlight=False)
        return waiting, Outcome({}, {})
    budget = budget or Budget(access.root / "budget", access.daily_calls_of, access.daily_calls, clock)
    operations = configured(access.paths, access.page_size)
    if wish.only:
        operations = chosen(operations, wish.only)
    manners = Manners(access.at_once, access.spacing)
    async with connected(access.key, budget, url=access.url, manners=manners) as gateway:
        folder, previous = archive.to_fetch(access.root), archive.last_sound(access.root)
        made = await plan(
            gateway,
            operations,
            folder,
            clock().date(),
            previous=previous,
            since=wish.since,
            full=wish.full,
            a_day=budget.limit,
        )
        _show(made, budget, console)
        with bar(console) as show:
            outcome = await fetch(gateway, made, at_once=access.at_once, progress=show)
    if outcome.complete:
        archive.complete(folder)
    return folder, outcome


def refuse_losses(folder: Path) -> None:
    """Raise `ingest.ImportRefusedError` where a run has far fewer rows than the one loaded before it.

    The same products stand in several data sets: one that shrank would not be missed by counting products.
    """
    previous = archive.loaded_before(folder)
    before, now = previous and Run.open(previous), Run.open(folder)
    titles = {operation.name: operation.title for operation in OPERATIONS}
    lost = [
        f"{titles.get(loss.operation, loss.operation)}: 앞서 {loss.before:,}행, 지금 {loss.now:,}행"
        for loss in (losses(before, now) if before and now else ())
    ]
    if lost:
        first = "식약처가 준 자료가 앞서 받은 것보다 크게 줄었습니다."
        last = (
            "며칠 뒤 다시 받아 보십시오. 그래도 바꾸려면 `pillnuts catalogue sync --force`를 불러 주십시오."
        )
        raise ingest.ImportRefusedError("\n".join([first, *lost, last]))


async def settle(database: Database, run: Path) -> None:
    """Name a run by the release that was made of it, or that it equals, and let go of the oldest runs."""
    async with database.reading() as session:
        current = await queries.current_key(session)
    if current:
        archive.loaded(run, current[0])


def _show(made: Plan, budget: Budget, console: Console) -> None:
    unknown = sum(part.total is None for part in made.parts)
    if unknown == len(made.parts):  # why it is, is told at the end
        return
    for part in made.parts:
        if part.total is None:
            console.print(f"{part.operation.title}: 지금은 알 수 없습니다.", highlight=False)
            continue
        since = f", {part.since} 뒤에 바뀐 것만" if part.since else ""
        calls = f"{part.made + part.calls:,}"
        console.print(f"{part.operation.title}: {part.total:,}행, 부를 횟수 {calls}{since}", highlight=False)
    more = f" 알 수 없는 {unknown}가지에는 더 듭니다." if unknown else ""
    console.print(
        f"모두 {made.made + made.calls:,}번 부릅니다(이미 부른 {made.made:,}번을 넣었습니다). "
        f"그 사이 자료가 움직이면 많아야 {made.most:,}번입니다. "
        f"하루 한도 안에서 {made.days(budget)}일 걸립니다.{more}",
        highlight=False,
        soft_wrap=True,
    )
