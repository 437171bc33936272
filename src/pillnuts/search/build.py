"""Writing the index of a release."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from pillnuts.catalogue.shapes import IngredientDetail, IngredientRef
from pillnuts.search.documents import SearchDocument, Synonyms, maker_key, name_forms
from pillnuts.search.efficacy import read_uses
from pillnuts.search.hangul import normalise
from pillnuts.search.slips import Slips
from pillnuts.search.store import FORMAT, Columns, Links, Lists, Records, Store
from pillnuts.search.suffixes import Entry, Ints, Suffixes, suffixes

_OTC: Final = {"일반": 0, "전문": 1}


def build(
    folder: Path,
    products: Iterable[SearchDocument],
    ingredients: Iterable[IngredientDetail],
    synonyms: Synonyms | None = None,
) -> None:
    """Write the index into `folder`. `Index.open` reads it."""
    documents = sorted(products, key=lambda document: document.item_seq)
    folder.mkdir(parents=True, exist_ok=True)
    store(documents, list(ingredients), synonyms or Synonyms()).save(folder)


class _Codes:
    """Values numbered in the order in which they are first seen."""

    def __init__(self, values: Sequence[str | None]) -> None:
        self.known = list(dict.fromkeys(value for value in values if value))
        number = {value: n for n, value in enumerate(self.known)}
        self.codes = np.array([number.get(value or "", -1) for value in values], np.int32)

    def links(self) -> Links:
        with_one = np.flatnonzero(self.codes >= 0)
        return Links.of_pairs(self.codes[with_one].tolist(), with_one.tolist(), len(self.known))


def store(
    documents: Sequence[SearchDocument], ingredients: Sequence[IngredientDetail], synonyms: Synonyms
) -> Store:
    """The index of `documents`, which are in the order of their codes."""
    names = [Entry(n, *form) for n, document in enumerate(documents) for form in name_forms(document.name)]
    spellings = [_spellings(ingredient) for ingredient in ingredients]
    makers = _Codes([document.maker for document in documents])
    classes = _Codes([document.class_name for document in documents])
    forms = _Codes([document.form for document in documents])
    uses = {text: read_uses(text) for text in dict.fromkeys(document.efficacy for document in documents)}
    read = {one.text: one for one in uses.values()}
    texts = _Codes([uses[document.efficacy].text for document in documents])
    amounts = _Codes([document.amounts for document in documents])
    substances = {ingredient.id: n for n, ingredient in enumerate(ingredients)}
    by_active, actives = _both_ways([document.active for document in documents], substances)
    by_additive, additives = _both_ways([document.additive for document in documents], substances)
    return Store(
        names=suffixes(names, len(documents)),
        initials=suffixes(names, len(documents), initials=True),
        english=_sorted([[normalise(document.name_en or "")] for document in documents]),
        substances=_sorted(spellings),
        substance_initials=_sorted(spellings, initials=True),
        makers=_sorted([_maker_names(maker, synonyms) for maker in makers.known]),
        classes=_sorted([_class_names(name, synonyms) for name in classes.known]),
        texts=suffixes(
            [
                Entry(n, text, lead=read[text].lead, asides=read[text].asides)
                for n, text in enumerate(texts.known)
            ],
            len(texts.known),
        ),
        amounts=_sorted([[normalise(one) for one in line.split(" + ")] for line in amounts.known]),
        slips=Slips.of(names),
        by_active=by_active,
        by_additive=by_additive,
        by_maker=makers.links(),
        by_class=classes.links(),
        by_text=texts.links(),
        by_amount=amounts.links(),
        actives=actives,
        additives=additives,
        columns=_columns(documents, names, texts, classes, forms, makers),
        records=Records.of(map(_record, documents)),
        substance_records=Records.of(map(_reference, ingredients)),
        substance_order=_ranks(
            [(-i.product_count, -i.additive_count, len(i.name), i.name) for i in ingredients]
        ),
        lists=Lists(
            format=FORMAT,
            classes=tuple(classes.known),
            forms=tuple(forms.known),
            makers=tuple(makers.known),
            substances=tuple(ingredient.name for ingredient in ingredients),
            words=_words(synonyms),
        ),
    )


def _columns(
    documents: Sequence[SearchDocument],
    names: Sequence[Entry],
    texts: _Codes,
    classes: _Codes,
    forms: _Codes,
    makers: _Codes,
) -> Columns:
    first = {entry.owner: entry.text for entry in reversed(names)}
    named = [(first.get(n, ""), document) for n, document in enumerate(documents)]
    return Columns(
        item_seq=np.array([int(document.item_seq) for document in documents], np.int32),
        text=texts.codes,
        otc=np.array([_OTC.get((document.etc_otc or "")[:2], -1) for document in documents], np.int8),
        class_=classes.codes.astype(np.int16),
        form=forms.codes.astype(np.int16),
        maker=makers.codes.astype(np.int16),
        image=np.array([bool(document.image_url) for document in documents], bool),
        withdrawn=np.array([document.withdrawn for document in documents], bool),
        raw=np.array([document.raw_material for document in documents], bool),
        order=_ranks(
            [
                # Sold here first, then what more is known of, then the shorter name.
                (
                    d.withdrawn,
                    "수출용" in d.name,
                    not d.has_plain_text,
                    d.amounts is None,
                    not d.has_plain_text and d.image_url is None,
                    len(name),
                    name,
                    d.item_seq,
                )
                for name, d in named
            ]
        ),
        alphabet=_ranks([(name, d.item_seq) for name, d in named]),
    )


def _sorted(texts: Sequence[Sequence[str]], *, initials: bool = False) -> Suffixes:
    """Sort the texts of each owner; for initials only those that have some."""
    entries = [
        Entry(n, text)
        for n, of in enumerate(texts)
        for text in of
        if text and not (initials and text.isascii())
    ]
    return suffixes(entries, len(texts), initials=initials)


def _spellings(ingredient: IngredientDetail) -> list[str]:
    """All names of a substance in normal form, Korean and English."""
    korean = [ingredient.name, *(name.name for name in ingredient.names)]
    english = [ingredient.name_en or "", *ingredient.names_en]
    return list(dict.fromkeys(normalise(name) for name in [*korean, *english]))


def _both_ways(lists: Sequence[tuple[str, ...]], substances: dict[str, int]) -> tuple[Links, Links]:
    """Substance → products, and product → substances."""
    pairs = [
        (substances[id_], n) for n, ids in enumerate(lists) for id_ in dict.fromkeys(ids) if id_ in substances
    ]
    of, products = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return Links.of_pairs(of, products, len(substances)), Links.of_pairs(products, of, len(lists))


def _ranks(keys: Sequence[tuple[object, ...]]) -> Ints:
    ranks = np.empty(len(keys), np.int32)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys), dtype=np.int32)
    return ranks


def _record(document: SearchDocument) -> bytes:
    return orjson.dumps(
        (
            document.item_seq,
            document.name,
            document.name_en,
            document.maker,
            document.etc_otc,
            document.class_name,
            document.form,
            document.contents,
            document.image_url,
            document.has_plain_text,
            document.withdrawn,
            document.recalled,
            document.pill.model_dump(exclude_none=True) if document.pill else None,
        )
    )


def _reference(ingredient: IngredientDetail) -> bytes:
    reference = IngredientRef(
        id=ingredient.id,
        name=ingredient.name,
        name_en=ingredient.name_en,
        roles=ingredient.roles,
        product_count=ingredient.product_count,
        additive_count=ingredient.additive_count,
    )
    return reference.model_dump_json().encode()


def _class_names(name: str, synonyms: Synonyms) -> list[str]:
    everyday = [word for word, others in synonyms.words.items() if name in others]
    return [normalise(word) for word in (name, *everyday)]


def _maker_names(maker: str, synonyms: Synonyms) -> list[str]:
    official = maker_key(maker)
    everyday = [normalise(word) for word, part in synonyms.makers.items() if maker_key(part) in official]
    return [official, *everyday]


def _words(synonyms: Synonyms) -> dict[str, tuple[str, ...]]:
    return {
        normalise(word): tuple(dict.fromkeys(" ".join(map(normalise, other.split())) for other in others))
        for word, others in synonyms.words.items()
    }
