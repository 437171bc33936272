"""What one word matches, and how well: a grade for each product."""

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pillnuts.search import grading, hangul
from pillnuts.search.shapes import By
from pillnuts.search.store import Links, Store
from pillnuts.search.suffixes import Ints, Suffixes, encode
from pillnuts.search.tiers import NONE, STEP, Called, Grades, Tier, Told

_MIN_INSIDE: Final = 2
"""Characters a word must have to be looked for inside longer texts."""
_MIN_STEM: Final = 2
_FEW_SUBSTANCES: Final = 8
"""So many that a word may stand for, and be looked for in names by what they are called."""

_FAR_RARER: Final = 100


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
        _own(out, names, word, grading.TYPING_NAMES if typing else grading.NAMES)
        if not word.initials:
            _own(out, store.english, word, grading.ENGLISH if word.long else grading.SHORT_ENGLISH)
    if by is By.INGREDIENT or (by is By.ALL and not word.initials):
        _substances(out, store, substances, word)
    if word.long and not word.initials:
        if by is By.ALL and _is_complaint(store, word) and not _is_substance(out, store, word):
            out[np.isin(out, grading.ACROSS)] = Tier.ACROSS.grade()
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
    if np.isin(out, grading.CALLED).any():
        return True
    begin = int(np.count_nonzero(out == Tier.INGREDIENT.grade(Called.BEGINS)))
    if not begin:
        return False
    low, high, _ = store.texts.find(word.pattern)
    return len(store.by_text.of(np.unique(store.texts.owner[low:high]))) < begin * _FAR_RARER


def _own(out: Grades, field: Suffixes, word: Word, table: Grades) -> None:
    """Grade products by a text of their own."""
    graded = _graded(field, word.pattern, table)
    if graded is not None:
        np.minimum(out, graded, out=out)


def _substances(out: Grades, store: Store, field: Suffixes, word: Word) -> None:
    graded = _graded(field, word.pattern, grading.ACTIVE if word.long else grading.SHORT_ACTIVE)
    if graded is None:
        return
    _spread(out, store.by_active, graded)
    exact = np.flatnonzero(graded == Tier.INGREDIENT.grade(Called.EXACT))
    products = store.by_active.of(exact)
    _better(out, products[_actives(store, products) == 1], Tier.INGREDIENT.grade(Called.ALONE))
    called = exact if len(exact) else np.flatnonzero(graded == Tier.INGREDIENT.grade(Called.BEGINS))
    if not word.initials and len(called) <= _FEW_SUBSTANCES:
        _named(out, store, called)
    additive = _graded(field, word.pattern, grading.ADDITIVE) if word.long else None
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
        _better(out, products[known == 0], Tier.INGREDIENT.grade(Called.CONTAINS))
        least, most = Tier.INGREDIENT.grade(Called.ALONE), Tier.INGREDIENT.grade(Called.BEGINS)
        alone = (known == 1) & (out[products] >= least) & (out[products] <= most)
        out[products[alone]] = Tier.INGREDIENT.grade(Called.NAMED)


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
    return np.isin(graded, grading.ENGLISH_BEGINS)


def substance_grades(store: Store, word: Word) -> Grades | None:
    """A grade for each substance, by its names; None when none matches."""
    field = store.substance_initials if word.initials else store.substances
    return _graded(field, word.pattern, grading.ACTIVE if word.long else grading.SHORT_ACTIVE)


def _texts(out: Grades, store: Store, word: Word, by: By) -> None:
    told = np.full(len(out), NONE, np.uint8)
    if by in (By.ALL, By.SYMPTOM):
        _uses(told, store, word)
    if by in (By.ALL, By.CLASS):
        _classes(told, store, word)
    if by is By.ALL:
        _through(told, store.makers, store.by_maker, word.pattern, grading.MAKER)
        if word.normal[0].isdigit():
            _through(told, store.amounts, store.by_amount, word.pattern, grading.AMOUNT)
        if word.normal in store.lists.words:
            _by_chance(out, told)
    np.minimum(out, told, out=out)


def _by_chance(out: Grades, told: Grades) -> None:
    """Put a name that only goes on from a word of the glossary after what the word means.

    파스틱정 is no 파스; 감기몰정, of which the text says 감기, stays where it is. And of the names that hold
    칼슘 those of its class come before all the salts.
    """
    if not np.isin(out, grading.CALLED).any():
        out[np.isin(out, grading.GOES_ON) & (told // STEP != Tier.TEXT)] = Tier.ACROSS.grade()
    classy = told <= grading.IS
    if classy.any():
        out[(out // STEP == Tier.CONTAINS) & ~classy] += 1


def _uses(out: Grades, store: Store, word: Word) -> None:
    for same in (word.normal, *word.stems()):
        _through(out, store.texts, store.by_text, pattern(same), grading.SYMPTOM)
    for other in word.complaints(store):
        what, _, inside = other.partition(" ")
        if inside:
            graded = _use(np.full_like(out, NONE), store, what) if what else np.full_like(out, grading.IS)
            np.minimum(out, _called(store, graded, inside), out=out)
        else:
            _use(out, store, what)


def _use(out: Grades, store: Store, other: str) -> Grades:
    """Grade by another word for the same."""
    _through(out, store.texts, store.by_text, pattern(other), grading.SYMPTOM_ALSO)
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
    graded = _graded(store.classes, word.pattern, grading.CLASS)
    if graded is not None:
        found = np.full(len(out), NONE, np.uint8)
        _spread(found, store.by_class, graded)
        classed = (found == grading.IS) & (out // STEP == Tier.TEXT)
        both = classed | (found == grading.HOLDS) & (out <= grading.TREATS)
        np.minimum(out, found, out=out)
        out[both] = Tier.TEXT.grade(Told.BOTH)
    for other in word.stems():
        _through(out, store.classes, store.by_class, pattern(other), grading.CLASS_ALSO)


def _cures(out: Grades, store: Store, name: str) -> None:
    """Grade products of which a word of the glossary names the one active ingredient."""
    graded = _graded(store.substances, pattern(name), grading.ACTIVE)
    if graded is not None:
        products = store.by_active.of(np.flatnonzero(graded == Tier.INGREDIENT.grade(Called.EXACT)))
        _better(out, products[_actives(store, products) == 1], grading.TREATS)


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
