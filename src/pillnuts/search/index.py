"""The search index of a release: opened from its folder, read only, in this process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from pillnuts.catalogue.shapes import IngredientRef, Role
from pillnuts.search import facets, hangul, reading, suggesting
from pillnuts.search.build import build
from pillnuts.search.complaint import complaint
from pillnuts.search.correct import beside, corrected
from pillnuts.search.documents import SearchDocument, Synonyms, search_document, stem
from pillnuts.search.explain import Explainer
from pillnuts.search.found import Counts, Found, Hit, Query
from pillnuts.search.matching import Word, grades, is_concept, substance_grades
from pillnuts.search.reading import Reading
from pillnuts.search.shapes import By, Interpretation, Sort
from pillnuts.search.similar import near
from pillnuts.search.store import FORMAT, IndexDamaged, Store
from pillnuts.search.tiers import NONE, STEP, Grades, Tier, best_of, tier, together

__all__ = [
    "FORMAT",
    "Counts",
    "Found",
    "Hit",
    "Index",
    "IndexDamaged",
    "Query",
    "SearchDocument",
    "Synonyms",
    "build",
    "search_document",
]

_SURE: Final = Tier.INGREDIENT.grade(4)
"""A match this good is what was meant, however else the query could be read."""
_FEW: Final = 10
_COMPLETE: Final = 1
"""Closeness up to which a match ends with a syllable."""


Meant = tuple[Grades, Reading, str | None]


class Index:
    """Answers searches. `set_popularity` may be called at any time, also while others search."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._count = len(store.columns.item_seq)
        self._bookmarks: NDArray[np.int32] = np.zeros(self._count, np.int32)
        self._popular: NDArray[np.int64] = np.zeros(self._count, np.int64)
        self._withdrawn = np.flatnonzero(store.columns.withdrawn)
        self.version = 0

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Raises IndexDamaged when the folder does not hold a complete index."""
        return cls(Store.open(folder))

    def __len__(self) -> int:
        return self._count

    def set_popularity(self, counts: Mapping[str, int]) -> None:
        """Order by these numbers of bookmarks from now on; products that are not named have none."""
        bookmarks = np.zeros(self._count, np.int32)
        known = self._store.columns.item_seq
        for item_seq, count in counts.items():
            place = int(np.searchsorted(known, int(item_seq)))
            if place < self._count and known[place] == int(item_seq):
                bookmarks[place] = count
        if np.array_equal(bookmarks, self._bookmarks):
            return
        self._popular = np.unique(-bookmarks, return_inverse=True)[1].astype(np.int64)
        self._bookmarks = bookmarks
        self.version += 1

    def search(self, query: Query) -> Found:
        text = hangul.clean(query.q)
        if not text and query.q.strip():  # something was typed, though nothing that can be shown
            return Found(total=0, hits=())
        if not text:
            everything = np.full(self._count, Tier.ALL.grade(), np.uint8)
            return self._found(query, everything, Reading.of([]), None)
        typed = reading.as_typed(text)
        if not typed.joined.normal:  # nothing in it that a name could hold
            return Found(total=0, hits=())
        graded, meant, as_ = self._meant(typed, query.by)
        return self._found(query, graded, meant, Interpretation(query=text, as_=as_) if as_ else None)

    def suggest(self, q: str, limit: int) -> list[Hit]:
        """Products whose names come to mind while `q` is being typed, each name once."""
        typed = reading.as_typed(hangul.clean(q))
        if not typed.joined.normal:
            return []
        query = Query(q=q, by=By.NAME, size=limit * 3)
        ways = suggesting.ways(self._store, typed)
        if not ways and not suggesting.short(typed):
            graded, meant, _ = self._meant(typed, By.NAME)
            ways = [(graded, meant)]
        names = [
            {hit.name: hit for hit in reversed(self._found(query, graded, meant, None).hits)}
            for graded, meant in ways
        ]
        return suggesting.mixed([list(reversed(one.values())) for one in names], limit)

    def ingredients(self, q: str, role: Role | None, limit: int) -> list[IngredientRef]:
        """Substances by any of their names, read as tolerantly as those of products; most used first."""
        text = hangul.clean(q)
        graded = (
            self._substances(reading.as_typed(text))
            if text
            else np.zeros(len(self._store.lists.substances), np.uint8)
        )
        order = graded.astype(np.int64) * len(graded) + self._store.substance_order
        found: list[IngredientRef] = []
        for number in np.argsort(order, kind="stable").tolist():
            if len(found) == limit or graded[number] == NONE:
                break
            one = IngredientRef.model_validate_json(self._store.substance_records.one(number))
            if role is None or role in one.roles:
                found.append(one)
        return found

    def _substances(self, typed: Reading) -> Grades:
        """A grade for each substance."""
        store = self._store
        if not typed.joined.normal:
            return np.full(store.substances.owners, NONE, np.uint8)
        readings = [typed, *reading.otherwise(typed, lambda _: False)]
        for one in readings:
            graded = substance_grades(store, one.joined)
            if graded is not None:
                return graded
        graded = np.full(store.substances.owners, NONE, np.uint8)
        for one in readings:
            for other in near(store.substances, one.joined.pattern):
                graded[other.owner] = min(int(graded[other.owner]), Tier.SIMILAR.grade() + other.rank)
        return graded

    def _meant(self, typed: Reading, by: By) -> Meant:
        """Grades under the reading that fits best, that reading, and how to show it."""
        return self._attached(typed, by) or self._said(typed, by)

    def _attached(self, typed: Reading, by: By) -> Meant | None:
        """The query with a letter or number as a part of its word, where that is something."""
        attached = reading.attached(typed, lambda word: is_concept(self._store, word))
        if attached is None:
            return None
        graded = np.minimum(grades(self._store, typed.joined, by), self._grades(attached, by))
        return (graded, attached, attached.shown) if best_of(graded) != NONE else None

    def _said(self, typed: Reading, by: By) -> Meant:
        graded = self._grades(typed, by)
        lowest = best_of(graded)
        if by in (By.ALL, By.SYMPTOM) and tier(lowest) is not Tier.BEGINS:
            said = complaint(self._store, typed, by)
            if said is not None:
                return said
        if lowest <= _SURE:
            return self._with_slips(graded, typed, by), typed, None
        if lowest != NONE and typed.joined.normal in self._store.lists.words:
            return self._with_spelt(graded, typed.joined, by), typed, None
        return self._otherwise(graded, typed, by)

    def _otherwise(self, graded: Grades, typed: Reading, by: By) -> Meant:
        """The first other reading or correction that fits better."""
        lowest = best_of(graded)
        others = []
        for other in reading.otherwise(typed, lambda word: self._fits(word, by)):
            others.append(other)
            again = self._grades(other, by)
            if best_of(again) < (NONE if lowest == NONE else Tier.INGREDIENT.grade()):
                return again, other, other.shown
        if lowest != NONE:
            return graded, typed, None
        for one in (typed, *others):
            found = corrected(self._store, one, by)
            if found is not None:
                return found.grades, one, found.shown
        return graded, typed, None

    def _with_spelt(self, graded: Grades, word: Word, by: By) -> Grades:
        """Also names that write the letter of a known word as it is read aloud: 비타민씨 for 비타민c."""
        spelt = hangul.spelt(word.normal)
        return graded if spelt == word.normal else np.minimum(graded, grades(self._store, Word(spelt), by))

    def _with_slips(self, graded: Grades, typed: Reading, by: By) -> Grades:
        """Where few names hold what was typed and none goes on from it, add those one slip away.

        What was typed may be one name by mistake for another: 리피탄정 for 리피스탄정.
        """
        place = best_of(graded)
        told = place == Tier.BEGINS.grade() or tier(place) is Tier.CONTAINS
        if not told or by not in (By.ALL, By.NAME):
            return graded
        gone = graded[self._withdrawn]
        if np.count_nonzero(graded != NONE) - np.count_nonzero(gone != NONE) >= _FEW:
            return graded
        return beside(self._store, typed.joined, graded)

    def _grades(self, meant: Reading, by: By) -> Grades:
        """Grades of the query without its blanks, and unless that is a whole name, of its words together."""
        graded = grades(self._store, meant.joined, by)
        if len(meant.words) > 1 and best_of(graded) > Tier.BEGINS.grade():
            each = together([grades(self._store, word, by) for word in meant.words])
            graded = np.minimum(graded, each)
        return graded

    def _fits(self, word: Word, by: By) -> bool:
        """Whether a word is found as it was typed: Latin letters at a good place, Korean anywhere."""
        lowest = best_of(grades(self._store, word, by))
        return bool(lowest <= _SURE if word.normal.isascii() else lowest != NONE)

    def _found(self, query: Query, graded: Grades, meant: Reading, as_: Interpretation | None) -> Found:
        store = self._store
        visible = graded if query.withdrawn else self._on_market(graded)
        matched = np.flatnonzero(visible != NONE)
        passed = facets.chosen(store.columns, store.lists, query, matched)
        kept = matched[np.logical_and.reduce(list(passed.values()))] if passed else matched
        products = self._page(query, kept, graded)
        explain = Explainer(store, (meant.joined, *meant.words))
        hits = tuple([self._hit(product, int(graded[product]), explain) for product in products])
        return Found(
            total=len(kept),
            hits=hits,
            interpreted=as_,
            facets=self._counts(query, graded, matched, passed) if query.facets else {},
            gone=not query.withdrawn and bool(hits) and any(hit.withdrawn for hit in hits),
            term=self._term(products[0], int(graded[products[0]]), explain, hits[0]) if products else None,
        )

    def _on_market(self, graded: Grades) -> Grades:
        """Grades without withdrawn products, unless only those fit best.

        Who types the name of a medicine that is gone may hold it in the hand: show it, and say so.
        """
        visible = graded.copy()
        visible[self._withdrawn] = NONE
        best = best_of(graded)
        if best != best_of(visible):
            visible[graded == best] = best
        return visible

    def _counts(
        self, query: Query, graded: Grades, kept: NDArray[np.int64], passed: dict[str, facets.Flags]
    ) -> dict[str, Counts]:
        store = self._store
        counts = facets.counts(store.columns, store.lists, passed, kept)
        gone = self._withdrawn[graded[self._withdrawn] != NONE]
        under = facets.chosen(store.columns, store.lists, query, gone)
        number = np.count_nonzero(np.logical_and.reduce(list(under.values()))) if under else len(gone)
        return counts | {"withdrawn": facets.flag(int(number))}

    def _page(self, query: Query, kept: NDArray[np.int64], graded: Grades) -> list[int]:
        """The products on the page, in order."""
        first = (query.page - 1) * query.size
        last = first + query.size
        if first >= len(kept):
            return []
        if query.sort is not Sort.NAME and last < len(kept):
            # Whole tiers that lie behind the page need not be put in order.
            tiers = graded[kept] // STEP
            enough = int(np.searchsorted(np.cumsum(np.bincount(tiers)), last))
            kept = kept[tiers <= enough]
        keys = self._keys(query.sort, kept, graded)
        if last < len(kept):
            nearest = np.argpartition(keys, last)[:last]
            kept, keys = kept[nearest], keys[nearest]
        page: list[int] = kept[np.argsort(keys)[first:last]].tolist()
        return page

    def _keys(self, sort: Sort, kept: NDArray[np.int64], graded: Grades) -> NDArray[np.int64]:
        """A number for each product; the order is theirs. No two are the same."""
        columns, count = self._store.columns, self._count
        if sort is Sort.NAME:
            return columns.alphabet[kept].astype(np.int64)
        grade = graded[kept].astype(np.int64)
        tier, close, popular = grade // STEP * 2 + columns.raw[kept], grade % STEP, self._popular[kept]
        if sort is Sort.RELEVANCE:
            return ((tier * STEP + close) * count + popular) * count + columns.order[kept]
        return ((tier * count + popular) * STEP + close) * count + columns.order[kept]

    def _hit(self, product: int, grade: int, explain: Explainer) -> Hit:
        record = orjson.loads(self._store.records.one(product))
        why = explain.match(product, grade, record[1], record[2])
        return Hit._make([*record, int(self._bookmarks[product]), why])

    def _term(self, product: int, grade: int, explain: Explainer, hit: Hit) -> str | None:
        """The catalogue's own word for what was searched for; None for what is still being typed."""
        match Tier(grade // STEP):
            case Tier.BEGINS | Tier.CONTAINS if grade % STEP <= _COMPLETE:
                return stem(hit.name)
            case Tier.SIMILAR:
                return stem(hit.name)
            case Tier.INGREDIENT:
                substance = explain.substance(product)
                return stem(hit.name) if substance is None else self._store.lists.substances[substance]
            case Tier.TEXT:
                return explain.known_symptom(product) or explain.class_(product)
            case _:
                return None
