"""What one word matches, and how well: a grade for each product.

A grade is one byte, the lower the better: the tier times eight, plus how close the match is inside the
tier. Tiers are those of the product's description; they stand in the order in which results are shown.
"""

import dataclasses
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pillnuts.search import hangul
from pillnuts.search.shapes import By
from pillnuts.search.store import Links, Store
from pillnuts.search.suffixes import END, INSIDE, Ints, Suffixes, encode

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
    BESIDE = 6
    """The maker or the strength: they narrow a search, and say nothing about what the thing is."""
    TYPING = 7
    """It goes on inside the last syllable or number: `캡슈` for 캡슐. While typing it counts as BEGINS."""
    SIMILAR = 8
    """A corrected spelling, the nearest that there is."""
    ROUGHLY = 9
    """A corrected spelling further off."""

    def grade(self, closeness: int = 0) -> int:
        return self * STEP + closeness


class Typed(IntEnum):
    """Closeness in the tier TYPING."""

    NAME = 0
    INSIDE_NAME = 1
    ENGLISH = 2
    SUBSTANCE = 3
    TEXT = 4


def tier(grade: int) -> Tier:
    return Tier(grade // STEP)


# Closeness inside a tier. In names: 0 the match ends where the name does, 1 earlier, 2 inside a syllable.
# Exact substances come before names that begin with the word, those before names that contain it.
_EN_WHOLE, _ALONE, _EXACT, _EN_BEGINS, _BEGINS, _EN_CONTAINS, _CONTAINS = range(7)
_SYMPTOM, _CLASS, _SYMPTOM_ALSO, _CLASS_ALSO = range(4)
_MAKER, _AMOUNT = range(2)
_MIN_INSIDE: Final = 2
"""Characters a word must have to be looked for inside longer texts."""
_MIN_STEM: Final = 2


@dataclass(frozen=True, slots=True)
class Word:
    """A word in normal form, as the index looks for it."""

    normal: str
    pattern: bytes = dataclasses.field(init=False)
    initials: bool = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", encode(hangul.jamo(self.normal)))
        object.__setattr__(self, "initials", hangul.is_choseong(self.normal))

    @property
    def long(self) -> bool:
        return len(self.normal) >= _MIN_INSIDE

    def related(self, store: Store) -> tuple[str, ...]:
        """Other words for the same type or complaint: `진통제` → `진통`, and what the glossary adds."""
        synonyms = store.lists.synonyms
        stem = self.normal[:-1] if self.normal[-1:] in {"제", "약"} else ""
        words = [stem] if len(stem) >= _MIN_STEM else []
        for word in (self.normal, stem):
            words += synonyms.get(word, ())
        return tuple(dict.fromkeys(word for word in words if word != self.normal))


def grades(store: Store, word: Word, by: By = By.ALL, *, typing: bool = False) -> Grades:
    """A grade for every product, NONE where nothing matches. Later lines overwrite earlier, worse ones.

    With `typing` a name that goes on inside the last syllable begins with the word all the same.
    """
    out = np.full(len(store.columns.item_seq), NONE, np.uint8)
    if word.initials:
        if by in (By.ALL, By.NAME):
            _names(out, store.initials, word, typing=typing)
        if by is By.INGREDIENT:
            _substances(out, store, store.substance_initials, word)
        return out
    if by in (By.ALL, By.CLASS, By.SYMPTOM) and word.long:
        _texts(out, store, word, by)
    if by is By.ALL and word.long:
        _beside(out, store, word)
    if by in (By.ALL, By.INGREDIENT):
        _substances(out, store, store.substances, word)
    if by in (By.ALL, By.NAME):
        _english(out, store, word)
        _names(out, store.names, word, typing=typing)
    return out


def _better(out: Grades, products: Ints, grade: int) -> None:
    """Give `products` this grade where they have none that is as good."""
    out[products[out[products] > grade]] = grade


def _names(out: Grades, names: Suffixes, word: Word, *, typing: bool) -> None:
    found = names.find(word.pattern)
    if found.low == found.high:
        return
    owners, first, edges = names.owners(found), names.firsts(found), names.edges(found)
    inside = edges == INSIDE
    for begins, place in ((False, Tier.CONTAINS), (True, Tier.BEGINS)):
        here = first if begins else ~first
        if inside.any():
            grade = Tier.TYPING.grade(Typed.NAME if begins else Typed.INSIDE_NAME)
            _better(out, owners[here & inside], place.grade(2) if typing else grade)
        out[owners[here & ~inside]] = place.grade(1)
        out[owners[here & (edges == END)]] = place.grade()


def _english(out: Grades, store: Store, word: Word) -> None:
    found = store.english.find(word.pattern)
    if found.low == found.high:
        return
    english = store.english
    owners, first, edges = english.owners(found), english.firsts(found), english.edges(found)
    inside = edges == INSIDE
    _better(out, owners[first & inside], Tier.TYPING.grade(Typed.ENGLISH))
    if word.long:
        _better(out, owners[~first & ~inside], Tier.INGREDIENT.grade(_EN_CONTAINS))
    _better(out, owners[first & ~inside], Tier.INGREDIENT.grade(_EN_BEGINS))
    _better(out, owners[first & (edges == END)], Tier.INGREDIENT.grade(_EN_WHOLE))


def _substances(out: Grades, store: Store, field: Suffixes, word: Word) -> None:
    found = field.find(word.pattern)
    if found.low == found.high:
        return
    owners, first, edges = field.owners(found), field.firsts(found), field.edges(found)
    inside = edges == INSIDE
    _better(out, store.by_active.of(np.unique(owners[first & inside])), Tier.TYPING.grade(Typed.SUBSTANCE))
    exact = np.unique(owners[first & (edges == END)])
    kinds = [(exact, _EXACT), (np.unique(owners[first & ~inside]), _BEGINS)]
    if word.long:
        kinds.append((np.unique(owners[~inside]), _CONTAINS))
    for links, place in ((store.by_additive, Tier.ADDITIVE), (store.by_active, Tier.INGREDIENT)):
        for substances, closeness in reversed(kinds):
            _better(out, links.of(substances), place.grade(closeness))
    alone = store.by_active.of(exact)
    _better(out, alone[np.diff(store.actives.start)[alone] == 1], Tier.INGREDIENT.grade(_ALONE))


def _texts(out: Grades, store: Store, word: Word, by: By) -> None:
    fields = []
    if by is not By.CLASS:
        fields.append((store.texts, store.by_text, _SYMPTOM_ALSO, _SYMPTOM))
    if by is not By.SYMPTOM:
        fields.append((store.classes, store.by_class, _CLASS_ALSO, _CLASS))
    related = [encode(hangul.jamo(other)) for other in word.related(store)]
    for field, links, also, directly in fields:
        for pattern in related:
            _mark(out, field, links, pattern, Tier.TEXT.grade(also))
        _mark(out, field, links, word.pattern, Tier.TEXT.grade(directly))


def _beside(out: Grades, store: Store, word: Word) -> None:
    if word.normal[0].isdigit():
        _mark(out, store.amounts, store.by_amount, word.pattern, Tier.BESIDE.grade(_AMOUNT))
    _mark(out, store.makers, store.by_maker, word.pattern, Tier.BESIDE.grade(_MAKER))


def _mark(out: Grades, field: Suffixes, links: Links, pattern: bytes, grade: int) -> None:
    found = field.find(pattern)
    if found.low == found.high:
        return
    owners, inside = field.owners(found), field.edges(found) == INSIDE
    if inside.any():
        _better(out, links.of(np.unique(owners[inside])), Tier.TYPING.grade(Typed.TEXT))
    _better(out, links.of(np.unique(owners[~inside])), grade)


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
