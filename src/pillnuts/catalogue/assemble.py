"""From everything that was said to finished documents: products and substances.

What was said of each product stays on the disk and is read twice: for what the names in all of them say
together, which of them are one substance and what is known of it; and for the documents.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from isal import isal_zlib

from pillnuts.catalogue import explain, notices
from pillnuts.catalogue.contents import Contents, contents
from pillnuts.catalogue.drafts import (
    Sightings,
    draft,
    identified,
    name_codes,
    siblings,
    tally,
)
from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.glossary import Glossary, key
from pillnuts.catalogue.history_digest import label_digest
from pillnuts.catalogue.identity import gather
from pillnuts.catalogue.merge import Told
from pillnuts.catalogue.report import Coverage, Report, known_of
from pillnuts.catalogue.salts import forms
from pillnuts.catalogue.scratch import Scratch
from pillnuts.catalogue.shapes import IngredientDetail, Product
from pillnuts.catalogue.spelling import modern, name_key, tidy
from pillnuts.catalogue.writing import Writer, ingredients

_FAST: Final = 1
"""Compression level: higher ones save a tenth and take three times as long."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """A finished catalogue: documents as JSON, compressed with zlib, by their keys."""

    products: Scratch
    ingredients: Scratch
    digest: str
    """SHA-256 over all documents: two equal catalogues have the same."""
    label_digests: Mapping[str, str]
    """Item code → `history_digest.label_digest`."""
    data_date: str | None


class _Medicines:
    """Each medicine with what is in it; to be read several times."""

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self.known = gathered.common.whole_names().__contains__
        """Tells a name that some file gives with a code."""

    def __iter__(self) -> Iterator[tuple[Told, Contents]]:
        for told in self._gathered.products():
            if told.is_medicine:
                name_codes(told.facts, self._gathered.common)
                yield told, contents(told.facts, told.quantified, self.known)


def assemble(
    gathered: Gathered, glossary: Glossary, report: Report, progress: Callable[[float], None]
) -> Catalogue:
    """Build every document; `report` is completed, `progress` is told the share that is done."""
    medicines, seen = _Medicines(gathered), Sightings()
    waiting, data_date = [], ""
    for told, inside in medicines:
        seen.see(told.facts, inside, medicines.known)
        waiting.append(draft(told, inside, seen.same))
        data_date = max(data_date, *(fact.weight[0] for fact in told.facts.values()))
    identity = gather(seen, gathered.common.groups)
    drafts = list(identified(waiting, identity))
    tallies = tally(drafts, identity)
    id_of = {code: s.id for s in identity.substances.values() for code in s.codes}
    limits = explain.limits_by_id(gathered.common.limits, id_of)
    about = {
        id_: explain.about(identity.substances[id_], counted, limits.get(id_, ()), glossary)
        for id_, counted in sorted(tallies.items())
    }
    of_all = notices.by_substance(gathered.common.notices, id_of)
    writer = Writer(identity, glossary, about, siblings(drafts), gathered.common, of_all, report)

    filing, covered = _Filing(), Counter[str]()
    for number, (one, (told, inside)) in enumerate(zip(drafts, medicines, strict=True)):
        product = writer.product(one, told, inside)
        filing.take(product)
        covered.update(known_of(product))
        progress(number / len(drafts))
    for _, body in sorted(gathered.earlier_products.items()):
        product = Product.model_validate_json(body)
        filing.take(product)
        covered.update(known_of(product))
    for ingredient in ingredients(drafts, identity, tallies, about):
        filing.ingredients.add(ingredient.id, filing.packed(ingredient))
    for id_ in sorted(gathered.earlier_ingredients.keys() - about.keys()):
        earlier = IngredientDetail.model_validate_json(gathered.earlier_ingredients[id_])
        filing.ingredients.add(id_, filing.packed(earlier))
    report.coverage = Coverage(**covered, substances=len(about))
    _forget_names()
    return filing.catalogue(data_date or None)


def _forget_names() -> None:
    """Let go of what was worked out for each name: 60 MB that nobody asks for after an import."""
    for worked_out in (tidy, modern, name_key, forms, key):
        worked_out.cache_clear()


class _Filing:
    """Documents as they are stored, and what tells two catalogues apart."""

    def __init__(self) -> None:
        self.products, self.ingredients = Scratch(), Scratch()
        self.label_digests: dict[str, str] = {}
        self._digest = hashlib.sha256()

    def take(self, product: Product) -> None:
        self.products.add(product.item_seq, self.packed(product))
        self.label_digests[product.item_seq] = label_digest(product.sections)

    def packed(self, document: Product | IngredientDetail) -> bytes:
        body = document.model_dump_json().encode()
        self._digest.update(body)
        return isal_zlib.compress(body, _FAST)

    def catalogue(self, data_date: str | None) -> Catalogue:
        digest = self._digest.hexdigest()
        return Catalogue(self.products, self.ingredients, digest, self.label_digests, data_date)
