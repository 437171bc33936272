"""A product without what only its own page shows: what a comparison reads, ten times as fast as the whole.

The shelf keeps it beside the whole document, as JSON lists in the order of the fields below. It is read as it
was written, without looking again at what was checked when the release was made. Named tuples, because they
take a third of the time that frozen dataclasses take.

Nine in ten rows of ingredients say of an additive what was said of it before, for another product. Each is
therefore kept as a text of its own: a text that was read not long ago is not read again.
"""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from pillnuts.catalogue import taken
from pillnuts.catalogue.product_name import base_name
from pillnuts.catalogue.shapes import Amount, Equivalent, Pill, Role


@dataclass(slots=True, eq=False)
class BriefIngredient:
    """Fields as in `shapes.ProductIngredient`; never changed.

    Two are the same where they are one object, which costs nothing to look up: what is worked out of a row
    is kept by the row.
    """

    amount: Amount | None
    equivalent: Equivalent | None
    id: str
    name: str
    spelled: str
    substance: str
    name_en: str | None
    role: Role
    amount_text: str | None
    basis: str | None
    formulation: str | None
    plain: str | None
    explanation: str
    source: str
    date: str | None


class BriefSection(NamedTuple):
    """Fields as in `shapes.Section`."""

    key: str
    title: str
    plain_language: bool
    text: str
    source: str
    date: str | None


class Brief(NamedTuple):
    """Fields as in `shapes.Product`, but for those with a word of their own."""

    pill: Pill | None
    formulations: tuple[str, ...]
    ingredients: tuple[BriefIngredient, ...]
    sections: tuple[BriefSection, ...]
    item_seq: str
    name: str
    short_name: str
    """The name without its notes in brackets: `게보린정(수출명:GEVORIN)` → `게보린정`."""
    maker: str
    etc_otc: str | None
    class_name: str | None
    form: str | None
    status: str
    withdrawn: bool
    recalled: bool
    """Whether there are any `recalls`."""
    swallowed: bool
    """Taken by mouth; False for ointments, drops, injections, and where nothing says so."""
    piece: str | None
    """What one piece of it is called (정, 캡슐, 매, 개); "" where no word fits; None: not in pieces."""
    image_url: str | None
    storage: str | None
    valid_term: str | None
    ingredients_complete: bool
    additives_known: bool


_OF_INGREDIENT: Final = tuple(each.name for each in fields(BriefIngredient))
FIELDS: Final = (*_OF_INGREDIENT, *BriefSection._fields, *Brief._fields)


def condense(document: bytes) -> bytes:
    """Take what `read` reads from the JSON of a `shapes.Product`."""
    values = orjson.loads(document)
    values |= _worked_out(values)
    values["ingredients"] = [
        orjson.dumps(_picked(each, _OF_INGREDIENT)).decode() for each in values["ingredients"]
    ]
    values["sections"] = [_picked(each, BriefSection._fields) for each in values["sections"]]
    return orjson.dumps(_picked(values, Brief._fields))


def read(body: bytes) -> Brief:
    """Read what `condense` wrote."""
    pill, formulations, ingredients, sections, *plain = orjson.loads(body)
    return Brief(
        pill and Pill.model_validate(pill),
        tuple(formulations),
        tuple([_ingredient(each) for each in ingredients]),
        tuple([BriefSection(*each) for each in sections]),
        *plain,
    )


@lru_cache(maxsize=4096)
def _ingredient(text: str) -> BriefIngredient:
    amount, equivalent, *plain = orjson.loads(text)
    return BriefIngredient(
        amount and Amount.model_validate(amount),
        equivalent and Equivalent.model_validate(equivalent),
        *plain,
    )


def _worked_out(values: dict[str, Any]) -> dict[str, Any]:
    """What a brief says that the whole product does not."""
    name, *_ = base_name(values["name"])
    words = f"{values['form'] or ''} {name}"
    usage = [section["text"] for section in values["sections"] if section["key"] == "usage"]
    return {
        "short_name": name,
        "recalled": bool(values["recalls"]),
        "swallowed": taken.by_mouth(words, usage),
        "piece": taken.piece(words, shaped=values["pill"] is not None),
    }


def _picked(values: dict[str, Any], names: tuple[str, ...]) -> list[Any]:
    return [values[name] for name in names]
