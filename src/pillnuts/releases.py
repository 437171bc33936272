"""How a release travels from the database into the web processes.

Each web process looks at the database every few seconds. When there is a release that it does not read yet,
it opens the snapshot of it, and first has one built by a child process when nobody has done so: building
takes seconds and memory that the process should not lose to its readers.
"""

import asyncio
import hashlib
import multiprocessing
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Final

import orjson

from pillnuts.catalogue import queries
from pillnuts.catalogue.glossary import glossary, glossary_digest
from pillnuts.catalogue.shelf import Export, ReleaseInfo, ShelfPart
from pillnuts.kernel import logs
from pillnuts.kernel.db import Database
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.snapshots import Snapshot, Snapshots
from pillnuts.search import index

_INFO: Final = "release.json"

Releases = Snapshots[Export]
Child = tuple[str, Path, str, logs.Form]
"""The arguments of `build_alone`."""


class Overtaken(RuntimeError):
    """Another import ended between asking for the number of a release and reading it."""


class InfoPart:
    """What every page says about the release."""

    format = "1"

    def build(self, folder: Path, release: Export) -> None:
        (folder / _INFO).write_bytes(orjson.dumps(asdict(release.info)))

    def open(self, folder: Path) -> ReleaseInfo:
        return ReleaseInfo(**orjson.loads((folder / _INFO).read_bytes()))


class SearchPart:
    """The search index, with the everyday words of the glossary."""

    format = f"{index.FORMAT}-{glossary_digest()}"
    """The words of the glossary are part of the index: with others it is another one."""

    def build(self, folder: Path, release: Export) -> None:
        documents = map(index.search_document, release.brief_products())
        index.build(folder, documents, release.ingredient_documents(), everyday_words())

    def open(self, folder: Path) -> index.Index:
        return index.Index.open(folder)


def everyday_words() -> index.Synonyms:
    """What people call classes and complaints → the words that stand in class names and labels."""
    words: dict[str, tuple[str, ...]] = defaultdict(tuple, glossary().symptoms)
    for class_name, names in glossary().class_words.items():
        for name in names:
            words[name] += (class_name,)
    return index.Synonyms(dict(words), makers=glossary().makers)


def snapshots(root: Path) -> Releases:
    return Snapshots(root, {"info": InfoPart(), "catalogue": ShelfPart(), "search": SearchPart()})


def info(snapshot: Snapshot | None) -> ReleaseInfo | None:
    """What a page says about the release it shows; None while there is none."""
    return None if snapshot is None else snapshot.part("info")


async def build(database: Database, releases: Releases) -> None:
    """Build the snapshot of the current release, if there is a release and nobody has built it yet."""
    async with database.reading() as session:
        wanted = await queries.current_key(session)
    if wanted is None:
        return
    number, key = wanted
    loop = asyncio.get_running_loop()

    async def export() -> Export:
        async with database.reading() as session:
            if await queries.current_key(session) != wanted:
                raise Overtaken
            return await queries.export(session)

    def load() -> Export:
        return asyncio.run_coroutine_threadsafe(export(), loop).result()

    await asyncio.to_thread(releases.build, number, load, key)


def build_alone(database_url: str, root: Path, level: str, form: logs.Form) -> None:
    """Build in a process that does nothing else."""

    async def run() -> None:
        database = Database(database_url)
        try:
            await build(database, snapshots(root))
        finally:
            await database.close()

    logs.configure(level, form)
    asyncio.run(run())


class Follower:
    """Keeps a web process on the newest release, and its search results in the order readers prefer."""

    def __init__(
        self,
        database: Database,
        releases: Releases,
        metrics: Metrics,
        child: Child,
    ) -> None:
        self.database = database
        self.releases = releases
        self.metrics = metrics
        self._child = child
        self._ordered: tuple[Snapshot | None, str] = (None, "")
        """The snapshot whose results are in order, and the popularity that orders them."""
        self._named: tuple[Snapshot | None, str] = (None, "")
        self._epoch: str | None = None

    def epoch(self) -> str | None:
        """Name what answers are made from: the release and the popularity. The same in every process."""
        current = self.releases.current
        # Until the new release is in order, answers are kept under a name of their own.
        order = self._ordered[1] if self._ordered[0] is current else ""
        if self._named[0] is not current or self._named[1] is not order:
            self._named = (current, order)
            self._epoch = f"{current.number}-{current.key}-{_short(order)}" if current else None
        return self._epoch

    async def look(self) -> None:
        """Read the newest release, and take in changed numbers of bookmarks."""
        async with self.database.reading() as session:
            wanted = await queries.current_key(session)
            version = await queries.popularity_version(session)
        current = self.releases.current
        if wanted is not None and (current is None or (current.number, current.key) != wanted):
            await self._change(*wanted)
        self.metrics.release.set(self.releases.current.number if self.releases.current else 0)
        await self._order(version)

    async def _change(self, number: int, key: str) -> None:
        if await asyncio.to_thread(self.releases.open, number, key):
            return
        self.metrics.building.set(1)
        try:
            await self._build()
        finally:
            self.metrics.building.set(0)
        if not await asyncio.to_thread(self.releases.open, number, key):
            raise RuntimeError("the snapshot that was just built cannot be opened")

    async def _build(self) -> None:
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=build_alone, args=self._child, daemon=True)
        process.start()
        try:
            await asyncio.to_thread(process.join)
        finally:
            process.terminate()  # this process is told to stop; one that has ended does not mind
        if process.exitcode:
            raise RuntimeError(f"building a snapshot failed: exit code {process.exitcode}")

    async def _order(self, version: str) -> None:
        current = self.releases.current
        if current is None or self._ordered == (current, version):
            return
        async with self.database.reading() as session:
            counts = await queries.popularity(session)
        search: index.Index = current.part("search")
        search.set_popularity(counts)
        self._ordered = (current, version)


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
