from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from jinja2 import DictLoader, Environment, StrictUndefined

from pillnuts.kernel import problems
from pillnuts.kernel.snapshots import Snapshot
from pillnuts.kernel.web import CACHEABLE
from pillnuts.search import routes
from pillnuts.search.counting import CountedSearches
from pillnuts.search.index import Index
from pillnuts.search.shapes import ProductHits, Suggestions

TEMPLATES = {
    "search/home.html": "{% for one in view.popular %}{{ one.term }} {{ one.url }};{% endfor %}",
    "search/page.html": "쪽 {{ view.total }}",
    "search/_results.html": "조각 {{ view.total }} {{ view.sentence }}",
    "error.html": "{{ error.detail }}",
    "_error.html": "{{ error.detail }}",
}


@pytest.fixture
def app(index: Index) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.include_router(routes.api, prefix="/api/v1")
    app.include_router(routes.pages)
    app.state.templates = Environment(
        loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    app.state.context = lambda _request: {}
    app.state.snapshots = SimpleNamespace(current=Snapshot(1, "", Path(), {"search": index}))
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    counted = CountedSearches(app, routes.searches_of(app))
    transport = httpx.ASGITransport(counted)
    async with httpx.AsyncClient(transport=transport, base_url="http://pillnuts.test") as talking:
        yield talking


async def test_a_search_answers_in_the_pinned_shape(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/products", params={"q": "xkdlfpshf", "size": 2})
    found = ProductHits.model_validate_json(answer.content)
    assert (found.total, found.page, found.size, len(found.items)) == (3, 1, 2, 2)
    assert answer.json()["interpreted"] == {"query": "xkdlfpshf", "as": "타이레놀"}
    assert answer.json()["items"][0] == {
        "item_seq": "200000001",
        "name": "타이레놀정500밀리그람(아세트아미노펜)",
        "maker": "한국얀센",
        "etc_otc": "일반의약품",
        "class_name": "해열.진통.소염제",
        "image_url": "https://example.org/1",
        "bookmark_count": 0,
        "withdrawn": False,
        "recalled": False,
        "match": {"field": "name", "why": "이름이 검색어로 시작합니다"},
    }
    assert answer.headers[CACHEABLE] == "release"


async def test_a_form_with_nothing_chosen_asks_for_everything(client: httpx.AsyncClient) -> None:
    empty = "q=&otc=&class=&form=&maker="
    answer = await client.get(f"/api/v1/products?{empty}")
    assert answer.json()["total"] == (await client.get("/api/v1/products")).json()["total"] == 15


async def test_filters_have_their_names_in_the_address(client: httpx.AsyncClient) -> None:
    async def total(**params: str) -> int:
        answer = await client.get("/api/v1/products", params=params)
        return int(answer.json()["total"])

    assert await total(otc="전문") == 2
    assert await total(**{"class": "화농성질환용제"}) == 2
    assert await total(form="나정", maker="한국얀센") == 2
    assert await total(image="true") == 1
    assert await total(withdrawn="true") == 16


async def test_suggestions_and_ingredients_answer_in_the_pinned_shapes(client: httpx.AsyncClient) -> None:
    suggested = await client.get("/api/v1/products/suggest", params={"q": "타이레노", "limit": 1})
    assert [one.name[:4] for one in Suggestions.model_validate_json(suggested.content).items] == ["타이레놀"]
    assert suggested.json()["items"][0].keys() == {"item_seq", "name", "maker", "recalled", "withdrawn"}
    completed = await client.get("/api/v1/ingredients", params={"q": "이부", "role": "active", "limit": 3})
    assert [one["id"] for one in completed.json()["items"]] == ["ibu"]


@pytest.mark.parametrize("path", ["/api/v1/products", "/api/v1/products/suggest", "/api/v1/ingredients"])
@pytest.mark.parametrize(
    "query", ["%ED%A0%80", "%00", "%F0%9F%98%80", "%27%20OR%201%3D1--", "(.*)%2B%24", "%FF", "%20%20", "%25"]
)
async def test_absurd_queries_are_answered(client: httpx.AsyncClient, path: str, query: str) -> None:
    assert (await client.get(f"{path}?q={query}")).status_code == 200


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"/api/v1/products?q={'a' * 10_000}", "query_too_long"),
        (f"/api/v1/products/suggest?q={'a' * 101}", "query_too_long"),
        (f"/api/v1/ingredients?q={'a' * 101}", "query_too_long"),
        ("/api/v1/products?page=-1", "invalid_parameter"),
        ("/api/v1/products?page=0", "invalid_parameter"),
        ("/api/v1/products?size=1000000000", "invalid_parameter"),
        ("/api/v1/products?by=color", "invalid_parameter"),
        ("/api/v1/products?otc=둘다", "invalid_parameter"),
        ("/api/v1/products/suggest?limit=0", "invalid_parameter"),
        ("/api/v1/ingredients?role=both", "invalid_parameter"),
    ],
)
async def test_what_cannot_be_is_refused_in_korean(
    client: httpx.AsyncClient, address: str, code: str
) -> None:
    answer = await client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert any("가" <= letter <= "힣" for letter in answer.json()["detail"])


async def test_without_a_release_the_reader_is_told_to_wait(app: FastAPI, client: httpx.AsyncClient) -> None:
    app.state.snapshots.current = None
    assert (await client.get("/api/v1/products")).status_code == 503
    assert (await client.get("/")).status_code == 200


async def test_htmx_gets_the_results_alone(client: httpx.AsyncClient) -> None:
    assert (await client.get("/search?q=타이레놀")).text == "쪽 3"
    fragment = await client.get("/search?q=xkdlfpshf", headers={"HX-Request": "true"})
    assert fragment.text == "조각 3 ‘xkdlfpshf’ → ‘타이레놀’(으)로 찾았습니다"


async def test_searches_count_for_the_word_that_was_found(app: FastAPI, client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await client.get("/search?q=xkdlfpshf")
    await client.get("/search?q=타이레놀&page=2")
    await client.get("/search?q=내비밀")
    await client.get("/api/v1/products?q=게보린")
    assert routes.searches_of(app).take() == {"타이레놀": 2}


async def test_the_home_page_shows_what_is_searched_most(app: FastAPI, client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).text == ""
    routes.searches_of(app).top = ("속 쓰림",)
    assert (await client.get("/")).text == "속 쓰림 /search?q=%EC%86%8D+%EC%93%B0%EB%A6%BC;"


async def test_a_filter_longer_than_any_value_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/products", params={"maker": "가" * 201})
    assert answer.status_code == 422
    assert answer.json()["code"]
