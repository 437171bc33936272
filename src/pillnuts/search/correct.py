"""Results for a query that matches nothing as it stands: corrected spellings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pillnuts.search import hangul
from pillnuts.search.documents import has_form
from pillnuts.search.explain import shown
from pillnuts.search.matching import Word, grades, pattern
from pillnuts.search.reading import Reading
from pillnuts.search.shapes import By
from pillnuts.search.similar import Near, near
from pillnuts.search.slips import SHORTEST
from pillnuts.search.store import Store
from pillnuts.search.suffixes import Ints
from pillnuts.search.tiers import NONE, STEP, Grades, Tier, best_of, tier, together

_MOST: Final = 20
"""Names kept: what is further off is no correction any more."""
_FURTHEST: Final = 7
_STUB: Final = 2
"""Characters that are too few to stand for the whole query: 배가 is not what 배가 아파요 asks for."""
_ONE_SLIP: Final = 2
"""Rank of a whole name with one slip: no ingredient can be nearer."""

_OF_NAMES: Final = (Tier.BEGINS, Tier.CONTAINS)


@dataclass(frozen=True, slots=True)
class Corrected:
    grades: Grades
    shown: str
    """The query in its corrected spelling."""


def corrected(store: Store, reading: Reading, by: By) -> Corrected | None:
    """The products whose names, or whose ingredients' names, are near to the query; None without any."""
    whole = _word(store, reading.joined, by)
    if whole is not None or len(reading.words) < 2:  # noqa: PLR2004
        return whole
    pairs = list(zip(reading.words, reading.typed, strict=True))
    known = [Corrected(grades(store, word, by), typed) for word, typed in pairs]
    near_words = [
        one if best_of(one.grades) != NONE else _word(store, word, by)
        for one, word in zip(known, reading.words, strict=True)
    ]
    every = [one for one in near_words if one is not None]
    names = [
        (one, word)
        for one, word in zip(known, reading.words, strict=True)
        if len(word.normal) > _STUB and tier(best_of(one.grades)) in _OF_NAMES
    ]
    return (
        (_all(every) if len(every) == len(known) else None)
        or _all([one for one, _ in names])
        # 동아제약 also begins names of medicines, and may have made 속이쿨정 once.
        or _all([one for one, word in names if not _is_maker(store, word)])
    )


def _is_maker(store: Store, word: Word) -> bool:
    found = store.makers.find(word.pattern)
    return found.low < found.high


def _all(words: Sequence[Corrected]) -> Corrected | None:
    """Products that match all of `words`.

    Called with the names alone, it finds 뉴아딘정 although the company in front of it was renamed.
    """
    if not words:
        return None
    graded = together([one.grades for one in words])
    return Corrected(graded, " ".join(one.shown for one in words)) if best_of(graded) != NONE else None


def beside(store: Store, word: Word, graded: Grades) -> Grades:
    """`graded`, and products without a grade whose names are one slip away from a word that is itself found.

    `노펜정` stands inside several names, and may still be 노즈펜정 with a syllable left out.
    """
    others = store.slips.near(word.normal)
    others = others[graded[others] == NONE]
    if not len(others):
        return graded
    graded = graded.copy()
    for one in near(store.names, word.pattern, others, strict=False):
        if one.cost == 1:
            graded[one.owner] = Tier.SIMILAR.grade(min(one.rank, _FURTHEST))
    return graded


def _word(store: Store, word: Word, by: By) -> Corrected | None:
    """What `word` would have found in its nearest spelling, and after that names that are as near."""
    names: list[Near] = []
    substances: list[Near] = []
    if by in (By.ALL, By.NAME):
        exchanged = _exchanged(store, word)
        if exchanged is not None:
            return exchanged
        names = _names(store, word)
    if by in (By.ALL, By.INGREDIENT) and not (names and names[0].rank <= _ONE_SLIP):
        substances = near(store.substances, word.pattern)
    every = names + substances
    if not every:
        return None
    times = Counter(one.text for one in every)
    best = min(
        every,
        key=lambda one: (
            one.cost,
            -_alike(one.text, word.pattern),  # slips are rarer at the beginning
            -times[one.text],
            one.part,
            len(one.text),
            one.text,
        ),
    )
    meant = shown(best.text)
    graded = grades(store, Word(meant), by)
    if best in names:
        _put_back(graded, word)
    for one in names[:_MOST]:
        if one.cost == best.cost:
            graded[one.owner] = min(int(graded[one.owner]), Tier.SIMILAR.grade(min(one.rank, _FURTHEST)))
    return Corrected(graded, meant) if best_of(graded) != NONE else None


def _exchanged(store: Store, word: Word) -> Corrected | None:
    """Names that begin with `word` after two letters change places, and names one other slip away."""
    for other in hangul.swapped(word.normal):
        found = store.names.find(pattern(other))
        if found.low == found.high:
            continue
        graded = grades(store, Word(other), By.NAME)
        if tier(best_of(graded)) is Tier.BEGINS:
            _put_back(graded, word)
            return Corrected(beside(store, word, graded), other)
    return None


def _put_back(graded: Grades, word: Word) -> None:
    """Put names that only contain the corrected spelling last, where a whole name was typed."""
    if has_form(word.normal):
        graded[graded // STEP == Tier.CONTAINS] = Tier.SIMILAR.grade(_FURTHEST)


def _alike(one: bytes, other: bytes) -> int:
    """Keys at the beginning that are the same."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _names(store: Store, word: Word) -> list[Near]:
    if word.normal.isascii():
        return near(store.english, word.pattern)
    candidates = store.slips.near(word.normal)
    slips = [one for one in near(store.names, word.pattern, candidates) if one.cost == 1]
    if len(word.normal) == SHORTEST:
        slips += _lacking(store, word, candidates[~np.isin(candidates, [one.owner for one in slips])])
    return slips or near(store.names, word.pattern)


def _lacking(store: Store, word: Word, candidates: Ints) -> list[Near]:
    """Names of which a syllable is left out in a short word: 자하보액 for 자보액, 맨질크림 for 맨질림.

    Where neither has a form, a word as short may be any other one.
    """
    whole = has_form(word.normal)
    found = near(store.names, word.pattern, candidates, strict=False)
    return [
        one
        for one in found
        if one.cost == 1
        and len(one.text) > len(word.pattern)
        and one.text[:1] == word.pattern[:1]
        and (whole or has_form(shown(one.text)))
    ]
