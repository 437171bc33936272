"""How well a product matches: tiers, and closeness inside each.

A grade is one byte, the lower the better: the tier times eight, plus how close the match is inside the
tier. Tiers are those of the product's description; they stand in the order in which results are shown.
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Grades = NDArray[np.uint8]

NONE: Final = 255
STEP: Final = 8


class Tier(IntEnum):
    ALL = 0
    """Nothing was asked for."""
    BEGINS = 1
    """The name begins with it."""
    CONTAINS = 2
    INGREDIENT = 3
    """An active ingredient's name, or the product's English name."""
    ADDITIVE = 4
    TEXT = 5
    """The class, or what the medicine is for."""
    ACROSS = 6
    """A word for a complaint that stands inside a name or an ingredient by chance: 질염 in 도네페질염산염."""
    BESIDE = 7
    """The maker or the strength: they narrow a search, and say nothing about what the thing is."""
    TYPING = 8
    """It goes on inside the last syllable or number: `캡슈` for 캡슐. While typing it counts as BEGINS."""
    SIMILAR = 9
    """A name near to what was typed."""

    def grade(self, closeness: int = 0) -> int:
        return self * STEP + closeness


class Typed(IntEnum):
    """Closeness in the tier TYPING."""

    NAME = 0
    INSIDE_NAME = 1
    ENGLISH = 2
    SUBSTANCE = 3
    TEXT = 4


class Called(IntEnum):
    """Closeness in the tiers INGREDIENT and ADDITIVE.

    An ingredient written exactly like this, best alone in its product and in the product's name, comes before
    one that only begins like this, and that before one that contains it.
    """

    ENGLISH = 0
    """The product's own English name is this, or begins with it: that goes first."""
    ENGLISH_BEGINS = 1
    NAMED = 2
    """It is the only ingredient, and the product's name says so."""
    ALONE = 3
    EXACT = 4
    BEGINS = 5
    ENGLISH_CONTAINS = 6
    CONTAINS = 7


class Told(IntEnum):
    """Closeness in the tier TEXT."""

    BOTH = 0
    """The class is called so, and the text says it too."""
    CLASS = 1
    """The class is called exactly so."""
    LEADS = 2
    """The text begins with it."""
    TREATS = 3
    """The text holds it, or the glossary names the one ingredient."""
    TREATS_ALSO = 4
    """In another word for the same."""
    CLASS_PART = 5
    MENTIONS = 6
    """The text says it of something else: whom the medicine is given to, where the complaint comes from."""
    MENTIONS_ALSO = 7


def tier(grade: int) -> Tier | None:
    """The tier of a grade; None for NONE."""
    return None if grade == NONE else Tier(grade // STEP)


def best_of(graded: Grades) -> int:
    """The best grade there is; NONE where nothing matches."""
    return int(graded.min(initial=NONE))


def together(each: list[Grades]) -> Grades:
    """Grades of several words: every one must match somewhere, and the worst of them counts.

    Maker and strength only narrow, as long as another word says what the thing is. A name that begins
    with one of the words and contains the others begins with them.
    """
    stacked = np.stack(each)
    beside = stacked // STEP == Tier.BESIDE
    told = np.where(beside, 0, stacked)
    worst = told.max(axis=0)
    out = np.where(worst == 0, stacked.max(axis=0), worst)
    named = stacked.min(axis=0) // STEP == Tier.BEGINS
    out[named & (worst // STEP == Tier.CONTAINS)] = Tier.BEGINS.grade(2)
    combined: Grades = out.astype(np.uint8)
    return combined
