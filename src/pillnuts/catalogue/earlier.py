"""What an import cannot read stays as the release before had it (docs/decisions/0003).

A label document that is broken: the section of the release before, with its own source and day. A row that is
refused, of a product that no other row names: the whole document of the release before.
"""

import zlib
from collections.abc import Iterator, Sequence

from pydantic import ValidationError
from sqlalchemy import select

from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.merge import Origin
from pillnuts.catalogue.models import IngredientRow, ProductRow
from pillnuts.catalogue.queries import current
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import Product
from pillnuts.catalogue.statements import Label, Said
from pillnuts.kernel.db import ReadSession

_AT_ONCE = 200


async def keep(session: ReadSession, gathered: Gathered, report: Report) -> None:
    """Add to what was gathered what the current release says of everything unreadable."""
    release = await current(session)
    if release is None or release.demo:
        return
    lost = gathered.lost()
    for batch in _batches(sorted({*lost, *(item_seq for item_seq, _ in gathered.unread)})):
        for product in await _products(session, batch):
            if product.item_seq in lost:
                gathered.earlier_products[product.item_seq] = product.model_dump_json().encode()
                report.kept.add(f"{product.item_seq} 제품 전체")
            else:
                _keep_sections(product, gathered, report)
    await _keep_ingredients(session, gathered)


def _keep_sections(product: Product, gathered: Gathered, report: Report) -> None:
    for section in product.sections:
        unread = gathered.unread.get((product.item_seq, section.key))
        if unread is None or section.plain_language:
            continue
        # It weighs as much as the document in whose place it stands, and is as old as it was.
        origin = Origin(section.source, unread.date if section.date else None, unread.rank)
        text = Label(section.html, section.text)
        gathered.take(Said(product.item_seq, {f"label.{section.key}": text}, section.date), origin)
        report.kept.add(f"{product.item_seq} {section.title}")


async def _products(session: ReadSession, item_seqs: Sequence[str]) -> list[Product]:
    """Read what the release has of these; what was written in another shape than today's is left out."""
    bodies = await session.scalars(select(ProductRow.document).where(ProductRow.item_seq.in_(item_seqs)))
    found = []
    for body in bodies:
        try:
            found.append(Product.model_validate_json(zlib.decompress(body)))
        except ValidationError:
            continue
    return found


async def _keep_ingredients(session: ReadSession, gathered: Gathered) -> None:
    products = map(Product.model_validate_json, gathered.earlier_products.values())
    ids = {ingredient.id for product in products for ingredient in product.ingredients}
    for batch in _batches(sorted(ids)):
        rows = select(IngredientRow.id, IngredientRow.document).where(IngredientRow.id.in_(batch))
        for id_, body in await session.execute(rows):
            gathered.earlier_ingredients[id_] = zlib.decompress(body)


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
