"""What a row of the ministry's data can say, one frozen shape for each kind of statement (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pillnuts.catalogue.identity import Group
from pillnuts.catalogue.parse import Quantity
from pillnuts.catalogue.shapes import Caution, Recall

CodeKind = Literal["class", "form"]
FieldValues = Mapping[str, object]


@dataclass(frozen=True)
class Said:
    """Facts about a product: field name → value, empty fields left out."""

    item_seq: str
    fields: FieldValues
    date: str | None = None
    """The row's own date where it states one; the file's stands in otherwise."""


@dataclass(frozen=True)
class Unread:
    """A label document that cannot be read; the rest of its row can."""

    item_seq: str
    section: str
    field: str
    reason: str


@dataclass(frozen=True)
class Misdated:
    """A day that cannot be, in a row that warns of something; the row is taken, its day is unknown."""

    name: str
    field: str
    text: str
    reason: str


@dataclass(frozen=True)
class LeftOut:
    """A product that is none of ours: 의약외품, 한약재."""

    item_seq: str
    reason: str


@dataclass(frozen=True)
class Quantified:
    """An active ingredient of a product with its amount (주성분 rows, which can be incomplete)."""

    item_seq: str
    name: str
    quantity: Quantity


@dataclass(frozen=True)
class Noted:
    item_seq: str
    caution: Caution
    code: str | None = None
    """The DUR code of the ingredient it is about."""


@dataclass(frozen=True)
class Ruled:
    """What a DUR rule sets for a substance: a most in a day, a longest time, an age, a grade."""

    kind: str
    code: str
    text: str


@dataclass(frozen=True)
class NotedOfAll:
    """A notice about a substance, whatever product it is in."""

    code: str
    """Its DUR code."""
    caution: Caution


@dataclass(frozen=True)
class Recalled:
    item_seq: str
    recall: Recall


@dataclass(frozen=True)
class Grouped:
    """Names and codes that the ministry counts as one substance."""

    group: Group


@dataclass(frozen=True)
class DailyLimit:
    """The most of a substance in one day, in the ministry's words (`아세트아미노펜 4000밀리그램`)."""

    code: str
    text: str
    source: str
    date: str | None
    form: str | None = None


@dataclass(frozen=True)
class CodeNamed:
    """A code list learnt from rows that hold both."""

    kind: CodeKind
    code: str
    name: str


@dataclass(frozen=True)
class Unused:
    """A row that Pillnuts reads but has no use for yet, by reason."""

    reason: str


OfProduct = Said | LeftOut | Quantified | Noted | Recalled
OfNoProduct = Ruled | NotedOfAll | Grouped | DailyLimit | CodeNamed | Unused
Statement = OfProduct | OfNoProduct | Unread | Misdated


@dataclass(frozen=True)
class Label:
    """A label document as parsed: safe HTML and plain text."""

    html: str
    text: str


@dataclass(frozen=True)
class NamedList:
    """Ingredient names with their codes, as one file lists them."""

    names: tuple[str, ...]
    codes: tuple[str | None, ...]


@dataclass(frozen=True)
class NameText:
    """A list of names not taken apart yet: that takes every name other files know (see `names`)."""

    text: str
    english: str = ""
    """The English names in the same order, where the file gives them."""
