"""What a ministry knows, under the API's field names, and how the API spells it (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from .ministry import day

Texts = dict[str, str]


@dataclass
class Known:
    """What is known, under the API's field names; dates of products are YYYYMMDD, absences are left out."""

    products: dict[str, Texts] = field(default_factory=dict)
    """By 품목기준코드. ACTIVE and ADDITIVES are lists of names as the ministry's exports write them."""
    amounts: dict[str, list[Texts]] = field(default_factory=dict)
    """주성분 rows by 품목기준코드."""
    details: dict[str, Texts] = field(default_factory=dict)
    """Permit details as the API gave them."""
    easy: list[Texts] = field(default_factory=list)
    pills: list[Texts] = field(default_factory=list)
    notices: list[Texts] = field(default_factory=list)
    """DUR by product."""
    rules: list[Texts] = field(default_factory=list)
    """DUR by ingredient."""
    recalls: list[Texts] = field(default_factory=list)
    maxima: list[Texts] = field(default_factory=list)
    letters: list[Texts] = field(default_factory=list)


class Active(NamedTuple):
    """One active ingredient of a product."""

    code: str
    name: str
    quantity: str
    unit: str


def coded(pairs: Sequence[tuple[str, str]], separator: str) -> str:
    """Join `[code]name`. One name without a code takes them from all, or the list could not be read."""
    if all(code for code, _ in pairs):
        return separator.join(f"[{code}]{name}" for code, name in pairs)
    return separator.join(name for _, name in pairs)


def english_day(text: str) -> str:
    """Write a day as DUR 품목 does: `1957April26th`."""
    if not (digits := day(text)):
        return ""
    found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    teen = found.day in {11, 12, 13}
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(found.day % 10, "th")
    return f"{found.year}{_MONTHS[found.month - 1]}{found.day}{ending}"


_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
