"""What the search answers: the JSON API's shapes, and the frozen views that its pages draw.

The views carry finished addresses and counts, so that a template decides nothing but looks.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pillnuts.catalogue.shapes import Pill


class By(StrEnum):
    """Where a query is looked for."""

    ALL = "all"
    NAME = "name"
    CLASS = "class"
    INGREDIENT = "ingredient"
    SYMPTOM = "symptom"


class Sort(StrEnum):
    POPULAR = "popular"
    """Tiers, and inside a tier by bookmark count."""
    RELEVANCE = "relevance"
    """Tiers, and inside a tier by how close the match is."""
    NAME = "name"
    """By name, whatever the tier."""


class Otc(StrEnum):
    OTC = "일반"
    PRESCRIPTION = "전문"


FilterName = Literal["otc", "class", "form", "maker", "image", "withdrawn"]
MatchField = Literal["name", "name_en", "ingredient", "class", "symptom", "maker", "amount", "similar", "all"]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Match(Shape):
    """Why a product is in the list."""

    field: MatchField
    """`similar`: a name near to what was typed; `all`: nothing was asked for."""
    why: str
    """A Korean phrase for the reader: `성분: 아세트아미노펜`."""


class ProductHit(Shape):
    item_seq: str
    name: str
    maker: str
    etc_otc: str | None
    class_name: str | None
    image_url: str | None
    bookmark_count: int
    withdrawn: bool
    recalled: bool
    """회수·판매중지."""
    match: Match


class Interpretation(Shape):
    """The query was read in another way than it was typed."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    query: str
    as_: str = Field(alias="as")


class ProductHits(Shape):
    total: int
    page: int
    size: int
    items: tuple[ProductHit, ...]
    interpreted: Interpretation | None


class Suggestion(Shape):
    item_seq: str
    name: str
    maker: str
    recalled: bool
    withdrawn: bool


class Suggestions(Shape):
    items: tuple[Suggestion, ...]


# What the pages draw.


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, a sort order, a field or a page size."""

    value: str
    """What goes into the address; "" is “all”."""
    label: str
    url: str
    """The results with this value chosen (or, when it is `chosen` in a filter, without it)."""
    count: int | None = None
    """Results with it, under the other filters; None where counting says nothing (sort, size)."""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its values, most frequent first (a chosen value is always among them)."""

    name: FilterName
    title: str
    choices: tuple[Choice, ...]
    active: bool
    more: int = 0
    """How many further values exist that the list leaves out."""


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int
    url: str
    current: bool
    gap_before: bool = False
    """Pages were left out between the previous link and this one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One product in the list."""

    item_seq: str
    url: str
    name: str
    maker: str
    etc_otc: str | None
    class_name: str | None
    form: str | None
    contents: str | None
    """What is in it: `아세트아미노펜 300 mg 외 2`; None: no file says."""
    image_url: str | None
    has_plain_text: bool
    withdrawn: bool
    recalled: bool
    bookmark_count: int
    match_field: MatchField
    why: str
    pill: Pill | None
    """How it looks, for a stand-in where there is no image."""


@dataclass(frozen=True, slots=True)
class ResultsView:
    """Everything `search/page.html` and `search/_results.html` draw, as `view`.

    `q` is what was typed, cleaned of what cannot be shown. `rows` is empty with `total > 0` when the
    page lies beyond the end.
    """

    q: str
    by: By
    sort: Sort
    page: int
    size: int
    pages: int
    total: int
    first: int
    """Number of the first row shown, counted from 1; 0 when there is none."""
    last: int
    rows: tuple[Row, ...]
    interpreted: Interpretation | None
    sentence: str | None
    """“‘xkdlfpshf’ → ‘타이레놀’(으)로 찾았습니다”, where the query was read in another way; and a note where
    withdrawn products are shown because nothing else fits as well."""
    filters: tuple[Filter, ...]
    filtered: bool
    """Some filter is active; `clear_url` takes them all away."""
    clear_url: str
    bys: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    links: tuple[PageLink, ...]
    """First, last and the pages around the current one; empty when there is one page."""
    previous_url: str | None
    next_url: str | None
    url: str
    """This very page (for `hx-push-url` and the canonical address)."""
    hidden: tuple[tuple[str, str], ...]
    """Names and values a form must carry along so that a new query keeps filters, sort and size."""


@dataclass(frozen=True, slots=True)
class PopularTerm:
    term: str
    url: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """What `search/home.html` draws, as `view`."""

    popular: tuple[PopularTerm, ...]
    """Most searched in the last seven days; empty when too little was searched to say."""
