"""What is asked for without any page naming it."""

import httpx


async def test_robots_may_read_products_but_not_searches_or_the_api(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.splitlines()[1:] == ["Allow: /", "Disallow: /api", "Disallow: /search?"]


async def test_the_sign_of_the_site_is_a_picture(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/favicon.ico")
    assert answer.status_code == httpx.codes.OK
    assert answer.headers["content-type"] == "image/png"
