"""What an import cannot read stays as it was, is counted and is named."""

from pathlib import Path

import pytest

from pillnuts.catalogue import queries
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import Product
from pillnuts.kernel.db import Database
from tests.catalogue import documents, ministry
from tests.catalogue.conftest import Import

pytestmark = pytest.mark.database

SEQ = "202000011"


def doc(text: str) -> str:
    article = f'<ARTICLE title=""><PARAGRAPH tagName="p">{text}</PARAGRAPH></ARTICLE>'
    return f'<DOC title="효능효과" type="EE"><SECTION title="">{article}</SECTION></DOC>'


def detail(folder: Path, day: str, **fields: str) -> Path:
    """Write the ministry's answer of a day, in place of the one before."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    told = {"EE_DOC_DATA": doc("두통"), "CHANGE_DATE": day, **fields}
    rows = [ministry.permit(SEQ, "새봄정", **told), ministry.permit("202000012", "봄비정")]
    ministry.answer(folder / f"detail_{day}.json", rows)
    return folder


async def products(database: Database) -> dict[str, Product]:
    async with database.reading() as session:
        export = await queries.export(session)
    return {product.item_seq: product for product in documents.products(export.products)}


BROKEN = {"EE_DOC_DATA": "<DOC><SECTION>", "STORAGE_METHOD": "실온보관"}


async def test_a_broken_label_leaves_the_section_of_the_release_before(
    import_: Import, database: Database, tmp_path: Path
) -> None:
    await import_([detail(tmp_path / "a", "20260401")])
    report = Report()
    assert await import_([detail(tmp_path / "a", "20260501", **BROKEN)], report=report) is not None
    found = (await products(database))[SEQ]
    assert [(s.key, s.text, s.date) for s in found.sections] == [("efficacy", "두통", "2026-04-01")]
    assert found.storage == "실온보관", "the rest of the row is taken"
    [(reason, oddity)] = report.unread.items()
    assert reason == "EE_DOC_DATA: XML로 읽을 수 없습니다."
    assert (oddity.count, oddity.examples) == (1, [SEQ])
    assert (report.kept.count, report.kept.examples) == (1, [f"{SEQ} 효능·효과"])
    assert report.impossible == {}


async def test_what_was_kept_is_kept_again_and_changes_nothing(
    import_: Import, database: Database, tmp_path: Path
) -> None:
    await import_([detail(tmp_path / "a", "20260401")])
    broken = detail(tmp_path / "a", "20260501", **BROKEN)
    assert await import_([broken]) is not None
    assert await import_([broken]) is None
    assert (await products(database))[SEQ].sections[0].text == "두통"


async def test_a_broken_label_that_was_never_read_is_absent_and_named(
    import_: Import, database: Database, tmp_path: Path
) -> None:
    report = Report()
    await import_([detail(tmp_path / "a", "20260501", **BROKEN)], report=report)
    assert (await products(database))[SEQ].sections == ()
    assert report.unread["EE_DOC_DATA: XML로 읽을 수 없습니다."].examples == [SEQ]
    assert report.kept.count == 0


async def test_a_label_that_can_be_read_again_takes_its_place(
    import_: Import, database: Database, tmp_path: Path
) -> None:
    await import_([detail(tmp_path / "a", "20260401")])
    await import_([detail(tmp_path / "a", "20260501", **BROKEN)])
    await import_([detail(tmp_path / "a", "20260601", EE_DOC_DATA=doc("복통"))])
    [section] = (await products(database))[SEQ].sections
    assert (section.text, section.date) == ("복통", "2026-06-01")


async def test_a_product_of_which_no_row_can_be_read_stays_as_it_was(
    import_: Import, database: Database, tmp_path: Path
) -> None:
    await import_([detail(tmp_path / "a", "20260401", MAIN_ITEM_INGR="[M900001]가나펜")])
    before = (await products(database))[SEQ]
    report = Report()
    broken = detail(tmp_path / "a", "20260501", ITEM_PERMIT_DATE="20261345", STORAGE_METHOD="실온")
    assert await import_([broken], report=report) is not None
    assert (await products(database))[SEQ] == before
    assert report.removed == 0
    assert report.kept.examples == [f"{SEQ} 제품 전체"]
    assert report.impossible["날짜: 없는 날짜입니다."].count == 1
    async with database.reading() as session:
        export = await queries.export(session)
    ids = {ingredient.id for ingredient in documents.ingredients(export.ingredients)}
    assert {ingredient.id for ingredient in before.ingredients} <= ids, "its substances still have pages"
    assert await import_([broken]) is None, "the same files change nothing"


async def test_nothing_of_the_demo_is_kept(import_: Import, database: Database, tmp_path: Path) -> None:
    await import_([detail(tmp_path / "a", "20260401")])
    async with database.writing() as session:
        release = await queries.current(session)
        assert release is not None
        release.demo = True
    await import_([detail(tmp_path / "a", "20260501", **BROKEN)])
    assert (await products(database))[SEQ].sections == ()
