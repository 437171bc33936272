"""What the index is asked, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pillnuts.search.shapes import By, Interpretation, Match, Otc, Sort


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search. An empty `q` asks for everything; None in a filter means that it is not set."""

    q: str = ""
    by: By = By.ALL
    sort: Sort = Sort.POPULAR
    otc: Otc | None = None
    class_: str | None = None
    form: str | None = None
    maker: str | None = None
    image: bool = False
    """Only products with an image."""
    withdrawn: bool = False
    """Also products that are no longer permitted."""
    page: int = 1
    size: int = 20
    facets: bool = False
    """Whether to count what each filter would leave."""


class Hit(NamedTuple):
    item_seq: str
    name: str
    name_en: str | None
    maker: str
    etc_otc: str | None
    class_name: str | None
    form: str | None
    contents: str | None
    """`아세트아미노펜 300 mg 외 2`."""
    image_url: str | None
    has_plain_text: bool
    withdrawn: bool
    recalled: bool
    """회수·판매중지."""
    pill: dict[str, Any] | None
    """`catalogue.shapes.Pill` as JSON."""
    bookmark_count: int
    match: Match


Counts = tuple[tuple[str, int], ...]
"""Values and how many results have them, most frequent first."""


@dataclass(frozen=True, slots=True)
class Found:
    """`total` counts all matches under the filters; `hits` is one page of them."""

    total: int
    hits: tuple[Hit, ...]
    interpreted: Interpretation | None = None
    facets: Mapping[str, Counts] = field(default_factory=dict)
    """For otc, class, form, maker, image and withdrawn: counts under the other filters."""
    gone: bool = False
    """What fits best is no longer permitted, and is shown although nobody asked for withdrawn products."""
    term: str | None = None
    """What was searched for, as a word of the catalogue: a name's stem, an ingredient, a class."""
