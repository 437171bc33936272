"""A small catalogue in the ministry's forms, and a way to import it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from pillnuts.catalogue import earlier, ingest
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.models import Release
from pillnuts.catalogue.report import Report
from pillnuts.kernel.db import Base, Database
from tests.catalogue import ministry

Import = Callable[..., Awaitable[Release | None]]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Three products told by four files; 202000001 is told by three of them."""
    folder = tmp_path / "files"
    folder.mkdir()
    ministry.xlsx(
        folder / "목록_202401.xlsx",
        [
            ministry.listed(
                "202000001", "새봄정500밀리그램", active="가나펜", additives="옥수수전분,유당수화물"
            ),
            ministry.listed("202000002", "새봄콜드정", active="가나펜/다라민염산염"),
            ministry.listed(
                "202000003", "옛봄정", active="가나펜", status="취하", **{"취소/취하일자": "2023-05-01"}
            ),
            ministry.listed("202000004", "새봄반창고", 품목구분="의약외품"),
            ministry.listed("202000005", "새봄감초", 전문의약품="한약재"),
        ],
    )
    ministry.table(
        folder / "약_202403.csv",
        [
            {
                "itemSeq": "202000001",
                "itemName": "새봄정500밀리그램",
                "entpName": "(주)새봄",
                "efcyQesitm": "이 약은 두통에 사용합니다.",
                "updateDe": "2024-02-01",
            }
        ],
    )
    ministry.table(
        folder / "rows.csv",
        [{"ITEM_SEQ": "202000002", "MTRAL_NM": "가나펜", "QNT": "1,300.0", "INGD_UNIT_CD": "밀리그람"}],
    )
    ministry.table(
        folder / "dur_20240101.csv",
        [
            ministry.dur_rule(
                "D009001", "가나펜", "[M900001]가나펜/[M900002]가나펜과립", MAX_QTY="가나펜 4,000밀리그램"
            )
        ],
    )
    return folder


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
def import_(database: Database) -> Import:
    """Import paths into the database as the command does; options are those of `ingest.load`."""

    async def run(
        paths: Sequence[Path], *, report: Report | None = None, force: bool = False
    ) -> Release | None:
        report = report or Report()
        gathered = ingest.read(paths, report)
        async with database.reading() as session:
            await earlier.keep(session, gathered, report)
        catalogue = ingest.prepare(gathered, Glossary(), report)
        async with database.writing() as session:
            return await ingest.load(session, catalogue, report, by="시험", force=force)

    return run
