"""`/compare?items=A,B[,C,D][&f=,2]` and `/api/v1/compare`: two to four products in the order of the address.

`f` names formulations by number, one entry for each product; an empty or missing entry is the first one.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from pillnuts.catalogue.brief import Brief
from pillnuts.catalogue.shelf import Shelf
from pillnuts.compare.differences import marked
from pillnuts.compare.rules import alone, compare
from pillnuts.compare.shapes import Choice, ComparedProduct, Comparison, MarkedSection, Option
from pillnuts.kernel.errors import Invalid, NotFound
from pillnuts.kernel.problems import Problem
from pillnuts.kernel.shortcuts import Shortcut
from pillnuts.kernel.snapshots import Snapshot
from pillnuts.kernel.web import cacheable, json_bytes, page, snapshot

FEWEST: Final = 2
MOST: Final = 4
_CODE = re.compile(r"[0-9]{9}")
_PLAIN = re.compile(
    rb"items=(?P<items>[0-9]{9}(?:(?:,|%2C)[0-9]{9}){1,3})(?:&f=(?P<f>[0-9]*(?:(?:,|%2C)[0-9]*){0,3}))?"
)
_SHOWN = 20
"""So much of a wrong code is said back."""

Items = Annotated[
    str,
    Query(
        description="품목기준코드(숫자 아홉 자리) 두 개에서 네 개를 쉼표로 이어 씁니다.",
        examples=["202106092,198701234"],
        # Said, not enforced: `_codes` answers with a code of its own for each way to be wrong.
        json_schema_extra={"pattern": "^[0-9]{9}(,[0-9]{9}){1,3}$"},
    ),
]
Formulations = Annotated[
    str,
    Query(
        description="처방이 여럿인 제품에서 몇 번째 처방인지 1부터 셉니다. 비우면 첫 번째입니다.",
        examples=[",2"],
        json_schema_extra={"pattern": "^[0-9]*(,[0-9]*){0,3}$"},
    ),
]

api = APIRouter(tags=["compare"])
pages = APIRouter(include_in_schema=False)


@api.get(
    "/compare",
    response_model=Comparison,
    responses={404: {"model": Problem}, 422: {"model": Problem}, 503: {"model": Problem}},
    summary="두 개에서 네 개 제품 비교",
)
async def compare_products(request: Request, items: Items, f: Formulations = "") -> Response:
    codes = _codes(items)
    if len(codes) < FEWEST:
        raise Invalid(
            "compare_needs_two", "비교하려면 제품이 두 개 이상 필요합니다. items에 두 개를 넣어 주세요."
        )
    return cacheable(json_bytes(_compared(_shelf(snapshot(request)), codes, f)))


def _at_once(current: Snapshot, query: bytes) -> bytes | None:
    """Answer an address as our pages and the description of the API write it."""
    asked = _PLAIN.fullmatch(query)
    if asked is None:
        return None
    codes = asked["items"].decode().replace("%2C", ",").split(",")
    numbers = (asked["f"] or b"").decode().replace("%2C", ",")
    return _compared(_shelf(current), codes, numbers)


shortcut: Final = Shortcut(compare_products, _at_once)


def _compared(shelf: Shelf, codes: Sequence[str], numbers: str) -> bytes:
    products = _products(shelf, codes)
    return _json(compare(products, _formulations(numbers, products)))


@pages.get("/compare")
async def compare_page(request: Request, items: Items = "", f: Formulations = "") -> HTMLResponse:
    codes = _codes(items)
    products = _products(_shelf(snapshot(request)), codes)
    if len(codes) < FEWEST:
        return cacheable(_start(request, products))
    comparison = compare(products, _formulations(f, products))
    response = page(
        request,
        "compare/page.html",
        comparison=comparison,
        chosen=(),
        # Long labels take tens of milliseconds, during which the process answers others.
        sections=await run_in_threadpool(_marked, comparison),
        choices=_choices(comparison.products),
        address=_address(codes, _numbers(comparison.products)),
    )
    return cacheable(response)


def _json(comparison: Comparison) -> bytes:
    # `vars` for the models of the catalogue in it: amounts and pills, which orjson does not know.
    return orjson.dumps(comparison, default=vars)


def _start(request: Request, products: Sequence[Brief]) -> HTMLResponse:
    """Not enough chosen yet: how to go on, with the one that is there."""
    return page(
        request,
        "compare/page.html",
        comparison=None,
        chosen=tuple(alone(product) for product in products),
        sections=(),
        choices=(),
        address=_address([product.item_seq for product in products], []),
    )


def _shelf(current: Snapshot) -> Shelf:
    found: Shelf = current.part("catalogue")
    return found


def _codes(items: str) -> list[str]:
    """Item codes in the given order. Raises Invalid for what no comparison can be made of."""
    codes = [part.strip() for part in items.split(",") if part.strip()]
    wrong = next((code for code in codes if not _CODE.fullmatch(code)), None)
    if wrong is not None:
        shown = wrong[:_SHOWN] + ("…" if len(wrong) > _SHOWN else "")
        raise Invalid("item_seq_malformed", f"‘{shown}’: 품목기준코드는 숫자 아홉 자리입니다.")
    if len(codes) > MOST:
        raise Invalid(
            "compare_too_many", f"한 번에 네 개까지 비교할 수 있습니다. 지금은 {len(codes)}개입니다."
        )
    return codes


def _products(shelf: Shelf, codes: Sequence[str]) -> list[Brief]:
    """Products in the given order. Raises NotFound for one that is not there, Invalid for one named twice."""
    products = []
    for code in codes:
        product = shelf.brief(code)
        if product is None:
            raise NotFound("product_not_found", f"품목기준코드 {code}인 제품이 없습니다.")
        products.append(product)
    if len(set(codes)) < len(codes):
        raise Invalid(
            "compare_same_product", "같은 제품이 두 번 들어 있습니다. 서로 다른 제품을 골라 주세요."
        )
    return products


def _formulations(numbers: str, products: Sequence[Brief]) -> list[str | None]:
    """Names of the chosen formulations; None: the first, or the only one."""
    said = [part.strip() for part in numbers.split(",")] if numbers else []
    if len(said) > len(products):
        raise Invalid("formulation_unknown", "f에 적은 처방의 수가 제품 수보다 많습니다.")
    said += [""] * (len(products) - len(said))
    return [_formulation(number, product) for number, product in zip(said, products, strict=True)]


def _formulation(number: str, product: Brief) -> str | None:
    if not number or (number == "1" and not product.formulations):
        return None
    names = {str(place): name for place, name in enumerate(product.formulations, 1)}
    if number not in names:
        detail = f"{product.short_name}에 그런 번호의 처방이 없습니다. 처방은 {max(1, len(names))}개입니다."
        raise Invalid("formulation_unknown", detail)
    return names[number]


def _marked(comparison: Comparison) -> tuple[MarkedSection, ...]:
    return tuple(marked(section) for section in comparison.sections)


def _numbers(products: Sequence[ComparedProduct]) -> list[str]:
    """What `f` says: the first formulation needs no word."""
    places = [
        product.formulations.index(product.formulation) if product.formulation else 0 for product in products
    ]
    return [str(place + 1) if place else "" for place in places]


def _address(codes: Sequence[str], numbers: Sequence[str]) -> str:
    if not codes:
        return "/compare"
    said = f"&f={','.join(numbers)}" if any(numbers) else ""
    return f"/compare?items={','.join(codes)}{said}"


def _choices(products: Sequence[ComparedProduct]) -> tuple[Choice, ...]:
    codes = [product.item_seq for product in products]
    numbers = _numbers(products)
    choices = []
    for place, product in enumerate(products):
        options = []
        for number, name in enumerate(product.formulations, 1):
            others = [*numbers[:place], str(number) if number > 1 else "", *numbers[place + 1 :]]
            options.append(
                Option(name=name, chosen=name == product.formulation, address=_address(codes, others))
            )
        if options:
            choices.append(Choice(item_seq=product.item_seq, label=product.label, options=tuple(options)))
    return tuple(choices)
