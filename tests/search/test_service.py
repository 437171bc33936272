from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from pillnuts.kernel.db import Base, Database
from pillnuts.search.models import TERM_LENGTH, PopularSearch
from pillnuts.search.service import SHOWN, PopularSearches, add, exchange, top

TODAY = date(2026, 7, 20)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        tables = [PopularSearch.metadata.tables[PopularSearch.__tablename__]]
        await connection.run_sync(Base.metadata.create_all, tables=tables)
    yield database
    await database.close()


def searched(*words: str) -> PopularSearches:
    searches = PopularSearches()
    for word in words:
        searches.found(word.encode(), word)
        searches.count(word.encode())
    return searches


def test_only_results_about_something_known_count() -> None:
    searches = searched("타이레놀")
    searches.count(b"q=secret")
    assert searches.take() == {"타이레놀": 1}


def test_counts_start_anew_after_taking_and_can_be_given_back() -> None:
    searches = searched("감기", "감기")
    taken = searches.take()
    assert searches.take() == {}
    searches.give_back(taken)
    assert searches.take() == {"감기": 2}


def test_memory_is_bounded() -> None:
    searches = PopularSearches()
    for n in range(20_000):
        searches.found(b"%d" % n, f"약{n}")
        searches.count(b"%d" % n)
    assert len(searches.take()) == 10_000
    searches.count(b"0")
    assert searches.take() == {}


def test_a_long_word_is_cut_to_the_column() -> None:
    assert [len(term) for term in searched("가" * 300).take()] == [TERM_LENGTH]


@pytest.mark.database
async def test_every_process_adds_to_the_same_counts(database: Database) -> None:
    one, other = searched("감기", "감기", "타이레놀"), searched("감기")
    for searches in (one, other):
        async with database.writing() as session:
            await exchange(session, searches, today=TODAY)
    assert (one.top, other.top) == ((), ("감기",))
    assert one.take() == other.take() == {}


@pytest.mark.database
async def test_the_last_seven_days_count_and_rare_words_do_not(database: Database) -> None:
    async with database.writing() as session:
        await add(session, {"감기": 5, "두통": 2}, day=TODAY - timedelta(days=6))
        await add(session, {"두통": 1, "속쓰림": 2}, day=TODAY)
        await add(session, {"옛말": 100}, day=TODAY - timedelta(days=7))
    async with database.reading() as session:
        assert await top(session, today=TODAY) == ("감기", "두통")


@pytest.mark.database
async def test_not_more_than_fits_is_shown(database: Database) -> None:
    async with database.writing() as session:
        await add(session, {f"약{n}": 3 for n in range(SHOWN + 3)}, day=TODAY)
        assert len(await top(session, today=TODAY)) == SHOWN


async def test_what_could_not_be_written_is_not_lost(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/without-tables.db")
    searches = searched("감기")
    with pytest.raises(Exception, match="popular_search"):
        async with database.writing() as session:
            await exchange(session, searches, today=TODAY)
    assert searches.take() == {"감기": 1}
    await database.close()
