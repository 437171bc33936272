"""How a release travels from the database into the web processes.

Each web process looks at the database every few seconds. When there is a release that it does not read yet,
it opens the snapshot of it, and first has one built by a child process when nobody has done so: building
takes seconds and memory that the process should not lose to its readers.
"""

import asyncio
import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from pillnuts.catalogue import journal, queries
from pillnuts.catalogue.freshness import Freshness, freshness
from pillnuts.catalogue.glossary import glossary, glossary_digest
from pillnuts.catalogue.shelf import Export, ReleaseInfo, Shelf, ShelfPart
from pillnuts.kernel import logs
from pillnuts.kernel.children import in_child
from pillnuts.kernel.db import Database
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.schedule import SEOUL
from pillnuts.kernel.snapshots import Part, Snapshot, Snapshots
from pillnuts.search import index

_INFO: Final = "release.json"
_ASKED: Final = 8
"""How many products a new snapshot is asked for."""

_DAY: Final = 24 * 3600
_SEOUL_AHEAD: Final = 9 * 3600
"""Seconds that Seoul is ahead of UTC, summer and winter."""

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


class NotWhole(RuntimeError):
    """A snapshot that was built does not answer as it must; readers keep the one they have."""


def snapshots(root: Path) -> Releases:
    parts: dict[str, Part[Export]] = {"info": InfoPart(), "catalogue": ShelfPart(), "search": SearchPart()}
    return Snapshots(root, parts, verify)


def verify(release: Export, parts: Mapping[str, Any]) -> None:
    """Ask a new snapshot for its count, some details and a search; raises `NotWhole`."""
    shelf: Shelf = parts["catalogue"]
    search: index.Index = parts["search"]
    expected = len(release.products)
    if not expected == release.info.product_count == shelf.product_count == len(search):
        counts = f"{release.info.product_count}, {expected}, {shelf.product_count} and {len(search)}"
        raise NotWhole(f"products announced, loaded, on the shelf and in the index: {counts}")
    found = 0
    asked = list(release.products.keys())[:: max(1, expected // _ASKED)]
    for item_seq in asked:
        product = shelf.product(item_seq)
        if product is None or product.item_seq != item_seq:
            raise NotWhole(f"product {item_seq} cannot be read")
        found += search.search(index.Query(q=product.name, withdrawn=True)).total > 0
    if asked and not found:
        raise NotWhole("no product is found by its name")


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
        stale_days: int = 21,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.database = database
        self.releases = releases
        self.metrics = metrics
        self._child = child
        self._ordered: tuple[Snapshot | None, str] = (None, "")
        """The snapshot whose results are in order, and the popularity that orders them."""
        self._stale_days = stale_days
        self._clock = clock
        self._asked: tuple[int, date] | None = None
        """A release, and the last day on which the ministry was asked and it was what came."""
        self._told: tuple[Snapshot | None, tuple[int, date] | None, int] = (None, None, -1)
        self._freshness: Freshness | None = None
        self._named: tuple[Snapshot | None, str, Freshness | None] = (None, "", None)
        self._epoch: str | None = None

    def epoch(self) -> str | None:
        """Name what answers are made from: release, popularity, and what pages say of the age of the data.

        The same in every process.
        """
        current, fresh = self.releases.current, self.freshness()
        # Until the new release is in order, answers are kept under a name of their own.
        order = self._ordered[1] if self._ordered[0] is current else ""
        if self._named[0] is not current or self._named[1] is not order or self._named[2] is not fresh:
            self._named = (current, order, fresh)
            said = f"{order} {fresh}" if fresh else order
            self._epoch = f"{current.number}-{current.key}-{_short(said)}" if current else None
        return self._epoch

    def freshness(self) -> Freshness | None:
        """Tell how old the data is that is shown, quickly enough for every request; None: there is none."""
        current = self.releases.current
        day = int((self._clock() + _SEOUL_AHEAD) // _DAY)
        told = (current, self._asked, day)
        if self._told != told:
            self._told = told
            new = self._aged(current, date(1970, 1, 1) + timedelta(days=day)) if current else None
            if new != self._freshness:
                self._freshness = new
        return self._freshness

    def _aged(self, current: Snapshot, today: date) -> Freshness:
        asked = self._asked[1] if self._asked and self._asked[0] == current.number else None
        said: ReleaseInfo = current.part("info")
        return freshness(said.data_date, asked, today, self._stale_days)

    def _measure_age(self) -> None:
        fresh = self.freshness()
        age = -1.0
        if fresh and fresh.on:
            age = self._clock() - datetime.combine(fresh.on, datetime.min.time(), SEOUL).timestamp()
        self.metrics.data_age.set(age)

    async def look(self) -> None:
        """Read the newest release, take in changed numbers of bookmarks, and tell how old the data is."""
        self._measure_age()  # grows without a database, too
        async with self.database.reading() as session:
            wanted = await queries.current_key(session)
            version = await queries.popularity_version(session)
            standing = await journal.standing(session)
        self.metrics.sync.show(*standing.told())
        current = self.releases.current
        if wanted is not None and (current is None or (current.number, current.key) != wanted):
            await self._change(*wanted)
        if standing.release and standing.begun:
            self._asked = (standing.release, standing.begun.astimezone(SEOUL).date())
        self._measure_age()
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
        if code := await in_child(build_alone, *self._child):
            raise RuntimeError(f"building a snapshot failed: exit code {code}")

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
