import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from jinja2 import DictLoader, Environment, StrictUndefined

from pillnuts.catalogue.brief import Brief
from pillnuts.compare import routes
from pillnuts.kernel import problems
from pillnuts.kernel.snapshots import Snapshot
from tests.compare.medicines import ingredient, medicine, section

TYLENOL = medicine(
    "타이레놀정500밀리그람",
    ingredient("아세트아미노펜", "500 mg"),
    item_seq="200000001",
    sections=(section("usage", "1회 1정 복용합니다."),),
)
GEVORIN = medicine(
    "게보린정",
    ingredient("아세트아미노펜", "300 mg"),
    item_seq="200000002",
    sections=(section("usage", "1회 2정 복용합니다."),),
)
STREPSILS = medicine(
    "스트렙실트로키",
    ingredient("플루르비프로펜", "8.75 mg", formulation="허니"),
    ingredient("플루르비프로펜", "9 mg", formulation="오렌지"),
    item_seq="200000003",
    formulations=("허니", "오렌지"),
)
ALL = {each.item_seq: each for each in (TYLENOL, GEVORIN, STREPSILS)}
PAGE = """
{% if comparison %}{{ comparison.summary.sentence }}{% else %}고르기{% endif %}
{% for each in chosen %}고름 {{ each.label }}{% endfor %}
{% for section in sections %}
  {% for column in section.columns if column %}
    {% for paragraph in column.paragraphs %}
      {% for span in paragraph if span.differs %}<mark>{{ span.text }}</mark>{% endfor %}
    {% endfor %}
  {% endfor %}
{% endfor %}
{% for choice in choices %}
  {% for option in choice.options %}
    [{{ option.name }}{{ "*" if option.chosen }} {{ option.address }}]
  {% endfor %}
{% endfor %}
주소 {{ address }}"""


@dataclass(frozen=True)
class TinyShelf:
    def brief(self, item_seq: str) -> Brief | None:
        return ALL.get(item_seq)


RELEASE = Snapshot(1, "", Path(), {"catalogue": TinyShelf()})


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(routes.api, prefix="/api/v1")
    app.include_router(routes.pages)
    problems.install(app)
    app.state.templates = Environment(
        loader=DictLoader({"compare/page.html": PAGE, "error.html": "{{ code }}: {{ detail }}"}),
        autoescape=True,
        undefined=StrictUndefined,
    )
    app.state.context = lambda _: {}
    app.state.snapshots = SimpleNamespace(current=RELEASE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_the_api_answers_as_it_is_pinned(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/compare", params={"items": "200000001,200000002"})
    assert answer.status_code == 200
    body = answer.json()
    assert [each["item_seq"] for each in body["products"]] == ["200000001", "200000002"]
    row = body["ingredients"][0]
    assert row["ingredient"]["name"] == "아세트아미노펜"
    assert row["amounts"] == [{"value": "500", "unit": "mg"}, {"value": "300", "unit": "mg"}]
    assert row["relation"] == "different_amount"
    assert body["sections"][0]["key"] == "usage"
    assert body["sections"][0]["texts"] == ["1회 1정 복용합니다.", "1회 2정 복용합니다."]
    assert body["summary"]["sentence"].startswith("둘 다 아세트아미노펜이 들어 있습니다: 500 mg / 300 mg.")


@pytest.mark.parametrize(
    ("items", "f"),
    [
        ("200000001,200000002", None),
        ("200000002%2C200000001", None),
        ("200000003,200000001,200000002", ""),
        ("200000001,200000003", ",2"),
        ("200000003,200000001", "2%2C1"),
    ],
)
async def test_a_plain_address_is_answered_at_once_and_the_same(
    client: httpx.AsyncClient, items: str, f: str | None
) -> None:
    query = f"items={items}" + ("" if f is None else f"&f={f}")
    answer = await client.get(f"/api/v1/compare?{query}")
    assert routes.shortcut.make(RELEASE, query.encode()) == answer.content


@pytest.mark.parametrize(
    "query",
    ["", "items=", "items=200000001", "items=200000001,12345", "f=&items=200000001,200000002", "items=%FF"],
)
def test_other_addresses_are_left_to_the_route(query: str) -> None:
    assert routes.shortcut.make(RELEASE, query.encode()) is None


async def test_the_order_is_that_of_the_address(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/compare", params={"items": " 200000002, 200000001,"})
    assert [each["label"] for each in answer.json()["products"]] == ["게보린정", "타이레놀정500밀리그람"]


@pytest.mark.parametrize(
    ("items", "status", "code"),
    [
        ("", 422, "compare_needs_two"),
        ("200000001", 422, "compare_needs_two"),
        (",,", 422, "compare_needs_two"),
        ("200000001,200000001", 422, "compare_same_product"),
        ("200000001,200000002,200000001", 422, "compare_same_product"),
        ("200000001,200000002,200000003,200000004,200000005", 422, "compare_too_many"),
        ("200000001,12345", 422, "item_seq_malformed"),
        ("200000001,２０００００００２", 422, "item_seq_malformed"),
        ("200000001,<script>alert(1)</script>" * 300, 422, "item_seq_malformed"),
        ("200000001,999999999", 404, "product_not_found"),
    ],
)
async def test_what_cannot_be_compared_is_said(
    client: httpx.AsyncClient, items: str, status: int, code: str
) -> None:
    answer = await client.get("/api/v1/compare", params={"items": items})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert len(answer.json()["detail"]) < 100


@pytest.mark.parametrize("f", ["3", "0", "하나", ",2", "1,1,1"])
async def test_a_formulation_that_is_not_there_is_refused(client: httpx.AsyncClient, f: str) -> None:
    answer = await client.get("/api/v1/compare", params={"items": "200000003,200000001", "f": f})
    assert (answer.status_code, answer.json()["code"]) == (422, "formulation_unknown")


@pytest.mark.parametrize(("f", "amount"), [("", "8.75"), ("1", "8.75"), ("2", "9"), ("2,1", "9")])
async def test_a_formulation_is_chosen_by_number(client: httpx.AsyncClient, f: str, amount: str) -> None:
    answer = await client.get("/api/v1/compare", params={"items": "200000003,200000001", "f": f})
    rows = {row["ingredient"]["name"]: row for row in answer.json()["ingredients"]}
    assert rows["플루르비프로펜"]["amounts"] == [{"value": amount, "unit": "mg"}, None]


async def test_the_page_shows_the_comparison_and_marks_what_differs(client: httpx.AsyncClient) -> None:
    answer = await client.get("/compare", params={"items": "200000001,200000002"})
    assert answer.status_code == 200
    assert "둘 다 아세트아미노펜이 들어 있습니다" in answer.text
    assert "<mark>1정 </mark>" in answer.text
    assert "주소 /compare?items=200000001,200000002" in answer.text


async def test_the_page_links_to_the_other_formulations(client: httpx.AsyncClient) -> None:
    answer = await client.get("/compare", params={"items": "200000001,200000003", "f": ",2"})
    assert "[허니 /compare?items=200000001,200000003]" in answer.text
    assert "[오렌지* /compare?items=200000001,200000003&amp;f=,2]" in answer.text


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ("", ["고르기", "주소 /compare"]),
        ("200000001", ["고름 타이레놀정500밀리그람", "주소 /compare?items=200000001"]),
    ],
)
async def test_with_too_few_products_the_page_says_how_to_go_on(
    client: httpx.AsyncClient, items: str, said: list[str]
) -> None:
    answer = await client.get("/compare", params={"items": items})
    assert answer.status_code == 200
    assert all(each in answer.text for each in said)


async def test_the_page_says_what_is_wrong(client: httpx.AsyncClient) -> None:
    answer = await client.get("/compare", params={"items": "200000001,200000001"})
    assert answer.status_code == 422
    assert "같은 제품이 두 번 들어 있습니다" in answer.text


async def test_the_schema_speaks_of_the_comparison(client: httpx.AsyncClient) -> None:
    schema = json.dumps((await client.get("/openapi.json")).json())
    for name in ("Comparison", "ComparedRow", "Summary", "Problem"):
        assert f'"#/components/schemas/{name}"' in schema
