"""Why a product is among the results, in a few words for the reader."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from pillnuts.search import hangul
from pillnuts.search.matching import Word, pattern
from pillnuts.search.shapes import Match
from pillnuts.search.store import Links, Store
from pillnuts.search.suffixes import Suffixes, decode
from pillnuts.search.tiers import STEP, Tier, Told, Typed

EVERYTHING: Final = Match(field="all", why="전체 목록")
_BEGINS: Final = Match(field="name", why="이름이 검색어로 시작합니다")
_CONTAINS: Final = Match(field="name", why="이름에 검색어가 들어 있습니다")
_INITIALS: Final = Match(field="name", why="이름의 초성이 같습니다")
_MENTIONED: Final = (Told.MENTIONS, Told.MENTIONS_ALSO)
_SIMILAR: Final = Match(field="similar", why="이름이 비슷합니다")


class Explainer:
    """Explains the hits of one search; looks each word up once."""

    def __init__(self, store: Store, words: Iterable[Word]) -> None:
        self._store = store
        self._words = tuple(words)
        self._substances: frozenset[int] | None = None

    def match(self, product: int, grade: int, name: str, name_en: str | None) -> Match:
        why: Match
        match Tier(grade // STEP):
            case Tier.ALL:
                why = EVERYTHING
            case Tier.BEGINS | Tier.CONTAINS as place:
                why = self._name(begins=place is Tier.BEGINS)
            case Tier.INGREDIENT:
                listed = self._substance(product, self._store.actives, "성분")
                why = listed or self._named(name) or _english(name_en)
            case Tier.ADDITIVE:
                why = self._substance(product, self._store.additives, "첨가제") or _CONTAINS
            case Tier.TEXT:
                why = self._text(product, mentioned=grade % STEP in _MENTIONED) or _CONTAINS
            case Tier.ACROSS:
                why = self._substance(product, self._store.actives, "성분") or _CONTAINS
            case Tier.BESIDE:
                why = self._beside(product)
            case Tier.TYPING:
                why = self._typing(product, grade, name_en)
            case Tier.SIMILAR:
                why = _SIMILAR
        return why

    def _name(self, *, begins: bool) -> Match:
        if any(word.initials for word in self._words):
            return _INITIALS
        return _BEGINS if begins else _CONTAINS

    def _typing(self, product: int, grade: int, name_en: str | None) -> Match:
        match Typed(grade % STEP):
            case Typed.NAME:
                return self._name(begins=True)
            case Typed.INSIDE_NAME:
                return self._name(begins=False)
            case Typed.ENGLISH:
                return _english(name_en)
            case Typed.SUBSTANCE:
                return self._substance(product, self._store.actives, "성분") or _CONTAINS
            case Typed.TEXT:
                return self._text(product) or self._beside(product)

    def substance(self, product: int) -> int | None:
        """The active ingredient of the product that was asked for."""
        return next((n for n in self._store.actives.one(product).tolist() if n in self._asked()), None)

    def _asked(self) -> frozenset[int]:
        if self._substances is None:
            fields = self._store
            found: set[int] = set()
            for word in self._words:
                field = fields.substance_initials if word.initials else fields.substances
                low, high, _ = field.find(word.pattern)
                found.update(np.unique(field.owner[low:high]).tolist())
            self._substances = frozenset(found)
        return self._substances

    def _substance(self, product: int, links: Links, kind: str) -> Match | None:
        asked = self._asked()
        names = [self._store.lists.substances[n] for n in links.one(product).tolist() if n in asked]
        return Match(field="ingredient", why=f"{kind}: {', '.join(names)}") if names else None

    def _named(self, name: str) -> Match | None:
        """The ingredient that was asked for, where only the product's name tells of it."""
        known = self._store.lists.substances
        told = [known[number] for number in self._asked() if known[number] in name]
        return Match(field="ingredient", why=f"이름에 적힌 성분: {max(told, key=len)}") if told else None

    def _text(self, product: int, *, mentioned: bool = False) -> Match | None:
        symptom = self.symptom(product)
        if symptom is not None:
            said = "효능·효과 글에 나옵니다" if mentioned else "효능·효과"
            return Match(field="symptom", why=f"{said}: {symptom}")
        name = self.class_(product)
        if name is not None:
            return Match(field="class", why=f"분류: {name}")
        return self._cure(product)

    def _cure(self, product: int) -> Match | None:
        """The active ingredient by which the glossary explains what was asked for."""
        others = {other.partition(" ")[0] for word in self._words for other in word.complaints(self._store)}
        names = [self._store.lists.substances[n] for n in self._store.actives.one(product).tolist()]
        known = [name for name in names if hangul.normalise(name) in others]
        return Match(field="ingredient", why=f"성분: {', '.join(known)}") if known else None

    def symptom(self, product: int) -> str | None:
        """The word that stands in the text on what the product is for."""
        code = int(self._store.columns.text[product])
        others = [
            other
            for word in self._words
            for other in (word.normal, *word.stems(), *word.complaints(self._store))
        ]
        terms = [term for other in others if (term := other.partition(" ")[0])]
        return _first_in(self._store.texts, code, terms)

    def known_symptom(self, product: int) -> str | None:
        """The same, where it is a word of the glossary."""
        symptom, known = self.symptom(product), self._store.lists.words
        in_glossary = symptom in known or any(symptom in others for others in known.values())
        return symptom if in_glossary else None

    def class_(self, product: int) -> str | None:
        """The product's class, if that was asked for."""
        code = int(self._store.columns.class_[product])
        terms = [term for word in self._words for term in (word.normal, *word.stems())]
        return self._store.lists.classes[code] if _first_in(self._store.classes, code, terms) else None

    def _beside(self, product: int) -> Match:
        code = int(self._store.columns.maker[product])
        if _first_in(self._store.makers, code, [word.normal for word in self._words]):
            return Match(field="maker", why=f"업체: {self._store.lists.makers[code]}")
        return Match(field="amount", why="함량이 같습니다")


def _first_in(field: Suffixes, owner: int, terms: Sequence[str]) -> str | None:
    """The first of `terms` that stands in a text of the owner."""
    if owner < 0:
        return None
    texts = list(field.texts(owner))
    return next((term for term in terms if any(pattern(term) in text for text in texts)), None)


def _english(name_en: str | None) -> Match:
    return _CONTAINS if name_en is None else Match(field="name_en", why=f"영문명: {name_en}")


def shown(text: bytes) -> str:
    """An encoded text as it can be read."""
    return hangul.compose(decode(text))
