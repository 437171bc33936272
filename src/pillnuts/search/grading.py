"""Grades for what matches in each field, by where the match begins and where it ends."""

from typing import Final

import numpy as np

from pillnuts.search.tiers import NONE, STEP, Called, Grades, Tier, Told, Typed

_Edges = tuple[int, int, int]


def _table(first: _Edges, within: _Edges, note: _Edges) -> Grades:
    """Grades by where a match begins (FIRST, WITHIN, NOTE) and ends (INSIDE, START, END)."""
    return np.array([*first, *within, *note], np.uint8)


def _always(closeness: int, place: Tier, typed: Typed) -> Grades:
    anywhere = (Tier.TYPING.grade(typed), place.grade(closeness), place.grade(closeness))
    return _table(anywhere, anywhere, anywhere)


NAMES: Final = _table(
    (Tier.TYPING.grade(Typed.NAME), Tier.BEGINS.grade(1), Tier.BEGINS.grade(0)),
    (Tier.TYPING.grade(Typed.INSIDE_NAME), Tier.CONTAINS.grade(1), Tier.CONTAINS.grade(0)),
    (Tier.TYPING.grade(Typed.INSIDE_NAME), Tier.CONTAINS.grade(3), Tier.CONTAINS.grade(3)),
)
TYPING_NAMES: Final = _table(
    (Tier.BEGINS.grade(2), Tier.BEGINS.grade(1), Tier.BEGINS.grade(0)),
    (Tier.CONTAINS.grade(2), Tier.CONTAINS.grade(1), Tier.CONTAINS.grade(0)),
    (Tier.CONTAINS.grade(4), Tier.CONTAINS.grade(3), Tier.CONTAINS.grade(3)),
)
ENGLISH_BEGINS: Final = (
    Tier.TYPING.grade(Typed.ENGLISH),
    Tier.INGREDIENT.grade(Called.ENGLISH_BEGINS),
    Tier.INGREDIENT.grade(Called.ENGLISH),
)
_EN_WITHIN: Final = (
    NONE,
    Tier.INGREDIENT.grade(Called.ENGLISH_CONTAINS),
    Tier.INGREDIENT.grade(Called.ENGLISH_CONTAINS),
)
ENGLISH: Final = _table(ENGLISH_BEGINS, _EN_WITHIN, _EN_WITHIN)
SHORT_ENGLISH: Final = _table(ENGLISH_BEGINS, (NONE,) * 3, (NONE,) * 3)


def _substance_table(place: Tier, *, inside: bool) -> Grades:
    contains = place.grade(Called.CONTAINS) if inside else NONE
    within = (NONE, contains, contains)
    typed = Tier.TYPING.grade(Typed.SUBSTANCE)
    return _table((typed, place.grade(Called.BEGINS), place.grade(Called.EXACT)), within, within)


ACTIVE: Final = _substance_table(Tier.INGREDIENT, inside=True)
SHORT_ACTIVE: Final = _substance_table(Tier.INGREDIENT, inside=False)
ADDITIVE: Final = _substance_table(Tier.ADDITIVE, inside=True)
CALLED: Final = tuple(
    Tier.INGREDIENT.grade(closeness) for closeness in (Called.NAMED, Called.ALONE, Called.EXACT)
)
ACROSS: Final = (
    *(Tier.CONTAINS.grade(closeness) for closeness in range(STEP)),
    Tier.INGREDIENT.grade(Called.ENGLISH_CONTAINS),
    Tier.INGREDIENT.grade(Called.CONTAINS),
    Tier.ADDITIVE.grade(Called.BEGINS),
    Tier.ADDITIVE.grade(Called.CONTAINS),
)


def _told(whole: Told, lead: Told, told: Told, aside: Told) -> Grades:
    """Grades for a text that is `whole` what was asked for, begins with it, holds it, or only mentions it."""
    typed = Tier.TYPING.grade(Typed.TEXT)
    is_, begins, holds, mentions = (Tier.TEXT.grade(one) for one in (whole, lead, told, aside))
    return _table((typed, begins, is_), (typed, holds, holds), (typed, mentions, mentions))


SYMPTOM: Final = _told(Told.LEADS, Told.LEADS, Told.TREATS, Told.MENTIONS)
SYMPTOM_ALSO: Final = _told(Told.TREATS_ALSO, Told.TREATS_ALSO, Told.TREATS_ALSO, Told.MENTIONS_ALSO)
CLASS: Final = _told(Told.CLASS, Told.CLASS_PART, Told.CLASS_PART, Told.CLASS_PART)
CLASS_ALSO: Final = _always(Told.CLASS_PART, Tier.TEXT, Typed.TEXT)
GOES_ON: Final = (Tier.BEGINS.grade(1), Tier.BEGINS.grade(2), Tier.ADDITIVE.grade(Called.CONTAINS))
IS, HOLDS, TREATS = (Tier.TEXT.grade(one) for one in (Told.CLASS, Told.CLASS_PART, Told.TREATS))
MAKER: Final = _always(0, Tier.BESIDE, Typed.TEXT)
AMOUNT: Final = _always(1, Tier.BESIDE, Typed.TEXT)
