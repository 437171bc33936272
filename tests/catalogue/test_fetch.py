"""A release is fetched whole, however often it is interrupted and whatever moves while it is read."""

import asyncio
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pillnuts.catalogue import fetch as fetching
from pillnuts.catalogue import ingest
from pillnuts.catalogue.budget import SEOUL, Budget, BudgetExhausted
from pillnuts.catalogue.envelope import Answer, Item
from pillnuts.catalogue.gateway import Stopped, TryLater
from pillnuts.catalogue.operations import EVERYTHING, Asked, Operation
from pillnuts.catalogue.pages import pages_in, read_page
from pillnuts.catalogue.problems import EMPTY, Problem, by_code, by_words
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.runs import Done, Outcome, Plan, Run
from tests.catalogue import ministry
from tests.catalogue.fake_gateway import DETAIL, EASY, LIST, NAMED, TODAY, FakeGateway, details

SPAWN = multiprocessing.get_context("spawn")
RULES = NAMED["dur_product_dose"]
MIDNIGHT = datetime(2026, 11, 21, tzinfo=SEOUL)
AWAY = Problem("retry", "unreachable", "닿지 않습니다.", "no connection", everywhere=True)

SMALL = tuple(
    Operation(
        one.name,
        one.title,
        one.dataset,
        one.path,
        one.column,
        one.item,
        one.kind,
        changes=one.changes,
        size=10,
    )
    for one in (LIST, DETAIL, EASY)
)
LISTS, DETAILS, TEXTS = SMALL


def rows(count: int = 95) -> dict[str, list[Item]]:
    return {
        "permit_list": details(count),
        "permit_detail": details(count),
        "easy": [{"itemSeq": f"{300000000 + n}"} for n in range(7)],
    }


def kept(folder: Path, operation: Operation) -> list[Item]:
    parts = (folder / operation.name / "earlier", folder / operation.name)
    found = [row for part in parts for path in pages_in(part) for row in read_page(path)["items"]]
    return sorted(found, key=lambda row: str(row[operation.column]))


async def run(
    gateway: FakeGateway, folder: Path, operations: Sequence[Operation] = SMALL, **options: object
) -> tuple[Plan, Outcome]:
    planned = await fetching.plan(gateway, operations, folder, TODAY, **options)  # type: ignore[arg-type]
    return planned, await fetching.fetch(gateway, planned)


async def test_everything_is_read_with_the_calls_that_were_planned(tmp_path: Path) -> None:
    gateway = FakeGateway(rows())
    told: list[tuple[str, float]] = []
    planned = await fetching.plan(gateway, SMALL, tmp_path, TODAY)
    assert [(part.operation.name, part.total, part.calls) for part in planned.parts] == [
        ("permit_list", 95, 10),
        ("permit_detail", 95, 10),
        ("easy", 7, 1),
    ]

    begun = len(gateway.calls)
    outcome = await fetching.fetch(
        gateway, planned, progress=lambda title, share: told.append((title, share))
    )
    assert outcome.complete
    assert len(gateway.calls) - begun == planned.calls == 21
    assert {name: kept(tmp_path, NAMED[name]) for name in rows()} == rows()
    assert outcome.done["permit_list"] == Done(
        rows=95, total=95, duplicates=0, refused=0, short=0, whole_on=TODAY, held=95, doubled=0
    )
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert {title for title, _ in told} == {"허가 목록", "허가 상세", "e약은요"}


async def test_what_is_complete_is_not_asked_for_again(tmp_path: Path) -> None:
    await run(FakeGateway(rows()), tmp_path)
    gateway = FakeGateway(rows())
    planned, outcome = await run(gateway, tmp_path)

    assert (gateway.calls, planned.calls, outcome.complete) == ([], 0, True)
    assert outcome.done["easy"].rows == 7


async def test_a_complete_folder_is_what_an_import_takes(tmp_path: Path) -> None:
    found: list[Item] = [dict(ministry.permit(f"2020000{n:02}", f"새봄정{n}")) for n in range(25)]
    await run(FakeGateway({"permit_detail": found}), tmp_path, [DETAILS])
    report = Report()
    gathered = ingest.read([tmp_path], report)

    assert len(list(gathered.products())) == 25
    assert (report.read, report.skipped, {file.date for file in report.files if file.read}) == (
        25,
        [],
        {"2026-11-20"},
    )


async def test_a_page_size_that_is_too_large_is_lowered(tmp_path: Path) -> None:
    gateway = FakeGateway(rows(), largest=4)
    planned, outcome = await run(gateway, tmp_path, [LISTS])

    assert (planned.parts[0].calls, outcome.complete) == (24, True)
    assert kept(tmp_path, LISTS) == rows()["permit_list"]


async def test_a_page_size_that_shrinks_meanwhile_begins_the_operation_anew(tmp_path: Path) -> None:
    gateway = FakeGateway(rows())
    planned = await fetching.plan(gateway, [LISTS], tmp_path, TODAY)
    gateway.largest = 5
    outcome = await fetching.fetch(gateway, planned)

    assert outcome.complete
    assert kept(tmp_path, LISTS) == rows()["permit_list"]


# ── what stands in the way ───────────────────────────────────────────────────────────────────


class Refusing(FakeGateway):
    """Raises for an operation, from a call on."""

    def __init__(self, trouble: Exception, operation: Operation, after: int = 0) -> None:
        super().__init__(rows())
        self.trouble = trouble
        self.operation = operation
        self.after = after

    async def page(self, operation: Operation, number: int, size: int, asked: Asked = EVERYTHING) -> Answer:
        if operation.name == self.operation.name and len(self.asked_for(operation)) >= self.after:
            self.calls.append((operation.name, number))
            raise self.trouble
        return await super().page(operation, number, size, asked)


def stopped(code: str) -> Stopped:
    return Stopped(LISTS, by_words("Forbidden") or EMPTY if code == "403" else by_code(code, ""))


@pytest.mark.parametrize(
    ("trouble", "asked"),
    [
        (stopped("30"), {"permit_list": 1, "permit_detail": 0, "easy": 2}),
        (stopped("403"), {"permit_list": 1, "permit_detail": 0, "easy": 2}),
        (stopped("31"), {"permit_list": 1, "permit_detail": 0, "easy": 0}),
        (stopped("12"), {"permit_list": 1, "permit_detail": 11, "easy": 2}),
        (TryLater(LISTS, AWAY), {"permit_list": 1, "permit_detail": 0, "easy": 0}),
        (TryLater(LISTS, EMPTY), {"permit_list": 1, "permit_detail": 11, "easy": 2}),
        (BudgetExhausted(LISTS.dataset, MIDNIGHT), {"permit_list": 1, "permit_detail": 0, "easy": 2}),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_refusal_is_met_once_and_named(
    tmp_path: Path, trouble: Exception, asked: dict[str, int]
) -> None:
    gateway = Refusing(trouble, LISTS)
    planned, outcome = await run(gateway, tmp_path)

    assert {one.name: len(gateway.asked_for(one)) for one in SMALL} == asked
    assert planned.parts[0].trouble is trouble
    assert outcome.troubles["permit_list"] is trouble
    assert not outcome.complete
    assert outcome.troubles.keys() | outcome.done.keys() == {one.name for one in SMALL}
    assert not outcome.troubles.keys() & outcome.done.keys()


async def test_what_came_before_a_failure_is_kept(tmp_path: Path) -> None:
    gateway = Refusing(TryLater(LISTS, EMPTY), LISTS, after=6)
    _, outcome = await run(gateway, tmp_path, [LISTS])
    assert outcome.until is None

    again = FakeGateway(rows())
    _, outcome = await run(again, tmp_path, [LISTS])
    assert outcome.complete
    assert again.asked_for(LISTS) == [7, 8, 9, 10, 11]


class Budgeted(FakeGateway):
    """Spends a budget as the real one does."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(rows())
        self.budget = budget

    async def page(self, operation: Operation, number: int, size: int, asked: Asked = EVERYTHING) -> Answer:
        self.budget.spend(operation.dataset)
        return await super().page(operation, number, size, asked)


async def test_a_small_budget_is_enough_over_some_days(tmp_path: Path) -> None:
    today = MIDNIGHT - timedelta(hours=22)
    budget = Budget(tmp_path / "budget", default=8, clock=lambda: today)
    folder, expected = tmp_path / "run", [2, 1, 0]
    for left in expected:
        gateway = Budgeted(budget)
        planned = await fetching.plan(gateway, SMALL, folder, today.date())
        days = planned.days(budget)
        outcome = await fetching.fetch(gateway, planned)
        assert len(gateway.asked_for(LISTS)) + len(gateway.asked_for(DETAILS)) <= 8
        assert outcome.complete == (left == 0)
        assert days == left + 1
        if outcome.until:
            today = outcome.until

    assert today == MIDNIGHT + timedelta(days=1)
    assert kept(folder, LISTS) == rows()["permit_list"]
    assert {path.name[:10] for path in pages_in(folder / "permit_detail")} == {"2026-11-20"}


# ── what moves meanwhile ─────────────────────────────────────────────────────────────────────


async def test_a_row_that_goes_meanwhile_takes_none_with_it(tmp_path: Path) -> None:
    gateway = FakeGateway(rows())

    def move(_operation: Operation, _number: int, call: int) -> None:
        if call == 5:
            gateway.rows = rows() | {"permit_list": rows()["permit_list"][1:]}

    gateway.awkward = move
    _, outcome = await run(gateway, tmp_path, [LISTS])
    assert kept(tmp_path, LISTS) == rows()["permit_list"]
    assert outcome.done["permit_list"].short == 0


async def test_rows_that_come_meanwhile_are_read_too(tmp_path: Path) -> None:
    gateway = FakeGateway(rows())
    more = details(120)

    def move(_operation: Operation, _number: int, call: int) -> None:
        if call == 5:
            gateway.rows = rows() | {"permit_list": [*more[95:100], *more[:95], *more[100:]]}

    gateway.awkward = move
    _, outcome = await run(gateway, tmp_path, [LISTS])
    assert {str(row["ITEM_SEQ"]) for row in kept(tmp_path, LISTS)} >= {
        str(row["ITEM_SEQ"]) for row in more[:95]
    }
    assert outcome.done["permit_list"].total == 120


@pytest.mark.parametrize("seed", range(10))
async def test_totals_that_waver_lose_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    gateway = FakeGateway(rows())

    def waver(operation: Operation, number: int, _call: int) -> Answer | None:
        if chance.random() > 1 / 3:
            return None
        moved = gateway.rows[operation.name][1:]
        return Answer(tuple(moved[(number - 1) * 10 : number * 10]), len(moved), number)

    gateway.awkward = waver
    await run(gateway, tmp_path, [LISTS, DETAILS])
    assert kept(tmp_path, LISTS) == rows()["permit_list"]
    assert kept(tmp_path, DETAILS) == rows()["permit_detail"]


async def test_rows_of_others_and_rows_again_are_replaced_by_the_right_ones(tmp_path: Path) -> None:
    gateway = FakeGateway(rows())

    def disturb(operation: Operation, number: int, call: int) -> Answer | None:
        sound = gateway.sound(operation, number, 10)
        if call == 3:
            return Answer(sound.rows[1:], sound.total, number, ("다른 제품의 행",))
        if call == 6:
            return Answer((*sound.rows[:-1], gateway.rows[operation.name][90]), sound.total, number)
        return None

    gateway.awkward = disturb
    _, outcome = await run(gateway, tmp_path, [LISTS])
    assert kept(tmp_path, LISTS) == rows()["permit_list"]
    assert outcome.done["permit_list"].refused == 1


async def test_rows_that_stand_twice_at_the_ministry_are_no_reason_to_ask_for_ever(tmp_path: Path) -> None:
    doubled = [row for row in details(30) for _ in range(2 if row["ITEM_SEQ"] < "200000013" else 1)]  # type: ignore[operator]
    gateway = FakeGateway({"permit_list": doubled})
    _, outcome = await run(gateway, tmp_path, [LISTS])

    assert kept(tmp_path, LISTS) == details(30)
    assert outcome.done["permit_list"] == Done(
        rows=30, total=43, duplicates=13, refused=0, short=0, whole_on=TODAY, held=30, doubled=13
    )
    assert len(gateway.calls) <= 10


async def test_what_never_comes_is_reported_as_missing(tmp_path: Path) -> None:
    gateway = FakeGateway(rows())

    def withhold(operation: Operation, number: int, _call: int) -> Answer | None:
        sound = gateway.sound(operation, number, 10)
        return Answer(sound.rows[:-1], sound.total, number) if number == 2 else None

    gateway.awkward = withhold
    _, outcome = await run(gateway, tmp_path, [LISTS])
    assert outcome.done["permit_list"].short == 1
    assert len(gateway.asked_for(LISTS)) < 40


# ── what changed only ────────────────────────────────────────────────────────────────────────


async def test_after_a_full_run_only_what_changed_is_asked_for(tmp_path: Path) -> None:
    await run(FakeGateway(rows()), tmp_path / "old")
    changed = details(95)
    changed[4] = changed[4] | {"ITEM_NAME": "바뀐정", "CHANGE_DATE": "20261119"}
    gateway = FakeGateway(rows(96) | {"permit_detail": changed})
    planned, outcome = await run(gateway, tmp_path / "new", previous=tmp_path / "old")

    assert [part.since for part in planned.parts] == [None, date(2026, 11, 13), None]
    assert gateway.asked_for(DETAILS) == [1, 1, 2]  # how many there are, the changed ones, and no more
    assert outcome.complete
    assert kept(tmp_path / "new", DETAILS) == changed
    assert kept(tmp_path / "new", LISTS) == details(96)


async def test_since_when_and_whether_everything_can_be_said(tmp_path: Path) -> None:
    await run(FakeGateway(rows()), tmp_path / "old")
    since = date(2026, 1, 1)
    for folder, options, asked in (
        ("a", {"since": since}, since),
        ("b", {"since": since, "full": True}, None),
    ):
        gateway = FakeGateway(rows())
        planned, _ = await run(gateway, tmp_path / folder, [DETAILS], previous=tmp_path / "old", **options)
        assert planned.parts[0].since == asked
        assert kept(tmp_path / folder, DETAILS) == rows()["permit_detail"]


async def test_a_gateway_that_ignores_the_question_is_asked_for_everything(tmp_path: Path) -> None:
    await run(FakeGateway(rows()), tmp_path / "old", [DETAILS])
    gateway = FakeGateway(rows(), knows_changes=False)
    planned, outcome = await run(gateway, tmp_path / "new", [DETAILS], previous=tmp_path / "old")

    assert (planned.parts[0].since, planned.calls, outcome.complete) == (None, 10, True)
    assert kept(tmp_path / "new", DETAILS) == rows()["permit_detail"]


async def test_operations_left_out_are_carried_over_whole(tmp_path: Path) -> None:
    await run(FakeGateway(rows()), tmp_path / "old")
    gateway = FakeGateway(rows(96))
    await run(gateway, tmp_path / "new", [LISTS], previous=tmp_path / "old", full=True)

    assert {name for name, _ in gateway.calls} == {"permit_list"}
    assert kept(tmp_path / "new", LISTS) == details(96)
    assert kept(tmp_path / "new", DETAILS) == details(95)
    assert Run.open(tmp_path / "new").has("easy")  # type: ignore[union-attr]


def changed_rows(changed: int, there: Sequence[Item]) -> list[Item]:
    """Change the name of the first so many rows, on a day that the next run asks for."""
    return [
        *(row | {"ITEM_NAME": "바뀐정", "CHANGE_DATE": "20261119"} for row in there[:changed]),
        *there[changed:],
    ]


async def synced_again(
    tmp_path: Path, before: list[Item], after: list[Item], day: date = TODAY, a_day: int = 1000
) -> tuple[Plan, Outcome, FakeGateway]:
    """Read `before` whole, then, on `day`, what changed since."""
    await run(FakeGateway({"permit_detail": before}), tmp_path / "old", [DETAILS])
    gateway = FakeGateway({"permit_detail": after})
    planned = await fetching.plan(
        gateway, [DETAILS], tmp_path / "new", day, previous=tmp_path / "old", a_day=lambda _: a_day
    )
    return planned, await fetching.fetch(gateway, planned), gateway


async def test_a_new_product_that_never_changed_is_found_by_counting(tmp_path: Path) -> None:
    undated: list[Item] = [*changed_rows(3, details(95)), {"ITEM_SEQ": "209999999", "CHANGE_DATE": None}]
    planned, _, gateway = await synced_again(tmp_path, details(95), undated)

    assert kept(tmp_path / "new", DETAILS) == undated
    assert len(gateway.calls) <= planned.most


async def test_an_entry_that_is_lifted_without_a_date_is_found_by_counting(tmp_path: Path) -> None:
    lifted = changed_rows(3, details(95))[:-1]
    _, outcome, _ = await synced_again(tmp_path, details(95), lifted)

    assert kept(tmp_path / "new", DETAILS) == lifted
    assert outcome.done["permit_detail"].surplus == 0


async def test_rows_that_stand_twice_do_not_look_lifted(tmp_path: Path) -> None:
    doubled = [*details(95), *details(5)]
    _, outcome, gateway = await synced_again(tmp_path, doubled, changed_rows(0, doubled))

    assert (len(gateway.calls), outcome.done["permit_detail"].doubled) == (2, 5)


@pytest.mark.parametrize("astray", [1, -1])
async def test_days_of_calls_are_not_made_for_an_entry_or_two(tmp_path: Path, astray: int) -> None:
    many = details(300)
    added: Item = {"ITEM_SEQ": "209999999", "CHANGE_DATE": None}
    after = changed_rows(3, many)[:-1] if astray > 0 else [*changed_rows(3, many), added]
    _, outcome, gateway = await synced_again(tmp_path, many, after, a_day=30)
    assert len(gateway.calls) < 5
    assert (outcome.done["permit_detail"].surplus, outcome.done["permit_detail"].held) == (astray, 300)

    later = TODAY + fetching.WHOLE_AGAIN
    planned = await fetching.plan(gateway, [DETAILS], tmp_path / "later", later, previous=tmp_path / "new")
    assert planned.parts[0].since is None


async def test_days_of_calls_are_made_where_much_is_missing(tmp_path: Path) -> None:
    many, added = details(300), details(1, day="")[0]
    more = [*many, *(added | {"ITEM_SEQ": f"20999999{n}"} for n in range(4))]
    await synced_again(tmp_path, many, more, a_day=30)

    assert kept(tmp_path / "new", DETAILS) == more


async def test_a_product_that_comes_as_another_goes_is_found_by_the_list(tmp_path: Path) -> None:
    swapped: list[Item] = [*details(95)[1:], {"ITEM_SEQ": "209999999", "CHANGE_DATE": None}]
    both = [LISTS, replace(DETAILS, listed_by="permit_list")]
    await run(FakeGateway(rows()), tmp_path / "old", both)
    gateway = FakeGateway({"permit_list": swapped, "permit_detail": swapped})
    await run(gateway, tmp_path / "new", both, previous=tmp_path / "old")

    assert kept(tmp_path / "new", DETAILS) == swapped


async def test_everything_is_read_whole_again_after_some_weeks(tmp_path: Path) -> None:
    for days, whole in ((27, False), (28, True)):
        folder = tmp_path / str(days)
        planned, _, _ = await synced_again(folder, details(95), details(95), TODAY + timedelta(days=days))
        assert (planned.parts[0].since is None) == whole


@pytest.mark.parametrize("how", ["damaged", "gone"])
async def test_an_earlier_run_that_is_no_more_is_not_missed(tmp_path: Path, how: str) -> None:
    await run(FakeGateway(rows()), tmp_path / "old", [DETAILS])
    changed = changed_rows(3, details(95))
    gateway = FakeGateway({"permit_detail": changed})
    planned = await fetching.plan(gateway, [DETAILS], tmp_path / "new", TODAY, previous=tmp_path / "old")
    [page, *_] = pages_in(tmp_path / "old" / "permit_detail")
    page.write_bytes(page.read_bytes()[:50])
    if how == "gone":
        shutil.rmtree(tmp_path / "old")

    assert (await fetching.fetch(gateway, planned)).complete
    assert kept(tmp_path / "new", DETAILS) == changed


async def test_an_incomplete_run_is_nothing_to_build_on(tmp_path: Path) -> None:
    await fetching.plan(FakeGateway(rows()), SMALL, tmp_path / "old", TODAY)
    planned, _ = await run(FakeGateway(rows()), tmp_path / "new", [DETAILS], previous=tmp_path / "old")

    assert planned.parts[0].since is None


# ── what is killed ───────────────────────────────────────────────────────────────────────────


class Slow(FakeGateway):
    async def page(self, operation: Operation, number: int, size: int, asked: Asked = EVERYTHING) -> Answer:
        await asyncio.sleep(0.02)
        return await super().page(operation, number, size, asked)


def fetch_in_a_process(folder: Path, previous: Path) -> None:
    asyncio.run(run(Slow(rows(400)), folder, previous=previous))
    (folder / "finished").touch()


def test_killed_again_and_again_it_ends_with_the_same_rows(tmp_path: Path) -> None:
    asyncio.run(run(FakeGateway(rows()), tmp_path / "old"))
    folder, chance, kills = tmp_path / "new", random.Random(7), 0  # noqa: S311 -- no secret
    deadline = time.monotonic() + 90
    while not (folder / "finished").exists() and time.monotonic() < deadline:
        process = SPAWN.Process(target=fetch_in_a_process, args=(folder, tmp_path / "old"))
        process.start()
        before = len(list(folder.rglob("*.json.gz")))
        while process.is_alive() and len(list(folder.rglob("*.json.gz"))) < before + 9:
            time.sleep(0.005)
        time.sleep(chance.random() * 0.1)
        if process.is_alive() and process.pid:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.join()

    asyncio.run(run(FakeGateway(rows(400)), tmp_path / "calm", previous=tmp_path / "old"))
    assert kills > 2
    assert (folder / "finished").exists()
    for operation in SMALL:
        assert kept(folder, operation) == kept(tmp_path / "calm", operation)


# ── the run as it is kept ────────────────────────────────────────────────────────────────────


def test_a_damaged_run_is_begun_anew(tmp_path: Path) -> None:
    assert Run.open(tmp_path) is None
    (tmp_path / ".run.json").write_text('{"started": "20')
    assert Run.open(tmp_path) is None


def test_a_reason_is_told_once_with_all_that_it_keeps_back() -> None:
    away, waiting = TryLater(LISTS, AWAY), BudgetExhausted("1", MIDNIGHT)
    several = Outcome({}, {"easy": away, "permit_list": TryLater(LISTS, AWAY), "recall": waiting})
    assert several.reasons == [f"e약은요, 허가 목록: {AWAY}", f"회수·판매중지: {waiting}"]

    everything = Outcome({}, dict.fromkeys([*NAMED], away))
    assert everything.reasons == [f"모든 자료: {AWAY}"]


def test_where_to_apply_for_a_data_set_is_told() -> None:
    forbidden = stopped("403")
    outcome = Outcome({}, dict.fromkeys(["easy", "permit_list", "permit_detail"], forbidden))
    assert outcome.reasons == [
        f"e약은요, 허가 목록 외 1가지: {forbidden.problem}",
        "   https://www.data.go.kr/data/15075057/openapi.do  e약은요",
        "   https://www.data.go.kr/data/15095677/openapi.do  허가 목록 외 1가지",
    ]


def test_going_on_makes_sense_at_midnight_only_where_nothing_but_the_budget_is_in_the_way() -> None:
    waiting = BudgetExhausted("1", MIDNIGHT)
    problem = Problem("stop", "30", "가", "a")

    assert Outcome({}, {"a": waiting, "b": waiting}).until == MIDNIGHT
    assert Outcome({}, {"a": waiting, "b": Stopped(LISTS, problem)}).until is None
    assert Outcome({}, {}).until is None
    assert RULES.changes
