"""Queries that describe a complaint in a sentence, or ask for a child's medicine."""

import numpy as np

from pillnuts.search.matching import Word, grades, pattern, told
from pillnuts.search.reading import Reading
from pillnuts.search.sentences import CHILD_WORDS, complaints, for_child
from pillnuts.search.shapes import By
from pillnuts.search.store import Store
from pillnuts.search.tiers import NONE, STEP, Grades, Tier, best_of, together


def complaint(store: Store, typed: Reading, by: By) -> tuple[Grades, Reading, str] | None:
    """What the query complains of, and who has it; None when it stands for itself or says neither."""
    joined = typed.joined
    if joined.initials or joined.normal.isascii():
        return None
    ways = list(complaints(joined.normal))
    rest = for_child(joined.normal)
    if not ways and rest is None:
        return None
    if best_of(grades(store, joined, by)) < Tier.BESIDE * STEP:
        return None
    for way in ways:
        found = _named(store, way, by)
        if found is not None:
            return found
    return _for_child(store, rest) if rest is not None and by is By.ALL else None


def _named(store: Store, way: str, by: By) -> tuple[Grades, Reading, str] | None:
    """Products for a complaint, where the texts or the glossary know the word."""
    known = store.lists.words.get(way, ())
    graded = told(store, Word(way), by)
    if best_of(graded) == NONE:
        return None
    found = store.texts.find(pattern(way))
    shown = way if found.low < found.high or not known else known[0]
    return graded, Reading.of([way], shown), shown


def _for_child(store: Store, rest: str) -> tuple[Grades, Reading, str] | None:
    known = store.lists.words.get(rest, ())
    sought = known[0] if known and not Word(rest).long else rest
    ways = (sought, *complaints(sought))
    for way in ways:
        graded = grades(store, Word(way))
        if best_of(graded) < Tier.BESIDE * STEP:
            child = np.minimum.reduce([grades(store, Word(one), By.NAME) for one in CHILD_WORDS])
            both = together([child, graded])
            shown = f"어린이 {way}"
            return (both, Reading.of(["어린이", way], shown), shown) if best_of(both) != NONE else None
    return None
