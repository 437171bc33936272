"""What browsers and search engines ask for at addresses of their own choosing."""

from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse

from pillnuts.kernel.web import ROOT

_A_DAY: Final = {"cache-control": "public, max-age=86400"}

pages = APIRouter(include_in_schema=False)


@pages.get("/favicon.ico")
async def favicon() -> FileResponse:
    """The sign of the site; pages name their own, so this is for whoever never saw one."""
    return FileResponse(ROOT / "static" / "icon-192.png", media_type="image/png", headers=_A_DAY)


@pages.get("/robots.txt")
async def robots() -> FileResponse:
    return FileResponse(ROOT / "static" / "robots.txt", media_type="text/plain", headers=_A_DAY)
