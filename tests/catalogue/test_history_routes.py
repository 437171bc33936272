"""The history of a label and its warnings, as pages and through the API, after two imports."""

import asyncio
from pathlib import Path

import httpx
import pytest

from pillnuts import releases
from pillnuts.catalogue import ingest
from pillnuts.catalogue.glossary import glossary
from pillnuts.catalogue.history_shapes import LabelHistory
from pillnuts.catalogue.report import Report
from pillnuts.kernel.db import Database
from pillnuts.migrating import migrate
from pillnuts.settings import Settings
from tests.catalogue import changing
from tests.catalogue.changing import CHANGED, UNCHANGED, WITHDRAWN

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    settings = Settings(_env_file=None, home=folder / "var")
    migrate(settings.database)

    async def load() -> None:
        database = Database(settings.database)
        for files in (changing.earlier(folder / "earlier"), changing.later(folder / "later")):
            report = Report()
            made = ingest.prepare(ingest.read([files], report), glossary(), report)
            async with database.writing() as session:
                await ingest.load(session, made, report, by="시험")
        await releases.build(database, releases.snapshots(settings.releases))
        await database.close()

    asyncio.run(load())
    return folder / "var"


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(_env_file=None, home=home, snapshot_poll_seconds=60)


async def test_the_api_tells_what_changed_when_word_by_word(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/products/{CHANGED}/history")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    found = LabelHistory.model_validate_json(answer.content)
    usage, caution = found.sections
    assert (usage.key, usage.title, len(usage.changes)) == ("usage", "용법·용량", 1)
    (change,) = usage.changes
    assert (change.release, change.data_date) == (2, "2026-03-01")
    assert (change.earlier.date, change.later.date) == ("2026-01-05", "2026-03-01")
    assert [(line.date, line.label) for line in change.stated] == [("2026-03-01", "용법용량변경")]
    assert [(piece.kind, piece.text) for piece in change.pieces if piece.kind != "same"] == [
        ("removed", "500"),
        ("added", "650"),
        ("removed", "3"),
        ("added", "2"),
    ]
    assert [piece.kind for piece in caution.changes[0].pieces] == ["folded", "same", "removed", "added"]
    assert [line.label for line in found.permit_changes] == ["용법용량변경", "성상변경"]


async def test_a_product_without_changes_has_an_empty_history(client: httpx.AsyncClient) -> None:
    found = LabelHistory.model_validate_json(
        (await client.get(f"/api/v1/products/{UNCHANGED}/history")).content
    )
    assert (found.sections, found.permit_changes) == ((), ())


@pytest.mark.parametrize(("item_seq", "status"), [("999999999", 404), ("1234", 422), ("%00", 422)])
async def test_an_unknown_product_is_a_problem(client: httpx.AsyncClient, item_seq: str, status: int) -> None:
    answer = await client.get(f"/api/v1/products/{item_seq}/history")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    page = await client.get(f"/products/{item_seq}/history", headers=HTML)
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")


async def test_the_answers_are_kept_for_the_release(client: httpx.AsyncClient) -> None:
    for path in (f"/api/v1/products/{CHANGED}/history", f"/products/{CHANGED}/history"):
        first = await client.get(path)
        assert "max-age" in first.headers["cache-control"]
        again = await client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304


async def test_the_product_page_names_what_changed_and_leads_to_it(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/products/{CHANGED}", headers=HTML)).text
    assert "바뀐 글 2가지" in page
    assert "용법·용량 2026-03-01 자료부터" in page
    assert f'href="/products/{CHANGED}/history"' in page
    assert "성상변경" in page, "the ministry's own list"
    assert "바뀐 글이 없습니다" in (await client.get(f"/products/{UNCHANGED}", headers=HTML)).text


async def test_the_page_of_the_history_marks_what_was_removed_and_added(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/products/{CHANGED}/history", headers=HTML)).text
    assert "<!DOCTYPE html>" in page
    removed = '<del><span class="sr">[지움: </span><span class="sign" aria-hidden="true">−</span>500'
    added = '<ins><span class="sr">[더함: </span><span class="sign" aria-hidden="true">+</span>650'
    assert f"1회 {removed}" in page
    assert added in page
    assert "… 같은 내용 " in page
    assert "이상반응 | 이 약" in page, "the row above the figure that changed"


async def test_htmx_gets_the_changes_without_a_page(client: httpx.AsyncClient) -> None:
    part = (await client.get(f"/products/{CHANGED}/history", headers=HTML | {"hx-request": "true"})).text
    assert "<!DOCTYPE html>" not in part
    assert "용법·용량" in part


async def test_a_recall_shows_at_the_top_with_reason_and_date_newest_first(client: httpx.AsyncClient) -> None:
    page = (await client.get(f"/products/{CHANGED}", headers=HTML)).text
    top, _, rest = page.partition('class="actions"')
    assert 'role="region" aria-label="회수·판매중지 알림"' in top
    assert rest.count("회수·판매중지 알림") == 0
    newest, _, older = top.partition("그 전의 알림 1번")
    assert "2026-02-02" in newest
    assert "강제 회수" in newest
    assert "함량 부적합" in newest
    assert "성상 부적합" in older
    assert "식약처 회수·판매중지 정보" in older


async def test_a_withdrawn_product_says_so_with_its_date_and_source(client: httpx.AsyncClient) -> None:
    top = (await client.get(f"/products/{WITHDRAWN}", headers=HTML)).text.partition('class="actions"')[0]
    assert "지금은 허가되지 않은 약입니다: 허가 취하" in top
    assert "2023-05-01" in top
    assert "식약처 의약품 제품 허가정보" in top


async def test_lists_of_products_mark_what_was_called_back(client: httpx.AsyncClient) -> None:
    same = (await client.get(f"/products/{UNCHANGED}", headers=HTML)).text.partition('id="same"')[2]
    assert "새봄정" in same
    assert "회수·판매중지" in same
    product = (await client.get(f"/api/v1/products/{UNCHANGED}")).json()
    assert [ref["recalled"] for ref in product["same_ingredient"]] == [True]
    ingredient = product["ingredients"][0]["id"]
    page = (await client.get(f"/ingredients/{ingredient}", headers=HTML)).text
    assert page.count("회수·판매중지") == 1
