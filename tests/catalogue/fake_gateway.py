"""The gateway as a table in memory: answers like the ministry's, and does awkward things when told to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pillnuts.catalogue.envelope import Answer, Item
from pillnuts.catalogue.gateway import PageTooLarge, Stopped
from pillnuts.catalogue.operations import EVERYTHING, OPERATIONS, Asked, Operation
from pillnuts.catalogue.problems import FOREIGN, by_code

NAMED = {operation.name: operation for operation in OPERATIONS}
LIST, DETAIL, EASY = NAMED["permit_list"], NAMED["permit_detail"], NAMED["easy"]

Awkward = Callable[[Operation, int, int], Answer | None]
"""Asked for operation and page, on the so-manieth call: another answer, or None for the usual one."""


def details(count: int, day: str = "20260105") -> list[Item]:
    return [
        {"ITEM_SEQ": f"{200000000 + n}", "ITEM_NAME": f"새봄정{n}", "CHANGE_DATE": day} for n in range(count)
    ]


@dataclass
class FakeGateway:
    rows: Mapping[str, list[Item]]
    largest: int = 100
    awkward: Awkward = field(default=lambda _operation, _number, _call: None)
    calls: list[tuple[str, int]] = field(default_factory=list)
    knows_changes: bool = True

    async def page(self, operation: Operation, number: int, size: int, asked: Asked = EVERYTHING) -> Answer:
        self.calls.append((operation.name, number))
        if size > self.largest:
            problem = by_code("11", f"numOfRows maximum is =[{self.largest}]")
            raise PageTooLarge(operation, problem, self.largest)
        if (answer := self.awkward(operation, number, len(self.calls))) is not None:
            return answer
        return self.sound(operation, number, size, asked)

    def sound(self, operation: Operation, number: int, size: int, asked: Asked = EVERYTHING) -> Answer:
        rows = [row for row in self.rows[operation.name] if asked.refusal(operation, row) is None]
        if asked.since and not self.knows_changes:
            raise Stopped(operation, replace(FOREIGN, kind="stop"))
        return Answer(tuple(rows[(number - 1) * size : number * size]), len(rows), number)

    def asked_for(self, operation: Operation) -> list[int]:
        return [number for name, number in self.calls if name == operation.name]


TODAY = date(2026, 11, 20)
