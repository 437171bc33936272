"""Pages: the texts that people agree to, open to everybody."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pillnuts.accounts import texts
from pillnuts.accounts.shapes import ConsentKind
from pillnuts.kernel.errors import NotFound
from pillnuts.kernel.web import page

pages = APIRouter(include_in_schema=False)

ADDRESSES: Final[dict[ConsentKind, str]] = {
    "terms": "/terms",
    "privacy": "/privacy",
    "health": "/health-consent",
}

Version = Annotated[str, Query(max_length=20)]


def _text(request: Request, kind: ConsentKind, version: str) -> Response:
    known = texts.versions(kind)
    chosen = next((text for text in known if text.version == version), None if version else known[-1])
    if chosen is None:
        raise NotFound("text_not_found", "그런 판의 글이 없습니다.")
    return page(request, "accounts/text.html", text=chosen, versions=known[::-1], address=ADDRESSES[kind])


@pages.get("/terms")
async def terms(request: Request, version: Version = "") -> Response:
    return _text(request, "terms", version)


@pages.get("/privacy")
async def privacy(request: Request, version: Version = "") -> Response:
    return _text(request, "privacy", version)


@pages.get("/health-consent")
async def health(request: Request, version: Version = "") -> Response:
    return _text(request, "health", version)
