"""Pages: the privacy policy and the texts that people agree to, open to everybody."""

from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pillnuts.accounts import texts
from pillnuts.accounts.texts import TextKind
from pillnuts.kernel.errors import NotFound
from pillnuts.kernel.web import page

pages = APIRouter(include_in_schema=False)

ADDRESSES: Final[dict[TextKind, str]] = {
    "policy": "/privacy",
    "terms": "/terms",
    "privacy": "/privacy-consent",
    "health": "/health-consent",
}


class Responsible(NamedTuple):
    """Who answers for personal data here, which the law has every site say; empty: nobody wrote it down."""

    operator: str
    officer: str
    contact: str


Version = Annotated[str, Query(max_length=20)]


def _text(request: Request, kind: TextKind, version: str) -> Response:
    known = texts.versions(kind)
    chosen = next((text for text in known if text.version == version), None if version else known[-1])
    if chosen is None:
        raise NotFound("text_not_found", "그런 판의 글이 없습니다.")
    responsible: Responsible | None = request.app.state.responsible if kind == "policy" else None
    return page(
        request,
        "accounts/text.html",
        text=chosen,
        versions=known[::-1],
        address=ADDRESSES[kind],
        responsible=responsible,
    )


@pages.get("/terms")
async def terms(request: Request, version: Version = "") -> Response:
    return _text(request, "terms", version)


@pages.get("/privacy")
async def policy(request: Request, version: Version = "") -> Response:
    return _text(request, "policy", version)


@pages.get("/privacy-consent")
async def privacy(request: Request, version: Version = "") -> Response:
    return _text(request, "privacy", version)


@pages.get("/health-consent")
async def health(request: Request, version: Version = "") -> Response:
    return _text(request, "health", version)
