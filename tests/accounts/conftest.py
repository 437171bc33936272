import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pillnuts.accounts.tools import Tools
from pillnuts.migrating import migrate
from tests.accounts.site import Clock, People, working


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with every table and no row."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def tools(empty_file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Tools]:
    """On SQLite: for what no server does differently."""
    shutil.copy(empty_file, tmp_path / "accounts.db")
    async with working(f"sqlite:///{tmp_path / 'accounts.db'}", clock) as made:
        yield made


@pytest.fixture
def site(tools: Tools, clock: Clock) -> People:
    return People(tools, clock)


@pytest.fixture
async def anywhere(database_url: str, clock: Clock) -> AsyncIterator[People]:
    """A site on each of the servers in turn."""
    await asyncio.to_thread(migrate, database_url)
    async with working(database_url, clock) as made:
        yield People(made, clock)
