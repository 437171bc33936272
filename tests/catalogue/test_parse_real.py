"""Every parser over every real row of the ministry, against figures counted once by hand."""

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from python_calamine import CalamineWorkbook

from pillnuts.catalogue import doc, parse, units

pytestmark = pytest.mark.real_data

_FOLDER = Path(__file__).parents[3] / "shared" / "mfds"
_MEDICINES = {"의약품", "생물의약품", "마약류"}


@pytest.fixture(scope="module")
def mfds() -> Path:
    if not _FOLDER.is_dir():
        reason = "../shared/mfds is not here: the parsers are NOT tried on the ministry's data"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return _FOLDER


@cache
def _sheet(path: Path) -> list[dict[str, str]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    header, *rows = book.get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, header), map(str, row), strict=True)) for row in rows]


def _tables(mfds: Path) -> Iterator[dict[str, str]]:
    """Give every row of every CSV, whose official exports are to be read without quoting."""
    csv.field_size_limit(10**8)
    for path in sorted(mfds.rglob("*.csv")):
        raw = path.read_bytes()
        text = raw.decode("cp949" if path.parent.name == "pill_identification" else "utf-8-sig")
        lines = io.StringIO(text)
        unquoted = path.name.startswith("OpenData")
        for row in csv.DictReader(lines, quoting=csv.QUOTE_NONE) if unquoted else csv.DictReader(lines):
            yield {key: value for key, value in row.items() if key and isinstance(value, str)}


def _sheets(mfds: Path) -> Iterator[dict[str, str]]:
    for path in sorted(mfds.rglob("*.xls*")):
        yield from _sheet(path)


def _listed(mfds: Path, date: str) -> list[dict[str, str]]:
    (path,) = mfds.glob(f"product_list/*_{date}.xlsx")
    return [row for row in _sheet(path) if row["품목구분"] in _MEDICINES]


def _items(value: Any) -> Iterator[dict[str, Any]]:
    """Give every product of a permit answer, however deep its envelope."""
    if isinstance(value, dict):
        if "MATERIAL_NAME" in value and isinstance(value["MATERIAL_NAME"], str):
            yield value
        for inner in value.values():
            yield from _items(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _items(inner)


def _permits(mfds: Path) -> Iterator[dict[str, Any]]:
    for path in sorted([*mfds.glob("permit_detail/*.json"), *mfds.glob("api_samples/**/*.json")]):
        if not path.name.startswith("ugly"):
            yield from _items(json.loads(path.read_text(encoding="utf-8")))


def _ugly(mfds: Path) -> dict[str, list[str]]:
    path = mfds / "api_samples" / "extra" / "ugly_field_values_202_details.json"
    values: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return values


def test_the_names_of_every_material_are_the_main_ingredients(mfds: Path) -> None:
    items = records = amounts = 0
    for item in _permits(mfds):
        found = parse.materials(item["MATERIAL_NAME"])
        if item.get("MAIN_ITEM_INGR"):
            named = (re.sub(r"^\[\w+\]", "", name) for name in item["MAIN_ITEM_INGR"].split("|"))
            assert Counter(material.name for material in found) == Counter(named)
        items, records = items + 1, records + len(found)
        amounts += sum(material.quantity.value is not None for material in found)
    assert (items, records, amounts) == (106, 135, 133)


def test_every_odd_material_and_code_list_is_read(mfds: Path) -> None:
    values = _ugly(mfds)
    found = [parse.materials(text) for text in values["MATERIAL_NAME"]]
    assert all(found)
    known = [units.is_known(material.quantity.unit or "") for records in found for material in records]
    assert all(known)
    for text in (*values["INGR_NAME"], *values["MAIN_ITEM_INGR"]):
        assert all(code and re.fullmatch(r"M\d{6}", code) for code, _ in parse.coded_names(text))
    for text in values["BAR_CODE"]:
        assert len(parse.barcodes(text)) == len(set(filter(None, text.split(","))))
    for text in values["EDI_CODE"]:
        assert len(parse.edi_codes(text)) == len(set(text.split(",")))
    assert all(len(parse.atc_codes(text)) == 1 for text in values["ATC_CODE"])
    assert all(len(parse.history(text)) == text.count(", ") for text in values["GBN_NAME"] if text)


class _Words(HTMLParser):
    """The obvious slow way to the words of an HTML text."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.words += doc.IMAGE_NOTE + (dict(attrs).get("alt") or "")


def _words(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    return reader.words


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _documents(mfds: Path) -> Iterator[str]:
    for item in _permits(mfds):
        yield from (text for key, text in item.items() if key.endswith("_DOC_DATA") and text)
    for path in mfds.glob("api_samples/extra/*_doc.xml"):
        yield path.read_text(encoding="utf-8")


def _reference(xml: str) -> str:
    """Return the words of a document by the standard library alone."""
    words = ""
    for element in ET.fromstring(xml).iter():  # noqa: S314  # the ministry's own files
        if element.tag in {"SECTION", "ARTICLE"}:
            words += unescape(element.get("title") or "")
        elif element.tag == "PARAGRAPH":
            words += _words(element.text or "")
    return _squeezed(words)


def test_every_document_keeps_its_words(mfds: Path) -> None:
    read = 0
    for xml in _documents(mfds):
        text = doc.label(xml)
        reference = _reference(xml)
        assert (text is None) == (reference == "")
        if text is not None:
            read += 1
            assert _squeezed(_words(text.html)) == reference
    assert read == 318


def test_every_plain_language_text_keeps_its_words(mfds: Path) -> None:
    read = 0
    for path in sorted(mfds.glob("easy_drug/*.xlsx")):
        for row in _sheet(path):
            for question, answer in row.items():
                if question.endswith(("까?", "가?")) and answer.strip():
                    text = doc.plain(answer)
                    assert text is not None
                    visible = re.sub(r"[\x80-\x9f\u200b]", "", unescape(answer))
                    assert _squeezed(text.text) == _squeezed(visible)
                    read += 1
    assert read == 54_973


def test_every_date_is_a_day(mfds: Path) -> None:
    read, impossible = 0, Counter[str]()
    for rows in (_tables(mfds), _sheets(mfds)):
        for row in rows:
            for key, value in row.items():
                if key.endswith(("_DATE", "_DT", "일자", "일자(약학정보원)")) or key == "허가일":
                    try:
                        read += parse.date(value, key) is not None
                    except parse.ParseError:
                        impossible[value] += 1
    assert read == 182_736
    assert impossible == {"00120925": 2, "02010925": 1, "00201121": 1}


def test_every_amount_is_a_number_or_says_why_not(mfds: Path) -> None:
    unknown: Counter[str] = Counter()
    written = numbers = 0
    for row in _tables(mfds):
        if "INGD_UNIT_CD" in row:
            amount = parse.quantity(row["QNT"], row["INGD_UNIT_CD"])
            written, numbers = written + bool(row["QNT"]), numbers + (amount.value is not None)
            assert amount.value is None or amount.value > 0
            if amount.unit is not None and not units.is_known(amount.unit):
                unknown[amount.unit] += 1
    assert (written, numbers) == (32_627, 32_611)
    assert unknown == {"분류되지 않는 함량단위": 13, "v/v%이상": 3, "K.U.": 1, "적량": 1}


def test_every_coded_name_of_dur_has_its_code(mfds: Path) -> None:
    columns = {"ORI_INGR", "MAIN_INGR", "ORI", "MIXTURE_ORI", "관계성분", "병용금기관계성분", "MIX_INGR"}
    texts = [row[column] for row in _tables(mfds) for column in columns & row.keys()]
    names = [pair for text in texts for pair in parse.coded_names(text)]
    assert len(names) == 101_575
    assert all(code is not None for code, _ in names)


@cache
def _vocabulary(mfds: Path) -> frozenset[str]:
    """Gather the names that stand alone in a column of their own."""
    names = set[str]()
    for row in _tables(mfds):
        names |= {row[column] for column in ("MTRAL_NM", "DRUG_CPNT_KOR_NM") if row.get(column)}
        for column in ("ORI_INGR", "ORI"):
            names |= {name for _, name in parse.coded_names(row.get(column, ""))}
    for text in _ugly(mfds)["INGR_NAME"]:
        names |= {name for _, name in parse.coded_names(text)}
    return frozenset(names)


def _is_fragment(name: str) -> bool:
    """Say whether a name can only be a piece of one, torn off at a comma."""
    torn = r"\d+['′]?|[A-Za-zα-ω]['′]?|엔|하부?\s.*|\d+(\.\d+)?\s*[%N]|[-)\]].*"
    return re.fullmatch(torn, name) is not None or any(
        name.count(opening) != name.count(closing) for opening, closing in ("()", "[]")
    )


@pytest.mark.parametrize(
    ("date", "column", "names", "known", "fragments"),
    [
        ("202507", "주성분", 2_945, 2_657, 2),
        ("202507", "첨가제", 12_259, 8_226, 5),
        ("202503", "주성분", 29_038, 27_898, 0),
        ("202503", "첨가제", 72_517, 52_568, 9),
        ("202108", "주성분", 6_513, 6_245, 0),
        ("202108", "첨가제", 33_247, 25_717, 9),
    ],
)
def test_hardly_a_name_of_the_product_lists_is_torn(
    mfds: Path, date: str, column: str, names: int, known: int, fragments: int
) -> None:
    vocabulary = _vocabulary(mfds)
    split: Callable[..., tuple[str, ...]] = parse.active_list if column == "주성분" else parse.name_list
    found = [name for row in _listed(mfds, date) for name in split(row[column], vocabulary.__contains__)]
    torn = [name for name in found if _is_fragment(name)]
    assert (len(found), sum(name in vocabulary for name in found), len(torn)) == (names, known, fragments)


def test_a_strength_in_a_name_is_found_wherever_a_unit_follows_a_number(mfds: Path) -> None:
    names = {row["제품명"] for date in ("202108", "202503", "202507") for row in _listed(mfds, date)}
    number = re.compile(r"\d\s*(?:밀리그|마이크로그|그램|그람|mg|g\b|%|IU|단위|아이유)")
    missed = [name for name in names if number.search(parse.base_name(name)[0]) and not parse.strengths(name)]
    assert missed == []
    assert sum(bool(parse.strengths(name)) for name in names) == 4_177
