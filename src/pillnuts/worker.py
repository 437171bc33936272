"""The worker process: what is done beside answering, again and again, by as many workers as are started.

Every job asks the database whether there is something to do. So it matters neither how many workers run
nor how long none did: what is due is done once, by whoever comes first.
"""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from pillnuts.kernel import logs
from pillnuts.kernel.db import Database
from pillnuts.kernel.tasks import Job, repeating

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Work:
    """What a worker has to know."""

    database: str
    log_level: str
    log_format: logs.Form


def jobs(work: Work, database: Database) -> Sequence[Job]:  # noqa: ARG001 -- the jobs need them
    """Everything a worker does: a new job is one line here."""
    return ()


def run(work: Work) -> None:
    """Work until a signal ends it."""
    logs.configure(work.log_level, work.log_format)
    asyncio.run(_run(work))


async def _run(work: Work) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = Database(work.database)
    log.info("worker started")
    try:
        async with repeating(*jobs(work, database)):
            await stop.wait()
    finally:
        await database.close()
    log.info("worker stopped")
