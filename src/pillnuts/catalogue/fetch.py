"""Fetching a release: every page of every operation into one folder, however often it is interrupted.

`plan` asks for the first page of each operation and tells how many calls the rest takes, `fetch` makes them.
Both go on where a killed or exhausted run ended. A complete folder is what `ingest.read` takes.
"""

import asyncio
from collections.abc import Callable, Container, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import structlog

from pillnuts.catalogue.budget import CALLS_A_DAY, BudgetExhausted
from pillnuts.catalogue.gateway import Gateway, GatewayError, PageTooLarge, Stopped
from pillnuts.catalogue.operations import Asked, Operation
from pillnuts.catalogue.pages import (
    BadPageError,
    Pages,
    carry,
    forget,
    numbers_in,
    pages_of,
    rows_in,
    values_in,
)
from pillnuts.catalogue.problems import FOREIGN
from pillnuts.catalogue.runs import Done, Outcome, Part, Plan, Run, State, Trouble, Troubles

log = structlog.get_logger(__name__)

OVERLAP: Final = timedelta(days=7)
"""How far before the last run changes are asked for: some are entered late."""
WHOLE_AGAIN: Final = timedelta(days=28)
"""How long changes are enough: what the ministry lifts or adds without a date, they do not tell."""
MISSING: Final = 0.01
"""Share of the rows that may be missing until then where a whole operation takes more than a day's calls."""
_READINGS: Final = 8
"""How often doubtful pages are read again before what is missing is reported as missing."""


def _usual(_dataset: str) -> int:
    return CALLS_A_DAY


Progress = Callable[[str, float], None]
"""Told what is being read, and the share of all pages that is there, 0 to 1."""


def silent(_step: str, _share: float) -> None:
    """Report no progress."""


async def plan(
    gateway: Gateway,
    operations: Sequence[Operation],
    folder: Path,
    today: date,
    *,
    previous: Path | None = None,
    since: date | None = None,
    full: bool = False,
    a_day: Callable[[str], int] = _usual,
) -> Plan:
    """Begin or resume a run in `folder`: read each operation's first page and count the rest.

    With a `previous` run, operations that can tell what changed are asked for that only, unless `full`:
    since `since`, or since that run. What takes no more than the calls of a day (`a_day` of its data set) is
    read whole when the changes do not explain how many rows there are. An operation that cannot be read now
    is in the plan with its trouble; to go on later, plan anew.
    """
    run = Run.open(folder) or Run(started=today)
    before = Run.open(previous) if previous and not full else None
    troubles, parts = Troubles(), []
    for operation in operations:
        if operation.name not in run.operations:
            start = _start(operation, before, run.started, since)
            run.operations[operation.name] = State(size=operation.size, since=start)
            run.save(folder)
        state, made = run.operations[operation.name], 0
        if state.total is None:
            try:
                if ahead := troubles.ahead(operation):
                    raise ahead
                made = await _begin(gateway, operation, run, folder)
            except (GatewayError, BudgetExhausted) as trouble:
                troubles.meet(operation, trouble)
        parts.append(_part(operation, state, folder, made, troubles.met.get(operation.name)))
    return Plan(folder, previous, run, tuple(parts), a_day)


def _start(operation: Operation, before: Run | None, today: date, since: date | None) -> date | None:
    """Tell from which day on changes are enough; None: everything is to be read."""
    earlier = before.operations.get(operation.name) if before else None
    if not operation.changes or before is None or earlier is None or earlier.done is None:
        return None
    if since is None and today - earlier.done.whole_on >= WHOLE_AGAIN:
        return None
    return since or before.started - OVERLAP


def _part(operation: Operation, state: State, folder: Path, made: int, trouble: Trouble | None) -> Part:
    calls, spare = 1, 0
    if state.done:
        calls = 0
    elif state.total is not None:
        pages = pages_of(state.total, state.size)
        calls = max(0, pages - len(numbers_in(folder / operation.name)))
        spare = _again(pages) + (pages_of(state.counted, state.size) if state.counted is not None else 0)
    return Part(operation, state.since, state.total, made, calls, spare, trouble)


def _again(pages: int) -> int:
    """Tell how many pages are read again at most where the ministry's own rows stand twice."""
    return 2 + pages // 50


def _asked(state: State, run: Run) -> Asked:
    return Asked(since=state.since, until=run.started if state.since else None)


def _pages(operation: Operation, run: Run, folder: Path) -> Pages:
    day, state = run.started.isoformat(), run.operations[operation.name]
    return Pages(folder / operation.name, day, state.size)


async def _begin(gateway: Gateway, operation: Operation, run: Run, folder: Path) -> int:
    """Read the first page; learn how large a page may be, and whether changes can be asked for.

    Gives the number of calls.
    """
    state, pages, calls = run.operations[operation.name], _pages(operation, run, folder), 0
    if state.since and state.counted is None:
        state.counted = (await gateway.page(operation, 1, 1)).total
        calls += 1
    while not pages.held:
        calls += 1
        try:
            answer = await gateway.page(operation, 1, state.size, _asked(state, run))
        except PageTooLarge as refused:
            state.size = refused.largest
        except Stopped as refused:
            if state.since is None or refused.problem.code != FOREIGN.code:
                raise
            log.warning("changes cannot be asked for", operation=operation.name)
            state.since = state.counted = None
        else:
            run.save(folder)  # before the page, which was asked for in this way
            pages = _pages(operation, run, folder)
            pages.keep(1, answer)
    state.total = pages.total
    run.save(folder)
    return calls


async def fetch(gateway: Gateway, plan: Plan, *, at_once: int = 4, progress: Progress = silent) -> Outcome:
    """Read what is missing; returns with whatever could be done, and says what could not and why."""
    run, troubles = plan.run, Troubles()
    whole = sum(pages_of(part.total or 0, part.operation.size) for part in plan.parts) or 1
    done = 0
    for part in plan.parts:
        operation, start = part.operation, done
        size = pages_of(part.total or 0, operation.size)
        done += size

        def show(share: float, title: str = operation.title, start: int = start, size: int = size) -> None:
            progress(title, min(1.0, (start + share * size) / whole))

        show(0)
        if run.has(operation.name):
            continue
        try:
            if ahead := part.trouble or troubles.ahead(operation):
                raise ahead
            await _Reading(gateway, operation, plan, at_once, show).finish()
        except (GatewayError, BudgetExhausted) as trouble:
            troubles.meet(operation, trouble)
    if not troubles.met:
        _carry_the_rest(plan)
    names = [part.operation.name for part in plan.parts]
    return Outcome({n: d for n in names if (d := run.operations[n].done)}, troubles.met)


class _Reading:
    """Reads one operation to its end."""

    def __init__(
        self,
        gateway: Gateway,
        operation: Operation,
        plan: Plan,
        at_once: int,
        show: Callable[[float], None],
    ) -> None:
        self.gateway = gateway
        self.operation = operation
        self.plan = plan
        self.at_once = at_once
        self.show = show
        self.state = plan.run.operations[operation.name]
        self.pages = _pages(operation, plan.run, plan.folder)

    async def finish(self) -> None:
        try:
            await self._read_on()
            await self._read_again()
        except PageTooLarge as refused:  # less is allowed than yesterday
            await self._anew(size=refused.largest)
            return
        done = self._whole() if self.state.since is None else self._carried()
        if done is None:
            log.warning("changes are not enough", operation=self.operation.name)
            await self._anew(whole=True)
            return
        self.state.done = done
        self.plan.run.save(self.plan.folder)
        log.info("operation read", operation=self.operation.name, **done.model_dump())

    async def _anew(self, *, size: int | None = None, whole: bool = False) -> None:
        """Throw away what came, and begin with the first page."""
        forget(self.pages.folder)  # first: what is left of it after a crash was asked for as the run says
        state = self.state
        state.size, state.total = size or state.size, None
        if whole:
            state.since = state.counted = None
        self.plan.run.save(self.plan.folder)
        await _begin(self.gateway, self.operation, self.plan.run, self.plan.folder)
        self.pages = _pages(self.operation, self.plan.run, self.plan.folder)
        await self.finish()

    def _whole(self) -> Done:
        pages = self.pages
        return Done(
            rows=pages.rows,
            total=pages.total,
            duplicates=pages.duplicates,
            refused=pages.refused,
            short=pages.short,
            whole_on=self.plan.run.started,
            held=pages.rows,
            doubled=pages.total - pages.rows - pages.short,
        )

    def _carried(self) -> Done | None:
        """Keep the earlier rows of products that did not change; None: everything has to be read."""
        earlier = self._earlier()
        if earlier is None or not self._carry():
            return None
        held = rows_in(self.pages.folder) + rows_in(self.pages.folder / "earlier")
        counted = self.state.counted or 0
        surplus = held + earlier.doubled - counted
        if surplus and self._affordable(counted, surplus):
            return None
        if surplus:
            log.warning(
                "rows were lifted or added without a date", operation=self.operation.name, rows=surplus
            )
        return self._whole().model_copy(
            update={
                "whole_on": earlier.whole_on,
                "held": held,
                "doubled": earlier.doubled,
                "surplus": surplus,
            }
        )

    def _affordable(self, counted: int, surplus: int) -> bool:
        """Tell whether everything is to be read now because of rows that are too many, or too few (below 0).

        A whole operation that takes days may wait: what is said of ingredients is read whole every time.
        """
        a_day = self.plan.a_day(self.operation.dataset)
        return pages_of(counted, self.state.size) <= a_day or surplus < -MISSING * counted

    def _unexplained(self, changed: Container[str]) -> bool:
        """Tell whether products came or went of which the changes say nothing.

        One that comes and one that goes leave the number as it was.
        """
        run, previous, by = self.plan.run, self.plan.previous, self.operation.listed_by
        if by is None or previous is None or not run.has(by):
            return False
        column = self.operation.column
        now, then = (values_in(folder / by, column) for folder in (self.plan.folder, previous))
        return any(value not in changed for value in now ^ then)

    def _earlier(self) -> Done | None:
        before = Run.open(self.plan.previous) if self.plan.previous else None
        state = before.operations.get(self.operation.name) if before else None
        return state.done if state else None

    async def _read_on(self) -> None:
        while missing := self.pages.missing():
            await self._read(missing[: self.at_once])
            self.show(self.pages.held / self.pages.count)

    async def _read_again(self) -> None:
        """Look where rows can have slipped through, until as many are there as the gateway counts."""
        wide = False
        for _ in range(_READINGS):
            doubtful = self.pages.doubtful(wide=wide)
            for number in doubtful:
                if not self.pages.short:
                    return
                await self._read([number])
            await self._read_on()  # the total may have grown
            wide = self.pages.doubtful(wide=wide) == doubtful

    async def _read(self, numbers: Sequence[int]) -> None:
        """Read pages side by side; what came is kept before what failed is raised."""
        asked = _asked(self.state, self.plan.run)
        size = self.pages.size
        answers = await asyncio.gather(
            *(self.gateway.page(self.operation, number, size, asked) for number in numbers),
            return_exceptions=True,
        )
        failed = None
        for number, answer in zip(numbers, answers, strict=True):
            if isinstance(answer, BaseException):
                failed = failed or answer
            else:
                self.pages.keep(number, answer)
        if self.state.total != self.pages.total:
            self.state.total = self.pages.total
            self.plan.run.save(self.plan.folder)
        if failed:
            raise failed

    def _carry(self) -> bool:
        """Take over what did not change; False: it is damaged, or gone."""
        if self.plan.previous is None:
            return False
        folder, column = self.pages.folder, self.operation.column
        changed = values_in(folder, column)
        try:
            if self._unexplained(changed):
                return False
            day = self.plan.run.started.isoformat()
            carry(self.plan.previous / self.operation.name, folder, column, changed, day)
        except BadPageError as damaged:
            log.warning("an earlier page is damaged", operation=self.operation.name, page=str(damaged))
            return False
        return True


def _carry_the_rest(plan: Plan) -> None:
    """Take over operations whole that this run was not to ask for."""
    before = Run.open(plan.previous) if plan.previous else None
    for name, state in before.operations.items() if before else ():
        if plan.previous and state.done and name not in plan.run.operations:
            carry(plan.previous / name, plan.folder / name)
            plan.run.operations[name] = state
            plan.run.save(plan.folder)
