"""The home page, the results, suggestions, and the same as API calls."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response

from pillnuts.catalogue.shapes import IngredientList
from pillnuts.kernel.web import cacheable, fragment, is_htmx, json_bytes, page, problems, snapshot
from pillnuts.search.asked import IngredientsAsked, SearchAsked, SuggestAsked
from pillnuts.search.found import Found, Hit
from pillnuts.search.index import Index
from pillnuts.search.service import PopularSearches
from pillnuts.search.shapes import HomeView, PopularTerm, ProductHits, Suggestions
from pillnuts.search.views import results_view

api = APIRouter(tags=["search"])
pages = APIRouter(include_in_schema=False)

_PROBLEMS: Final = problems(422, 503)


def index(request: Request) -> Index:
    """The index of the release that is being served."""
    found: Index = snapshot(request).part("search")
    return found


def searches_of(app: FastAPI) -> PopularSearches:
    """The counts of this process, made when first asked for; `main` flushes them."""
    if not hasattr(app.state, "popular_searches"):
        app.state.popular_searches = PopularSearches()
    counts: PopularSearches = app.state.popular_searches
    return counts


@api.get("/products", response_model=ProductHits, responses=_PROBLEMS, summary="의약품 찾기")
async def products(request: Request, asked: Annotated[SearchAsked, Query()]) -> Response:
    """이름, 영문명, 성분, 종류, 증상으로 찾습니다. `q`가 비어 있으면 모든 의약품입니다."""
    return cacheable(json_bytes(_hits(asked, index(request).search(asked.query()))))


@api.get(
    "/products/suggest", response_model=Suggestions, responses=_PROBLEMS, summary="치는 동안 이름 권하기"
)
async def suggest(request: Request, asked: Annotated[SuggestAsked, Query()]) -> Response:
    hits = index(request).suggest(asked.checked(), asked.limit)
    return cacheable(json_bytes(orjson.dumps({"items": [_suggested(hit) for hit in hits]})))


@api.get("/ingredients", response_model=IngredientList, responses=_PROBLEMS, summary="성분 이름 권하기")
async def ingredients(request: Request, asked: Annotated[IngredientsAsked, Query()]) -> Response:
    """`q`가 비어 있으면 많이 쓰이는 성분부터 답합니다."""
    items = index(request).ingredients(asked.checked(), asked.role, asked.limit)
    return cacheable(json_bytes(IngredientList(items=tuple(items)).model_dump_json().encode()))


@pages.get("/")
async def home(request: Request) -> HTMLResponse:
    terms = tuple(
        PopularTerm(term, f"/search?{urlencode({'q': term})}") for term in searches_of(request.app).top
    )
    return page(request, "search/home.html", view=HomeView(popular=terms))


@pages.get("/search")
async def results(request: Request, asked: Annotated[SearchAsked, Query()]) -> HTMLResponse:
    found = index(request).search(asked.query(facets=True))
    if found.term is not None and asked.page == 1:
        searches_of(request.app).found(request.scope["query_string"], found.term)
    view = results_view(asked, found)
    if is_htmx(request):
        return cacheable(fragment(request, "search/_results.html", view=view))
    return cacheable(page(request, "search/page.html", view=view))


def _hits(asked: SearchAsked, found: Found) -> bytes:
    """The shape `ProductHits`, written without building it: it is the most asked answer of all."""
    interpreted = found.interpreted
    return orjson.dumps(
        {
            "total": found.total,
            "page": asked.page,
            "size": asked.size,
            "items": [_item(hit) for hit in found.hits],
            "interpreted": {"query": interpreted.query, "as": interpreted.as_} if interpreted else None,
        }
    )


def _suggested(hit: Hit) -> dict[str, Any]:
    return {
        "item_seq": hit.item_seq,
        "name": hit.name,
        "maker": hit.maker,
        "recalled": hit.recalled,
        "withdrawn": hit.withdrawn,
    }


def _item(hit: Hit) -> dict[str, Any]:
    return {
        "item_seq": hit.item_seq,
        "name": hit.name,
        "maker": hit.maker,
        "etc_otc": hit.etc_otc,
        "class_name": hit.class_name,
        "image_url": hit.image_url,
        "bookmark_count": hit.bookmark_count,
        "withdrawn": hit.withdrawn,
        "recalled": hit.recalled,
        "match": {"field": hit.match.field, "why": hit.match.why},
    }
