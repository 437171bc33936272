"""Dates, codes and the other short fields (MFDS_API §2.3 to §2.6)."""

import re
import unicodedata
from datetime import date as Date  # noqa: N812  # `date` is the parser below
from typing import Final

from pillnuts.catalogue.parse_error import ParseError

_EARLIEST, _LATEST = 1900, 2100
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?", re.ASCII)
_SEPARATED: Final = re.compile(
    r"(\d{4})(?:[-./]|년)\s*(\d{1,2})(?:[-./]|월)\s*(\d{1,2})(?:\.|일)?"
    r"(?:[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
    re.ASCII,
)
_ENGLISH: Final = re.compile(r"(\d{4})\s*([A-Za-z]{3,9})\s*(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_HISTORY: Final = re.compile(r"([^/]+?),\s*(\d{4}-\d{2}-\d{2})(?=/|$)", re.ASCII)
_CODED: Final = re.compile(r"\[([A-Z]\d{6})\]", re.ASCII)
_BEFORE_CODE: Final = re.compile(r"[|/](?=\s*\[[A-Z]\d{6}\])", re.ASCII)
_CLASS: Final = re.compile(r"\[(\d{3}|\d{5})\]|(\d{3}|\d{5})(?!\d)", re.ASCII)
_ATC: Final = re.compile(r"\b[A-V]\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?\b", re.ASCII)
_ITEM_SEQ: Final = re.compile(r"\d{9}", re.ASCII)
_BARCODE: Final = re.compile(r"(?<!\d)\d{13}(?!\d)", re.ASCII)
_EDI_CODE: Final = re.compile(r"(?<!\d)\d{9}(?!\d)", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\ufeff]")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n\s*")


def clean(text: str) -> str | None:
    """Return free text with control characters gone and blanks squeezed, its lines kept; None if blank.

    A lone surrogate, which no file or database can hold, becomes U+FFFD.
    """
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip() or None


def date(text: str, field: str = "날짜") -> Date | None:
    """Return the day of any of the ministry's spellings; None for blank text.

    Known: `20260101`, `20260101093000`, `2026-01-01`, `2026-01-01 00:00:00`, `2026.1.1.`, `2026년 1월 1일`,
    `1971May6th`. Raises ParseError for any other form, and for a day that does not exist.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    match = _COMPACT.fullmatch(plain) or _SEPARATED.fullmatch(plain) or _ENGLISH.fullmatch(plain)
    if match is None:
        raise ParseError(field, text, "날짜로 읽을 수 없습니다.")
    year, month, day = match.groups()
    try:
        found = Date(int(year), int(month) if month.isdigit() else _month(month), int(day))
    except ValueError:
        raise ParseError(field, text, "없는 날짜입니다.") from None
    if not _EARLIEST <= found.year <= _LATEST:
        raise ParseError(field, text, "있을 수 없는 해입니다.")
    return found


def _month(name: str) -> int:
    """Return the number of an English month, in full or cut (`Sept`); raises ValueError for another word."""
    return [month.startswith(name.lower()) for month in _MONTHS].index(True) + 1


def item_seq(text: str) -> str:
    """Return the nine digits of 품목기준코드; raises ParseError for anything else."""
    plain = text.strip()
    if _ITEM_SEQ.fullmatch(plain) is None:
        raise ParseError("품목기준코드", text, "아홉 자리 숫자가 아닙니다.")
    return plain


def _unique(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def barcodes(text: str) -> tuple[str, ...]:
    """Return the 13-digit codes of 표준코드; other words in the column (`TN`) are no codes."""
    return _unique(_BARCODE.findall(text))


def edi_codes(text: str) -> tuple[str, ...]:
    """Return the nine-digit insurance codes, leading zeros kept."""
    return _unique(_EDI_CODE.findall(text))


def atc_codes(text: str) -> tuple[str, ...]:
    """Return ATC codes of any depth: `M01AB05 (diclofenac)`, `R05X`, comma lists."""
    return _unique(_ATC.findall(text))


def class_code(text: str) -> tuple[str | None, str | None]:
    """Return (five-digit 분류번호, its name), each None where missing.

    `[01140]해열.진통.소염제`, `01140` and the three-digit `[114]` mean one class: 114 is 01140 unpadded.
    """
    match = _CLASS.match(text.strip())
    if match is None:
        return None, clean(text)
    digits = match[1] or match[2]
    code = f"0{digits}0" if len(digits) == len("114") else digits
    return code, clean(text.strip()[match.end() :])


def coded_names(text: str) -> tuple[tuple[str | None, str], ...]:
    """Return the (code, name) of `[M040353]아세트아미노펜|…` or of a list joined by `/`, each once, in order.

    Only a separator before a code separates: names hold `/` and, in the CSV exports, `|` for a comma.
    Text without any code is taken as names joined by `|`, each with code None.
    """
    if text.strip() == "-":  # the official exports write `-` for nothing
        return ()
    parts = _BEFORE_CODE.split(text) if _CODED.search(text) else text.split("|")
    found: dict[tuple[str | None, str], None] = {}
    for part in parts:
        name = clean(part)
        if name is None:
            continue
        match = _CODED.match(name)
        if match is not None:
            name = name[match.end() :].strip()
        if name:
            found[match[1] if match is not None else None, name] = None
    return tuple(found)


def history(text: str) -> tuple[tuple[Date, str], ...]:
    """Return the (day, what changed) pairs of GBN_NAME, as ordered there: newest first."""
    pairs = ((date(day, "변경이력"), clean(label)) for label, day in _HISTORY.findall(text.strip()))
    return tuple((day, label) for day, label in pairs if day is not None and label is not None)
