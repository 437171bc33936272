"""The worker process: what is done beside answering, again and again, by as many workers as are started.

Every job asks the database whether there is something to do. So it matters neither how many workers run
nor how long none did: what is due is done once, by whoever comes first. Heavy work runs in a child process,
which gives its memory back.
"""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import CollectorRegistry, Gauge, start_http_server

from pillnuts.catalogue import journal
from pillnuts.catalogue.gateway import plain_key
from pillnuts.catalogue.journal import Kind
from pillnuts.errand import Errand
from pillnuts.kernel import locks, logs
from pillnuts.kernel.children import in_child
from pillnuts.kernel.db import Database
from pillnuts.kernel.metrics import SyncMetrics
from pillnuts.kernel.schedule import Schedule
from pillnuts.kernel.tasks import Job, repeating
from pillnuts.posting import Posting, delivery

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Work:
    """What a worker has to know."""

    errand: Errand
    posting: Posting
    poll_seconds: float
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0


def jobs(work: Work, database: Database, registry: CollectorRegistry) -> Sequence[Job]:
    """Everything a worker does beside delivering: a new job is one line here."""
    return (Job("sync the catalogue", Syncing(work.errand, database, registry).look, work.poll_seconds),)


def run(work: Work) -> None:
    """Work until a signal ends it."""
    logs.configure(work.errand.log_level, work.errand.log_format)
    asyncio.run(_run(work))


async def _run(work: Work) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    registry = CollectorRegistry()
    _tell(registry, work)
    database = Database(work.errand.database)
    log.info("worker started")
    try:
        async with (
            delivery(database, work.posting, registry) as deliveries,
            repeating(*jobs(work, database, registry), *deliveries),
        ):
            await stop.wait()
    finally:
        await database.close()
    log.info("worker stopped")


def _tell(registry: CollectorRegistry, work: Work) -> None:
    if not work.metrics_port:
        return
    try:
        start_http_server(work.metrics_port, work.metrics_host, registry)
    except OSError as error:  # another worker of this machine has the port; the work is the same
        log.warning("no metrics of this worker", port=work.metrics_port, error=str(error))


class Syncing:
    """Has the ministry's data fetched when it is due."""

    def __init__(self, errand: Errand, database: Database, registry: CollectorRegistry) -> None:
        self._errand = errand
        self._database = database
        self._schedule = Schedule(errand.schedule)
        self._able = bool(self._schedule.line and plain_key(errand.access.key))
        self._metrics = SyncMetrics(registry)
        self._next = Gauge(
            "pillnuts_sync_next_timestamp_seconds", "When the next sync is due; 0: never.", registry=registry
        )
        without = Gauge(
            "pillnuts_sync_without_key", "1: there is no key, nothing can be fetched.", registry=registry
        )
        if self._schedule.line and not self._able:
            without.set(1)
            log.info(
                "no key for the ministry", setting="PILLNUTS_MINISTRY_KEY", how="pillnuts catalogue sync"
            )

    async def look(self) -> None:
        """Look whether a run is due and nobody is at it; if so, have it done."""
        now = self._errand.clock()
        async with self._database.reading() as session:
            entries = await journal.last(session, Kind.SYNC)
            busy = await locks.holder(session, journal.LOCK)
        await self._show()
        start = journal.next_start(self._schedule, entries, now)
        self._next.set(start.timestamp() if self._able and start else 0)
        if not self._able or start is None or start > now or busy:
            return
        code = await in_child(_sync, self._errand)
        if code:
            log.error("alert", about="catalogue sync died", code=code)
        await self._show()

    async def _show(self) -> None:
        async with self._database.reading() as session:
            standing = await journal.standing(session)
        self._metrics.show(*standing.told())


def _sync(errand: Errand) -> None:
    """Run in a child: what fetching and loading take is imported there only."""
    from pillnuts.running import sync_when_due

    sync_when_due(errand)
