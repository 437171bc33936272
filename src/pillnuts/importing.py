"""Making a release: read, arrange, load in one transaction, write the snapshot; with a progress bar."""

import ctypes
import gc
import getpass
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from pillnuts import releases
from pillnuts.catalogue import demo, earlier, ingest, queries
from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.glossary import glossary
from pillnuts.catalogue.models import Release
from pillnuts.catalogue.report import Report
from pillnuts.kernel.db import Database

Reading = Callable[[Report, ingest.Progress], Gathered]
Made = tuple[Release | None, Report]
"""The new release (None: equal to the one that is there), and what there was to report."""


def _who() -> str:
    """Name the account that imports; a container may run under a number without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def from_files(paths: Sequence[Path]) -> Reading:
    return partial(ingest.read, paths)


def from_demo(report: Report, _progress: ingest.Progress) -> Gathered:
    return demo.gathered(report)


async def make(
    database: Database, root: Path, reading: Reading, console: Console, *, force: bool, demo: bool
) -> Made:
    """Make a release and its snapshot under `root`; raises `ingest.ImportRefusedError`."""
    started, report = time.monotonic(), Report()
    with bar(console) as show, _collecting_rarely():
        gathered = reading(report, _part(show, 0, 0.3))
        _give_back()
        async with database.reading() as session:
            await earlier.keep(session, gathered, report)
        catalogue = ingest.prepare(gathered, glossary(), report, _part(show, 0.3, 0.6))
        async with database.writing() as session:
            release = await ingest.load(
                session,
                catalogue,
                report,
                by=_who(),
                demo=demo,
                force=force,
                started=started,
                progress=_part(show, 0.6, 0.85),
            )
        del gathered, catalogue
        _give_back()
        show("검색 색인을 만드는 중", 0.85)
        await releases.build(database, releases.snapshots(root))
    return release, report


async def make_demo_when_empty(database: Database, root: Path, console: Console) -> None:
    async with database.reading() as session:
        empty = await queries.current_key(session) is None
    if empty:
        await make(database, root, from_demo, console, force=False, demo=True)


@contextmanager
def bar(console: Console) -> Iterator[ingest.Progress]:
    """Show a bar on a terminal; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("읽는 중", total=1.0)
        yield lambda step, share: bar.update(task, description=step[:40], completed=share)


def _part(show: ingest.Progress, start: float, end: float) -> ingest.Progress:
    """Show the progress of one step on its part of the bar."""
    return lambda step, share: show(step, start + share * (end - start))


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Look for cycles less often meanwhile: hardly anything of an import holds any, and looking took 4 %."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _give_back() -> None:
    """Return to the system what the step before used: the C library keeps it for itself otherwise."""
    gc.collect()
    with suppress(AttributeError, OSError):  # only glibc has it, and only glibc needs it
        ctypes.CDLL(None).malloc_trim(0)
