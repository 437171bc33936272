"""The fake speaks as the real gateway was seen to speak: fields, envelopes, parameters, pages."""

import json
from typing import Any

import pytest
from lxml import etree

from tests.gateway import Options, Serving, invented
from tests.gateway.conftest import REAL, Ask, body, total
from tests.gateway.envelopes import ENVELOPES
from tests.gateway.operations import (
    DAILY_MAXIMUM,
    DUR_INGREDIENT,
    DUR_ITEMS,
    DUR_PRODUCT,
    EASY,
    MAIN_INGREDIENT,
    OPERATIONS,
    PERMIT_DETAIL,
    PERMIT_LIST,
    PILL,
    RECALLS,
    Operation,
)

SAMPLES = REAL / "api_samples"


def every_row(ask: Ask, operation: Operation, size: int) -> list[dict[str, Any]]:
    """Page through an operation as a client does."""
    rows: list[dict[str, Any]] = []
    for number in range(1, 10_000):
        page = body(ask(operation, type="json", pageNo=number, numOfRows=size))
        if "items" not in page:
            assert len(rows) == page["totalCount"]
            return rows
        rows += [item.get("item", item) for item in page["items"]]
    raise AssertionError("the pages never end")


# ── As the saved answers ─────────────────────────────────────────────────────────────────────

SAVED = {
    "mm_medi-products-list.json": PERMIT_LIST,
    "o4o_detail_197000040.json": PERMIT_DETAIL,
    "mm_single-medi-product-details.json": PERMIT_DETAIL,
    "mm_drug-pill-identification-response.json": PILL,
    "mm_dur-concomittant-use-contrainedication-response.json": DUR_PRODUCT["병용금기"],
    "mm_dur-pregnancy-contrainedication-response.json": DUR_PRODUCT["임부금기"],
    "mm_dur-splitting-precaution-response.json": DUR_PRODUCT["분할주의"],
    "mm_dur-therapeutic-duplication-response.json": DUR_PRODUCT["효능군중복"],
    "extra/mm_dur-dos-precaution-response.json": DUR_PRODUCT["용량주의"],
    "extra/mm_dur-duation-of-use-precautions-response.json": DUR_PRODUCT["투여기간주의"],
    "extra/mm_dur-elderly-precautions-response.json": DUR_PRODUCT["노인주의"],
    "mm_retrieve-stop-sale-list.json": RECALLS,
}


@pytest.mark.real_data
@pytest.mark.parametrize(("sample", "operation"), SAVED.items())
def test_an_answer_has_the_shape_of_the_saved_one(ask: Ask, sample: str, operation: Operation) -> None:
    saved = json.loads((SAMPLES / sample).read_text("utf-8"))
    ours = ask(operation, type="json", numOfRows=1).json()
    assert shape(ours) == shape(saved)


def shape(answer: dict[str, Any]) -> object:
    """The names in their order, the kinds of the values, and whether items stand in objects of their own."""
    item = answer["body"]["items"][0]
    wrapped = list(item) == ["item"]
    kinds = {type(value) for value in (item["item"] if wrapped else item).values()}
    counts = {name: type(value) for name, value in answer["body"].items()}
    return (
        answer["header"],
        counts,
        wrapped,
        list(item["item"] if wrapped else item),
        kinds <= {str, type(None)},
    )


@pytest.mark.real_data
def test_other_saved_rows_have_the_same_fields(ask: Ask) -> None:
    for sample, operation in (
        ("mm_easydrug_row_195700020.json", EASY),
        ("dur_prdlst_row_195700013.json", DUR_ITEMS),
    ):
        saved = json.loads((SAMPLES / sample).read_text("utf-8"))
        assert body(ask(operation, type="json"))["items"][0].keys() == saved.keys()
    for rules in json.loads((SAMPLES / "yaksongil_dur_ingredient_rows.json").read_text("utf-8")).values():
        [item, *_] = body(ask(DUR_INGREDIENT[rules["label"]], type="json"))["items"]
        assert list(item["item"]) == list(rules["rows"][0])


@pytest.mark.real_data
def test_no_items_are_said_as_saved(ask: Ask) -> None:
    saved = json.loads((SAMPLES / "o4o_detail_total0_no_items_key.json").read_text("utf-8"))
    assert ask(PERMIT_DETAIL, type="json", numOfRows=5, item_seq="999999999").json() == saved


@pytest.mark.real_data
def test_too_many_rows_are_refused_as_saved(ask: Ask) -> None:
    saved = json.loads((SAMPLES / "mm_default-error-response.json").read_text("utf-8"))
    assert ask(PERMIT_LIST, type="json", numOfRows=101).json() == saved


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_answers_in_both_forms_alike(ask: Ask, operation: Operation) -> None:
    page = body(ask(operation, type="json", numOfRows=3))
    root = etree.fromstring(ask(operation, numOfRows=3).content)
    rows = [item.get("item", item) for item in page["items"]]
    assert [[child.tag for child in item] for item in root.iter("item")] == [list(row) for row in rows]
    assert root.findtext("body/totalCount") == str(page["totalCount"])
    assert root.findtext("header/resultCode") == "00"


def test_label_documents_are_text_in_json_and_elements_in_xml(ask: Ask) -> None:
    [item] = body(ask(PERMIT_DETAIL, type="json", numOfRows=1))["items"]
    assert item["EE_DOC_DATA"].startswith('<DOC title="효능효과" type="EE">\r\n')
    document = etree.fromstring(ask(PERMIT_DETAIL, numOfRows=1).content).find(".//EE_DOC_DATA/DOC")
    assert document is not None
    assert document.get("title") == "효능효과"
    assert document.findtext(".//PARAGRAPH") == "해열.진통.소염제로 쓴다."


# ── Envelopes ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_envelope_holds_the_same_rows(ask: Ask, options: Options, name: str) -> None:
    options.envelope = name
    answer = ask(RECALLS, type="json", numOfRows=2).json()
    assert ("response" in answer) == (name == "outer")
    items = answer.get("response", answer)["body"]["items"]
    rows = items["item"] if isinstance(items, dict) else [item.get("item", item) for item in items]
    assert [row["ITEM_SEQ"] for row in rows] == [row["ITEM_SEQ"] for row in invented().rows(RECALLS)[:2]]


def test_nothing_is_said_in_each_way(ask: Ask, options: Options) -> None:
    said = {}
    for options.envelope in ("documented", "empty-list", "empty-text", "empty-null"):
        said[options.envelope] = body(ask(EASY, type="json", itemSeq="999999999")).get("items", "absent")
    assert said == {"documented": "absent", "empty-list": [], "empty-text": "", "empty-null": None}


def test_one_item_alone_stands_in_no_list(ask: Ask, options: Options) -> None:
    options.envelope = "object"
    assert isinstance(body(ask(PILL, type="json", numOfRows=1))["items"]["item"], dict)


def test_rotating_shows_every_envelope(ask: Ask, options: Options) -> None:
    options.envelope = "rotate"
    answers = [ask(EASY, type="json", numOfRows=2).json() for _ in ENVELOPES]
    assert sum("response" in answer for answer in answers) == 1
    inner = [answer.get("response", answer)["body"]["items"] for answer in answers]
    assert sum(isinstance(items, dict) for items in inner) == 1
    assert sum("item" in items[0] for items in inner if isinstance(items, list)) == 1


# ── Parameters ───────────────────────────────────────────────────────────────────────────────


def test_an_item_is_asked_for_as_each_service_spells_it(ask: Ask) -> None:
    seq = "200000000"
    spellings = {
        PERMIT_LIST: "prdlst_Stdr_code",
        PERMIT_DETAIL: "item_seq",
        PILL: "item_seq",
        EASY: "itemSeq",
        DUR_ITEMS: "itemSeq",
        DUR_PRODUCT["노인주의"]: "itemSeq",
    }
    for operation, name in spellings.items():
        [item] = body(ask(operation, type="json", **{name: seq}))["items"]
        assert item[operation.item_field or ""] == seq


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (PERMIT_LIST, "item_seq"),
        (PERMIT_LIST, "prdlst_stdr_code"),
        (PERMIT_DETAIL, "itemSeq"),
        (DUR_PRODUCT["노인주의"], "item_seq"),
        (DUR_INGREDIENT["노인주의"], "ingr_code"),
        (MAIN_INGREDIENT, "item_seq"),
        (EASY, "bizrno"),
        (DAILY_MAXIMUM, "cpnt_cd"),
    ],
)
def test_a_name_spelled_otherwise_is_ignored(ask: Ask, operation: Operation, name: str) -> None:
    assert total(ask(operation, type="json", **{name: "200000000"})) == total(ask(operation, type="json"))


def test_names_are_looked_for_inside(ask: Ask) -> None:
    assert total(ask(EASY, type="json", itemName="노을세틴")) == 8
    assert total(ask(MAIN_INGREDIENT, type="json", Prduct="노을세틴")) == 8
    assert total(ask(PERMIT_LIST, type="json", item_ingr_name="Noeul")) == 8
    assert total(ask(PERMIT_LIST, type="json", item_ingr_name="noeul")) == 0


def test_a_day_of_change_chooses_rows(ask: Ask, served: Serving) -> None:
    for operation in (PERMIT_DETAIL, DUR_ITEMS, DUR_PRODUCT["노인주의"]):
        served.gateway.ministry.change(operation, {"ITEM_SEQ": "200000000"}, CHANGE_DATE="20260701")
        served.gateway.ministry.change(operation, {"ITEM_SEQ": "200100101"}, CHANGE_DATE=None)
        since = ask(operation, type="json", start_change_date="20260701")
        assert [item["ITEM_SEQ"] for item in body(since)["items"]] == ["200000000"]
        assert total(ask(operation, type="json", end_change_date="20260630")) == 38
        within = ask(operation, type="json", start_change_date="20260601", end_change_date="20260630")
        assert 0 < total(within) < 38


def test_days_written_in_english_are_compared_as_days(ask: Ask) -> None:
    [first, *_] = body(ask(DUR_ITEMS, type="json", start_change_date="20260101"))["items"]
    assert first["CHANGE_DATE"] == "2026January1st"


def test_a_prefix_of_a_day_finds_and_a_whole_day_does_not(ask: Ask) -> None:
    assert total(ask(EASY, type="json", updateDe="202405")) == 16
    assert total(ask(EASY, type="json", updateDe="2024-05-09")) == 0


# ── Pages ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_pages_hold_every_row_once(ask: Ask, operation: Operation) -> None:
    assert every_row(ask, operation, 7) == invented().rows(operation)


def test_ten_rows_unless_asked(ask: Ask) -> None:
    page = body(ask(PERMIT_LIST, type="json"))
    assert (page["pageNo"], page["numOfRows"], len(page["items"])) == (1, 10, 10)


def test_beyond_the_last_page_is_no_error(ask: Ask) -> None:
    assert body(ask(PERMIT_LIST, type="json", pageNo=99)) == {"pageNo": 99, "totalCount": 40, "numOfRows": 10}
    assert etree.fromstring(ask(PERMIT_LIST, pageNo=99).content).find("body/items") is not None


def test_five_hundred_rows_where_allowed(ask: Ask, options: Options) -> None:
    options.page_limit = 500
    assert len(body(ask(PERMIT_LIST, type="json", numOfRows=500))["items"]) == 40


def test_far_too_many_rows_of_dur_are_met_with_silence(ask: Ask) -> None:
    for operation in (DUR_ITEMS, DUR_INGREDIENT["임부금기"]):
        answer = ask(operation, type="json", numOfRows=600)
        assert (answer.status_code, answer.content) == (200, b"")
        assert ask(operation, type="json", numOfRows=599).json()["header"]["resultCode"] == "11"


@pytest.mark.parametrize("number", ["0", "-1", "한", "1.5"])
def test_a_page_that_is_no_number_is_refused(ask: Ask, number: str) -> None:
    assert ask(PERMIT_LIST, type="json", pageNo=number).json()["header"]["resultCode"] == "10"
