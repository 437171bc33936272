"""Work that a process does again and again beside answering."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import structlog

log = structlog.get_logger(__name__)

LONGEST_PAUSE: Final = 300.0
"""Seconds between two attempts while something keeps failing."""
GRACE: Final = 3.0
"""Seconds to end by itself when the process is told to stop: enough for any statement of a database."""


class Job(NamedTuple):
    name: str
    run: Callable[[], Awaitable[None]]
    seconds: float
    """Between the end of one run and the beginning of the next."""


@asynccontextmanager
async def repeating(*jobs: Job) -> AsyncIterator[None]:
    """Do the jobs as long as the block lasts; what still runs a little after its end is cancelled."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(_repeat(job, stop)) for job in jobs]
    try:
        yield
    finally:
        stop.set()
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(job: Job, stop: asyncio.Event) -> None:
    """A failure is logged and harms nobody; the next attempt waits longer."""
    pause = job.seconds
    while not stop.is_set():
        try:
            await job.run()
            pause = job.seconds
        except Exception as error:  # noqa: BLE001 -- whatever it is, the next attempt may succeed
            pause = min(pause * 2, LONGEST_PAUSE)
            log.warning("job failed", job=job.name, error=str(error), kind=type(error).__name__)
        try:
            async with asyncio.timeout(pause):
                await stop.wait()
        except TimeoutError:
            continue
