"""Popular searches.

What people search for when they are ill is nobody's business, so the text that was typed is not kept
anywhere: only the catalogue's own word for what was found is counted, without who asked.
"""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import blake2b
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import Update

from pillnuts.kernel.db import ReadSession, Session
from pillnuts.search.models import TERM_LENGTH, PopularSearch

DAYS: Final = 7
LEAST: Final = 3
"""Fewer searches in the week than this say nothing, and might point to one person."""
SHOWN: Final = 8
_REMEMBERED: Final = 4096
_MOST_TERMS: Final = 10_000
"""Different words counted between two flushes; more come from no reader."""


def _hashed(address: bytes) -> bytes:
    return blake2b(address, digest_size=8).digest()


class PopularSearches:
    """Counts in memory between two flushes, for one process."""

    def __init__(self) -> None:
        self.top: tuple[str, ...] = ()
        """The most searched words, as they were last read."""
        self._counts: Counter[str] = Counter()
        self._terms: OrderedDict[bytes, str] = OrderedDict()
        """By the hash of a query string: what was typed is not kept."""

    def found(self, address: bytes, term: str) -> None:
        """Remember which word the results at this query string are about; `count` counts it."""
        key = _hashed(address)
        self._terms[key] = term[:TERM_LENGTH]
        self._terms.move_to_end(key)
        if len(self._terms) > _REMEMBERED:
            self._terms.popitem(last=False)

    def count(self, address: bytes) -> None:
        """Somebody was shown the results at this query string, new or kept."""
        term = self._terms.get(_hashed(address))
        if term is not None and (term in self._counts or len(self._counts) < _MOST_TERMS):
            self._counts[term] += 1

    def take(self) -> Counter[str]:
        """The counts since the last time; from now on they start anew."""
        taken, self._counts = self._counts, Counter()
        return taken

    def give_back(self, counts: Mapping[str, int]) -> None:
        """Put back what could not be written."""
        self._counts.update(counts)


async def exchange(session: Session, searches: PopularSearches, *, today: date) -> None:
    """Write what this process counted, and read what all of them did. Does not commit."""
    counts = searches.take()
    try:
        await add(session, counts, day=today)
        searches.top = await top(session, today=today)
    except BaseException:
        searches.give_back(counts)
        raise


async def add(session: Session, counts: Mapping[str, int], *, day: date) -> None:
    """Add to the day's counts. In the order of the words, so that two processes do not lock each other."""
    for term, count in sorted(counts.items()):
        more = _more(term, count, day)
        if _changed(await session.execute(more)):
            continue
        try:
            async with session.begin_nested():
                session.add(PopularSearch(day=day, term=term, count=count))
        except IntegrityError:  # another process was first
            await session.execute(more)


def _more(term: str, count: int, day: date) -> Update:
    where = (PopularSearch.day == day, PopularSearch.term == term)
    return update(PopularSearch).where(*where).values(count=PopularSearch.count + count)


def _changed(result: object) -> bool:
    return bool(getattr(result, "rowcount", 0))


async def top(session: ReadSession, *, today: date) -> tuple[str, ...]:
    """The most searched words of the last seven days, without those hardly searched."""
    total = func.sum(PopularSearch.count)
    since = today - timedelta(days=DAYS - 1)
    rows = await session.execute(
        select(PopularSearch.term)
        .where(PopularSearch.day >= since)
        .group_by(PopularSearch.term)
        .having(total >= LEAST)
        .order_by(total.desc(), PopularSearch.term)
        .limit(SHOWN)
    )
    return tuple(rows.scalars())
