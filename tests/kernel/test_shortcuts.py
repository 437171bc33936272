"""A shortcut answers what it can, and leaves the rest to the route."""

from pathlib import Path

import httpx
import pytest

from pillnuts.kernel.shortcuts import Shortcut
from pillnuts.kernel.snapshots import Snapshot
from tests.kernel.toy import Toy


def shout(current: Snapshot, query: bytes) -> bytes | None:
    if query == b"fail":
        raise RuntimeError("비밀")
    return b'"shortcut %d"' % current.number if query.startswith(b"quick") else None


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    toy = Toy(tmp_path)
    toy.snapshots.current = Snapshot(7, "", tmp_path, {})
    toy.app.shortcuts["/api/v1/long"] = Shortcut(shout, shout)
    return toy


def client(toy: Toy) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(toy.app), base_url="http://test")


async def test_a_shortcut_answers_without_its_route(toy: Toy) -> None:
    async with client(toy) as http:
        answer = await http.get("/api/v1/long?quick")

    assert (answer.status_code, answer.json(), toy.calls) == (200, "shortcut 7", 0)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_a_shortcut_made_is_kept_like_any_other_answer(toy: Toy) -> None:
    async with client(toy) as http:
        first = await http.get("/api/v1/long?quick")
        toy.app.shortcuts.clear()
        again = await http.get("/api/v1/long?quick")
        unchanged = await http.get("/api/v1/long?quick", headers={"If-None-Match": first.headers["etag"]})

    assert again.json() == "shortcut 7"
    assert again.headers["etag"] == first.headers["etag"]
    assert unchanged.status_code == 304
    assert "x-cacheable" not in first.headers


@pytest.mark.parametrize("query", ["slow", "fail"])
async def test_what_a_shortcut_does_not_know_goes_to_the_route(toy: Toy, query: str) -> None:
    async with client(toy) as http:
        answer = await http.get(f"/api/v1/long?{query}")

    assert (answer.status_code, toy.calls) == (200, 1)


async def test_a_shortcut_answers_head_and_leaves_other_methods_alone(toy: Toy) -> None:
    async with client(toy) as http:
        head = await http.head("/api/v1/long?quick")
        post = await http.post("/api/v1/long?quick")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len('"shortcut 7"'))
    assert post.status_code == 405


async def test_without_a_release_there_are_no_shortcuts(toy: Toy) -> None:
    toy.snapshots.current = None
    async with client(toy) as http:
        await http.get("/api/v1/long?quick")

    assert toy.calls == 1
