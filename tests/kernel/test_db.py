import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import ForeignKey, MetaData, String, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from pillnuts.kernel.db import (
    TABLE_OPTIONS,
    Base,
    Database,
    ReadOnlyError,
    blob,
    key,
    long_text,
    normalised,
)

pytestmark = pytest.mark.database


class Toys(Base):
    """Tables that no migration makes."""

    __abstract__ = True
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)


class Toy(Toys):
    __tablename__ = "kernel_test_toy"

    name: Mapped[str] = mapped_column(key(50), primary_key=True)
    note: Mapped[str | None] = mapped_column(String(50), unique=True)
    body: Mapped[bytes | None] = mapped_column(blob())
    text: Mapped[str | None] = mapped_column(long_text())


class Part(Toys):
    __tablename__ = "kernel_test_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    toy: Mapped[str] = mapped_column(ForeignKey(Toy.name))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Toys.metadata.create_all)
    yield database
    await database.close()


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite"),
        ("mysql://root@h/x", "mysql+asyncmy"),
        ("mariadb://root@h/x", "mysql+asyncmy"),
        ("postgres://h/x", "postgresql+asyncpg"),
        ("postgresql+psycopg://h/x", "postgresql+asyncpg"),
    ],
)
def test_an_address_gets_our_driver(given: str, driver: str) -> None:
    assert normalised(given).drivername == driver


def test_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown database"):
        normalised("oracle://h/x")


async def test_what_a_block_writes_is_there_afterwards(database: Database) -> None:
    async with database.writing() as session:
        session.add(Toy(name="곰", body=b"\x00" * 100_000, text="가" * 100_000))

    async with database.reading() as reading:
        toy = await reading.get_one(Toy, "곰")
        assert toy.body is not None
        assert len(toy.body) == 100_000
        assert toy.text == "가" * 100_000


async def test_a_block_that_raises_writes_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as session:
            session.add(Toy(name="곰"))
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    async with database.reading() as session:
        assert await session.scalar(select(Toy)) is None


async def test_keys_are_compared_letter_by_letter(database: Database) -> None:
    names = {"Ab", "ab", "áb", "각", "\u1100\u1161\u11a8"}
    async with database.writing() as session:
        session.add_all([Toy(name=name, note=name) for name in names])

    async with database.reading() as session:
        assert set(await session.scalars(select(Toy.name))) == names


async def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            session.add(Part(id=1, toy="없음"))


async def test_a_read_session_does_not_write(database: Database) -> None:
    async with database.reading() as session:
        session.add(Toy(name="곰"))
        with pytest.raises(ReadOnlyError):
            await session.flush()
        session.expunge_all()
        with pytest.raises(ReadOnlyError):
            await session.execute(update(Toy).values(note="x"))


async def test_a_read_session_sees_one_moment(database: Database) -> None:
    async with database.writing() as session:
        session.add(Toy(name="곰", note="before"))

    async with database.reading() as session:
        assert await session.scalar(select(Toy.note)) == "before"
        async with database.writing() as other:
            await other.execute(update(Toy).values(note="after"))
        assert await session.scalar(select(Toy.note)) == "before"


async def test_writers_wait_for_each_other(database: Database) -> None:
    async with database.writing() as session:
        session.add(Toy(name="곰", text="0"))

    async def count() -> None:
        async with database.writing() as counting:
            toy = await counting.scalar(select(Toy).with_for_update())
            assert toy is not None
            await asyncio.sleep(0.01)
            toy.text = str(int(toy.text or 0) + 1)

    await asyncio.gather(*(count() for _ in range(5)))

    async with database.reading() as reading:
        assert await reading.scalar(select(Toy.text)) == "5"


async def test_a_database_says_whether_it_answers(database: Database, tmp_path: Path) -> None:
    assert await database.reachable()
    missing = tmp_path / "folder.db"
    missing.mkdir()
    nowhere = Database(f"sqlite:///{missing}")
    assert not await nowhere.reachable()
    await nowhere.close()


async def test_sqlite_writes_ahead(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"


def test_every_table_compares_bytes_on_mysql() -> None:
    assert Toy.__table_args__ == TABLE_OPTIONS
