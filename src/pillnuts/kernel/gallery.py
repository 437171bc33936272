"""Every component in all its states on one page, for whoever works on the look. Only in development."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pillnuts.kernel.web import page

pages = APIRouter(include_in_schema=False)


@pages.get("/gallery")
async def gallery(request: Request) -> Response:
    return page(request, "_components/gallery.html")
