"""The ministry's gateway: one page of one operation, or the reason why there is none."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Final, Protocol
from urllib.parse import unquote

from pillnuts.catalogue import envelope
from pillnuts.catalogue.budget import Budget
from pillnuts.catalogue.envelope import Answer
from pillnuts.catalogue.operations import EVERYTHING, OPERATIONS, PAGE_SIZE, Asked, Operation
from pillnuts.catalogue.problems import EMPTY, FOREIGN, MISSING, NOTHING, OTHER_PAGE, Problem
from pillnuts.kernel.http import AskAgain, Client, Manners, NoConnection, Reply, Retries, Timeouts

BASE_URL: Final = "https://apis.data.go.kr/1471000"


class GatewayError(Exception):
    """No page came; the message says why in Korean and in English, and never holds the key."""

    def __init__(self, operation: Operation, problem: Problem) -> None:
        super().__init__(f"{operation.title}: {problem}")
        self.operation = operation
        self.problem = problem


class TryLater(GatewayError):
    """It was tried several times in vain; later it may go well."""


class Stopped(GatewayError):
    """Somebody has to act first: the key, the application for the data set, the path."""


class PageTooLarge(GatewayError):
    """Too many rows were asked for; at most `largest` a page are given."""

    def __init__(self, operation: Operation, problem: Problem, largest: int) -> None:
        super().__init__(operation, problem)
        self.largest = largest


class NoKey(Exception):
    """There is no key; the message says how to get one."""


class Gateway(Protocol):
    async def page(self, operation: Operation, number: int, size: int, asked: Asked = EVERYTHING) -> Answer:
        """Give page `number` (from 1) of `size` rows; rows that were not asked for are refused.

        Raises `TryLater`, `Stopped`, `PageTooLarge` and `budget.BudgetExhausted`.
        """


class _Again(AskAgain):
    def __init__(self, problem: Problem, after: float | None = None) -> None:
        super().__init__(problem.english, after=after, everybody=problem.kind == "slow_down")
        self.problem = problem


class MinistryGateway:
    """The real one. `client` must hold the key among its secrets: see `connected`."""

    def __init__(self, client: Client, key: str, budget: Budget) -> None:
        self._client = client
        self._key = key
        self._budget = budget

    def __repr__(self) -> str:
        return "MinistryGateway()"

    async def page(self, operation: Operation, number: int, size: int, asked: Asked = EVERYTHING) -> Answer:
        parameters = {
            "serviceKey": self._key,
            "pageNo": str(number),
            "numOfRows": str(size),
            "type": "json",
        } | asked.parameters(operation)

        def heard(reply: Reply) -> Answer:
            answer = envelope.read(reply.content, reply.status)
            if isinstance(answer, Answer):
                answer = _checked(answer, operation, number, size, asked)
            if isinstance(answer, Answer):
                return answer
            raise self._complaint(answer, operation, size, reply.retry_after)

        try:
            return await self._client.get(
                operation.path,
                parameters,
                heard,
                before=partial(self._budget.spend, operation.dataset),
            )
        except _Again as again:
            problem = again.problem
            if problem == EMPTY and size > PAGE_SIZE:  # how some operations say that it is too much
                raise PageTooLarge(operation, problem, PAGE_SIZE) from None
            if problem == NOTHING:  # it says so every time
                return Answer((), 0, number)
        except AskAgain as unreachable:
            away = isinstance(unreachable, NoConnection)  # all data sets lie there
            said = "공공데이터포털에 닿지 않습니다."
            problem = Problem("retry", "unreachable", said, str(unreachable), everywhere=away)
        raise TryLater(operation, problem)

    def _complaint(self, problem: Problem, operation: Operation, size: int, after: float | None) -> Exception:
        problem = replace(problem, english=self._client.masked(problem.english))
        match problem.kind:
            case "retry" | "slow_down":
                return _Again(problem, after)
            case "tomorrow":
                return self._budget.exhaust(operation.dataset)
            case "stop":  # pragma: no branch -- mypy proves that there is no other case
                if problem.largest_page and problem.largest_page < size:
                    return PageTooLarge(operation, problem, problem.largest_page)
                return Stopped(operation, problem)


def _checked(answer: Answer, operation: Operation, number: int, size: int, asked: Asked) -> Answer | Problem:
    """Refuse rows that were not asked for, and an answer that is no answer to the question."""
    if answer.page not in {None, number}:
        return OTHER_PAGE
    if not answer.total and number == 1 and asked == EVERYTHING:
        return NOTHING
    if not answer.rows:
        return MISSING if answer.total > (number - 1) * size else answer
    refusals = [asked.refusal(operation, row) for row in answer.rows]
    if all(refusals):
        # An unknown parameter is ignored and everything comes; that does not get better by asking again.
        return replace(FOREIGN, kind="stop") if asked != EVERYTHING else FOREIGN
    return replace(
        answer,
        rows=tuple(row for row, refusal in zip(answer.rows, refusals, strict=True) if not refusal),
        refused=tuple(filter(None, refusals)),
    )


@asynccontextmanager
async def connected(
    key: str,
    budget: Budget,
    *,
    url: str = BASE_URL,
    timeouts: Timeouts | None = None,
    retries: Retries | None = None,
    manners: Manners | None = None,
) -> AsyncIterator[MinistryGateway]:
    """Talk to the ministry with either form of the key; raises `NoKey` where there is none."""
    key = plain_key(key)
    if not key:
        raise NoKey(how_to_get_a_key(OPERATIONS))
    client = Client(url, service="mfds", secrets=[key], timeouts=timeouts, retries=retries, manners=manners)
    async with client:
        yield MinistryGateway(client, key, budget)


def plain_key(key: str) -> str:
    """Give the key as it is before encoding: the portal shows it encoded as well, and either gets copied."""
    key = key.strip()
    return unquote(key) if "%" in key else key


def how_to_get_a_key(operations: Iterable[Operation]) -> str:
    """Say what a person without a key has to do."""
    lines = [
        "식약처 자료를 받으려면 공공데이터포털의 인증키가 있어야 합니다. 무료이며 10분이면 됩니다.",
        "1. https://www.data.go.kr 에 가입하고 로그인합니다.",
        "2. 다음 자료마다 ‘활용신청’을 누릅니다. 곧바로 승인되고, 늦어도 몇 시간 뒤에는 쓸 수 있습니다.",
    ]
    for portal, group in groupby(operations, key=lambda operation: operation.portal):
        first, *others = group
        lines.append(f"   {portal}  {first.title}{f' 외 {len(others)}가지' if others else ''}")
    lines.append("3. 마이페이지의 일반 인증키를 PILLNUTS_MINISTRY_KEY에 적습니다. 어느 형태든 됩니다.")
    return "\n".join(lines)
