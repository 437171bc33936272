"""What the product page draws, worked out from a product (pure): templates decide nothing but looks."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pillnuts.catalogue import doubts, parse, units
from pillnuts.catalogue.shapes import Amount, Product, ProductIngredient, Section

_LONG_NAME: Final = 60
"""From this length on, export names and notes in brackets leave the heading."""
_UNIT_AFTER: Final = re.compile(r"\d\s*[^\W\d_]")
"""A figure and what it counts. Some totals lost it on the way: `1정 595.85 mg` is written as `1595.85`."""
_MINISTRY = "https://nedrug.mfds.go.kr/pbp/CCBBB01/getItemDetail?itemSeq="


@dataclass(frozen=True)
class Bar:
    ingredient: ProductIngredient
    share: str | None
    """Length of the bar, "0" to "1", on the scale of its group; None: the amount is unknown."""
    form_of: str | None
    """The substance, where the ingredient is a salt or grade of it and not only spelt differently."""


@dataclass(frozen=True)
class Group:
    """Ingredients whose amounts can stand on one scale; those without an amount are a group of their own."""

    basis: str | None
    unit: str | None
    """The unit of the largest amount; None: amounts unknown."""
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Tab:
    """One of several formulations of a permit."""

    name: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Fact:
    """A plain field with its source."""

    key: str
    title: str
    value: str
    source: str | None
    date: str | None


@dataclass(frozen=True)
class Anchored:
    """A section with the address of its heading within the page."""

    anchor: str
    section: Section


@dataclass(frozen=True)
class ProductView:
    name: str
    """For headings: a very long name without its export names and notes."""
    tabs: tuple[Tab, ...]
    """Empty unless the permit holds several formulations."""
    groups: tuple[Group, ...]
    additives: tuple[ProductIngredient, ...]
    plain: tuple[Anchored, ...]
    label: tuple[Anchored, ...]
    facts: tuple[Fact, ...]
    ministry_url: str


_FACTS = (
    ("status", "허가 상태"),
    ("etc_otc", "구분"),
    ("class_name", "약효 분류"),
    ("form", "제형"),
    ("appearance", "성상"),
    ("storage", "저장 방법"),
    ("valid_term", "유효 기간"),
    ("pack_unit", "포장 단위"),
    ("total_content", "총량"),
    ("name_en", "영문 이름"),
    ("maker", "업체"),
    ("made_for", "위탁 제조"),
    ("origin", "수입 제조국"),
    ("permit_date", "허가일"),
    ("permit_kind", "허가·신고"),
    ("narcotic", "마약류"),
    ("reexam", "재심사"),
    ("atc", "ATC 코드"),
    ("edi_codes", "보험 코드"),
    ("barcodes", "표준 코드"),
)


def product_view(product: Product, *, chosen: int = 0) -> ProductView:
    """Work out the page of a product; `chosen` is the formulation shown, counted from 0."""
    names = product.formulations
    name = names[chosen] if 0 <= chosen < len(names) else names[0] if names else None
    tabs = tuple(
        Tab(n, f"/products/{product.item_seq}?f={at}", n == name) for at, n in enumerate(names, start=1)
    )
    active = [i for i in product.ingredients if i.role == "active" and i.formulation in (None, name)]
    return ProductView(
        name=heading(product.name),
        tabs=tabs,
        groups=_groups(active),
        additives=tuple(i for i in product.ingredients if i.role == "additive"),
        plain=tuple(Anchored(f"easy-{s.key}", s) for s in product.sections if s.plain_language),
        label=tuple(Anchored(f"label-{s.key}", s) for s in product.sections if not s.plain_language),
        facts=tuple(_facts(product)),
        ministry_url=_MINISTRY + product.item_seq,
    )


def heading(name: str) -> str:
    """Shorten a very long product name to what stands outside its brackets."""
    return name if len(name) <= _LONG_NAME else parse.base_name(name)[0]


def another_form(name: str, substance: str) -> bool:
    """Whether two names differ in more than case, spaces, signs, and L- for 엘.

    >>> another_form("L-발린", "엘발린"), another_form("라이신염산염", "라이신")
    (False, True)
    """
    return _spelling(name) != _spelling(substance)


def _spelling(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    plain = re.sub(r"(?<![a-z])dl(?![a-z])", "디엘", plain)
    return re.sub(r"[\W_]", "", re.sub(r"(?<![a-z])l(?![a-z])", "엘", plain))


def _groups(active: list[ProductIngredient]) -> tuple[Group, ...]:
    """Put amounts of one dimension and one basis on one scale, in the order of the label."""
    groups: list[list[ProductIngredient]] = []
    for ingredient in active:
        home = next((g for g in groups if _same_scale(g[0], ingredient)), None)
        if home is None:
            groups.append([ingredient])
        else:
            home.append(ingredient)
    groups.sort(key=lambda group: _drawn(group[0]) is None)  # stable: unknown amounts last
    return tuple(_group(members) for members in groups)


def _same_scale(a: ProductIngredient, b: ProductIngredient) -> bool:
    one, other = _drawn(a), _drawn(b)
    if one is None or other is None:
        return one is other
    return a.basis == b.basis and units.comparable(one, other) is not None


def _drawn(ingredient: ProductIngredient) -> Amount | None:
    """Give the amount of the drug itself; what granules weigh is none."""
    amount, counted = ingredient.amount, ingredient.equivalent
    if amount and doubts.mixture(ingredient.name, amount.unit):
        return counted.amount if counted else None
    return amount


def _group(members: list[ProductIngredient]) -> Group:
    amounts = [amount for i in members if (amount := _drawn(i))]
    if not amounts:
        return Group(members[0].basis, None, tuple(_bar(i, None) for i in members))
    largest = max(amounts, key=lambda a: _ratio(a, amounts[0]))
    bars = tuple(_bar(i, _share(i, largest)) for i in members)
    return Group(members[0].basis, largest.unit, bars)


def _share(ingredient: ProductIngredient, largest: Amount) -> str | None:
    amount = _drawn(ingredient)
    return str(round(_ratio(amount, largest), 4)) if amount else None


def _bar(ingredient: ProductIngredient, share: str | None) -> Bar:
    differs = another_form(ingredient.name, ingredient.substance)
    return Bar(ingredient, share, ingredient.substance if differs else None)


def _ratio(a: Amount, b: Amount) -> Decimal:
    both = units.comparable(a, b)
    return both[0] / both[1] if both and both[1] else Decimal(0)


def _facts(product: Product) -> list[Fact]:
    found = []
    for key, title in _FACTS:
        value = getattr(product, key)
        text = ", ".join(value) if isinstance(value, tuple) else value
        if key == "total_content" and text and not _UNIT_AFTER.search(text):
            continue
        if text:
            source = product.sources.get(key)
            found.append(
                Fact(key, title, text, source.source if source else None, source.date if source else None)
            )
    return found
