"""The ministry's gateway gives a page or says why not; it is not stormed, and the key stays secret."""

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from pillnuts.catalogue import gateway as gateways
from pillnuts.catalogue.budget import Budget, BudgetExhausted
from pillnuts.catalogue.envelope import Item
from pillnuts.catalogue.gateway import (
    Gateway,
    GatewayError,
    NoKey,
    PageTooLarge,
    Stopped,
    TryLater,
    how_to_get_a_key,
    plain_key,
)
from pillnuts.catalogue.operations import OPERATIONS, Asked
from pillnuts.kernel.http import Retries
from tests.catalogue.fake_gateway import FakeGateway
from tests.kernel.answering import Question, answering, reply

KEY = "Ab+c/9dE=="
ENCODED = "Ab%2Bc%2F9dE%3D%3D"
DETAIL = next(one for one in OPERATIONS if one.name == "permit_detail")
ROWS: list[Item] = [
    {"ITEM_SEQ": f"20200000{n}", "ITEM_NAME": "새봄정", "CHANGE_DATE": "20260105"} for n in range(5)
]
MAXIMUM = "NO MANDATORY REQUEST PARAMETERS ERROR! \n numOfRows maximum is =[100]"

Answering = Callable[[Question], bytes]


def envelope(rows: list[Item], total: int, page: int, code: str = "00", message: str = "") -> bytes:
    body = {"pageNo": page, "totalCount": total, "numOfRows": 2, "items": rows}
    header = {"resultCode": code, "resultMsg": message}
    return reply(json.dumps({"header": header, "body": body}))


def paged(question: Question) -> bytes:
    """Answer properly: ROWS, page by page."""
    page, size = int(question.parameters["pageNo"]), int(question.parameters["numOfRows"])
    return envelope(ROWS[(page - 1) * size : page * size], len(ROWS), page)


class Ministry:
    def __init__(self, gateway: Gateway, budget: Budget, asked: list[Question]) -> None:
        self.gateway = gateway
        self.budget = budget
        self.asked = asked


@asynccontextmanager
async def ministry(
    tmp_path: Path, *answers: Answering | bytes, key: str = KEY, calls: int = 100
) -> AsyncIterator[Ministry]:
    """Serve the answers in turn, the last one for ever."""
    asked: list[Question] = []

    async def handler(question: Question) -> bytes:
        asked.append(question)
        answer = answers[min(len(asked), len(answers)) - 1]
        return answer if isinstance(answer, bytes) else answer(question)

    budget = Budget(tmp_path / "budget", default=calls)
    retries = Retries(attempts=3, first=0.001, longest=0.01)
    async with (
        answering(handler) as url,
        gateways.connected(key, budget, url=f"{url}/1471000", retries=retries) as gateway,
    ):
        yield Ministry(gateway, budget, asked)


def obedient(question: Question) -> bytes:
    """Answer everything the operation offers, at most three rows a page."""
    said, rows = question.parameters, ROWS
    page, size = int(said["pageNo"]), int(said["numOfRows"])
    if size > 3:
        return envelope([], 0, 1, "11", "numOfRows maximum is =[3]")
    if since := said.get("start_change_date"):
        rows = [row for row in rows if str(row["CHANGE_DATE"]) >= since]
    if item_seq := said.get("item_seq"):
        rows = [row for row in rows if row["ITEM_SEQ"] == item_seq]
    return envelope(rows[(page - 1) * size : page * size], len(rows), page)


# ── whatever holds of every gateway, the real one and the fake one of the tests ──────────────


@pytest.fixture(params=["fake", "ministry"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Gateway]:
    if request.param == "fake":
        yield FakeGateway({DETAIL.name: list(ROWS)}, largest=3)
    else:
        async with ministry(tmp_path, obedient) as there:
            yield there.gateway


async def test_pages_follow_each_other_and_end(either: Gateway) -> None:
    answers = [await either.page(DETAIL, number, 2) for number in (1, 2, 3, 4)]

    assert [row for answer in answers for row in answer.rows] == ROWS
    assert [len(answer.rows) for answer in answers] == [2, 2, 1, 0]
    assert {answer.total for answer in answers} == {5}


async def test_only_what_was_asked_for_comes(either: Gateway) -> None:
    one = await either.page(DETAIL, 1, 3, Asked(item_seq="202000003"))
    changed = await either.page(DETAIL, 1, 3, Asked(since=date(2026, 1, 5)))
    nothing = await either.page(DETAIL, 1, 3, Asked(since=date(2026, 1, 6)))

    assert [answer.total for answer in (one, changed, nothing)] == [1, 5, 0]
    assert one.rows == (ROWS[3],)


async def test_a_page_may_be_only_so_large(either: Gateway) -> None:
    with pytest.raises(PageTooLarge) as refused:
        await either.page(DETAIL, 1, 5)

    assert refused.value.largest == 3


# ── the real one ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", [KEY, ENCODED, f" {ENCODED}\n"])
async def test_a_page_is_asked_for_with_either_form_of_the_key(tmp_path: Path, key: str) -> None:
    async with ministry(tmp_path, paged, key=key) as there:
        answer = await there.gateway.page(DETAIL, 2, 2)

    [question] = there.asked
    assert [row["ITEM_SEQ"] for row in answer.rows] == ["202000002", "202000003"]
    assert (answer.total, answer.page, answer.refused) == (5, 2, ())
    assert question.path == f"/1471000{DETAIL.path}"
    assert question.parameters == {"serviceKey": KEY, "pageNo": "2", "numOfRows": "2", "type": "json"}
    assert f"serviceKey={ENCODED}&" in question.target


def test_a_key_that_is_the_same_in_both_forms_stays_as_it_is() -> None:
    assert plain_key("0123456789abcdef" * 4) == "0123456789abcdef" * 4


async def test_without_a_key_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="PILLNUTS_MINISTRY_KEY") as refused:
        async with gateways.connected(" ", Budget(tmp_path)):
            raise AssertionError
    assert str(refused.value) == how_to_get_a_key(OPERATIONS)
    assert "https://www.data.go.kr/data/15095677/openapi.do  허가 목록 외 2가지" in str(refused.value)


async def test_changes_and_single_products_are_asked_for(tmp_path: Path) -> None:
    async with ministry(tmp_path, paged, envelope(ROWS[:1], 1, 1)) as there:
        await there.gateway.page(DETAIL, 1, 5, Asked(since=date(2026, 1, 1)))
        await there.gateway.page(DETAIL, 1, 5, Asked(item_seq="202000000"))

    assert there.asked[0].parameters["start_change_date"] == "20260101"
    assert there.asked[1].parameters["item_seq"] == "202000000"


async def test_rows_of_another_product_are_refused(tmp_path: Path) -> None:
    async with ministry(tmp_path, envelope(ROWS[:2], 2, 1)) as there:
        answer = await there.gateway.page(DETAIL, 1, 5, Asked(item_seq="202000001"))

    assert [row["ITEM_SEQ"] for row in answer.rows] == ["202000001"]
    assert answer.refused == ("202000001을 물었는데 202000000의 행이 왔습니다.",)


async def test_a_parameter_that_is_ignored_stops_at_once(tmp_path: Path) -> None:
    async with ministry(tmp_path, paged) as there:
        with pytest.raises(Stopped, match="묻지 않은 자료가"):
            await there.gateway.page(DETAIL, 1, 5, Asked(since=date(2026, 2, 1)))

    assert len(there.asked) == 1


@pytest.mark.parametrize(
    "hiccup",
    [
        reply(""),
        reply("", 502),
        reply('{"header":{"resultCode":"00"},"body":{"items":[{"ITEM'),
        reply("<!DOCTYPE html><html>점검 중</html>"),
        reply("Error forwarding request to backend server", 502),
        reply("API rate limit exceeded", 429),
        envelope([], 0, 1, "01"),
        envelope([], 0, 1, "05"),
        envelope([], 0, 1, "23"),
        envelope([], 0, 1, "99"),
        envelope([], 5, 1),
        envelope([], 0, 1),
        envelope([], 0, 1, "03"),
        envelope(ROWS[2:4], 5, 2),
        envelope([{"itemSeq": "202000001"}], 5, 1),
        reply("cut", headers={"Content-Length": "99"}),
    ],
)
async def test_what_may_pass_is_asked_again(tmp_path: Path, hiccup: bytes) -> None:
    async with ministry(tmp_path, hiccup, hiccup, paged) as there:
        answer = await there.gateway.page(DETAIL, 1, 2)

    assert len(answer.rows) == 2
    assert len(there.asked) == 3
    assert there.budget.left(DETAIL.dataset) == 97


async def test_what_does_not_pass_is_given_up_with_its_cause(tmp_path: Path) -> None:
    async with ministry(tmp_path, reply("")) as there:
        with pytest.raises(TryLater, match="허가 상세: 빈 답이 왔습니다") as failed:
            await there.gateway.page(DETAIL, 1, 2)

    assert failed.value.problem.code == "empty"
    assert len(there.asked) == 3


async def test_a_gateway_out_of_reach_is_tried_later(tmp_path: Path) -> None:
    retries = Retries(attempts=2, first=0.001)
    async with gateways.connected(KEY, Budget(tmp_path), url="http://127.0.0.1:1", retries=retries) as away:
        with pytest.raises(TryLater, match="공공데이터포털에 닿지 않습니다") as failed:
            await away.page(DETAIL, 1, 2)

    assert failed.value.problem.everywhere


@pytest.mark.parametrize(
    ("answer", "code", "korean", "english"),
    [
        (envelope([], 0, 1, "30"), "30", "등록되지 않은 인증키", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
        (envelope([], 0, 1, "31"), "31", "기한이 끝났습니다", "DEADLINE_HAS_EXPIRED_ERROR"),
        (envelope([], 0, 1, "12"), "12", "PILLNUTS_MINISTRY_PATHS", "NO_OPENAPI_SERVICE_ERROR"),
        (reply("Forbidden", 403), "403", "활용신청이 되어 있지 않습니다", "not applied for"),
        (reply("Unauthorized", 401), "401", "인증키가 없거나 틀립니다", "missing or wrong"),
        (reply("API not found", 404), "12", "서비스의 판이 바뀌었을 수", "API not found"),
        (envelope([], 0, 1, "11"), "11", "필요한 요청 값", "NO_MANDATORY_REQUEST_PARAMETERS_ERROR"),
    ],
)
async def test_what_needs_a_person_stops_at_once_and_says_why(
    tmp_path: Path, answer: bytes, code: str, korean: str, english: str
) -> None:
    async with ministry(tmp_path, answer) as there:
        with pytest.raises(Stopped) as stopped:
            await there.gateway.page(DETAIL, 1, 2)

    assert stopped.value.problem.code == code
    assert korean in str(stopped.value)
    assert english in str(stopped.value)
    assert len(there.asked) == 1


@pytest.mark.parametrize("answer", [envelope([], 0, 1, "22"), reply("API token quota exceeded", 429)])
async def test_a_used_up_quota_ends_the_day(tmp_path: Path, answer: bytes) -> None:
    async with ministry(tmp_path, answer) as there:
        for _ in range(2):
            with pytest.raises(BudgetExhausted):
                await there.gateway.page(DETAIL, 1, 2)

    assert len(there.asked) == 1


async def test_no_call_is_made_beyond_the_budget_retries_included(tmp_path: Path) -> None:
    async with ministry(tmp_path, reply(""), calls=2) as there:
        with pytest.raises(BudgetExhausted):
            await there.gateway.page(DETAIL, 1, 2)

    assert len(there.asked) == 2


@pytest.mark.parametrize(
    ("answer", "calls"), [(envelope([], 0, 1, "11", MAXIMUM), 1), (reply(""), 3)], ids=["told", "empty"]
)
async def test_a_page_that_is_too_large_says_what_is_not(tmp_path: Path, answer: bytes, calls: int) -> None:
    async with ministry(tmp_path, answer) as there:
        with pytest.raises(PageTooLarge) as refused:
            await there.gateway.page(DETAIL, 1, 500)

    assert refused.value.largest == 100
    assert len(there.asked) == calls


async def test_a_maximum_that_was_kept_to_is_no_advice(tmp_path: Path) -> None:
    async with ministry(tmp_path, envelope([], 0, 1, "11", MAXIMUM)) as there:
        with pytest.raises(Stopped):
            await there.gateway.page(DETAIL, 1, 100)


async def test_past_the_last_page_there_is_nothing_and_no_error(tmp_path: Path) -> None:
    async with ministry(tmp_path, paged) as there:
        answer = await there.gateway.page(DETAIL, 4, 2)

    assert (answer.rows, answer.total) == ((), 5)


async def test_a_data_set_is_empty_when_it_says_so_every_time(tmp_path: Path) -> None:
    async with ministry(tmp_path, envelope([], 0, 1)) as there:
        assert (await there.gateway.page(DETAIL, 1, 2)).total == 0
        assert len(there.asked) == 3
        assert (await there.gateway.page(DETAIL, 1, 2, Asked(item_seq="202000009"))).total == 0
        assert len(there.asked) == 4


async def test_the_key_shows_nowhere_even_where_the_gateway_repeats_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    echo = envelope([], 0, 1, "77", f"bad key {KEY} {ENCODED}")
    with capture_logs() as lines:
        async with ministry(tmp_path, echo) as there:
            with pytest.raises(GatewayError) as failed:
                await there.gateway.page(DETAIL, 1, 2)
            told = [repr(there.gateway), str(failed.value), repr(failed.value.problem)]

    told += [*map(str, lines), *(record.getMessage() for record in caplog.records)]
    assert "bad key •••" in told[1]
    assert not [text for text in told if "9dE" in text]
