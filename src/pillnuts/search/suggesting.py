"""Names that come to mind while something is being typed.

Latin letters may begin an English name, or a Korean one on the wrong keyboard: `ty` Tylenol, `xk` 타이레놀.
"""

from typing import Final

import numpy as np

from pillnuts.search import hangul
from pillnuts.search.found import Hit
from pillnuts.search.matching import begins_in_english, grades
from pillnuts.search.reading import Reading
from pillnuts.search.shapes import By
from pillnuts.search.store import Store
from pillnuts.search.tiers import NONE, STEP, Grades, Tier, best_of

_TELLING: Final = 3
"""Latin letters that may also be looked for further on in a name; fewer stand there by chance."""

Way = tuple[Grades, Reading]


def ways(store: Store, typed: Reading) -> list[Way]:
    """Grades under each way to read it in which some name begins with it, the likelier first.

    Where no name does, of what holds it; nothing when nothing does.
    """
    graded = grades(store, typed.joined, By.NAME, typing=True)
    if not (typed.joined.normal.isascii() and typed.joined.normal.isalpha()):
        return _some(graded, typed)
    english = _beginning(np.where(begins_in_english(graded), Tier.BEGINS.grade(), graded).astype(np.uint8))
    keys = hangul.from_qwerty("".join(typed.typed))
    other = Reading.of([hangul.compose(keys)]) if keys else typed
    korean = _beginning(grades(store, other.joined, By.NAME, typing=True)) if keys else english
    if keys is None or best_of(korean) == NONE:
        return _some(english if short(typed) else np.minimum(english, graded), typed)
    both = [(english, typed), (korean, other)]
    if best_of(english) == NONE or (
        not other.joined.initials and _many(store, korean) > _many(store, english)
    ):
        both.reverse()
    return [way for way in both if best_of(way[0]) != NONE]


def short(typed: Reading) -> bool:
    """Whether these are so few Latin letters that any name might hold them."""
    return typed.joined.normal.isascii() and len(typed.joined.normal) < _TELLING


def mixed(ways: list[list[Hit]], limit: int) -> list[Hit]:
    """The hits of the likelier way, each name once; a third of the places are for the other way."""
    first, *others = ways or [[]]
    other = [hit for way in others for hit in way][: limit // 3]
    names: dict[str, Hit] = {}
    for hit in (*first[: limit - len(other)], *other, *first):
        names.setdefault(hit.name, hit)
    return list(names.values())[:limit]


def _some(graded: Grades, typed: Reading) -> list[Way]:
    return [(graded, typed)] if best_of(graded) != NONE else []


def _beginning(graded: Grades) -> Grades:
    return np.where(graded // STEP == Tier.BEGINS, graded, NONE).astype(np.uint8)


def _many(store: Store, graded: Grades) -> int:
    """How many products on the market."""
    return int(np.count_nonzero((graded != NONE) & ~store.columns.withdrawn))
