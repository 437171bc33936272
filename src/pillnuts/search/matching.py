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
from pillnuts.search.suffixes import Ints, Suffixes, encode

Grades = NDArray[np.uint8]

_Edges = tuple[int, int, int]

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


_MIN_INSIDE: Final = 2
"""Characters a word must have to be looked for inside longer texts."""
_MIN_STEM: Final = 2
_FEW_SUBSTANCES: Final = 8
"""So many that a word may stand for, and be looked for in names by what they are called."""

_FAR_RARER: Final = 100


def best_of(graded: Grades) -> int:
    """The best grade there is; NONE where nothing matches."""
    return int(graded.min(initial=NONE))


def pattern(normal: str) -> bytes:
    """A text in normal form as the index holds it."""
    return encode(hangul.jamo(normal))


@dataclass(frozen=True, slots=True)
class Word:
    """A word in normal form, as the index looks for it."""

    normal: str
    pattern: bytes = dataclasses.field(init=False)
    initials: bool = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", pattern(self.normal))
        object.__setattr__(self, "initials", hangul.is_choseong(self.normal))

    @property
    def long(self) -> bool:
        return len(self.normal) >= _MIN_INSIDE

    def stems(self) -> tuple[str, ...]:
        """`진통` for `진통제`, `감기` for `감기약`."""
        stem = self.normal[:-1]
        return (stem,) if self.normal[-1:] in {"제", "약"} and len(stem) >= _MIN_STEM else ()

    def complaints(self, store: Store) -> tuple[str, ...]:
        """Other words that a text may use for the same complaint."""
        words, stems = store.lists.words, self.stems()
        also = [other for word in (self.normal, *stems) for other in words.get(word, ())]
        return tuple(dict.fromkeys(also))


def grades(store: Store, word: Word, by: By = By.ALL, *, typing: bool = False) -> Grades:
    """A grade for every product, NONE where nothing matches.

    With `typing` a name that goes on inside the last syllable begins with the word all the same.
    """
    out = np.full(store.names.owners, NONE, np.uint8)
    names, substances = store.names, store.substances
    if word.initials:
        names, substances = store.initials, store.substance_initials
    if by in (By.ALL, By.NAME):
        _own(out, names, word, _TYPING_NAMES if typing else _NAMES)
        if not word.initials:
            _own(out, store.english, word, _ENGLISH if word.long else _SHORT_ENGLISH)
    if by is By.INGREDIENT or (by is By.ALL and not word.initials):
        _substances(out, store, substances, word)
    if word.long and not word.initials:
        if by is By.ALL and _is_complaint(store, word) and not _is_substance(out, store, word):
            out[np.isin(out, _ACROSS)] = Tier.ACROSS.grade()
        _texts(out, store, word, by)
    return out


def is_concept(store: Store, word: Word) -> bool:
    """Whether it is a word of the glossary, or stands in the name of a substance."""
    low, high, _ = store.substances.find(word.pattern)
    return low < high or word.normal in store.lists.words


def _is_complaint(store: Store, word: Word) -> bool:
    """Whether it is a word of the glossary, or a short one that the texts use."""
    if word.normal in store.lists.words:
        return True
    found = store.texts.find(word.pattern)
    return len(word.normal) == _MIN_INSIDE and found.low < found.high


def _is_substance(out: Grades, store: Store, word: Word) -> bool:
    """Whether some ingredient is called so, or begins so and is not far rarer than the word in texts.

    비타민 is an ingredient first; 피로 is what hundreds of medicines are for, and begins 피로인산철.
    """
    if np.isin(out, _CALLED).any():
        return True
    begin = int(np.count_nonzero(out == Tier.INGREDIENT.grade(_BEGINS)))
    if not begin:
        return False
    low, high, _ = store.texts.find(word.pattern)
    return len(store.by_text.of(np.unique(store.texts.owner[low:high]))) < begin * _FAR_RARER


def _table(first: _Edges, within: _Edges, note: _Edges) -> Grades:
    """Grades by where a match begins (FIRST, WITHIN, NOTE) and ends (INSIDE, START, END)."""
    return np.array([*first, *within, *note], np.uint8)


def _always(closeness: int, place: Tier, typed: Typed) -> Grades:
    anywhere = (Tier.TYPING.grade(typed), place.grade(closeness), place.grade(closeness))
    return _table(anywhere, anywhere, anywhere)


_NAMES: Final = _table(
    (Tier.TYPING.grade(Typed.NAME), Tier.BEGINS.grade(1), Tier.BEGINS.grade(0)),
    (Tier.TYPING.grade(Typed.INSIDE_NAME), Tier.CONTAINS.grade(1), Tier.CONTAINS.grade(0)),
    (Tier.TYPING.grade(Typed.INSIDE_NAME), Tier.CONTAINS.grade(3), Tier.CONTAINS.grade(3)),
)
_TYPING_NAMES: Final = _table(
    (Tier.BEGINS.grade(2), Tier.BEGINS.grade(1), Tier.BEGINS.grade(0)),
    (Tier.CONTAINS.grade(2), Tier.CONTAINS.grade(1), Tier.CONTAINS.grade(0)),
    (Tier.CONTAINS.grade(4), Tier.CONTAINS.grade(3), Tier.CONTAINS.grade(3)),
)
# An ingredient written exactly like this, best alone in its product and in the product's name, comes before
# one that only begins like this, and that before one that contains it. The product's own English name goes
# first.
_EN_WHOLE, _EN_BEGINS, _NAMED, _ALONE, _EXACT, _BEGINS, _EN_CONTAINS, _CONTAINS = range(8)
_EN_FIRST: Final = (
    Tier.TYPING.grade(Typed.ENGLISH),
    Tier.INGREDIENT.grade(_EN_BEGINS),
    Tier.INGREDIENT.grade(_EN_WHOLE),
)
_ENGLISH_BEGINS: Final = _EN_FIRST
_EN_WITHIN: Final = (NONE, Tier.INGREDIENT.grade(_EN_CONTAINS), Tier.INGREDIENT.grade(_EN_CONTAINS))
_ENGLISH: Final = _table(_EN_FIRST, _EN_WITHIN, _EN_WITHIN)
_SHORT_ENGLISH: Final = _table(_EN_FIRST, (NONE,) * 3, (NONE,) * 3)


def _substance_table(place: Tier, *, inside: bool) -> Grades:
    contains = place.grade(_CONTAINS) if inside else NONE
    within = (NONE, contains, contains)
    typed = Tier.TYPING.grade(Typed.SUBSTANCE)
    return _table((typed, place.grade(_BEGINS), place.grade(_EXACT)), within, within)


_ACTIVE: Final = _substance_table(Tier.INGREDIENT, inside=True)
_SHORT_ACTIVE: Final = _substance_table(Tier.INGREDIENT, inside=False)
_ADDITIVE: Final = _substance_table(Tier.ADDITIVE, inside=True)
_CALLED: Final = tuple(Tier.INGREDIENT.grade(closeness) for closeness in (_NAMED, _ALONE, _EXACT))
_ACROSS: Final = (
    *(Tier.CONTAINS.grade(closeness) for closeness in range(STEP)),
    Tier.INGREDIENT.grade(_EN_CONTAINS),
    Tier.INGREDIENT.grade(_CONTAINS),
    Tier.ADDITIVE.grade(_BEGINS),
    Tier.ADDITIVE.grade(_CONTAINS),
)


def _told(whole: Told, lead: Told, told: Told, aside: Told) -> Grades:
    """Grades for a text that is `whole` what was asked for, begins with it, holds it, or only mentions it."""
    typed = Tier.TYPING.grade(Typed.TEXT)
    is_, begins, holds, mentions = (Tier.TEXT.grade(one) for one in (whole, lead, told, aside))
    return _table((typed, begins, is_), (typed, holds, holds), (typed, mentions, mentions))


_SYMPTOM: Final = _told(Told.LEADS, Told.LEADS, Told.TREATS, Told.MENTIONS)
_SYMPTOM_ALSO: Final = _told(Told.TREATS_ALSO, Told.TREATS_ALSO, Told.TREATS_ALSO, Told.MENTIONS_ALSO)
_CLASS: Final = _told(Told.CLASS, Told.CLASS_PART, Told.CLASS_PART, Told.CLASS_PART)
_CLASS_ALSO: Final = _always(Told.CLASS_PART, Tier.TEXT, Typed.TEXT)
_GOES_ON: Final = (Tier.BEGINS.grade(1), Tier.BEGINS.grade(2), Tier.ADDITIVE.grade(_CONTAINS))
_IS, _HOLDS, _TREATS = (Tier.TEXT.grade(one) for one in (Told.CLASS, Told.CLASS_PART, Told.TREATS))
_MAKER: Final = _always(0, Tier.BESIDE, Typed.TEXT)
_AMOUNT: Final = _always(1, Tier.BESIDE, Typed.TEXT)


def _own(out: Grades, field: Suffixes, word: Word, table: Grades) -> None:
    """Grade products by a text of their own."""
    graded = _graded(field, word.pattern, table)
    if graded is not None:
        np.minimum(out, graded, out=out)


def _substances(out: Grades, store: Store, field: Suffixes, word: Word) -> None:
    graded = _graded(field, word.pattern, _ACTIVE if word.long else _SHORT_ACTIVE)
    if graded is None:
        return
    _spread(out, store.by_active, graded)
    exact = np.flatnonzero(graded == Tier.INGREDIENT.grade(_EXACT))
    products = store.by_active.of(exact)
    _better(out, products[_actives(store, products) == 1], Tier.INGREDIENT.grade(_ALONE))
    called = exact if len(exact) else np.flatnonzero(graded == Tier.INGREDIENT.grade(_BEGINS))
    if not word.initials and len(called) <= _FEW_SUBSTANCES:
        _named(out, store, called)
    additive = _graded(field, word.pattern, _ADDITIVE) if word.long else None
    if additive is not None:
        _spread(out, store.by_additive, additive)


def _actives(store: Store, products: Ints) -> Ints:
    """How many active ingredients each is known to have."""
    start = store.actives.start
    return start[products + 1] - start[products]


def _named(out: Grades, store: Store, substances: NDArray[np.int64]) -> None:
    """Put first what has one of `substances` alone and says so in its name.

    A list of ingredients may lack some, and then what stands alone in it is not alone. Where there is no
    list at all, the name is all that is known.
    """
    for name in [store.lists.substances[number] for number in substances.tolist()]:
        low, high, _ = store.names.find(pattern(hangul.normalise(name)))
        products = store.names.owner[low:high]
        known = _actives(store, products)
        _better(out, products[known == 0], Tier.INGREDIENT.grade(_CONTAINS))
        listed = (out[products] >= _CALLED[1]) & (out[products] <= Tier.INGREDIENT.grade(_BEGINS))
        out[products[listed & (known == 1)]] = _CALLED[0]


def told(store: Store, word: Word, by: By) -> Grades:
    """A grade for every product by its class and by what it is for, whatever it is called."""
    out = np.full(store.names.owners, NONE, np.uint8)
    if by in (By.ALL, By.SYMPTOM):
        _uses(out, store, word)
    if by in (By.ALL, By.CLASS):
        _classes(out, store, word)
    return out


def begins_in_english(graded: Grades) -> NDArray[np.bool_]:
    """Which products have an English name that begins with the word; of grades by name."""
    return np.isin(graded, _ENGLISH_BEGINS)


def substance_grades(store: Store, word: Word) -> Grades | None:
    """A grade for each substance, by its names; None when none matches."""
    field = store.substance_initials if word.initials else store.substances
    return _graded(field, word.pattern, _ACTIVE if word.long else _SHORT_ACTIVE)


def _texts(out: Grades, store: Store, word: Word, by: By) -> None:
    told = np.full(len(out), NONE, np.uint8)
    if by in (By.ALL, By.SYMPTOM):
        _uses(told, store, word)
    if by in (By.ALL, By.CLASS):
        _classes(told, store, word)
    if by is By.ALL:
        _through(told, store.makers, store.by_maker, word.pattern, _MAKER)
        if word.normal[0].isdigit():
            _through(told, store.amounts, store.by_amount, word.pattern, _AMOUNT)
        if word.normal in store.lists.words:
            _by_chance(out, told)
    np.minimum(out, told, out=out)


def _by_chance(out: Grades, told: Grades) -> None:
    """Put a name that only goes on from a word of the glossary after what the word means.

    파스틱정 is no 파스; 감기몰정, of which the text says 감기, stays where it is. And of the names that hold
    칼슘 those of its class come before all the salts.
    """
    if not np.isin(out, _CALLED).any():
        out[np.isin(out, _GOES_ON) & (told // STEP != Tier.TEXT)] = Tier.ACROSS.grade()
    classy = told <= _IS
    if classy.any():
        out[(out // STEP == Tier.CONTAINS) & ~classy] += 1


def _uses(out: Grades, store: Store, word: Word) -> None:
    for same in (word.normal, *word.stems()):
        _through(out, store.texts, store.by_text, pattern(same), _SYMPTOM)
    for other in word.complaints(store):
        what, _, inside = other.partition(" ")
        if inside:
            graded = _use(np.full_like(out, NONE), store, what) if what else np.full_like(out, _IS)
            np.minimum(out, _called(store, graded, inside), out=out)
        else:
            _use(out, store, what)


def _use(out: Grades, store: Store, other: str) -> Grades:
    """Grade by another word for the same."""
    _through(out, store.texts, store.by_text, pattern(other), _SYMPTOM_ALSO)
    _cures(out, store, other)
    return out


def _called(store: Store, graded: Grades, inside: str) -> Grades:
    """Keep what also has a word in its name: `히알우론산나트륨 점안` are the drops, not what is injected."""
    low, high, _ = store.names.find(pattern(inside))
    kept = np.full_like(graded, NONE)
    products = store.names.owner[low:high]
    kept[products] = graded[products]
    return kept


def _classes(out: Grades, store: Store, word: Word) -> None:
    """Grade by class; what says the same of itself is first."""
    graded = _graded(store.classes, word.pattern, _CLASS)
    if graded is not None:
        found = np.full(len(out), NONE, np.uint8)
        _spread(found, store.by_class, graded)
        both = (found == _IS) & (out // STEP == Tier.TEXT) | (found == _HOLDS) & (out <= _TREATS)
        np.minimum(out, found, out=out)
        out[both] = Tier.TEXT.grade(Told.BOTH)
    for other in word.stems():
        _through(out, store.classes, store.by_class, pattern(other), _CLASS_ALSO)


def _cures(out: Grades, store: Store, name: str) -> None:
    """Grade products of which a word of the glossary names the one active ingredient."""
    graded = _graded(store.substances, pattern(name), _ACTIVE)
    if graded is not None:
        products = store.by_active.of(np.flatnonzero(graded == Tier.INGREDIENT.grade(_EXACT)))
        _better(out, products[_actives(store, products) == 1], _TREATS)


def _through(out: Grades, field: Suffixes, links: Links, keys: bytes, table: Grades) -> None:
    """Grade products by a text that they share with others."""
    graded = _graded(field, keys, table)
    if graded is not None:
        _spread(out, links, graded)


def _graded(field: Suffixes, keys: bytes, table: Grades) -> Grades | None:
    """The best grade of each owner; None when nothing matches."""
    found = field.find(keys)
    if found.low == found.high:
        return None
    graded = np.full(field.owners, NONE, np.uint8)
    owners = field.owner[found.low : found.high]
    np.minimum.at(graded, owners, table[field.part[found.low : found.high] * 3 + field.edges(found)])
    return graded


def _spread(out: Grades, links: Links, graded: Grades) -> None:
    """Give what belongs to each owner its grade, where it has none that is as good."""
    for grade in np.unique(graded[graded != NONE]).tolist():
        _better(out, links.of(np.flatnonzero(graded == grade)), grade)


def _better(out: Grades, products: NDArray[np.int32], grade: int) -> None:
    out[products[out[products] > grade]] = grade


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
