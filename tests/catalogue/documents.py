"""Reading the documents of a catalogue that was just made, or of a release on its way into a snapshot."""

import zlib
from collections.abc import Iterable

from pillnuts.catalogue.shapes import IngredientDetail, Product

Packed = Iterable[tuple[str, bytes]]


def products(packed: Packed) -> tuple[Product, ...]:
    return tuple(Product.model_validate_json(zlib.decompress(body)) for _, body in packed)


def ingredients(packed: Packed) -> tuple[IngredientDetail, ...]:
    return tuple(IngredientDetail.model_validate_json(zlib.decompress(body)) for _, body in packed)
