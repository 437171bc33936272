"""One product and one ingredient, as pages and through the API, from a small catalogue in the whole site."""

import asyncio
import json
import urllib.parse
from pathlib import Path

import httpx
import pytest

from pillnuts import releases
from pillnuts.catalogue import ingest
from pillnuts.catalogue.glossary import glossary
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import IngredientDetail, Product
from pillnuts.kernel.db import Database
from pillnuts.migrating import migrate
from pillnuts.settings import Settings
from tests.catalogue import ministry

SEQ, SEVERAL, BARE, WITHDRAWN, GRANULES = "202000001", "202000002", "202000003", "202000004", "202000005"
HTML = {"accept": "text/html"}

DOCUMENT = """<DOC title="효능효과"><SECTION title=""><ARTICLE title="">
<PARAGRAPH tagName="p"><![CDATA[두통 < 38도]]></PARAGRAPH></ARTICLE></SECTION></DOC>"""
HOSTILE = [
    "a" * 10_000,
    "9" * 10_000,
    "%00",
    "%01%1b%7f",
    "%ED%A0%80",
    "%F0%9F%90%BF%EF%B8%8F",
    "%EF%BC%92" * 9,
    "'%20OR%201=1%20--",
    "%28%28%28a%2B%29%2B%24",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "..%2F..%2Fetc%2Fpasswd",
    "-1",
    "2020000011",
]


def files(folder: Path) -> Path:
    folder.mkdir()
    name = '새봄정 <500밀리그램> & "하나"'
    strawberry, lemon = (
        ministry.material("가나펜", amount, total=f"1정 중-{flavour}")
        for amount, flavour in (("5", "딸기"), ("9", "레몬"))
    )
    ministry.answer(
        folder / "permits_20260101.json",
        [
            ministry.permit(
                SEQ,
                name,
                MATERIAL_NAME=ministry.material("가나펜", "500")
                + ";"
                + ministry.material("다라민", "50~100"),
                INGR_NAME="[M900009]전분",
                EE_DOC_DATA=DOCUMENT,
            ),
            ministry.permit(SEVERAL, "새봄트로키", MATERIAL_NAME=f"{strawberry};{lemon}"),
            ministry.permit(BARE, "새봄액"),
            ministry.permit(WITHDRAWN, "옛봄정", CANCEL_NAME="취하", CANCEL_DATE="20230501"),
            ministry.permit(GRANULES, "가을캡슐", MATERIAL_NAME=ministry.material("마바졸장용과립", "230")),
        ],
    )
    rule = {"TYPE_NAME": "임부금기", "GRADE": "2등급", "PROHBT_CONTENT": "태자 독성"}
    ministry.answer(
        folder / "rules_20260101.json", [ministry.dur_rule("D009009", "마바졸", "[M900077]마바졸", **rule)]
    )
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site with a small catalogue, as the command leaves it."""
    folder = tmp_path_factory.mktemp("site")
    settings = Settings(_env_file=None, home=folder / "var")
    migrate(settings.database)

    async def load() -> None:
        database, report = Database(settings.database), Report()
        made = ingest.prepare(ingest.read([files(folder / "files")], report), glossary(), report)
        async with database.writing() as session:
            await ingest.load(session, made, report, by="시험")
        await releases.build(database, releases.snapshots(settings.releases))
        await database.close()

    asyncio.run(load())
    return folder / "var"


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(_env_file=None, home=home, snapshot_poll_seconds=60)


async def test_the_api_gives_the_whole_document_of_a_product(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/products/{SEQ}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    product = Product.model_validate_json(answer.content)
    assert [(i.name, i.role, i.amount and i.amount.value, i.amount_text) for i in product.ingredients] == [
        ("가나펜", "active", "500", None),
        ("다라민", "active", None, "50~100"),
        ("전분", "additive", None, None),
    ]
    assert product.sections[0].text == "두통 < 38도"
    assert product.sources["name"].source == "식약처 의약품 제품 허가정보"


async def test_the_api_gives_one_ingredient_with_its_products(client: httpx.AsyncClient) -> None:
    product = (await client.get(f"/api/v1/products/{SEQ}")).json()
    answer = await client.get(f"/api/v1/ingredients/{product['ingredients'][0]['id']}")
    ingredient = IngredientDetail.model_validate_json(answer.content)
    assert ingredient.name == "가나펜"
    assert [ref.item_seq for ref in ingredient.products] == [SEVERAL, SEQ]


@pytest.mark.parametrize("path", [f"/api/v1/products/{SEQ}", f"/products/{SEQ}"])
async def test_an_answer_is_the_same_for_the_whole_release(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    assert first.status_code == 200
    assert "max-age" in first.headers["cache-control"]
    again = await client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await client.get(path, headers={"if-none-match": '"something else"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("products/999999999", 404, "product_not_found"),
        ("products/12345", 422, "item_seq_malformed"),
        ("products/20200000a", 422, "item_seq_malformed"),
        ("ingredients/D999999", 404, "ingredient_not_found"),
    ],
)
async def test_what_is_not_there_is_said_to_programs_and_to_people(
    client: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    problem = await client.get(f"/api/v1/{path}")
    assert (problem.status_code, problem.json()["code"]) == (status, code)
    assert problem.headers["content-type"] == "application/problem+json"
    page = await client.get(f"/{path}", headers=HTML)
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert problem.json()["detail"] in page.text
    assert code in page.text


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("path", ["/api/v1/products/", "/products/", "/api/v1/ingredients/", "/ingredients/"])
async def test_hostile_addresses_get_a_plain_refusal(
    client: httpx.AsyncClient, path: str, hostile: str
) -> None:
    answer = await client.get(path + hostile, headers=HTML)
    assert answer.status_code in {404, 414, 422}
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 20_000
    if path.startswith("/api/"):
        assert answer.json()["code"]
        assert len(answer.json()["detail"]) < 100


@pytest.mark.parametrize(
    "f", ["", "0", "3", "-1", "하나", "²", "٣", "9" * 5_000, "%00", "%ED%A0%80", "1&f=2&f=x"]
)
async def test_a_formulation_that_is_not_there_shows_one_that_is(client: httpx.AsyncClient, f: str) -> None:
    page = await client.get(f"/products/{SEVERAL}?f={f if '%' in f or '&' in f else urllib.parse.quote(f)}")
    assert page.status_code == 200
    assert "새봄트로키" in page.text


async def test_the_chosen_formulation_is_the_one_shown(client: httpx.AsyncClient) -> None:
    strawberry, lemon = [(await client.get(f"/products/{SEVERAL}?f={f}")).text for f in (1, 2)]
    for page in (strawberry, lemon):
        assert "딸기" in page
        assert "레몬" in page
    assert strawberry != lemon


async def test_the_page_shows_names_as_text_amounts_and_what_is_unknown(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/products/{SEQ}")).text
    assert "새봄정 &lt;500밀리그램&gt; &amp; &#34;하나&#34;" in page
    for shown in (
        "가나펜",
        "500",
        "다라민",
        "50~100",
        "전분",
        "두통 &lt; 38도",
        "식약처 의약품 제품 허가정보",
    ):
        assert shown in page


async def test_what_granules_weigh_stands_in_words_beside_no_bar(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/products/{GRANULES}")).text
    table = page.partition('<table class="graph"')[2].partition("</table>")[0]

    assert "과립 230 mg (성분만의 양은 확인할 수 없음)" in table
    assert 'class="nothing"' in table
    assert 'class="value"' not in table
    assert "막대로 나타낼 수 없는 함량" in table


async def test_a_notice_about_the_substance_says_where_it_comes_from(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/products/{GRANULES}")).text
    notices = page.partition('id="cautions"')[2].partition("</section>")[0]

    assert "2등급 · 태자 독성 · 성분별 자료에서 옮긴 알림(모든 제형)" in notices
    assert "식약처 DUR 성분정보" in notices
    assert "2020-01-02" in notices
    assert "그 밖의 성분별 주의는 아직 확인하지 않습니다" in notices


async def test_a_product_of_unknown_contents_says_that_they_cannot_be_checked(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get(f"/products/{BARE}")).text
    assert "확인할 수 없음" in page


async def test_a_withdrawn_product_says_so(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/products/{WITHDRAWN}")).text
    assert "취하" in page
    assert "2023" in page


async def test_the_page_of_an_ingredient_leads_to_its_products(client: httpx.AsyncClient) -> None:
    product = json.loads((await client.get(f"/api/v1/products/{SEQ}")).content)
    page = (await client.get(f"/ingredients/{product['ingredients'][0]['id']}")).text
    assert "가나펜" in page
    assert f"/products/{SEQ}" in page


async def test_both_pages_of_an_additive_are_there(client: httpx.AsyncClient) -> None:
    product = json.loads((await client.get(f"/api/v1/products/{SEQ}")).content)
    additive = product["ingredients"][2]["id"]
    assert (await client.get(f"/ingredients/{additive}")).status_code == 200
    assert (await client.get(f"/api/v1/ingredients/{additive}")).json()["roles"] == ["additive"]


class TestWithoutCatalogue:
    """A site on which nothing was ever imported."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(_env_file=None, home=tmp_path / "var", snapshot_poll_seconds=60)

    async def test_it_asks_to_come_back_soon(self, client: httpx.AsyncClient) -> None:
        for path in ("products", "ingredients"):
            answer = await client.get(f"/api/v1/{path}/{SEQ}")
            assert (answer.status_code, answer.json()["code"]) == (503, "preparing")
            assert answer.headers["retry-after"]
            page = await client.get(f"/{path}/{SEQ}", headers=HTML)
            assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
