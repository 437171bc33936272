"""What is asked of the database: the current release, all of it, and how popular its products are."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pillnuts.catalogue import queries
from pillnuts.catalogue.models import Popularity
from pillnuts.kernel.db import Database
from tests.catalogue import ministry
from tests.catalogue.conftest import Import

pytestmark = pytest.mark.database


async def test_an_empty_database_has_no_release(database: Database) -> None:
    async with database.reading() as session:
        assert await queries.current(session) is None
        assert await queries.current_key(session) is None
        assert await queries.last_reports(session) == []
        assert await queries.popularity(session) == {}
        with pytest.raises(LookupError):
            await queries.export(session)


async def test_the_newest_release_is_the_current_one(
    import_: Import, database: Database, files: Path
) -> None:
    await import_([files])
    ministry.xlsx(files / "새목록_202501.xlsx", [ministry.listed("202000009", "봄비정")])
    newer = await import_([files])
    async with database.reading() as session:
        current = await queries.current(session)
        assert newer is not None
        assert current is not None
        assert await queries.current_key(session) == (current.number, current.token)
        assert (current.number, current.token) == (newer.number, newer.token)
        export = await queries.export(session)
        assert (export.info.number, export.info.product_count, export.info.demo) == (2, 4, False)
        assert export.info.data_date == "2025-01"
        reports = await queries.last_reports(session)
        assert [release.number for release, _ in reports] == [2, 1]
        assert [report.added for _, report in reports] == [1, 3]


async def test_popularity_counts_bookmarks_and_changes_its_version(database: Database) -> None:
    async with database.reading() as session:
        before = await queries.popularity_version(session)
    async with database.writing() as session:
        now = datetime.now(UTC)
        session.add(Popularity(item_seq="202000001", bookmark_count=3, changed_at=now))
        session.add(Popularity(item_seq="202000002", bookmark_count=0, changed_at=now))
    async with database.reading() as session:
        assert await queries.popularity(session) == {"202000001": 3}
        assert await queries.popularity_version(session) != before
