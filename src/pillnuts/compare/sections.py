"""Texts and plain fields side by side."""

from collections.abc import Sequence
from operator import attrgetter

from pillnuts.catalogue.brief import Brief, BriefSection
from pillnuts.compare.shapes import ComparedFact, ComparedSection, ComparedText

Texts = dict[bool, tuple[BriefSection, ...]]
"""Plain language or not → the sections of one key that a product has of that kind."""
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
_FACTS = (
    ("etc_otc", "구분"),
    ("class_name", "약효 분류"),
    ("form", "제형"),
    ("maker", "업체"),
    ("storage", "저장 방법"),
    ("valid_term", "유효 기간"),
    ("status", "허가 상태"),
)
UNKNOWN_STATUS = "알 수 없음"
_facts_of = attrgetter(*[key for key, _ in _FACTS])


def compared_sections(products: Sequence[Brief]) -> tuple[ComparedSection, ...]:
    """One for each key that any product has a text for."""
    held = [_texts(product) for product in products]
    keys = {key for each in held for key in each}
    return tuple([_section(key, [each.get(key, {}) for each in held]) for key in _ORDER if key in keys])


def compared_facts(products: Sequence[Brief]) -> tuple[ComparedFact, ...]:
    """The plain fields that any product has."""
    facts = []
    for (key, title), *said in zip(_FACTS, *[_facts_of(product) for product in products], strict=True):
        if any(said):
            values = tuple([None if value == UNKNOWN_STATUS else value or None for value in said])
            differs = None not in values and len(set(values)) > 1
            facts.append(ComparedFact(key=key, title=title, values=values, differs=differs))
    return tuple(facts)


def _section(key: str, held: Sequence[Texts]) -> ComparedSection:
    having = [each for each in held if each]
    # The same kind for all that have the text at all: plain words first, else the label, else what there is.
    kind = next((kind for kind in (True, False) if all(kind in each for each in having)), None)
    picked = [each.get(kind, ()) if kind is not None else _any(each) for each in held]
    return ComparedSection(
        key=key,
        title=next(sections[0].title for sections in picked if sections),
        texts=tuple(
            ["\n\n".join([each.text for each in sections]) if sections else None for sections in picked]
        ),
        origins=tuple([_origin(sections) for sections in picked]),
        same_kind=kind is not None,
    )


def _texts(product: Brief) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    for section in product.sections:
        if section.text:
            texts = found.setdefault(section.key, {})
            texts[section.plain_language] = (*texts.get(section.plain_language, ()), section)
    return found


def _any(held: Texts) -> tuple[BriefSection, ...]:
    return held.get(False) or held.get(True) or ()


def _origin(sections: tuple[BriefSection, ...]) -> ComparedText | None:
    if not sections:
        return None
    first = sections[0]
    return ComparedText(source=first.source, date=first.date, plain_language=first.plain_language)
