"""An import takes what the files say in one transaction, or changes nothing."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from pillnuts.catalogue import ingest, queries, source
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.models import ProductRow, Release
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import IngredientDetail, Product
from pillnuts.kernel.db import Database
from tests.catalogue import documents, ministry
from tests.catalogue.conftest import Import

pytestmark = pytest.mark.database


async def products(database: Database) -> dict[str, Product]:
    async with database.reading() as session:
        export = await queries.export(session)
    return {product.item_seq: product for product in documents.products(export.products)}


async def ingredients(database: Database) -> dict[str, IngredientDetail]:
    async with database.reading() as session:
        export = await queries.export(session)
    return {ingredient.id: ingredient for ingredient in documents.ingredients(export.ingredients)}


async def test_products_of_many_files_are_merged_by_item_code(
    import_: Import, database: Database, files: Path
) -> None:
    report = Report()
    release = await import_([files], report=report)
    found = await products(database)
    assert release is not None
    assert release.number == 1
    assert sorted(found) == ["202000001", "202000002", "202000003"]
    assert found["202000001"].maker == "(주)새봄", "the newer file's name of the maker"
    assert found["202000001"].sources["maker"].date == "2024-02-01"
    assert found["202000001"].sources["permit_date"].source == "식약처 의약품등제품정보목록"
    assert [s.text for s in found["202000001"].sections] == ["이 약은 두통에 사용합니다."]
    assert report.left_out == {"의약외품": 1, "한약재": 1}
    assert report.merged == 1


async def test_amounts_come_from_rows_and_from_the_name_and_are_else_unknown(
    import_: Import, database: Database, files: Path
) -> None:
    await import_([files])
    found = await products(database)
    single, several = found["202000001"].ingredients, found["202000002"].ingredients
    assert [(i.name, i.amount and (i.amount.value, i.amount.unit)) for i in several] == [
        ("가나펜", ("1300", "mg")),
        ("다라민염산염", None),
    ]
    assert single[0].amount is not None
    assert (single[0].amount.value, single[0].source) == ("500", "제품명 표시 (식약처 e약은요)")
    assert [(i.name, i.role) for i in single[1:]] == [("옥수수전분", "additive"), ("유당수화물", "additive")]
    assert found["202000001"].additives_known
    assert not found["202000002"].additives_known


async def test_one_substance_gathers_its_names_and_is_explained_with_sources(
    import_: Import, database: Database, files: Path
) -> None:
    await import_([files])
    substance = (await ingredients(database))["D009001"]
    assert substance.name == "가나펜"
    assert substance.product_count == 2, "the withdrawn product is not counted"
    said = {fact.kind: fact for fact in substance.facts}
    assert said["used_for"].text == "이 성분만 든 제품의 설명: “이 약은 두통에 사용합니다.”"
    assert said["max_daily"].text == "하루 최대 투여량: 가나펜 4,000밀리그램."
    assert (said["max_daily"].source, said["max_daily"].date) == ("식약처 DUR 성분정보", "2020-01-02")


async def test_a_withdrawn_product_says_so_and_names_no_siblings_on_the_market(
    import_: Import, database: Database, files: Path
) -> None:
    await import_([files])
    found = await products(database)
    withdrawn = found["202000003"]
    assert (withdrawn.status, withdrawn.status_date, withdrawn.withdrawn) == ("취하", "2023-05-01", True)
    assert [ref.item_seq for ref in withdrawn.same_ingredient] == ["202000001"]
    assert found["202000001"].same_ingredient == ()


async def test_importing_twice_changes_nothing(import_: Import, database: Database, files: Path) -> None:
    first = await import_([files])
    assert first is not None
    assert await import_([files]) is None
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Release)) == 1


async def test_the_order_of_files_changes_nothing(import_: Import, files: Path) -> None:
    first = await import_([files])
    backwards = [path for path, _ in reversed(source.files([files]))]
    assert first is not None
    assert await import_(backwards) is None


async def test_a_release_that_loses_too_much_is_refused_unless_forced(
    import_: Import, database: Database, files: Path, tmp_path: Path
) -> None:
    await import_([files])
    small = ministry.xlsx(tmp_path / "small.xlsx", [ministry.listed("202000001", "새봄정")])
    with pytest.raises(ingest.ImportRefusedError, match="3개 가운데 2개가 사라집니다"):
        await import_([small])
    assert len(await products(database)) == 3
    release = await import_([small], force=True)
    assert release is not None
    assert release.number == 2
    assert list(await products(database)) == ["202000001"]


async def test_a_release_that_grows_takes_the_old_ones_place(
    import_: Import, database: Database, files: Path
) -> None:
    await import_([files])
    ministry.xlsx(files / "새목록_202501.xlsx", [ministry.listed("202000009", "봄비정")])
    report = Report()
    await import_([files], report=report)
    assert (report.added, report.removed) == (1, 0)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ProductRow)) == 4


async def test_a_failure_in_the_middle_of_loading_leaves_everything_as_it_was(
    import_: Import, database: Database, files: Path, tmp_path: Path
) -> None:
    await import_([files])
    report = Report()
    more = ministry.xlsx(tmp_path / "more.xlsx", [ministry.listed("202000009", "봄비정", active="라마펜")])
    catalogue = ingest.prepare(ingest.read([files, more], report), Glossary(), report)

    async def interrupted() -> None:
        async with database.writing() as session:
            await ingest.load(session, catalogue, report, by="시험")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await interrupted()
    assert len(await products(database)) == 3
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Release)) == 1


async def test_a_row_with_an_impossible_value_is_left_out_counted_and_named(
    import_: Import, database: Database, files: Path
) -> None:
    rows = [
        ministry.listed("2020", "짧은코드정"),
        ministry.listed("202000007", "없는날정", 허가일="2020-13-45"),
    ]
    ministry.xlsx(files / "틀린목록.xlsx", rows)
    report = Report()
    await import_([files], report=report)
    assert report.left_out["값이 잘못된 행"] == 2
    examples = [example for oddity in report.impossible.values() for example in oddity.examples]
    assert any("202000007" in example and "2020-13-45" in example for example in examples)
    assert "202000007" not in await products(database)


async def test_a_file_that_cannot_be_read_stops_the_import_and_names_itself(
    import_: Import, files: Path
) -> None:
    (files / "broken.xlsx").write_bytes(b"PK\x03\x04 and no more")
    (files / "empty.csv").write_bytes(b"")
    with pytest.raises(ingest.ImportRefusedError, match=r"broken\.xlsx: .*\n.*empty\.csv: "):
        await import_([files])


async def test_a_foreign_file_is_passed_over_in_a_folder_and_refused_by_name(
    import_: Import, files: Path
) -> None:
    foreign = files / "poem.csv"
    foreign.write_text("봄이,오면,산에\n들에,진달래,피네\n", "utf-8")
    report = Report()
    await import_([files], report=report)
    assert [skipped.name for skipped in report.skipped] == ["poem.csv"]
    with pytest.raises(ingest.ImportRefusedError, match=r"poem\.csv"):
        await import_([files, foreign])


async def test_a_unit_nobody_knows_is_kept_and_reported(
    import_: Import, database: Database, files: Path
) -> None:
    ministry.table(
        files / "odd.csv",
        [{"ITEM_SEQ": "202000003", "MTRAL_NM": "가나펜", "QNT": "3", "INGD_UNIT_CD": "봄단위"}],
    )
    report = Report()
    await import_([files], report=report)
    amount = (await products(database))["202000003"].ingredients[0].amount
    assert amount is not None
    assert (amount.value, amount.unit) == ("3", "봄단위")
    assert report.unknown_units["봄단위"].examples == ["202000003"]


def test_notes_in_a_folder_are_told_to_be_passed_over(files: Path) -> None:
    (files / "읽어보기.txt").write_text("자료 설명", "utf-8")
    report = Report()
    ingest.read([files], report)
    assert [skipped.name for skipped in report.skipped] == ["읽어보기.txt"]
