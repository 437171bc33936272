"""A run that fetches a release: what it planned, how far it came, and what stood in its way.

<folder>/.run.json             when the run began, and what is done of each operation
<folder>/<operation>/…         its pages, see `pages`
<folder>/<operation>/earlier/  what an earlier run read and this one did not ask for again
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import BaseModel, ValidationError

from pillnuts.catalogue.budget import Budget, BudgetExhausted
from pillnuts.catalogue.gateway import GatewayError, Stopped, TryLater
from pillnuts.catalogue.operations import OPERATIONS, Operation
from pillnuts.catalogue.problems import Problem

Trouble = GatewayError | BudgetExhausted

_OF_THE_DATASET: Final = {"20", "30", "401", "403", "HTTP 401", "HTTP 403"}


_LARGEST_LOSS: Final = 0.05
_KNOWN: Final = {operation.name: operation for operation in OPERATIONS}
_FEW: Final = 5
"""So many rows may go from a small operation as well."""


class Done(BaseModel):
    """What came of one operation."""

    rows: int
    total: int
    """Rows that the gateway counts."""
    duplicates: int
    refused: int
    short: int
    """Rows that never came, however often they were asked for."""
    whole_on: date
    """When the operation was last read whole."""
    held: int
    """Rows that there are now, with those that did not change since an earlier run."""
    doubled: int
    """How many more the gateway counted when it was read whole: rows that stand there twice."""
    surplus: int = 0
    """How many more rows there are than the gateway counts, below 0 how many fewer: it does not tell which
    were lifted or added without a date. Not 0 only until the operation is read whole again."""


class State(BaseModel):
    size: int
    since: date | None
    counted: int | None = None
    """Where only changes are asked for: how many rows the gateway counts in all."""
    total: int | None = None
    done: Done | None = None


class Run(BaseModel):
    """What is known of a folder beside its pages."""

    started: date
    operations: dict[str, State] = {}

    @classmethod
    def open(cls, folder: Path) -> "Run | None":
        """Give what a folder says of itself; None: nothing was fetched into it."""
        try:
            return cls.model_validate_json((folder / ".run.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        new = folder / ".run.new"
        new.write_text(self.model_dump_json())
        new.replace(folder / ".run.json")

    def has(self, operation: str) -> bool:
        state = self.operations.get(operation)
        return state is not None and state.done is not None


class Loss(NamedTuple):
    """An operation that has far fewer rows than before."""

    operation: str
    before: int
    now: int


def losses(before: Run, now: Run) -> list[Loss]:
    """Tell what a run lost against an earlier one: hardly ever does the ministry take that much back."""
    found = []
    for name, state in before.operations.items():
        after = now.operations.get(name)
        if state.done and after and after.done:
            loss = Loss(name, state.done.held, after.done.held)
            gone = loss.before - loss.now
            if gone > _LARGEST_LOSS * loss.before and gone > _FEW:
                found.append(loss)
    return found


@dataclass(frozen=True)
class Part:
    """What one operation takes."""

    operation: Operation
    since: date | None
    """Only what changed since then; None: everything."""
    total: int | None
    """Rows; None: not known yet, because of `trouble`."""
    made: int
    """Calls that the planning took."""
    calls: int
    """Calls still to be made, if every answer is sound."""
    spare: int
    """Further calls, if rows moved meanwhile or the changes do not explain how many rows there are now."""
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Plan:
    folder: Path
    previous: Path | None
    run: Run
    parts: tuple[Part, ...]
    a_day: Callable[[str], int]
    """Data set → how many calls it allows a day."""

    @property
    def calls(self) -> int:
        return sum(part.calls for part in self.parts)

    @property
    def made(self) -> int:
        return sum(part.made for part in self.parts)

    @property
    def most(self) -> int:
        """Calls at most, those of the planning included, as long as every answer is sound."""
        return sum(part.made + part.calls + part.spare for part in self.parts)

    def days(self, budget: Budget) -> int:
        """Days the calls take within the budget, today included; 0: there is nothing to call for."""
        calls: Counter[str] = Counter()
        for part in self.parts:
            calls[part.operation.dataset] += part.calls
        later = {name: max(0, n - budget.left(name)) / budget.limit(name) for name, n in calls.items()}
        return 1 + math.ceil(max(later.values())) if self.calls else 0


@dataclass(frozen=True)
class Outcome:
    done: dict[str, Done]
    """Name of the operation → what came."""
    troubles: dict[str, Trouble]
    """Name of the operation → why it is not complete."""

    @property
    def complete(self) -> bool:
        return not self.troubles

    @property
    def reasons(self) -> list[str]:
        """Say why what is missing is missing: each reason once, after all that it keeps back."""
        kept_back: dict[str, tuple[Problem | BudgetExhausted, list[Operation]]] = {}
        for name, trouble in self.troubles.items():
            reason = trouble.problem if isinstance(trouble, GatewayError) else trouble
            kept_back.setdefault(str(reason), (reason, []))[1].append(_KNOWN[name])
        return [line for told in kept_back.values() for line in _told(*told)]

    @property
    def until(self) -> datetime | None:
        """When going on makes sense, where nothing but a daily budget is in the way."""
        exhausted = [t.until for t in self.troubles.values() if isinstance(t, BudgetExhausted)]
        return min(exhausted) if exhausted and len(exhausted) == len(self.troubles) else None


def _told(reason: Problem | BudgetExhausted, operations: list[Operation]) -> list[str]:
    if len(operations) == len(_KNOWN):
        return [f"모든 자료: {reason}"]
    datasets: dict[str, list[Operation]] = {}
    for operation in operations:
        datasets.setdefault(operation.portal, []).append(operation)
    names = {portal: _named([one.title for one in ones]) for portal, ones in datasets.items()}
    lines = [f"{', '.join(names.values())}: {reason}"]
    if isinstance(reason, Problem) and reason.code in _OF_THE_DATASET:  # where to apply for it
        lines += [f"   {portal}  {name}" for portal, name in names.items()]
    return lines


def _named(titles: list[str]) -> str:
    others = f" 외 {len(titles) - 1}가지" if len(titles) > 1 else ""
    return f"{titles[0]}{others}"


class Troubles:
    """What was refused is not asked for again in the same run, nor what must be refused as well."""

    def __init__(self) -> None:
        self.met: dict[str, Trouble] = {}
        self._datasets: dict[str, Trouble] = {}
        self._everywhere: Trouble | None = None

    def ahead(self, operation: Operation) -> Trouble | None:
        return self._everywhere or self._datasets.get(operation.dataset)

    def meet(self, operation: Operation, trouble: Trouble) -> None:
        self.met[operation.name] = trouble
        match trouble:
            case BudgetExhausted():
                self._datasets[operation.dataset] = trouble
            case Stopped(problem=problem) | TryLater(problem=problem) if problem.everywhere:
                self._everywhere = trouble
            case Stopped(problem=problem) if problem.code in _OF_THE_DATASET:
                self._datasets[operation.dataset] = trouble
            case _:
                pass
