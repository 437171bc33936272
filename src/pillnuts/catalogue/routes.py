"""Pages and API calls of one product, its history, and one ingredient."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from pillnuts.catalogue.history import changed, history
from pillnuts.catalogue.history_shapes import LabelHistory
from pillnuts.catalogue.shapes import IngredientDetail, Product
from pillnuts.catalogue.shelf import Shelf
from pillnuts.catalogue.view import product_view
from pillnuts.kernel.errors import Invalid, NotFound
from pillnuts.kernel.web import cacheable, fragment, is_htmx, json_bytes, page, problems, snapshot

api = APIRouter(tags=["catalogue"])
pages = APIRouter(include_in_schema=False)

_SEQ_LENGTH = 9
_LONGEST_NUMBER = 3  # Python refuses to read numbers of thousands of digits

ItemSeq = Annotated[
    str,
    Path(
        description="품목기준코드: 아홉 자리 숫자",
        examples=["202106092"],
        json_schema_extra={"pattern": "^[0-9]{9}$"},  # said, not enforced: `checked` has its own answer
    ),
]
IngredientId = Annotated[
    str, Path(description="성분 식별자", examples=["D000147"], min_length=1, max_length=40)
]


def shelf(request: Request) -> Shelf:
    """Give the documents of the release that is being served."""
    found: Shelf = snapshot(request).part("catalogue")
    return found


def checked(item_seq: str) -> str:
    """Refuse what cannot be an item code."""
    if len(item_seq) != _SEQ_LENGTH or not (item_seq.isascii() and item_seq.isdigit()):
        raise Invalid("item_seq_malformed", "품목기준코드는 아홉 자리 숫자입니다.")
    return item_seq


def _chosen(f: str) -> int:
    """Give the number of a formulation, counted from 0; whatever is no number chooses the first."""
    return int(f) - 1 if f.isascii() and f.isdigit() and len(f) <= _LONGEST_NUMBER else 0


def _no_product(item_seq: str) -> NotFound:
    return NotFound("product_not_found", f"품목기준코드 {item_seq} 제품을 찾을 수 없습니다.")


def _no_ingredient() -> NotFound:
    return NotFound("ingredient_not_found", "그런 성분을 찾을 수 없습니다.")


@api.get("/products/{item_seq}", response_model=Product, responses=problems(404, 422), summary="제품 하나")
async def product(request: Request, item_seq: ItemSeq) -> Response:
    """Give everything of the detail page."""
    body = shelf(request).product_json(checked(item_seq))
    if body is None:
        raise _no_product(item_seq)
    return cacheable(json_bytes(body))


@api.get(
    "/products/{item_seq}/history",
    response_model=LabelHistory,
    responses=problems(404, 422),
    summary="허가사항 변경 이력",
)
async def product_history(request: Request, item_seq: ItemSeq) -> Response:
    """Give what changed in the texts of the label while this site was watching, as differences by words."""
    _, found = await _history(request, item_seq)
    return cacheable(json_bytes(found.model_dump_json().encode()))


@api.get(
    "/ingredients/{ingredient_id}",
    response_model=IngredientDetail,
    responses=problems(404, 422),
    summary="성분 하나",
)
async def ingredient(request: Request, ingredient_id: IngredientId) -> Response:
    """Give one ingredient with its explanation and products."""
    body = shelf(request).ingredient_json(ingredient_id)
    if body is None:
        raise _no_ingredient()
    return cacheable(json_bytes(body))


async def _history(request: Request, item_seq: str) -> tuple[Product, LabelHistory]:
    shelf_ = shelf(request)
    product = shelf_.product(checked(item_seq))
    if product is None:
        raise _no_product(item_seq)
    versions = shelf_.versions(item_seq)
    # Long texts take a second to compare: other readers do not wait for it.
    return product, await asyncio.to_thread(history, product, versions)


@pages.get("/products/{item_seq}/history")
async def history_page(request: Request, item_seq: str) -> Response:
    """Show what changed; to htmx only that, for a fold of the product page."""
    product, found = await _history(request, item_seq)
    if is_htmx(request):
        return cacheable(fragment(request, "catalogue/_changes.html", product=product, history=found))
    return cacheable(page(request, "catalogue/history.html", product=product, history=found))


@pages.get("/products/{item_seq}")
async def product_page(request: Request, item_seq: str, f: str = "") -> Response:
    """Show a product; `f` chooses one of its formulations by number, counted from 1."""
    found = shelf(request).product(checked(item_seq))
    if found is None:
        raise _no_product(item_seq)
    view = product_view(found, chosen=_chosen(f))
    texts = changed(found, shelf(request).versions(item_seq))
    return cacheable(page(request, "catalogue/product.html", product=found, view=view, changed=texts))


@pages.get("/ingredients/{ingredient_id}")
async def ingredient_page(request: Request, ingredient_id: str) -> Response:
    found = shelf(request).ingredient(ingredient_id)
    if found is None:
        raise _no_ingredient()
    return cacheable(page(request, "catalogue/ingredient.html", ingredient=found))
