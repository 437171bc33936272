"""A site without medicines: the kernel's layers around a few routes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import AfterValidator

from pillnuts.kernel.app import WebApp
from pillnuts.kernel.db import Database
from pillnuts.kernel.errors import BadRequest, NotFound
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.snapshots import Snapshots
from pillnuts.kernel.static import Static
from pillnuts.kernel.web import cacheable, environment, is_htmx, json_bytes, snapshot

LONG = "약".encode() * 5_000


def must_be_even(number: int) -> int:
    if number % 2:
        raise ValueError("짝수여야 합니다.")
    return number


class Toy:
    """An application, and how often its routes were really asked."""

    def __init__(self, home: Path, *, cache_bytes: int = 1_000_000, static: Static | None = None) -> None:
        self.calls = 0
        self.epoch: str | None = "1"
        self.snapshots: Snapshots[Any] = Snapshots(home / "releases", {})
        self.metrics = Metrics()
        templates = environment()
        templates.globals["static"] = (static or Static()).address
        self.app = WebApp(
            title="Toy",
            version="1",
            description="장난감입니다.",
            database=Database(f"sqlite:///{home / 'toy.db'}"),
            snapshots=self.snapshots,
            templates=templates,
            context=lambda _request: {"release": None, "development": False},
            metrics=self.metrics,
            epoch=lambda: self.epoch,
            cache_bytes=cache_bytes,
            cache_seconds=60,
        )
        self.app.include_router(self._api(), prefix="/api/v1")
        self.app.include_router(self._odd(), prefix="/api/v1")
        self.app.include_router(self._pages())
        if static:
            self.app.mount("/static", static)

    def counted(self) -> int:
        self.calls += 1
        return self.calls

    def _api(self) -> APIRouter:
        api = APIRouter()

        @api.get("/toys/{name}")
        async def toy(name: str) -> Response:
            self.counted()
            if name == "none":
                raise NotFound("toy_not_found", "그런 장난감이 없습니다.")
            if name == "broken":
                raise RuntimeError("비밀")
            return cacheable(json_bytes(b'{"name":"%s"}' % name.encode()))

        @api.get("/long")
        async def long() -> Response:
            self.counted()
            return cacheable(json_bytes(b'"' + LONG + b'"'))

        @api.get("/toys")
        async def toys(
            page: Annotated[int, Query(ge=1)] = 1, kind: Annotated[str, Query(max_length=5)] = ""
        ) -> dict[str, Any]:
            """Find toys."""
            return {"page": page, "kind": kind}

        @api.get("/release")
        async def release(request: Request) -> int:
            return snapshot(request).number

        return api

    def _odd(self) -> APIRouter:
        api = APIRouter()

        @api.get("/huge")
        async def huge() -> Response:
            self.counted()
            await asyncio.sleep(0.01)
            return cacheable(json_bytes(b'"' + LONG * 15 + b'"'))

        @api.get("/even")
        async def even(number: Annotated[int, AfterValidator(must_be_even)]) -> int:
            return number

        @api.get("/half")
        async def half() -> StreamingResponse:
            async def chunks() -> AsyncIterator[bytes]:
                yield b"half"
                raise RuntimeError("비밀")

            return StreamingResponse(chunks())

        return api

    def _pages(self) -> APIRouter:
        pages = APIRouter(include_in_schema=False)

        def answer(path: str, respond: Callable[[Request], Response]) -> None:
            async def route(request: Request) -> Response:
                self.counted()
                return respond(request)

            pages.add_api_route(path, route)

        def with_cookie(_: Request) -> Response:
            response = Response("own")
            response.set_cookie("own", "1")
            return cacheable(response)

        def refuse(_: Request) -> Response:
            raise BadRequest("bad_toy", "장난감이 아닙니다.")

        def fail(_: Request) -> Response:
            raise RuntimeError("비밀")

        answer("/page", lambda request: cacheable(Response("part" if is_htmx(request) else "whole")))
        answer("/personal", lambda _: Response("나의 것" * 1_000, media_type="text/plain"))
        answer("/cookie", with_cookie)
        answer("/unkept", lambda _: cacheable(Response("mine", headers={"cache-control": "no-store"})))
        answer("/absent", lambda _: cacheable(Response("none", 404)))
        answer("/refuse", refuse)
        answer("/broken", fail)
        return pages
