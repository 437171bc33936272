"""The development mailbox: what would have left the house. Mounted in development only."""

from ipaddress import IPv6Address, ip_address
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pillnuts.kernel.errors import NotFound
from pillnuts.kernel.web import fragment, is_htmx, page
from pillnuts.notifications.mailbox import Mailbox


def mailbox_pages(mailbox: Mailbox, *, open_to_all: bool = False) -> APIRouter:
    """The page of one mailbox; without a mailbox there is none. Other machines see it with `open_to_all`."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/dev/mailbox")
    def newest(request: Request, seen: Annotated[str, Query(max_length=32)] = "") -> Response:
        if not (open_to_all or _of_this_machine(request)):
            raise NotFound(
                "mailbox_elsewhere",
                "개발용 우편함은 사이트를 켠 컴퓨터에서만 보입니다. 다른 기기에서도 보려면 "
                "PILLNUTS_MAILBOX_OPEN=true로 켜세요.",
            )
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


def _of_this_machine(request: Request) -> bool:
    """Whoever comes by a proxy counts as from where the proxy says; a name or a socket is no address."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
