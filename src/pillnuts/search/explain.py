"""Why a product is among the results, in a few words for the reader."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from pillnuts.search import hangul
from pillnuts.search.matching import STEP, Tier, Typed, Word, tier
from pillnuts.search.shapes import Match
from pillnuts.search.store import Links, Store
from pillnuts.search.suffixes import decode, encode

EVERYTHING: Final = Match(field="all", why="전체 목록")
_BEGINS: Final = Match(field="name", why="이름이 검색어로 시작합니다")
_CONTAINS: Final = Match(field="name", why="이름에 검색어가 들어 있습니다")
_INITIALS: Final = Match(field="name", why="이름의 초성이 같습니다")
_SIMILAR: Final = Match(field="similar", why="이름이 비슷합니다")


class Explainer:
    """Explains the hits of one search; looks each word up once."""

    def __init__(self, store: Store, words: Iterable[Word]) -> None:
        self._store = store
        self._words = tuple(words)
        self._substances: frozenset[int] | None = None

    def match(self, product: int, grade: int, name_en: str | None) -> Match:
        why: Match
        match tier(grade):
            case Tier.ALL:
                why = EVERYTHING
            case Tier.BEGINS | Tier.CONTAINS if any(word.initials for word in self._words):
                why = _INITIALS
            case Tier.BEGINS:
                why = _BEGINS
            case Tier.CONTAINS:
                why = _CONTAINS
            case Tier.INGREDIENT:
                why = self._substance(product, self._store.actives, "성분") or _english(name_en)
            case Tier.ADDITIVE:
                why = self._substance(product, self._store.additives, "첨가제") or _CONTAINS
            case Tier.TEXT:
                why = self._text(product) or _CONTAINS
            case Tier.BESIDE:
                why = self._beside(product)
            case Tier.TYPING:
                why = self._typing(product, grade, name_en)
            case Tier.SIMILAR | Tier.ROUGHLY:
                why = _SIMILAR
        return why

    def _typing(self, product: int, grade: int, name_en: str | None) -> Match:
        match Typed(grade % STEP):
            case Typed.NAME:
                return _BEGINS
            case Typed.INSIDE_NAME:
                return _CONTAINS
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

    def _text(self, product: int) -> Match | None:
        lists, columns = self._store.lists, self._store.columns
        code = int(columns.class_[product])
        if code >= 0:
            name = lists.classes[code]
            normal = hangul.jamo(hangul.normalise(name))
            if any(hangul.jamo(other) in normal for word in self._words for other in self._terms(word)):
                return Match(field="class", why=f"분류: {name}")
        word = self.symptom(product)
        return Match(field="symptom", why=f"효능·효과: {word}") if word else None

    def _terms(self, word: Word) -> tuple[str, ...]:
        return (word.normal, *word.related(self._store)) if word.long else ()

    def symptom(self, product: int) -> str | None:
        """The word that stands in the text on what the product is for."""
        number = int(self._store.columns.text[product])
        if number < 0:
            return None
        text = next(self._store.texts.texts(number))
        for word in self._words:
            for term in self._terms(word):
                if encode(hangul.jamo(term)) in text:
                    return term
        return None

    def known_term(self, product: int) -> str | None:
        """The class or symptom that was asked for, if it is a word of the glossary or a class."""
        synonyms, code = self._store.lists.synonyms, int(self._store.columns.class_[product])
        known = {*synonyms, *(other for others in synonyms.values() for other in others)}
        for word in self._words:
            term = next((term for term in self._terms(word) if term in known), None)
            if term is not None:
                return term
        match = self._text(product)
        return self._store.lists.classes[code] if match and match.field == "class" else None

    def _beside(self, product: int) -> Match:
        lists, columns = self._store.lists, self._store.columns
        maker = lists.makers[int(columns.maker[product])]
        normal = hangul.jamo(hangul.normalise(maker))
        if any(hangul.jamo(word.normal) in normal for word in self._words):
            return Match(field="maker", why=f"업체: {maker}")
        return Match(field="amount", why="함량이 같습니다")


def _english(name_en: str | None) -> Match:
    return Match(field="name_en", why=f"영문명: {name_en}")


def shown(text: bytes) -> str:
    """An encoded text as it can be read."""
    return hangul.compose(decode(text))
