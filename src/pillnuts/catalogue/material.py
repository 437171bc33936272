"""Amounts, and the records of MATERIAL_NAME (MFDS_API §2.1)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from pillnuts.catalogue import units
from pillnuts.catalogue.codes import clean
from pillnuts.catalogue.names import bracketed
from pillnuts.catalogue.parse_error import ParseError

_NUMBER: Final = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+", re.ASCII)
_THOUSANDS: Final = re.compile(r"\d{1,3},\d{3}(?:\.\d+)?", re.ASCII)
_LATIN_UNIT: Final = re.compile(r"[A-Za-z.]+", re.ASCII)
_REMARK: Final = re.compile(r"[(\[](.*)[)\]]", re.DOTALL)
_EQUIVALENT: Final = re.compile(
    r"(?:^|[(\[,;:]\s*)([^(),;:\[\]]*?[^(),;:\[\]\s])\s*(?:으로서|로서|으로써|로써)\s*"
    r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([^\s\d(),;\[\]]*)",
    re.ASCII,
)
_LABELS: Final = ("총량", "성분명", "분량", "단위", "규격", "성분정보", "비고")
_LABELLED: Final = re.compile(r"\s*총량\s*:")
_NEXT_LABELLED: Final = re.compile(r";(?=\s*총량\s*:)")
_NEXT_LABEL: Final = tuple(re.compile(rf"\|\s*{label}\s*:") for label in _LABELS[1:])
# A total after the last dash is no formulation: `1캡슐-(430밀리그람)중`, `수출용-1정(190mg) 중`.
_TOTAL: Final = re.compile(
    r"\(|.*중\s*,?$|(?:이\s*약\s*)?\d[\d.,]*\s*(?:정|캡슐|포|매|개|바이알|앰플|환|m|g|밀리|그|리터)"
)
_DUR_FIELDS: Final = 6
_AMOUNT_AT: Final = 2
_OLD_FIELDS: Final = 5


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount: `value` is None where the text is no single number above zero (``, `적량`, `50~100`).

    `text` holds the ministry's own words wherever they say more than the number and its unit.
    """

    value: Decimal | None
    unit: str | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """One ingredient record; what the ministry left blank is None."""

    total: str | None
    """What the amount is counted in: `1정 (260 mg) 중`."""
    formulation: str | None
    """Which of several formulations it belongs to: `오렌지`, `수출용1`."""
    name: str
    quantity: Quantity
    standard: str | None = None
    info: str | None = None
    remark: str | None = None
    equivalent: tuple[str, Quantity] | None = None
    """The amount counted as another form (`아세트아미노펜으로서 300밀리그램`)."""


def quantity(value: str, unit_text: str) -> Quantity:
    """Read an amount and its unit as the ministry writes them.

    Where the two contradict each other (`2.5mg` in a column of micrograms) the amount is unknown.
    Unknown units stay as the ministry's word; a missing one is None.
    """
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    factor, unit = units.scaled(unit_text)
    column = unit or None
    number = _NUMBER.match(text)
    if number is None:
        says_more = text and not units.is_known(units.unit(text))
        return Quantity(None, column, text if says_more else None)
    rest = text[number.end() :].strip()
    if rest == ".":  # `300.0.`
        rest = ""
    own, remark = _own_unit(rest)
    if own is None and rest and remark is None:
        return Quantity(None, column, text)
    if own is not None:
        if units.is_known(unit) and (factor, unit) != own:
            return Quantity(None, column, f"{text} {unit_text}".strip())
        factor, column = own
    amount = Decimal(number[0].replace(",", "")) * factor
    if not amount:
        return Quantity(None, column, text)
    return Quantity(amount, column, text if remark else None)


def _own_unit(rest: str) -> tuple[tuple[int, str] | None, str | None]:
    """Return the unit written behind a number (`mg`, `K.U.`) and a remark in brackets behind that."""
    head, bracket, _ = rest.partition("(")
    remark = _REMARK.fullmatch(rest[len(head) :]) if bracket else None
    if bracket and remark is None:
        return None, None
    words = head.strip()
    if not words:
        return None, remark[1] if remark else None
    factor, unit = units.scaled(words)
    if units.is_known(unit) or _LATIN_UNIT.fullmatch(words):
        return (factor, unit), remark[1] if remark else None
    return None, None


def equivalent(text: str, unit_text: str = "") -> tuple[str, Quantity] | None:
    """Return the first (name, amount) of `…(으)로서 100.0mg`; its unit defaults to `unit_text`."""
    found = _EQUIVALENT.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    amount = quantity(found[2], found[3] if units.is_known(units.scaled(found[3])[1]) else unit_text)
    return (found[1], amount) if amount.value is not None else None


def _split_total(text: str) -> tuple[str | None, str | None]:
    """Return (basis, formulation) of a 총량: `1개(약 2.6g) 중-오렌지` → `1개(약 2.6g) 중`, `오렌지`."""
    line = " ".join((clean(text) or "").split("\n"))
    if line.startswith("-"):  # the DUR form has no basis: ` - 국내용`
        return None, line.lstrip("- ") or None
    at = line.rfind("-")
    if at < 0 or bracketed(line)[at]:
        return line.rstrip(" ,") or None, None
    suffix = line[at + 1 :].strip()
    if not suffix or _TOTAL.match(suffix):
        return line.rstrip(" ,") or None, None
    return line[:at].strip(" ,") or None, suffix


def _material(
    total: str, name: str, amount: tuple[str, str], texts: tuple[str, str, str], whole: str
) -> Material:
    cleaned = clean(name)
    if cleaned is None:
        raise ParseError("원료성분", whole, "성분명이 없습니다.")
    basis, formulation = _split_total(total)
    standard, info, remark = map(clean, texts)
    read = quantity(*amount)
    sources = (info or "", read.text or "", remark or "")
    found = next(filter(None, (equivalent(source, amount[1]) for source in sources)), None)
    return Material(basis, formulation, " ".join(cleaned.split()), read, standard, info, remark, found)


def _labelled(text: str) -> Iterator[Material]:
    """Forms a to c: `총량 : T|성분명 : N|분량 : Q|단위 : U|규격 : S|성분정보 : I|비고 : R;…`."""
    for record in _NEXT_LABELLED.split(text):
        values: list[str] = []
        rest = _LABELLED.sub("", record, count=1)
        for label in _NEXT_LABEL:
            found = label.search(rest)
            if found is None:
                raise ParseError("원료성분", text, "알 수 없는 형식입니다.")
            values.append(rest[: found.start()])
            rest = rest[found.end() :]
        total, name, value, unit, standard, info = values
        yield _material(total, name, (value, unit), (standard, info, rest), text)


def _oldest(text: str) -> Iterator[Material]:
    """Form e: `총량|성분명|규격|분량|단위|;…`; a `;` with too few fields before it is part of a value."""
    pending = ""
    for piece in text.split(";"):
        pending = f"{pending};{piece}" if pending else piece
        fields = pending.split("|")
        if len(fields) < _OLD_FIELDS:
            continue
        total, name, standard, value, unit, *remark = fields
        yield _material(total, name, (value, unit), (standard, "", "|".join(remark)), text)
        pending = ""
    if pending.strip():
        raise ParseError("원료성분", text, "알 수 없는 형식입니다.")


def _split(text: str, separator: str) -> list[str]:
    inside = bracketed(text)
    marks = [-1, *(at for at, char in enumerate(text) if char == separator and not inside[at]), len(text)]
    return [text[start + 1 : end] for start, end in pairwise(marks)]


def _dur_amount(fields: Sequence[str]) -> int | None:
    """Return where the amount stands: the field before the unit, behind the name and the total."""
    for at in range(_AMOUNT_AT, len(fields) - 2):
        written = fields[at].strip()
        unit = fields[at + 1].strip()
        regular = at == _AMOUNT_AT and len(fields) == _DUR_FIELDS
        if (not written or _NUMBER.match(written)) and (regular or units.is_known(units.scaled(unit)[1])):
            return at
    return None


def _dur_records(text: str) -> Iterator[list[str]]:
    """Give the fields of each record of `성분명,총량,분량,단위,규격,비고/…`, whose values hold both signs."""
    pending, *pieces = _split(text, "/")
    for piece in pieces:
        complete = _dur_amount(_split(pending, ",")) is not None
        if complete and ("," in piece or pending.endswith(",")):
            yield _split(pending, ",")
            pending = piece
        else:
            pending = f"{pending}/{piece}"
    yield _split(pending, ",")


def _dur(text: str) -> Iterator[Material]:
    """Form d, of the DUR product service; a thousands comma can cut the amount in two."""
    for fields in _dur_records(text):
        at = _dur_amount(fields)
        if at is None:
            raise ParseError("원료성분", text, "알 수 없는 형식입니다.")
        value, start = fields[at], at
        if at > _AMOUNT_AT and _THOUSANDS.fullmatch(f"{fields[at - 1].strip()},{value.strip()}"):
            value, start = f"{fields[at - 1]},{value}", at - 1
        total, unit, standard = ",".join(fields[1:start]), fields[at + 1], fields[at + 2]
        remark = ",".join(fields[at + 3 :])
        yield _material(total, fields[0], (value, unit), (standard, "", remark), text)


def _with_formulations(records: Sequence[Material]) -> tuple[Material, ...]:
    """Name the formulations the ministry left unnamed, by their totals.

    Only where some record names one, or where several totals repeat the very same ingredients
    (`1정200밀리그램` and `1정192밀리그램`); the layers of a tablet (`1,3층`, `2층`) do not.
    """
    named = {record.formulation for record in records}
    if named != {None}:
        if len(named) == 1:
            return tuple(records)
        return tuple(replace(r, formulation=r.formulation or r.total) for r in records)
    by_total: dict[str | None, list[str]] = {}
    for record in records:
        by_total.setdefault(record.total, []).append(record.name)
    contents = {tuple(sorted(names)) for names in by_total.values()}
    if len(by_total) == 1 or len(contents) > 1:
        return tuple(records)
    return tuple(replace(record, formulation=record.total) for record in records)


def materials(text: str) -> tuple[Material, ...]:
    """Return the ingredient records of MATERIAL_NAME in any of its forms; blank text is no record.

    Raises ParseError where the text is in none of the known forms.
    """
    if not text.strip():
        return ()
    if _LABELLED.match(text):
        return _with_formulations(list(_labelled(text)))
    if "|" in text:
        return _with_formulations(list(_oldest(text)))
    return _with_formulations(list(_dur(text)))
