"""What routes answer with: pages, fragments, ready-made JSON; and what they depend on."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pillnuts.kernel.db import Database, ReadSession, Session
from pillnuts.kernel.errors import Unavailable
from pillnuts.kernel.snapshots import Snapshot

ROOT: Final = Path(__file__).resolve().parents[3]
"""The project's folder, with `templates/`, `static/` and `migrations/`."""

CACHEABLE: Final = "x-cacheable"
"""Between a route and `cache.ReleaseCache`, which takes it off: never seen outside."""

AnyResponse = TypeVar("AnyResponse", bound=Response)


def environment(directory: Path = ROOT / "templates", *, reload: bool = False) -> Environment:
    """Templates that escape everything and refuse to render a name that is not there."""
    return Environment(
        loader=FileSystemLoader(directory),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
    )


def render(request: Request, template: str, /, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a template. `app.state.context(request)` adds what every page may use."""
    state = request.app.state
    html = state.templates.get_template(template).render(
        request=request, **{**state.context(request), **context}
    )
    return HTMLResponse(html, status)


def page(request: Request, template: str, /, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page: `page(request, "search/page.html", found=found)`."""
    return render(request, template, status, **context)


def fragment(request: Request, template: str, /, status: int = 200, **context: Any) -> HTMLResponse:
    """A part of a page, for htmx to put in: `fragment(request, "search/_results.html", found=found)`."""
    return render(request, template, status, **context)


def is_htmx(request: Request) -> bool:
    """Whether htmx asks for a fragment (going back in history, it asks for the whole page)."""
    headers = request.headers
    return "hx-request" in headers and headers.get("hx-request-type") != "full"


def json_bytes(body: bytes, status: int = 200) -> Response:
    """JSON that is already encoded."""
    return Response(body, status, media_type="application/json")


def cacheable(response: AnyResponse) -> AnyResponse:
    """Mark an answer as the same for every reader of this release, at every host name.

    The cache then keeps it, compresses it, and adds ETag and Cache-Control. Nothing that belongs to a
    person may be in it. What it says may depend on path, query, and on being asked by htmx; on nothing else.
    """
    response.headers[CACHEABLE] = "release"
    # Tells the general compression to leave it alone: the cache compresses it once and keeps the bytes.
    response.headers["content-encoding"] = "identity"
    return response


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Name the errors that a call of the API can end in, for its description: `responses=problems(404)`."""
    return {status: {"description": HTTPStatus(status).phrase} for status in statuses}


def snapshot(request: Request) -> Snapshot:
    """The release that this process reads. Raises Unavailable while there is none."""
    current: Snapshot | None = request.app.state.snapshots.current
    if current is None:
        raise Unavailable
    return current


def database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


async def _writing(request: Request) -> AsyncIterator[Session]:
    async with database(request).writing() as session:
        yield session


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    async with database(request).reading() as session:
        yield session


# `scope="function"` commits before the answer leaves. With the default, FastAPI commits after it was sent,
# and a commit that fails is still seen as 200.
Writing = Annotated[Session, Depends(_writing, scope="function")]
"""One transaction for the request: `async def hide(session: Writing, …)`."""
Reading = Annotated[ReadSession, Depends(_reading, scope="function")]
