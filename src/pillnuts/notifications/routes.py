"""The development mailbox: what would have left the house. Mounted in development only."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pillnuts.kernel.web import fragment, is_htmx, page
from pillnuts.notifications.mailbox import Mailbox


def mailbox_pages(mailbox: Mailbox) -> APIRouter:
    """The page of one mailbox; without a mailbox there is none."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/dev/mailbox")
    def newest(request: Request, seen: Annotated[str, Query(max_length=32)] = "") -> Response:
        messages = mailbox.messages()
        if not is_htmx(request):
            response: Response = page(request, "notifications/mailbox.html", messages=messages)
        elif seen == (messages[0].key if messages else ""):
            response = Response(status_code=204)  # nothing new: what somebody is marking stays marked
        else:
            response = fragment(request, "notifications/_mailbox.html", messages=messages)
        response.headers["Cache-Control"] = "no-store"
        return response

    return pages
