"""The demo catalogue and the glossary keep their form and agree with the ministry where both speak."""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pillnuts.catalogue import demo, glossary, ingest, units
from pillnuts.catalogue.gathered import Gathered
from pillnuts.catalogue.merge import Common, Facts, Told
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.statements import NamedList, NameText

_ROOT = Path(__file__).parents[2]
_DATA = _ROOT / "src" / "pillnuts" / "catalogue" / "data"
_MINISTRY = _ROOT.parent / "shared" / "mfds"

_REQUIRED = {"item_seq", "name", "maker", "etc_otc", "permit_date", "active", "text"}
_KNOWN = _REQUIRED | set(
    "name_en maker_en class_code class_name form atc permit_kind status status_date origin new_drug storage "
    "valid_term basis formulations additives pill dur recall".split()
)
_SECTIONS = {"efficacy", "usage", "warning", "caution", "interaction", "side_effect", "storage"}
_PILL = set(
    "shape colors imprint_front imprint_back line_front line_back length_mm width_mm thickness_mm".split()
)
_DUR = {"용량주의", "노인주의", "특정연령대금기", "투여기간주의", "분할주의", "효능군중복"}
_LONGEST_PLAIN = 30

_HEAD: dict[str, Any] = tomllib.loads((_DATA / "demo.toml").read_text("utf-8"))
_PRODUCTS: list[dict[str, Any]] = [
    product
    for file in sorted((_DATA / "demo").glob("*.toml"))
    for product in tomllib.loads(file.read_text("utf-8"))["product"]
]
_GLOSSARY: dict[str, dict[str, Any]] = tomllib.loads((_DATA / "glossary.toml").read_text("utf-8"))

each_product = pytest.mark.parametrize("product", _PRODUCTS, ids=lambda product: product["item_seq"])


def _amounts(product: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for active in product["active"]:
        if "amount" in active:
            yield active
        if "equivalent" in active:
            yield active["equivalent"]


def test_enough_products_to_compare() -> None:
    codes = [product["item_seq"] for product in _PRODUCTS]
    assert len(codes) >= 44
    assert len(set(codes)) == len(codes)


@each_product
def test_a_product_has_the_form_that_the_head_describes(product: dict[str, Any]) -> None:
    assert product.keys() >= _REQUIRED
    assert product.keys() <= _KNOWN
    assert re.fullmatch(r"\d{9}", product["item_seq"])
    assert product["etc_otc"] in {"일반의약품", "전문의약품"}
    assert product.keys().isdisjoint({"class_code", "class_name"}) or re.fullmatch(
        r"\d{5}", product["class_code"]
    )
    assert product.get("pill", {}).keys() <= _PILL
    days = [
        product["permit_date"],
        product.get("status_date"),
        *(r["date"] for r in product.get("recall", ())),
    ]
    assert all(date.fromisoformat(day) <= date.fromisoformat(_HEAD["as_of"]) for day in days if day)
    assert all(dur["kind"] in _DUR for dur in product.get("dur", ()))


@each_product
def test_an_amount_is_a_decimal_with_a_known_unit(product: dict[str, Any]) -> None:
    for amount in _amounts(product):
        assert Decimal(amount["amount"]) > 0
        assert units.decimal_text(Decimal(amount["amount"])) == amount["amount"]
        assert amount["unit"] in units.UNITS


@each_product
def test_a_formulation_of_an_ingredient_is_one_of_the_product(product: dict[str, Any]) -> None:
    used = {active["formulation"] for active in product["active"] if "formulation" in active}
    assert used == set(product.get("formulations", ()))


@each_product
def test_texts_are_plain_sentences(product: dict[str, Any]) -> None:
    assert {"efficacy", "usage", "caution"} <= product["text"].keys() <= _SECTIONS
    for text in product["text"].values():
        assert re.search(r"[다요]\.$|\)\.$", text), text
        assert "  " not in text


def test_every_active_name_belongs_to_one_substance_and_every_substance_is_used() -> None:
    active = {ingredient["name"] for product in _PRODUCTS for ingredient in product["active"]}
    additive = {name for product in _PRODUCTS for name in product.get("additives", ())}
    homes: dict[str, list[str]] = {}
    for substance in _HEAD["substance"]:
        members = [member["name"] for member in substance["members"]]
        is_additive = substance.get("role") == "additive"
        assert set(members) & (additive if is_additive else active), substance["name"]
        if not is_additive:
            for name in members:
                homes.setdefault(name, []).append(substance["name"])
    assert homes.keys() == active
    assert all(len(found) == 1 for found in homes.values())


def test_substances_have_the_ministrys_codes() -> None:
    for substance in _HEAD["substance"]:
        assert re.fullmatch(r"D\d{6}", substance.get("code", "D000000"))
        for member in substance["members"]:
            assert re.fullmatch(r"[AIM]\d{6}", member.get("code", "M000000"))


def test_the_demo_shows_the_hard_cases() -> None:
    def some(condition: Iterable[bool]) -> bool:
        return any(condition)

    assert some(product.get("status") in {"취하", "폐업"} for product in _PRODUCTS)
    assert some(len(product.get("formulations", ())) > 1 for product in _PRODUCTS)
    assert some("amount" not in active for product in _PRODUCTS for active in product["active"])
    assert some("additives" not in product for product in _PRODUCTS)
    assert some("recall" in product for product in _PRODUCTS)
    assert some(product["etc_otc"] == "전문의약품" for product in _PRODUCTS)
    assert some("equivalent" in active for product in _PRODUCTS for active in product["active"])


@pytest.mark.parametrize("part", ["substance", "additive"])
def test_plain_words_are_short_and_without_full_stop(part: str) -> None:
    for name, plain in _GLOSSARY[part].items():
        assert len(plain) <= _LONGEST_PLAIN, name
        assert not plain.endswith("."), name
    assert len({glossary.key(name) for name in _GLOSSARY[part]}) == len(_GLOSSARY[part])


def test_every_class_has_its_code_and_plain_words() -> None:
    for name, entry in _GLOSSARY["class"].items():
        assert re.fullmatch(r"\d{5}", entry["code"]), name
        assert entry["plain"].endswith("다"), name
        assert entry.keys() <= {"code", "plain", "words"}


def test_a_symptom_never_leads_to_itself_or_to_one_syllable() -> None:
    for word, labels in _GLOSSARY["symptom"].items():
        assert labels
        for label in labels:
            of_names = label.startswith("* ")  # what a product is called, which may be the word itself
            assert len(label.removeprefix("* ")) > 1
            assert of_names or len(word) == 1 or word not in label


# ── against the ministry's files ──────────────────────────────────────────────────────────────────


class Known(NamedTuple):
    products: dict[str, Told]
    common: Common


def known(gathered: Gathered) -> Known:
    return Known({told.item_seq: told for told in gathered.products()}, gathered.common)


@pytest.fixture(scope="module")
def ministry() -> Known:
    if not _MINISTRY.is_dir():
        reason = "../shared/mfds is not here: the demo's facts are NOT checked against the ministry's"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return known(ingest.read([_MINISTRY], Report()))


@pytest.fixture(scope="module")
def shown() -> Known:
    return known(demo.gathered(Report()))


def _spelling(value: object) -> object:
    """Make spellings of one thing equal: blanks, case, `2.30` and `2.3`, 안전상비 and 일반의약품."""
    if isinstance(value, tuple):
        return tuple(map(_spelling, value))
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return Decimal(value)
    text = re.sub(r"\s", "", value).casefold().replace("°c", "℃")
    return "일반의약품" if text == "일반(안전상비)" else text


def _plain_facts(ours: Facts, theirs: Facts) -> Iterator[str]:
    beside = {"additives", "materials", "active", "maker_en"}
    for name in ours.keys() & theirs.keys() - beside:
        if name.startswith("easy."):
            continue
        mine, other = _spelling(ours[name].value), _spelling(theirs[name].value)
        if mine != other:
            yield f"{name}: {mine!r} / {other!r}"


def _additives(ours: Facts, theirs: Facts) -> Iterator[str]:
    """Compare the letters of both lists: the ministry's is one text whose commas may stand inside names."""
    if "additives" not in ours or "additives" not in theirs:
        return
    mine, other = ours["additives"].value, theirs["additives"].value
    assert isinstance(mine, NamedList)
    left = other.text if isinstance(other, NameText) else ",".join(getattr(other, "names", ()))
    for name in sorted(mine.names, key=len, reverse=True):
        if name not in left:
            yield f"additive {name}: not in the ministry's list"
        left = left.replace(name, "")
    if left.strip(", "):
        yield f"additives: the demo lacks {left.strip(', ')}"


def _active(ours: Facts, theirs: Facts) -> Iterator[str]:
    """Compare the names of the active ingredients with the list of the product list."""
    if "active" not in theirs:
        return
    other = theirs["active"].value
    names = other.text.split("/") if isinstance(other, NameText) else getattr(other, "names", ())
    materials: Any = ours["materials"].value
    mine = {_spelling(material.name) for material in materials}
    if mine != {_spelling(name) for name in names}:
        yield f"active: {mine} / {names}"


def _quantities(item_seq: str, shown: Known, ministry: Known) -> Iterator[str]:
    """Compare each amount with the permit's materials, else with the 주성분 rows."""
    theirs = ministry.products[item_seq].facts
    known = {_spelling(n): q.quantity for n, q in ministry.products[item_seq].quantified.items()}
    if "materials" in theirs:
        permit: Any = theirs["materials"].value
        known |= {_spelling(material.name): material.quantity for material in permit}
    materials: Any = shown.products[item_seq].facts["materials"].value
    for material in materials:
        mine, other = material.quantity, known.get(_spelling(material.name))
        if mine.value is None:
            continue
        if other is None or (mine.value, mine.unit) != (other.value, other.unit):
            yield f"amount of {material.name}: {mine} / {other}"


@pytest.mark.real_data
def test_every_fact_agrees_with_the_ministry(shown: Known, ministry: Known) -> None:
    wrong: dict[str, list[str]] = {}
    for item_seq, told in shown.products.items():
        if item_seq not in ministry.products:
            wrong[item_seq] = ["the ministry's files do not know it"]
            continue
        ours, theirs = told.facts, ministry.products[item_seq].facts
        found = [
            *_plain_facts(ours, theirs),
            *_additives(ours, theirs),
            *_active(ours, theirs),
            *_quantities(item_seq, shown, ministry),
        ]
        if found:
            wrong[item_seq] = found
    assert wrong == {}, "\n".join(f"{code}: {lines}" for code, lines in wrong.items())


@pytest.mark.real_data
def test_every_recall_and_caution_is_the_ministrys(shown: Known, ministry: Known) -> None:
    for item_seq, told in shown.products.items():
        official = ministry.products[item_seq]
        if told.recalls:
            theirs = {(recall.date, recall.enforced) for recall in official.recalls}
            assert {(recall.date, recall.enforced) for recall in told.recalls} == theirs
        kinds = {noted.caution.kind for noted in official.cautions}
        assert {noted.caution.kind for noted in told.cautions} <= kinds, item_seq


@pytest.mark.real_data
def test_every_substance_gathers_what_the_ministry_gathers(ministry: Known) -> None:
    members: dict[str, set[tuple[str | None, str]]] = {}
    for group in ministry.common.groups:
        members.setdefault(group.code, set()).update((c, str(_spelling(n))) for c, n in group.members)
    for substance in _HEAD["substance"]:
        if "code" in substance:
            for member in substance["members"]:
                assert (member.get("code"), _spelling(member["name"])) in members[substance["code"]]


@pytest.mark.real_data
def test_every_class_of_the_ministry_has_plain_words(ministry: Known) -> None:
    every = [told.facts for told in ministry.products.values()]
    named = {facts["class_name"].value for facts in every if "class_name" in facts}
    known = {glossary.key(name) for name in _GLOSSARY["class"]}
    assert {name for name in named if isinstance(name, str) and glossary.key(name) not in known} == set()
