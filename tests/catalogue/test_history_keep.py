"""An import keeps the label texts that it replaces, once each, and takes nothing else for a change."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pillnuts.catalogue import ingest, queries
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.history import MOST_VERSIONS, unpacked
from pillnuts.catalogue.history_models import LabelVersion
from pillnuts.catalogue.models import ProductRow
from pillnuts.catalogue.report import Report
from pillnuts.kernel.db import Database
from tests.catalogue import ministry

pytestmark = pytest.mark.database

SEQ, OTHER = "202000001", "202000002"
DOCUMENT = (
    '<DOC title="용법용량"><SECTION title=""><ARTICLE title=""><PARAGRAPH tagName="p">'
    "<![CDATA[{}]]></PARAGRAPH></ARTICLE></SECTION></DOC>"
)

Take = Callable[..., Awaitable[int | None]]


@pytest.fixture
def take(database: Database, tmp_path: Path) -> Take:
    """Import one product whose usage is `usage` (None: the files do not tell it); gives the release."""

    async def run(
        usage: str | None,
        day: str = "20260105",
        *,
        demo: bool = False,
        gone: bool = False,
        interrupted: bool = False,
        **fields: str,
    ) -> int | None:
        document = None if usage is None else DOCUMENT.format(usage)
        row = ministry.permit(SEQ, "새봄정", UD_DOC_DATA=document, CHANGE_DATE=day, **fields)
        rows = [ministry.permit(OTHER, "봄비정"), *([] if gone else [row])]
        file = ministry.answer(tmp_path / "detail.json", rows)
        report = Report()
        catalogue = ingest.prepare(ingest.read([file], report), Glossary(), report)
        async with database.writing() as session:
            release = await ingest.load(session, catalogue, report, by="시험", force=True, demo=demo)
            if interrupted:
                raise KeyboardInterrupt
        return None if release is None else release.number

    return run


async def kept(database: Database) -> list[tuple[str, int | None]]:
    """Give every kept text with the number of the release that replaced it, in that order."""
    async with database.reading() as session:
        rows = await session.execute(
            select(LabelVersion.text, LabelVersion.replaced_in).order_by(LabelVersion.replaced_in)
        )
        return [(unpacked(row.text), row.replaced_in) for row in rows]


async def test_a_text_that_another_follows_is_kept_with_its_source_and_days(
    take: Take, database: Database
) -> None:
    await take("1회 500mg", "20260105")
    history = "사용상의 주의사항변경, 2026-03-01/용법용량변경, 2026-02-03/용법용량변경, 2026-01-05"
    await take("1회 650mg", "20260301", GBN_NAME=history)
    async with database.reading() as session:
        row = (await session.scalars(select(LabelVersion))).one()
    assert (row.item_seq, row.section, unpacked(row.text)) == (SEQ, "label-usage", "1회 500mg")
    assert (row.source, row.date) == ("식약처 의약품 제품 허가정보", "2026-01-05")
    assert (row.replaced_in, row.replaced_on) == (2, "2026-03-01")
    assert row.stated == '[{"date":"2026-02-03","label":"용법용량변경"}]'


async def test_importing_the_same_again_keeps_nothing(take: Take, database: Database) -> None:
    await take("1회 500mg")
    await take("1회 650mg")
    assert await take("1회 650mg") is None
    await take("1회 650mg", PACK_UNIT="10정")
    assert await kept(database) == [("1회 500mg", 2)]


async def test_blanks_markup_and_look_alikes_are_no_change(take: Take, database: Database) -> None:
    await take("1회 500mg ~ 1g을 복용 합니다.")
    await take("<b>1회</b>  500㎎ ∼ 1g을 복용합니다.", "20260301")
    assert await kept(database) == []


async def test_a_text_that_is_no_longer_told_waits_for_the_one_that_follows(
    take: Take, database: Database
) -> None:
    await take("1회 500mg")
    await take(None)
    assert await kept(database) == [("1회 500mg", None)], "unknown is no change"
    await take("1회 500mg")
    assert await kept(database) == []
    await take(None)
    await take("1회 650mg")
    assert await kept(database) == [("1회 500mg", 5)]


async def test_a_product_that_leaves_keeps_its_history_and_finds_it_again(
    take: Take, database: Database
) -> None:
    await take("1회 300mg")
    await take("1회 500mg")
    await take(None, gone=True)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(LabelVersion)) == 2
    await take("1회 650mg")
    assert await kept(database) == [("1회 300mg", 2), ("1회 500mg", 4)]


async def test_going_back_and_forth_does_not_multiply(take: Take, database: Database) -> None:
    await take("1회 500mg")
    for usage, day in (("1회 650mg", "20260301"), ("1회 500mg", "20260105")) * 3:
        await take(usage, day)
    assert await kept(database) == [("1회 500mg", 2)], "an older file put in by mistake is no change"


async def test_a_text_that_comes_and_goes_is_kept_once(take: Take, database: Database) -> None:
    for usage in ("1회 500mg", "1회 650mg") * 3:
        await take(usage)
    assert await kept(database) == [("1회 500mg", 2), ("1회 650mg", 3)]


async def test_the_demo_is_no_history(take: Take, database: Database) -> None:
    await take("1회 500mg", demo=True)
    await take("1회 650mg")
    await take("1회 700mg", demo=True)
    assert await kept(database) == []


async def test_what_was_loaded_before_there_was_a_digest_is_compared_by_its_texts(
    take: Take, database: Database
) -> None:
    await take("1회 500mg")
    async with database.writing() as session:
        for row in await session.scalars(select(ProductRow)):
            row.label_digest = None
    await take("1회 650mg")
    assert await kept(database) == [("1회 500mg", 2)]


async def test_only_the_newest_texts_are_kept(take: Take, database: Database) -> None:
    for number in range(MOST_VERSIONS + 4):
        await take(f"1회 {number}정")
    found = await kept(database)
    assert len(found) == MOST_VERSIONS
    assert found[-1] == (f"1회 {MOST_VERSIONS + 2}정", MOST_VERSIONS + 4)


async def test_a_failed_import_keeps_nothing(take: Take, database: Database) -> None:
    await take("1회 500mg")
    with pytest.raises(KeyboardInterrupt):
        await take("1회 650mg", interrupted=True)
    assert await kept(database) == []
    number = await take("1회 700mg")
    assert await kept(database) == [("1회 500mg", number)]


async def test_the_export_has_what_was_replaced_and_nothing_for_the_demo(
    take: Take, database: Database
) -> None:
    await take("1회 500mg")
    await take("1회 650mg")
    async with database.reading() as session:
        ((item_seq, version),) = (await queries.export(session)).earlier_texts()
    assert (item_seq, version.section, unpacked(version.text)) == (SEQ, "label-usage", "1회 500mg")
    await take("1회 700mg", demo=True)
    async with database.reading() as session:
        assert not list((await queries.export(session)).earlier_texts())
