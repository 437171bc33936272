"""Routes and their transaction."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import select, text

from pillnuts.kernel.web import Reading, Writing, fragment, page
from tests.conftest import Serve, talking_to
from tests.kernel.toy import Toy


@pytest.fixture
async def writing(toy: Toy) -> AsyncIterator[Toy]:
    """A site whose parts must belong to a whole, which the database checks when it commits."""
    async with toy.app.state.database.writing() as session:
        await session.execute(text("CREATE TABLE whole (id INTEGER PRIMARY KEY)"))
        await session.execute(
            text(
                "CREATE TABLE part (id INTEGER PRIMARY KEY, whole INTEGER NOT NULL "
                "REFERENCES whole (id) DEFERRABLE INITIALLY DEFERRED)"
            )
        )

    @toy.app.post("/api/v1/parts/{whole}")
    async def add_part(session: Writing, whole: int) -> dict[str, int]:
        await session.execute(text("INSERT INTO part (whole) VALUES (:whole)"), {"whole": whole})
        return {"whole": whole}

    @toy.app.post("/api/v1/wholes/{whole}")
    async def add_whole(session: Writing, whole: int) -> dict[str, int]:
        await session.execute(text("INSERT INTO whole VALUES (:whole)"), {"whole": whole})
        return {"whole": whole}

    @toy.app.get("/api/v1/parts")
    async def count_parts(session: Reading) -> int:
        return len((await session.execute(select(text("id FROM part")))).all())

    yield toy
    await toy.app.state.database.close()


async def test_what_a_request_writes_is_there_when_it_is_answered(writing: Toy) -> None:
    async with talking_to(writing.app) as ask:
        assert (await ask.post("/api/v1/wholes/1")).status_code == 200
        assert (await ask.post("/api/v1/parts/1")).status_code == 200
        assert (await ask.get("/api/v1/parts")).json() == 1


async def test_a_commit_that_fails_is_never_answered_as_a_success(writing: Toy) -> None:
    async with talking_to(writing.app) as ask:
        answer = await ask.post("/api/v1/parts/99")

        assert answer.status_code == 500
        assert answer.json()["code"] == "internal_error"
        assert (await ask.get("/api/v1/parts")).json() == 0


def test_a_commit_that_fails_is_a_500_on_a_real_server(writing: Toy, serve: Serve) -> None:
    assert httpx.post(f"{serve(writing.app)}/api/v1/parts/99").status_code == 500


async def test_pages_and_fragments_come_from_templates(toy: Toy) -> None:
    @toy.app.get("/whole")
    async def whole(request: Request) -> Response:
        return page(request, "error.html", code="toy", detail="<b>")

    @toy.app.get("/part")
    async def part(request: Request) -> Response:
        return fragment(request, "_error.html", 418, code="toy", detail="<b>")

    async with talking_to(toy.app) as ask:
        assert (await ask.get("/whole")).text.startswith("<!DOCTYPE html>")
        answer = await ask.get("/part")
    assert answer.status_code == 418
    assert "&lt;b&gt;" in answer.text
    assert "<b>" not in answer.text


async def test_a_name_that_a_template_lacks_is_an_error(toy: Toy) -> None:
    @toy.app.get("/lacking")
    async def lacking(request: Request) -> Response:
        return page(request, "error.html")

    async with talking_to(toy.app) as ask:
        assert (await ask.get("/lacking")).status_code == 500
