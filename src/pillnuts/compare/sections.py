"""Texts and plain fields side by side."""

from collections.abc import Callable, Sequence

from pillnuts.catalogue.shapes import Product, Section
from pillnuts.compare.shapes import ComparedFact, ComparedSection, ComparedText

_ORDER = (
    "efficacy",
    "usage",
    "warning",
    "caution",
    "interaction",
    "side_effect",
    "storage",
    "caution_professional",
)
_FACTS: tuple[tuple[str, str, Callable[[Product], str | None]], ...] = (
    ("etc_otc", "구분", lambda product: product.etc_otc),
    ("class_name", "분류", lambda product: product.class_name),
    ("form", "제형", lambda product: product.form),
    ("maker", "업체", lambda product: product.maker or None),
    ("storage", "보관", lambda product: product.storage),
    ("valid_term", "사용기간", lambda product: product.valid_term),
    ("status", "허가 상태", lambda product: product.status),
)


def compared_sections(products: Sequence[Product]) -> tuple[ComparedSection, ...]:
    """One for each key that any product has a text for."""
    return tuple(
        _section(key, products) for key in _ORDER if any(_texts(product, key) for product in products)
    )


def compared_facts(products: Sequence[Product]) -> tuple[ComparedFact, ...]:
    """The plain fields that any product has."""
    facts = []
    for key, title, read in _FACTS:
        values = tuple(read(product) for product in products)
        if any(values):
            facts.append(
                ComparedFact(
                    key=key, title=title, values=values, differs=None not in values and len(set(values)) > 1
                )
            )
    return tuple(facts)


def _section(key: str, products: Sequence[Product]) -> ComparedSection:
    held = [_texts(product, key) for product in products]
    having = [each for each in held if each]
    # The same kind for all that have the text at all: plain words first, else the label, else what there is.
    kind = next((kind for kind in (True, False) if all(kind in each for each in having)), None)
    picked = [
        each.get(kind, each.get(False) or each.get(True) or ()) if kind is not None else _any(each)
        for each in held
    ]
    return ComparedSection(
        key=key,
        title=next(sections[0].title for sections in picked if sections),
        texts=tuple(
            "\n\n".join(section.text for section in sections) if sections else None for sections in picked
        ),
        origins=tuple(_origin(sections) for sections in picked),
        same_kind=kind is not None,
    )


def _texts(product: Product, key: str) -> dict[bool, tuple[Section, ...]]:
    """Plain language or not → the product's sections of that kind."""
    found: dict[bool, tuple[Section, ...]] = {}
    for section in product.sections:
        if section.key == key and section.text:
            found[section.plain_language] = (*found.get(section.plain_language, ()), section)
    return found


def _any(held: dict[bool, tuple[Section, ...]]) -> tuple[Section, ...]:
    return held.get(False) or held.get(True) or ()


def _origin(sections: tuple[Section, ...]) -> ComparedText | None:
    if not sections:
        return None
    first = sections[0]
    return ComparedText(source=first.source, date=first.date, plain_language=first.plain_language)
