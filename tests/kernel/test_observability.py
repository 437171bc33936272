import json
import logging
import re
from collections.abc import Iterator

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from pillnuts.kernel import logs
from pillnuts.kernel.observability import POLICY
from pillnuts.kernel.snapshots import Snapshot
from tests.conftest import Serve
from tests.kernel.toy import Toy


async def test_every_answer_has_a_request_id(ask: httpx.AsyncClient) -> None:
    ids = {(await ask.get("/healthz")).headers["x-request-id"] for _ in range(3)}

    assert len(ids) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)


async def test_the_id_of_a_proxy_is_kept(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/healthz", headers={"X-Request-ID": "proxy-0123456789"})

    assert answer.headers["x-request-id"] == "proxy-0123456789"


@pytest.mark.parametrize("given", ["x", "a b c d e f g h", "x" * 65, 'x","level":"y'])
async def test_an_id_that_could_forge_a_log_line_is_replaced(ask: httpx.AsyncClient, given: str) -> None:
    answer = await ask.get("/healthz", headers={"X-Request-ID": given})

    assert answer.headers["x-request-id"] != given


async def test_a_request_is_logged_once_without_what_was_searched(ask: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await ask.get("/page?q=비밀스러운-병")

    (line,) = [line for line in lines if line["event"] == "request answered"]
    assert line["route"] == "/page"
    assert line["path"] == "/page"
    assert line["status"] == 200
    assert "비밀" not in str(lines)
    assert "%EB" not in str(lines)


async def test_a_kept_answer_is_logged_and_counted_like_any_other(toy: Toy, ask: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await ask.get("/api/v1/toys/bear")
        await ask.get("/api/v1/toys/bear")

    assert [(line["route"], line["cache"]) for line in lines] == [
        ("/api/v1/toys/{name}", "miss"),
        ("/api/v1/toys/{name}", "hit"),
    ]
    counts = toy.metrics.text().decode()
    assert 'pillnuts_http_requests_total{method="GET",route="/api/v1/toys/{name}",status="200"} 2.0' in counts
    assert 'pillnuts_cache_answers_total{result="hit"} 1.0' in counts


async def test_an_accident_is_logged_with_its_place(ask: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await ask.get("/broken")

    (failed,) = [line for line in lines if line["event"] == "request failed"]
    assert failed["exc_info"]
    assert failed["route"] == "/broken"
    assert [line["status"] for line in lines if line["event"] == "request answered"] == [500]


def test_half_an_answer_is_not_taken_for_a_whole_one(toy: Toy, serve: Serve) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{serve(toy.app)}/api/v1/half")


async def test_unknown_addresses_and_methods_are_counted_together(toy: Toy, ask: httpx.AsyncClient) -> None:
    for number in range(3):
        await ask.request(f"ODD{number}", f"/nowhere/{number}")

    counts = toy.metrics.text().decode()
    assert 'pillnuts_http_requests_total{method="OTHER",route="(none)",status="404"} 3.0' in counts


async def test_every_answer_has_the_security_headers(ask: httpx.AsyncClient) -> None:
    for path in ("/page", "/page", "/nowhere", "/broken", "/healthz"):
        headers = (await ask.get(path)).headers
        assert headers.get_list("content-security-policy") == [POLICY]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "strict-transport-security" not in headers


async def test_https_is_kept_to(toy: Toy) -> None:
    transport = httpx.ASGITransport(toy.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://pillnuts.test") as ask:
        assert "max-age" in (await ask.get("/healthz")).headers["strict-transport-security"]


def test_the_policy_allows_no_other_site_and_nothing_inline() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY


async def test_a_process_without_a_release_is_alive_but_not_ready(ask: httpx.AsyncClient) -> None:
    assert (await ask.get("/healthz")).json() == {"status": "ok"}
    ready = await ask.get("/readyz")

    assert ready.status_code == 503
    assert ready.headers["content-type"] == "application/problem+json"
    assert ready.json()["missing"] == ["snapshot"]
    assert ready.json()["detail"] == "아직 답할 수 없습니다: 의약품 자료가 없습니다"


async def test_a_process_with_a_release_and_a_database_is_ready(toy: Toy, ask: httpx.AsyncClient) -> None:
    toy.snapshots.current = Snapshot(1, "", toy.snapshots.root, {})

    assert (await ask.get("/readyz")).json() == {"status": "ready"}


async def test_metrics_can_be_read(toy: Toy, ask: httpx.AsyncClient) -> None:
    toy.metrics.release.set(7)
    answer = await ask.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "pillnuts_release_number 7.0" in answer.text
    assert "pillnuts_snapshot_building 0.0" in answer.text


@pytest.fixture
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, structured = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**structured)


@pytest.mark.usefixtures("_restored_logging")
def test_log_lines_are_json_with_the_id_of_the_request(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    logs.configure("info", "json")
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)  # whatever a server before this one set
    logs.REQUEST_ID.set("abc")
    structlog.get_logger().info("something happened", count=1)
    structlog.get_logger().debug("not shown")
    logging.getLogger("uvicorn.error").warning("from elsewhere %s", 1)

    own, foreign = map(json.loads, capsysbinary.readouterr().out.splitlines())
    assert own["event"] == "something happened"
    assert (own["count"], own["level"], own["request_id"]) == (1, "info", "abc")
    assert foreign["event"] == "from elsewhere 1"
    assert {"timestamp", "level", "request_id"} <= set(foreign)


@pytest.mark.usefixtures("_restored_logging")
def test_a_developer_reads_lines_without_what_was_searched(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug", "console")

    def fail() -> None:
        searched = "밀비"[::-1]
        structlog.get_logger().info("about to fail", letters=len(searched))
        raise LookupError

    try:
        fail()
    except LookupError:
        structlog.get_logger().exception("something failed")
    logging.getLogger("elsewhere").info("from elsewhere")

    shown = capsys.readouterr().out
    assert "something failed" in shown
    assert "LookupError" in shown
    assert "from elsewhere" in shown
    assert "비밀" not in shown
