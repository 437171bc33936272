import socket
from urllib.parse import urlsplit

import httpx
import pytest

from pillnuts.kernel.problems import MEDIA_TYPE
from tests.conftest import Serve
from tests.kernel.toy import Toy

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_program_gets_a_problem_with_a_stable_code(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/api/v1/toys/none")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "toy_not_found",
        "detail": "그런 장난감이 없습니다.",
    }


async def test_a_person_gets_a_page(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/refuse", headers=BROWSER)

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "장난감이 아닙니다." in answer.text
    assert "<html" in answer.text


async def test_htmx_gets_a_fragment(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/refuse", headers={"HX-Request": "true"})

    assert answer.status_code == 400
    assert "장난감이 아닙니다." in answer.text
    assert "<html" not in answer.text


async def test_a_page_asked_for_as_json_fails_as_a_problem(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/refuse", headers={"Accept": "application/json"})

    assert answer.json()["code"] == "bad_toy"


@pytest.mark.parametrize(
    ("query", "name", "reason"),
    [
        ("page=-1", "page", "1 이상이어야 합니다"),
        ("page=x", "page", "정수여야 합니다"),
        ("kind=123456", "kind", "5자 이하여야 합니다"),
        ("page=" + "9" * 5_000, "page", "너무 큰 수입니다"),
    ],
)
async def test_a_wrong_parameter_is_named(ask: httpx.AsyncClient, query: str, name: str, reason: str) -> None:
    answer = await ask.get(f"/api/v1/toys?{query}")

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_parameter"
    assert answer.json()["detail"] == f"‘{name}’: {reason}."
    assert answer.json()["errors"] == [{"name": name, "reason": reason}]


async def test_a_rule_of_our_own_speaks_for_itself(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/api/v1/even?number=3")

    assert answer.json()["detail"] == "‘number’: 짝수여야 합니다."


@pytest.mark.parametrize("headers", [BROWSER, {"Accept": "application/json"}])
async def test_an_unknown_address_is_answered_in_korean(
    ask: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await ask.get("/nowhere", headers=headers)

    assert answer.status_code == 404
    assert "찾으시는 주소가 없습니다." in answer.text


async def test_a_wrong_method_says_which_are_right(ask: httpx.AsyncClient) -> None:
    answer = await ask.delete("/api/v1/toys")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/broken", "/api/v1/toys/broken"])
async def test_an_accident_says_nothing_of_the_inside(ask: httpx.AsyncClient, path: str) -> None:
    answer = await ask.get(path, headers=BROWSER)

    assert answer.status_code == 500
    assert "비밀" not in answer.text
    assert "서버에 문제가 생겼습니다." in answer.text


async def test_an_error_page_that_fails_is_still_an_answer(toy: Toy, ask: httpx.AsyncClient) -> None:
    del toy.app.state.context
    answer = await ask.get("/broken", headers=BROWSER)

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"


async def test_without_a_release_the_site_says_that_it_prepares(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/api/v1/release")

    assert answer.status_code == 503
    assert answer.json()["code"] == "preparing"
    assert "준비하고 있습니다" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("request_line", "header", "status", "code"),
    [
        (b"GET /page?q=" + b"x" * 63_000, b"X: y", 200, ""),
        (b"GET /api/v1/toys?q=" + b"%EC%95%BD" * 10_000, b"X: y", 414, "uri_too_long"),
        (b"GET /api/" + b"x" * 1_000_000, b"X: y", 414, "uri_too_long"),
        (b"GET /api/v1/toys", b"X: " + b"y" * 1_000_000, 431, "headers_too_large"),
        (b"GET /api/v1/toys", b"X: y\r\n" * 20_000 + b"X: y", 431, "headers_too_large"),
    ],
    ids=["long", "ten-thousand-letters", "endless", "one-header", "many-headers"],
)
def test_endless_requests_are_refused_by_name(  # a client library has limits of its own: by hand
    toy: Toy, serve: Serve, request_line: bytes, header: bytes, status: int, code: str
) -> None:
    address = urlsplit(serve(toy.app))
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.sendall(request_line + b" HTTP/1.1\r\nConnection: close\r\n" + header + b"\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()

    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert code in answer
    assert "content-security-policy" in answer


async def test_a_person_is_told_on_a_page(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/page?q=" + "x" * 64_500, headers=BROWSER)

    assert answer.status_code == 414
    assert "검색어를 줄여 주세요" in answer.text


async def test_an_endless_body_is_refused(ask: httpx.AsyncClient) -> None:
    answer = await ask.post("/api/v1/toys", content=b"x" * 100_000)

    assert answer.status_code == 413
    assert answer.json()["code"] == "content_too_large"


@pytest.mark.parametrize(
    "path",
    ["/%ED%A0%80", "/page?q=%ED%A0%80%00", "/page?q=%", "/api/v1/toys?kind=%ff%fe", "/page?%F0%9F%92%8A"],
)
async def test_letters_that_are_none_do_no_harm(ask: httpx.AsyncClient, path: str) -> None:
    assert (await ask.get(path)).status_code in {200, 404, 422}
