"""What the tests of a sync share: fetching quickly from the fake gateway, telling two catalogues apart."""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from pathlib import Path

from pillnuts.catalogue import fetch as fetching
from pillnuts.catalogue import ingest
from pillnuts.catalogue.budget import Budget
from pillnuts.catalogue.gateway import MinistryGateway, connected
from pillnuts.catalogue.glossary import Glossary
from pillnuts.catalogue.operations import configured
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.runs import Outcome, Plan
from pillnuts.kernel.db import Base, Database
from pillnuts.kernel.http import Retries, Timeouts
from tests.gateway import KEY, Serving

TODAY = date(2026, 11, 23)
SIZE = 10
"""Rows a page: a few products make several pages."""
ROUNDS = 12
"""How often a sync is called again; where a third of the calls fail, one page in 250 fails five times."""


def reaching(
    served: Serving, budget: Budget, *, attempts: int = 5, silence: float = 5
) -> AbstractAsyncContextManager[MinistryGateway]:
    """Reach the fake as the real one is reached, only with less patience."""
    retries = Retries(attempts=attempts, first=0.001, longest=0.01)
    return connected(
        KEY, budget, url=served.base, retries=retries, timeouts=Timeouts(read=silence, total=2 * silence)
    )


async def fetch_once(
    served: Serving,
    folder: Path,
    *,
    previous: Path | None = None,
    today: date = TODAY,
    full: bool = False,
    budget: Budget | None = None,
    silence: float = 5,
) -> tuple[Plan, Outcome]:
    """Do what `pillnuts catalogue sync` does before it loads."""
    budget = budget or Budget(folder.parent / "budget", default=1_000_000)
    async with reaching(served, budget, silence=silence) as gateway:
        planned = await fetching.plan(
            gateway, configured({}, SIZE), folder, today, previous=previous, full=full
        )
        return planned, await fetching.fetch(gateway, planned)


async def fetch_whole(served: Serving, folder: Path, *, silence: float = 5) -> Outcome:
    """Call it again until everything is there."""
    outcome = None
    for _ in range(ROUNDS):
        _, outcome = await fetch_once(served, folder, silence=silence)
        if outcome.complete:
            return outcome
    raise AssertionError(f"not complete after {ROUNDS} rounds: {outcome and outcome.troubles}")


async def load(database: Database, paths: Sequence[Path], *, force: bool = False) -> str | None:
    """Load files as a release; gives what tells its content from any other's. None: it is there already."""
    report = Report()
    catalogue = ingest.prepare(ingest.read(paths, report), Glossary(), report)
    async with database.writing() as session:
        release = await ingest.load(session, catalogue, report, by="시험", force=force)
        return release.digest if release else None


async def _digest(paths: Sequence[Path]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/pillnuts.db")
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        try:
            found = await load(database, paths)
        finally:
            await database.close()
    assert found
    return found


def digest(*paths: Path) -> str:
    """Give what tells the catalogue of these files from any other."""
    return asyncio.run(_digest(paths))
