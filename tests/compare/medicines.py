"""Medicines for the tests of the comparison, in as few words as each case needs."""

import zlib
from typing import Any, get_origin

from pillnuts.catalogue.brief import Brief, condense, read
from pillnuts.catalogue.shapes import Amount, Equivalent, Product, ProductIngredient, Section

SOURCE, DATE = "식약처 의약품 제품 허가정보", "2026-07-01"


def amount(text: str) -> Amount:
    """`"500 mg"`."""
    value, unit = text.split(" ", 1)
    return Amount(value=value, unit=unit)


def ingredient(
    name: str,
    of: str | None = None,
    *,
    id_: str | None = None,
    substance: str | None = None,
    additive: bool = False,
    equivalent: tuple[str, str] | None = None,
    **more: Any,
) -> ProductIngredient:
    """`ingredient("아세트아미노펜", "500 mg", basis="1정 (650 mg) 중")`; the id is the name unless given."""
    counted = Equivalent(name=equivalent[0], amount=amount(equivalent[1])) if equivalent else None
    return ProductIngredient(
        id=id_ or name,
        name=name,
        substance=substance or id_ or name,
        role="additive" if additive else "active",
        amount=amount(of) if of else None,
        equivalent=counted,
        explanation="",
        source=SOURCE,
        date=DATE,
        **{"name_en": None, "basis": None, **more},
    )


def section(key: str, text: str, *, plain: bool = False, **more: Any) -> Section:
    values = {
        "key": key,
        "title": key,
        "text": text,
        "html": "",
        "plain_language": plain,
        "source": "식약처 e약은요" if plain else SOURCE,
        "date": DATE,
    }
    return Section.model_validate(values | more)


def product(name: str = "가정", *ingredients: ProductIngredient, **more: Any) -> Product:
    """A tablet on the market, all of whose ingredients are known, unless the case says otherwise."""
    values = {
        "item_seq": f"2{zlib.crc32(name.encode()) % 10**8:08}",
        "name": name,
        "maker": "넛츠제약",
        "etc_otc": "일반의약품",
        "status": "정상",
        "ingredients": ingredients,
        "ingredients_complete": True,
        "additives_known": True,
    }
    return Product.model_validate(_NOTHING | values | more)


def medicine(name: str = "가정", *ingredients: ProductIngredient, **more: Any) -> Brief:
    """The same, as the comparison reads it."""
    return read(condense(product(name, *ingredients, **more).model_dump_json().encode()))


def _nothing(annotation: Any) -> Any:
    """Nothing said: what an empty field of this type holds."""
    return {bool: False, int: 0, tuple: (), dict: {}}.get(get_origin(annotation) or annotation)


_NOTHING = {name: _nothing(field.annotation) for name, field in Product.model_fields.items()}
