"""Other services are asked politely, again where that helps, and no secret shows anywhere."""

import asyncio
import logging
import socket
import traceback
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from pillnuts.kernel.http import (
    AskAgain,
    BadStatus,
    Client,
    Manners,
    Reply,
    Retries,
    Timeouts,
    Unreachable,
    successful,
)
from tests.kernel.answering import Question, answering, reply

SECRET = "k+/e=y "  # noqa: S105 -- nobody's
QUICK = Retries(attempts=3, first=0.001, longest=0.01)


def in_turn(*replies: bytes) -> tuple[list[Question], Callable[[Question], "asyncio.Future[bytes]"]]:
    """Answer each question with the next reply, the last one for ever."""
    asked: list[Question] = []

    async def handler(question: Question) -> bytes:
        asked.append(question)
        return replies[min(len(asked), len(replies)) - 1]

    return asked, handler  # type: ignore[return-value]


def client(url: str, **options: object) -> Client:
    return Client(url, service="시험", secrets=[SECRET], retries=QUICK, **options)  # type: ignore[arg-type]


async def test_an_answer_is_read_whole() -> None:
    asked, handler = in_turn(reply("가나다", headers={"X-Word": "yes"}))
    async with answering(handler) as url, client(f"{url}/base") as asking:
        heard = await asking.get("/path", {"key": SECRET, "n": "1"}, successful)

    assert (heard.status, heard.content.decode(), heard.headers["x-word"]) == (200, "가나다", "yes")
    assert asked[0].path == "/base/path"
    assert asked[0].parameters == {"key": SECRET, "n": "1"}
    assert "k%2B%2Fe%3Dy" in asked[0].target


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_failure_that_may_pass_is_asked_again(status: int) -> None:
    asked, handler = in_turn(reply("no", status), reply("yes"))
    async with answering(handler) as url, client(url) as asking:
        assert (await asking.get("/", {}, successful)).content == b"yes"

    assert len(asked) == 2


async def test_attempts_are_bounded_and_counted_beforehand() -> None:
    asked, handler = in_turn(reply("", 500))
    counted: list[None] = []
    async with answering(handler) as url, client(url) as asking:
        with pytest.raises(AskAgain, match="status 500"):
            await asking.get("/", {}, successful, before=lambda: counted.append(None))

    assert len(asked) == len(counted) == 3


async def test_what_forbids_a_call_is_not_overruled() -> None:
    asked, handler = in_turn(reply())

    def forbid() -> None:
        raise PermissionError

    async with answering(handler) as url, client(url) as asking:
        with pytest.raises(PermissionError):
            await asking.get("/", {}, successful, before=forbid)

    assert asked == []


async def test_a_refusal_is_not_asked_again() -> None:
    asked, handler = in_turn(reply("", 404))
    async with answering(handler) as url, client(url) as asking:
        with pytest.raises(BadStatus) as refused:
            await asking.get("/", {}, successful)

    assert refused.value.status == 404
    assert len(asked) == 1


async def test_a_service_that_is_away_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        async with client(f"http://127.0.0.1:{port}") as asking:
            with pytest.raises(Unreachable, match="시험 does not answer: ConnectError"):
                await asking.get("/", {}, successful)


@pytest.mark.parametrize("timeouts", [Timeouts(read=0.05), Timeouts(total=0.05)], ids=["read", "total"])
async def test_a_service_that_keeps_silent_is_not_waited_for(timeouts: Timeouts) -> None:
    async def silent(_question: Question) -> bytes:
        await asyncio.sleep(5)
        return b""

    async with answering(silent) as url, client(url, timeouts=timeouts) as asking:
        async with asyncio.timeout(2):
            with pytest.raises(Unreachable, match="Timeout"):
                await asking.get("/", {}, successful)


async def test_an_answer_cut_short_or_too_large_is_none() -> None:
    _, cut = in_turn(reply("only this", headers={"Content-Length": "99"}))
    async with answering(cut) as url, client(url) as asking:
        with pytest.raises(Unreachable, match="RemoteProtocolError"):
            await asking.get("/", {}, successful)
    _, large = in_turn(reply("x" * 200))
    async with answering(large) as url, client(url, manners=Manners(largest=100)) as asking:
        with pytest.raises(Unreachable, match="more than 100 bytes"):
            await asking.get("/", {}, successful)


async def test_no_secret_shows_in_an_error_a_log_or_a_representation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    def echo(_reply: Reply) -> None:
        raise AskAgain(f"k%2B%2Fe%3Dy%20 and {SECRET} and k%2B%2Fe%3Dy+ are refused")

    _, handler = in_turn(reply())
    with capture_logs() as lines:
        async with answering(handler) as url, client(url) as asking:
            with pytest.raises(AskAgain):
                await asking.get("/", {"key": SECRET}, echo)
            representation = repr(asking)
        async with client("http://127.0.0.1:1") as away:
            with pytest.raises(Unreachable) as failed:
                await away.get("/", {"key": SECRET}, successful)

    error = failed.value
    seen = [representation, *map(str, lines), *(r.getMessage() for r in caplog.records)]
    seen += traceback.format_exception(error)
    assert error.__context__ is None
    assert not [text for text in seen if "e=y" in text or "e%3D" in text]
    assert {line["path"] for line in lines} == {"/"}


async def test_every_call_leaves_one_line() -> None:
    _, handler = in_turn(reply("no", 500), reply("yes"))
    with capture_logs() as lines:
        async with answering(handler) as url, client(url) as asking:
            await asking.get("/path", {"q": "1"}, successful)

    told = [(line["event"], line.get("status"), line["attempt"]) for line in lines]
    assert told == [("called", 500, 1), ("call to be repeated", None, 1), ("called", 200, 2)]


async def test_no_more_calls_than_agreed_are_under_way() -> None:
    under_way, most = 0, 0

    async def handler(_question: Question) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        return reply("yes")

    async with answering(handler) as url, client(url, manners=Manners(at_once=2)) as asking:
        await asyncio.gather(*(asking.get("/", {}, successful) for _ in range(8)))

    assert most == 2


async def test_calls_keep_their_distance() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    _, handler = in_turn(reply("yes"))
    manners = Manners(spacing=10)
    async with answering(handler) as url, client(url, manners=manners, sleep=sleep) as asking:
        await asyncio.gather(*(asking.get("/", {}, successful) for _ in range(3)))

    assert [round(seconds, -1) for seconds in slept] == [10, 20]


async def test_overload_makes_everybody_wait() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    _, handler = in_turn(reply("", 429, {"Retry-After": "30"}), reply("yes"))
    async with (
        answering(handler) as url,
        Client(url, service="시험", retries=Retries(longest=60), sleep=sleep) as asking,
    ):
        await asking.get("/", {}, successful)
        await asking.get("/other", {}, successful)

    assert [round(seconds) for seconds in slept] == [30, 30, 30]  # itself, its next turn, the other call


def test_pauses_grow_and_end_somewhere() -> None:
    retries = Retries(first=1, longest=60)

    assert [retries.pause(attempt) for attempt in (1, 2, 3, 4, 7, 1000)] == [1, 2, 4, 8, 60, 60]
    assert retries.pause(3, chance=0) == 2
    assert retries.pause(1, asked=20) == 20
    assert retries.pause(1, asked=9999) == 60


@pytest.mark.parametrize(
    ("stated", "seconds"), [("7", 7.0), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)]
)
def test_only_plain_seconds_are_waited(stated: str, seconds: float | None) -> None:
    assert Reply(429, {"retry-after": stated}, b"").retry_after == seconds


async def test_something_is_told_once_whatever_the_answer() -> None:
    asked, handler = in_turn(reply("no", 503))
    async with answering(handler) as url, client(url) as telling:
        with capture_logs() as lines, pytest.raises(AskAgain):
            await telling.post("/a:b/messages", "비밀".encode(), {"X-Key": "secret"}, successful)

    assert [(one.method, one.target, one.body.decode()) for one in asked] == [
        ("POST", "/a:b/messages", "비밀")
    ]
    assert asked[0].headers["x-key"] == "secret"
    assert "비밀" not in str(lines)
    assert "secret" not in str(lines)
