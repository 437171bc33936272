import asyncio
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.kernel.cache import accepts_gzip
from pillnuts.kernel.web import CACHEABLE
from tests.conftest import Serve, talking_to
from tests.kernel.toy import LONG, Toy


async def test_a_kept_answer_is_not_made_again(toy: Toy, ask: httpx.AsyncClient) -> None:
    first = await ask.get("/api/v1/toys/bear")
    second = await ask.get("/api/v1/toys/bear")

    assert first.json() == second.json() == {"name": "bear"}
    assert first.headers["etag"] == second.headers["etag"]
    assert second.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
    assert second.headers["content-type"] == "application/json"
    assert toy.calls == 1


async def test_the_mark_of_a_cacheable_answer_stays_inside(ask: httpx.AsyncClient) -> None:
    for path in ("/api/v1/toys/bear", "/absent", "/cookie"):
        answer = await ask.get(path)
        assert CACHEABLE not in answer.headers
        assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/personal", "/cookie", "/unkept", "/absent", "/api/v1/toys/none", "/api/v1/toys"]
)
async def test_only_marked_good_answers_without_a_cookie_are_kept(
    toy: Toy, ask: httpx.AsyncClient, path: str
) -> None:
    before = await ask.get(path)
    await ask.get(path)

    assert toy.calls != 1
    assert "etag" not in before.headers


async def test_another_query_is_another_answer(toy: Toy, ask: httpx.AsyncClient) -> None:
    await ask.get("/page?q=a")
    await ask.get("/page?q=b")

    assert toy.calls == 2


async def test_an_address_that_no_page_makes_is_not_kept(toy: Toy, ask: httpx.AsyncClient) -> None:
    for _ in range(2):
        await ask.get("/page?q=" + "a" * 600)

    assert toy.calls == 2


async def test_htmx_gets_its_fragment_and_a_reader_the_page(ask: httpx.AsyncClient) -> None:
    htmx = {"HX-Request": "true"}
    restoring = {**htmx, "HX-Request-Type": "full"}

    for _ in range(2):
        assert (await ask.get("/page")).text == "whole"
        assert (await ask.get("/page", headers=htmx)).text == "part"
        assert (await ask.get("/page", headers=restoring)).text == "whole"
    assert "HX-Request" in (await ask.get("/page")).headers["vary"]


async def test_a_new_epoch_forgets_everything(toy: Toy, ask: httpx.AsyncClient) -> None:
    old = await ask.get("/page")
    toy.epoch = "2"
    new = await ask.get("/page", headers={"If-None-Match": old.headers["etag"]})

    assert new.status_code == 200
    assert new.headers["etag"] != old.headers["etag"]
    assert toy.calls == 2


async def test_nothing_is_kept_while_there_is_no_release(toy: Toy, ask: httpx.AsyncClient) -> None:
    toy.epoch = None
    await ask.get("/page")
    await ask.get("/page")

    assert toy.calls == 2


async def test_an_answer_made_across_a_change_of_release_is_not_kept(tmp_path: Path) -> None:
    toy = Toy(tmp_path)
    counted = toy.counted

    def swap() -> int:
        toy.epoch = "2"
        return counted()

    toy.counted = swap  # type: ignore[method-assign]
    async with talking_to(toy.app) as ask:
        await ask.get("/page")
        await ask.get("/page")
        await ask.get("/page")

    assert toy.calls == 2


async def test_who_shows_a_key_is_answered_freshly(toy: Toy, ask: httpx.AsyncClient) -> None:
    await ask.get("/page", headers={"Authorization": "Bearer x"})
    answer = await ask.get("/page", headers={"Authorization": "Bearer x"})

    assert toy.calls == 2
    assert answer.headers["cache-control"].startswith("private")
    assert (await ask.get("/page")).headers["cache-control"].startswith("public")


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
async def test_a_known_answer_is_not_sent_again(ask: httpx.AsyncClient, form: str) -> None:
    etag = (await ask.get("/page")).headers["etag"]
    again = await ask.get("/page", headers={"If-None-Match": form.format(etag)})

    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == etag
    assert {"cache-control", "vary"} <= set(again.headers)
    assert "content-type" not in again.headers


async def test_a_304_is_given_at_the_first_asking_too(toy: Toy, ask: httpx.AsyncClient) -> None:
    etag = (await ask.get("/page")).headers["etag"]
    other = Toy(Path(toy.snapshots.root.parent))

    async with talking_to(other.app) as elsewhere:
        assert (await elsewhere.get("/page", headers={"If-None-Match": etag})).status_code == 304


async def test_a_stale_tag_gets_the_whole_answer(ask: httpx.AsyncClient) -> None:
    assert (await ask.get("/page", headers={"If-None-Match": '"old"'})).status_code == 200


async def test_long_answers_are_compressed_once_and_have_a_tag_of_their_own(
    toy: Toy, ask: httpx.AsyncClient
) -> None:
    plain = await ask.get("/api/v1/long")
    await ask.get("/api/v1/long", headers={"Accept-Encoding": "br, gzip"})
    packed = await ask.get("/api/v1/long", headers={"Accept-Encoding": "br, gzip"})

    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content == b'"' + LONG + b'"'
    assert int(packed.headers["content-length"]) < len(LONG) / 10
    assert packed.headers["etag"] != plain.headers["etag"]
    assert toy.calls == 1

    tag = {"If-None-Match": packed.headers["etag"]}
    assert (await ask.get("/api/v1/long", headers=tag)).status_code == 200
    assert (await ask.get("/api/v1/long", headers={**tag, "Accept-Encoding": "gzip"})).status_code == 304


async def test_readers_who_come_together_get_the_same(toy: Toy, ask: httpx.AsyncClient) -> None:
    gzip = {"Accept-Encoding": "gzip"}
    answers = await asyncio.gather(*(ask.get("/api/v1/huge", headers=gzip) for _ in range(4)))
    answers += await asyncio.gather(*(ask.get("/api/v1/huge", headers=gzip) for _ in range(4)))

    assert {answer.text for answer in answers} == {f'"{LONG.decode() * 15}"'}
    assert {answer.headers["content-encoding"] for answer in answers} == {"gzip"}
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert toy.calls == 4


async def test_short_answers_are_not_compressed(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/page", headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in answer.headers


async def test_what_is_not_kept_is_compressed_too(ask: httpx.AsyncClient) -> None:
    answer = await ask.get("/personal", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "나의 것" * 1_000


async def test_head_has_the_headers_of_get_and_no_body(toy: Toy, ask: httpx.AsyncClient) -> None:
    for path in ("/page", "/personal", "/api/v1/toys/none"):
        got = await ask.get(path)
        for _ in range(2):
            head = await ask.head(path)
            assert head.status_code == got.status_code
            assert head.content == b""
            assert head.headers.get("content-length") == got.headers["content-length"]
    assert toy.calls == 1 + 3 + 3


async def test_the_longest_unused_answer_leaves_first(tmp_path: Path) -> None:
    toy = Toy(tmp_path, cache_bytes=10_000)
    async with talking_to(toy.app) as ask:
        for name in "abcd":
            await ask.get(f"/api/v1/toys/{name}")
        await ask.get("/api/v1/toys/a")
        await ask.get("/api/v1/toys/e")
        assert toy.calls == 5
        await ask.get("/api/v1/toys/a")
        assert toy.calls == 5
        await ask.get("/api/v1/toys/b")
        assert toy.calls == 6


async def test_an_answer_that_would_push_out_all_others_is_not_kept(tmp_path: Path) -> None:
    toy = Toy(tmp_path, cache_bytes=20_000)
    async with talking_to(toy.app) as ask:
        await ask.get("/api/v1/long")
        await ask.get("/api/v1/long")

    assert toy.calls == 2


def test_kept_answers_leave_a_real_server_as_they_are(toy: Toy, serve: Serve) -> None:
    with httpx.Client(base_url=serve(toy.app)) as ask:
        answers = [ask.get("/api/v1/long") for _ in range(3)]
        head = ask.head("/api/v1/long")
        unchanged = ask.get("/api/v1/long", headers={"If-None-Match": answers[0].headers["etag"]})

    assert {answer.text for answer in answers} == {f'"{LONG.decode()}"'}
    assert head.status_code == 200
    assert head.headers["etag"] == answers[0].headers["etag"]
    assert unchanged.status_code == 304
    assert "server" not in head.headers
    assert toy.calls == 1


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        (b"gzip", True),
        (b"GZIP, br", True),
        (b"br;q=1.0, gzip;q=0.5", True),
        (b"*", True),
        (b"gzip;q=0", False),
        (b"gzip; q=0.0, *", False),
        (b"*;q=0", False),
        (b"identity", False),
        (b"", False),
    ],
)
def test_gzip_is_used_only_where_it_is_allowed(header: bytes, *, allowed: bool) -> None:
    assert accepts_gzip(header) is allowed


@given(st.binary(max_size=50))
def test_any_header_can_be_read(header: bytes) -> None:
    accepts_gzip(header)
