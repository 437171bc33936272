"""The frozen shapes of a comparison, and the schema of its JSON API.

Lists that speak of the products (`amounts`, `cells`, `texts`, `values`, `only`) have one entry for each
product, in the order of the address. As in the catalogue, amounts and shares are decimal strings,
dates ISO 8601 text, and unknown is `None`.
"""

from dataclasses import dataclass
from typing import Literal, TypeVar, dataclass_transform

from pillnuts.catalogue.shapes import Amount, Equivalent, Pill, Role

Relation = Literal["same", "different_amount", "only_some", "unknown"]
Shape = TypeVar("Shape")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def _shape(cls: type[Shape]) -> type[Shape]:
    """Make a dataclass that mypy takes for a frozen one.

    A comparison makes a hundred of them. Making a frozen one takes three times as long, a model ten times.
    """
    return dataclass(kw_only=True)(cls)


@_shape
class ComparedProduct:
    item_seq: str
    name: str
    label: str
    """The name without its notes in brackets; with the maker where two products share it."""
    maker: str
    etc_otc: str | None
    class_name: str | None
    form: str | None
    status: str
    withdrawn: bool
    recalled: bool
    """The ministry had it recalled or its sale stopped (회수·판매중지)."""
    image_url: str | None
    pill: Pill | None
    formulation: str | None
    """The compared one of `formulations`; None where the permit holds only one."""
    formulations: tuple[str, ...]
    basis: str | None
    """What the amounts are counted in (`1정 (260 mg) 중`); None: unknown, or not the same for every row."""
    ingredients_complete: bool
    additives_known: bool
    source: str | None
    """The data set of the first ingredient, and the day it speaks of; None without ingredients."""
    date: str | None


@_shape
class ComparedIngredient:
    """The substance that a row is about."""

    id: str
    name: str
    name_en: str | None
    role: Role
    """`active` where it is active in any of the products."""
    plain: str | None
    explanation: str


@_shape
class Cell:
    """One substance in one product."""

    present: bool | None
    """None: cannot be said, because the list that would name it is incomplete or unknown."""
    role: Role | None
    """Its role in this product; None unless present."""
    names: tuple[str, ...]
    """As the ministry writes it for this product; several for salts side by side; empty unless present."""
    amount: Amount | None
    """The sum of its rows; None where unknown, or where they cannot be added (`text` lists them)."""
    equivalent: Equivalent | None
    basis: str | None
    per: str | None
    """The basis in short, also where the form of the product is what says it: `1정`, `1병`, `100 mL`."""
    text: str
    """What a reader sees: `500 mg`, `100 IU + 5 mg`, `50~100`, `함량 정보 없음`, `없음`, `확인할 수 없음`."""
    per_volume: str | None
    """The concentration where the basis is a volume: `32 mg/mL`."""
    share: str | None
    """Length of the bar, `0` to `1` with four places, on the scale named by `scale`."""
    scale: str | None
    """Bars may be held against each other only under the same scale: one dimension, one kind of basis."""
    source: str | None
    date: str | None


@_shape
class Difference:
    """Between the largest and the smallest amount of a row."""

    more: int
    """Index of the product with the largest amount."""
    less: int
    value: str
    unit: str
    basis: str | None
    """In what it is counted, where volumes or masses had to be converted: `100 mL`."""
    ratio: str | None
    """Largest ÷ smallest, at most two places; None where the smallest is 0."""
    text: str
    """`175 mg 많음 (1.5배)`: stands at the side of `more`."""
    sentence: str
    """`타이레놀정은 게보린정보다 175 mg 많습니다 (1.7배).`"""


@_shape
class ComparedRow:
    ingredient: ComparedIngredient
    amounts: tuple[Amount | None, ...]
    """None: unknown or absent; `cells` says which."""
    relation: Relation
    label: str
    """The relation in words: 같음 · 양이 다름 · 한쪽에만 · 일부에만 · 알 수 없음 · 둘 다 들어 있음."""
    cells: tuple[Cell, ...]
    unit: str | None
    """The unit of the row's group in the graph: one for all rows of a dimension (mg also over g and µg)."""
    shared: bool
    """Present in every product."""
    difference: Difference | None
    form_differs: bool
    """Another salt, hydrate or grade of the same substance in one of the products."""
    compared_as: str | None
    """The form all amounts were counted as, where the ministry states it: `아세트아미노펜`."""
    basis_differs: bool
    notes: tuple[str, ...]
    """Sentences that must stand with the row: other salts, other bases, what could not be compared."""


@_shape
class ComparedText:
    """Where the text of one product came from."""

    source: str
    date: str | None
    plain_language: bool


@_shape
class ComparedSection:
    key: str
    title: str
    texts: tuple[str | None, ...]
    origins: tuple[ComparedText | None, ...]
    same_kind: bool
    """False: plain-language text beside label text, so sentences are not held against each other."""


@_shape
class ComparedFact:
    """A plain field side by side: maker, class, form, storage and the like."""

    key: str
    title: str
    values: tuple[str | None, ...]
    differs: bool
    """True only where all values are known and not the same."""


@_shape
class Summary:
    """What a pharmacist would say first."""

    kind: Literal["identical", "contains", "shared", "nothing_shared", "unknown"]
    sentence: str
    """The whole, ready to read."""
    sentences: tuple[str, ...]
    """The same, one by one; the first is the headline."""
    shared: tuple[str, ...]
    """Active substances in every product."""
    only: tuple[tuple[str, ...], ...]
    """For each product the active substances that are surely in no other."""
    duplicated: tuple[str, ...]
    """Active substances in two or more of the products: taken together, taken more than once."""
    unknown: bool
    """True where missing data leaves something open."""
    unknown_products: tuple[str, ...]
    """Labels of the products whose data is missing or incomplete."""
    withdrawn: tuple[str, ...]
    """Labels of products that are no longer permitted."""
    identical_actives: bool
    """Same active substances in the same amounts, all of it known."""


@_shape
class Comparison:
    products: tuple[ComparedProduct, ...]
    ingredients: tuple[ComparedRow, ...]
    """Active ones first (shared, then by amount), then additives. Split by `ingredient.role`."""
    sections: tuple[ComparedSection, ...]
    summary: Summary
    facts: tuple[ComparedFact, ...]
    basis_differs: bool
    """True where some amounts could not be held against each other because of their bases."""


# What follows is for the page only. `compare/page.html` gets
#   comparison: Comparison | None   None: fewer than two products were chosen
#   chosen: tuple[ComparedProduct, ...]   when comparison is None: the one chosen so far, or none
#   sections: tuple[MarkedSection, ...]   in place of `comparison.sections`
#   choices: tuple[Choice, ...]   only products with several formulations
#   address: str   the canonical path with its query, to share and to print


@_shape
class Span:
    text: str
    differs: bool
    """True: no equal counterpart in the text of another product."""


@_shape
class MarkedText:
    source: str
    date: str | None
    plain_language: bool
    paragraphs: tuple[tuple[Span, ...], ...]
    differs: bool
    """Any span differs."""


@_shape
class MarkedSection:
    key: str
    title: str
    columns: tuple[MarkedText | None, ...]
    marked: bool
    """False: nothing to hold against each other (one text only, or two kinds of text)."""
    identical: bool
    """Marked, and without any difference."""


@_shape
class Option:
    name: str
    chosen: bool
    address: str
    """Of this comparison with that formulation: an ordinary link."""


@_shape
class Choice:
    """A product whose permit holds several formulations."""

    item_seq: str
    label: str
    options: tuple[Option, ...]
