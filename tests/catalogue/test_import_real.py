"""All of the ministry's files in one import: what its README counted is there, and nothing is made up."""

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pillnuts.catalogue import ingest, queries, source
from pillnuts.catalogue.assemble import Catalogue
from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.glossary import glossary
from pillnuts.catalogue.models import ProductRow
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import IngredientDetail, Product, ProductIngredient
from pillnuts.kernel.db import Base, Database
from tests.catalogue import documents

MINISTRY = Path(__file__).parents[2].parent / "shared" / "mfds"

pytestmark = pytest.mark.real_data


@dataclass(frozen=True)
class Imported:
    tables: tuple[source.Table, ...]
    report: Report
    products: dict[str, Product]
    substances: dict[str, IngredientDetail]
    database_url: str


def assembled(tables: tuple[source.Table, ...], report: Report) -> Catalogue:
    gathered = Gathered()
    for table in tables:
        ingest.take(table, gathered, report)
    return ingest.prepare(gathered, glossary(), report)


async def loaded(database_url: str, catalogue: Catalogue, report: Report) -> int | None:
    """Load as the command does; gives the number of the release, None where nothing changed."""
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.writing() as session:
        release = await ingest.load(session, catalogue, report, by="시험")
    await database.close()
    return release.number if release else None


def tables() -> tuple[source.Table, ...]:
    """Every file that is a data set of ours; one that cannot be read would stop the command."""
    found = []
    for path, _ in source.files([MINISTRY]):
        with suppress(source.ForeignFileError):
            found.append(source.read(path))
    return tuple(found)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    if not MINISTRY.is_dir():
        reason = "../shared/mfds is not here: the import is NOT tested on the ministry's files"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(reason)
        pytest.skip(reason)
    read, report = tables(), Report()
    catalogue = assembled(read, report)
    url = f"sqlite:///{tmp_path_factory.mktemp('real') / 'pillnuts.db'}"
    assert asyncio.run(loaded(url, catalogue, report)) == 1
    products = {product.item_seq: product for product in documents.products(catalogue.products)}
    substances = {ingredient.id: ingredient for ingredient in documents.ingredients(catalogue.ingredients)}
    return Imported(read, report, products, substances, url)


def named(imported: Imported, beginning: str) -> Product:
    """Give the product on the market whose name begins so, the shortest of them."""
    found = [p for p in imported.products.values() if p.name.startswith(beginning) and not p.withdrawn]
    return min(found, key=lambda p: len(p.name))


def amounts(product: Product) -> dict[str, tuple[str, str] | None]:
    return {
        i.substance: (i.amount.value, i.amount.unit) if i.amount else None
        for i in product.ingredients
        if i.role == "active"
    }


def every_ingredient(imported: Imported) -> Iterator[tuple[str, ProductIngredient]]:
    for product in imported.products.values():
        for ingredient in product.ingredients:
            yield product.item_seq, ingredient


# ── how much ──────────────────────────────────────────────────────────────────────────────────


def test_what_the_readme_of_the_files_counted_is_covered(imported: Imported) -> None:
    covered = imported.report.coverage
    assert 36_500 <= covered.products <= 37_500
    assert covered.all_ingredients >= 24_000
    assert covered.amounts >= 18_500
    assert covered.additives >= 13_600
    assert covered.images >= 26_000
    assert 5_190 <= covered.plain_texts <= 5_199
    assert covered.labels >= 97
    assert covered.cautions >= 10_000


@pytest.mark.parametrize(
    ("text", "fewest"),
    [("유당", 4_100), ("황색", 2_000), ("젤라틴", 1_700), ("아스파탐", 290), ("대두유", 6)],
)
def test_additives_that_people_avoid_are_found(imported: Imported, text: str, fewest: int) -> None:
    holding = {seq for seq, i in every_ingredient(imported) if i.role == "additive" and text in i.name}
    assert len(holding) >= fewest


def test_every_row_is_accounted_for(imported: Imported) -> None:
    report = imported.report
    assert report.read == sum(len(table.rows) for table in imported.tables)
    for file in report.files:
        assert file.accepted + sum(file.left_out.values()) == file.read
    assert report.accepted == sum(file.accepted for file in report.files)
    impossible = sum(oddity.count for oddity in report.impossible.values())
    assert impossible == report.left_out.get("값이 잘못된 행", 0)
    assert impossible <= 100, report.impossible


def test_quasi_drugs_and_herbs_are_left_out_and_counted(imported: Imported) -> None:
    out = {
        row["품목기준코드"]
        for table in imported.tables
        for row in table.rows
        if row.get("품목구분") == "의약외품" or row.get("전문의약품") in {"의약외품", "한약재"}
    }
    assert len(out) > 6_000
    assert not out & imported.products.keys()
    assert imported.report.left_out["의약외품"] + imported.report.left_out["한약재"] >= len(out)


# ── truth ─────────────────────────────────────────────────────────────────────────────────────


def test_tylenol_500_holds_500_mg_of_acetaminophen(imported: Imported) -> None:
    assert amounts(named(imported, "타이레놀정500")) == {"아세트아미노펜": ("500", "mg")}


def test_gevorin_holds_what_its_box_says(imported: Imported) -> None:
    found = amounts(named(imported, "게보린정"))
    assert found["아세트아미노펜"] == ("300", "mg")
    assert found["이소프로필안티피린"] == ("150", "mg")
    assert found["카페인"] == ("50", "mg")


def test_a_grade_is_the_same_substance(imported: Imported) -> None:
    ids = {i.name: i.id for _, i in every_ingredient(imported)}
    assert ids["아세트아미노펜"] == ids["아세트아미노펜제피세립"] == "D000147"
    assert imported.substances["D000147"].product_count > 500


def test_an_amount_is_a_positive_decimal_with_a_unit(imported: Imported) -> None:
    counted = 0
    for seq, ingredient in every_ingredient(imported):
        converted = ingredient.equivalent.amount if ingredient.equivalent else None
        for amount in (ingredient.amount, converted):
            if amount is None:
                continue
            assert re.fullmatch(r"\d+(\.\d*[1-9])?", amount.value), (seq, amount)
            assert Decimal(amount.value) > 0
            assert amount.unit.strip()
            counted += 1
    assert counted > 25_000  # 790 rows more tell what granules and the like weigh, which is none


def test_the_newest_list_says_whether_a_product_is_on_the_market(imported: Imported) -> None:
    said: dict[str, tuple[str, str]] = {}
    changed = set()
    for table in imported.tables:
        if table.dataset.title == "식약처 의약품등제품정보목록":
            for row in table.rows:
                seq, status = row["품목기준코드"], row["취소/취하"]
                if status and (seq not in said or said[seq][1] != status):
                    changed |= {seq} & said.keys()
                    said[seq] = max(said.get(seq, ("", "")), (table.date or "", status))
    assert len(changed) > 10, "the same product is 정상 in one file and 취하 in another"
    for seq in changed & imported.products.keys():
        product = imported.products[seq]
        if product.sources["status"].source == "식약처 의약품등제품정보목록":
            assert product.status in said[seq][1]
            assert product.withdrawn == (said[seq][1] != "정상")


def test_every_fact_names_its_source(imported: Imported) -> None:
    for product in imported.products.values():
        said = (*product.ingredients, *product.sections, *product.cautions, *product.recalls)
        assert all(one.source for one in (*said, *product.sources.values())), product.item_seq
        for name in ("name", "maker", "etc_otc", "class_name", "form", "storage", "image_url", "pill", "atc"):
            assert not getattr(product, name) or name in product.sources, (product.item_seq, name)
    for ingredient in imported.substances.values():
        assert all(fact.source and fact.text for fact in ingredient.facts)


def test_an_ingredient_leads_to_a_substance_that_knows_its_name(imported: Imported) -> None:
    names = {id_: {name.name for name in s.names} for id_, s in imported.substances.items()}
    assert all(i.name in names[i.id] for _, i in every_ingredient(imported))


def test_products_of_the_same_ingredient_hold_the_same(imported: Imported) -> None:
    held = {
        product.item_seq: {i.id for i in product.ingredients if i.role == "active"}
        for product in imported.products.values()
    }
    for product in imported.products.values():
        for ref in product.same_ingredient:
            assert held[ref.item_seq] == held[product.item_seq]
            assert not imported.products[ref.item_seq].withdrawn


# ── in the database ───────────────────────────────────────────────────────────────────────────


async def test_the_database_holds_the_release(imported: Imported) -> None:
    database = Database(imported.database_url)
    async with database.reading() as session:
        release = await queries.current(session)
        assert release is not None
        assert release.product_count == len(imported.products)
        assert await session.scalar(select(func.count()).select_from(ProductRow)) == release.product_count
    await database.close()


async def test_the_same_files_in_another_order_change_nothing(imported: Imported) -> None:
    again = assembled(imported.tables[::-1], Report())
    assert await loaded(imported.database_url, again, Report()) is None
