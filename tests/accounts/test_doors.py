"""Which requests count as another site's: by scheme, host and port, behind a proxy and on any network."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pillnuts.accounts.cookies import Cookies
from pillnuts.accounts.doors import Doors, origin_of


def behind(site_url: str, address: str, client: str = "127.0.0.1") -> httpx.AsyncClient:
    """A browser at `address` that talks to our doors, as uvicorn puts them behind a trusted proxy."""

    async def done(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("done")

    app = Starlette(routes=[Route("/", done, methods=["POST"])])
    app.add_middleware(Doors, cookies=Cookies(secure=False), site_url=site_url)
    proxied = ProxyHeadersMiddleware(app, trusted_hosts="127.0.0.1")  # type: ignore[arg-type]
    transport = httpx.ASGITransport(proxied, client=(client, 1))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=address, headers={"Accept": "application/json"})


FORWARDED = {"X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("site_url", "came_by", "origin", "forwarded", "status"),
    [
        ("https://pillnuts.kr", "http://10.0.0.3:8000", "https://pillnuts.kr", {}, 200),
        ("https://pillnuts.kr/", "http://10.0.0.3:8000", "https://Pillnuts.kr:443", {}, 200),
        ("https://pillnuts.kr", "http://pillnuts.kr", "http://pillnuts.kr", {}, 403),
        ("https://pillnuts.kr", "http://pillnuts.kr", "https://pillnuts.kr:8443", {}, 403),
        ("https://pillnuts.kr", "http://other.kr", "http://other.kr", {}, 403),
        ("", "http://192.168.0.7:8000", "http://192.168.0.7:8000", {}, 200),
        ("", "http://192.168.0.7:8000", "https://192.168.0.7:8000", {}, 403),
        ("", "http://192.168.0.7:8000", "http://192.168.0.7", {}, 403),
        ("", "http://[::1]:8000", "http://[::1]:8000", {}, 200),
        ("", "http://pillnuts.test", "https://pillnuts.test", FORWARDED, 200),
        ("", "http://pillnuts.test", "http://pillnuts.test", FORWARDED, 403),
        ("", "http://pillnuts.test", "null", {}, 403),
        ("", "http://pillnuts.test", "http://pillnuts.test:99999", {}, 403),
        ("", "http://pillnuts.test", "chrome-extension://pillnuts.test", {}, 403),
    ],
)
async def test_a_request_is_ours_when_its_whole_origin_is(
    site_url: str, came_by: str, origin: str, forwarded: dict[str, str], status: int
) -> None:
    async with behind(site_url, came_by) as browser:
        answer = await browser.post("/", headers={"Origin": origin, **forwarded})
    assert answer.status_code == status


async def test_a_scheme_that_a_stranger_claims_is_not_believed() -> None:
    async with behind("", "http://pillnuts.test", "203.0.113.9") as browser:
        answer = await browser.post("/", headers={"Origin": "https://pillnuts.test", **FORWARDED})
    assert answer.status_code == 403


@pytest.mark.parametrize("address", ["", "null", "ftp://a", "http://", "http://a:b", "a"])
def test_what_is_no_address_of_a_site_has_no_origin(address: str) -> None:
    assert origin_of(address) is None
