"""Whatever the gateway answers, it is read as data or named as a problem, and never taken for the end."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue import envelope, problems
from pillnuts.catalogue.envelope import Answer, Item, ShapeError
from pillnuts.catalogue.problems import Problem

ROW: Item = {"ITEM_SEQ": "202012345", "ITEM_NAME": "새봄정", "CANCEL_DATE": None}
HEADER = {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}


def body(items: object = None, total: object = 1, **fields: object) -> dict[str, Any]:
    found = {} if items is None else {"items": items}
    return {"header": HEADER, "body": {"pageNo": 1, "totalCount": total, "numOfRows": 3, **found, **fields}}


def said(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def xml(rows: str = "", total: int = 1, code: str = "00") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f"<response><header><resultCode>{code}</resultCode><resultMsg>OK</resultMsg></header>"
        f"<body><numOfRows>3</numOfRows><pageNo>1</pageNo><totalCount>{total}</totalCount>"
        f"<items>{rows}</items></body></response>"
    ).encode()


XML_ROW = "<item><ITEM_SEQ>202012345</ITEM_SEQ><ITEM_NAME>새봄정</ITEM_NAME><CANCEL_DATE/></item>"


def problem(content: bytes | str, status: int = 200) -> Problem:
    heard = envelope.read(content.encode() if isinstance(content, str) else content, status)
    assert isinstance(heard, Problem)
    return heard


# ── data ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "document",
    [
        body([ROW]),
        body([{"item": ROW}]),
        body({"item": ROW}),
        body({"item": [ROW]}),
        {"response": body([ROW])},
        body([ROW], total="1", pageNo="1"),
        body([ROW]) | {"header": {"resultCode": "0000"}},
        body([ROW]) | {"header": {"resultCode": 0, "resultMsg": None}},
    ],
)
def test_a_row_is_found_in_every_json_envelope(document: object) -> None:
    assert envelope.read(said(document), 200) == Answer((ROW,), 1, 1)


def test_a_row_is_found_in_xml_although_json_was_asked_for() -> None:
    row: Item = ROW | {"CANCEL_DATE": ""}

    assert envelope.read(b"\xef\xbb\xbf \n" + xml(XML_ROW), 200) == Answer((row,), 1, 1)


def test_a_label_that_stands_as_elements_is_kept_as_xml() -> None:
    label = "<EE_DOC_DATA><!-- --><DOC title='효능효과'><SECTION title=''/></DOC></EE_DOC_DATA>"
    heard = envelope.read(xml(f"<item><!-- 주석 --><ITEM_SEQ>1</ITEM_SEQ>{label}</item>"), 200)

    assert isinstance(heard, Answer)
    assert heard.rows[0]["ITEM_SEQ"] == "1"
    assert "<DOC title" in str(heard.rows[0]["EE_DOC_DATA"])


def test_korean_of_the_old_encoding_is_read_whatever_the_declaration_says() -> None:
    text = xml(XML_ROW).decode().replace("UTF-8", "EUC-KR")

    for encoding in ("cp949", "utf-8"):
        heard = envelope.read(text.encode(encoding), 200)
        assert isinstance(heard, Answer)
        assert heard.rows[0]["ITEM_NAME"] == "새봄정"


@pytest.mark.parametrize("items", [None, [], "", {"item": ""}, {"item": []}, {}])
def test_nothing_found_is_an_answer_without_rows(items: object) -> None:
    assert envelope.read(said(body(items, total=0)), 200) == Answer((), 0, 1)


def test_nothing_found_is_told_in_other_ways_too() -> None:
    nothing = Answer((), 0, None)

    assert envelope.read(said({"header": {"resultCode": "03", "resultMsg": "NODATA_ERROR"}}), 200) == nothing
    assert envelope.read(said({"header": {"resultCode": 3}, "body": None}), 200) == nothing
    assert envelope.read(xml(code="03"), 200) == nothing
    assert envelope.read(xml(total=0), 200) == Answer((), 0, 1)


def test_past_the_last_page_the_total_is_still_told() -> None:
    assert envelope.read(said(body(total=45053, pageNo=999)), 200) == Answer((), 45053, 999)


def test_refused_rows_count_as_received() -> None:
    assert Answer((ROW,), 9, 1, ("다른 제품",)).received == 2


# ── problems ─────────────────────────────────────────────────────────────────────────────────


def test_an_error_inside_a_success_is_a_problem() -> None:
    message = "NO MANDATORY REQUEST PARAMETERS ERROR! \n numOfRows maximum is =[100]"
    heard = problem(said({"header": {"resultCode": "11", "resultMsg": message}, "body": {}}))

    assert (heard.kind, heard.code, heard.largest_page) == ("stop", "11", 100)
    assert problem(xml(XML_ROW, code="22")).kind == "tomorrow"
    assert problem(said(body([ROW]) | {"header": {"resultCode": "99"}})).kind == "retry"


@pytest.mark.parametrize("status", [200, 400, 403])
@pytest.mark.parametrize(
    ("error", "korean"),
    [
        ("SERVICE ERROR", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"),
        ("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "등록되지 않은 서비스키"),
    ],
)
def test_both_flavours_of_the_gateway_are_known_in_json_and_xml(status: int, error: str, korean: str) -> None:
    fields = {"errMsg": error, "returnAuthMsg": korean, "returnReasonCode": "30"}
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    as_xml = f"<OpenAPI_ServiceResponse><cmmMsgHeader>{inner}</cmmMsgHeader></OpenAPI_ServiceResponse>"

    for content in (
        said({"OpenAPI_ServiceResponse": {"cmmMsgHeader": fields}}),
        said({"cmmMsgHeader": fields}),
        as_xml.encode(),
    ):
        assert (problem(content, status).kind, problem(content, status).code) == ("stop", "30")


@pytest.mark.parametrize(
    ("content", "status", "kind", "code"),
    [
        ("", 200, "retry", "empty"),
        (" \r\n ", 200, "retry", "empty"),
        ("", 502, "retry", "HTTP 502"),
        (b"\x80\xff\xfe", 200, "retry", "garbled"),
        (b"\x80\xff\xfe", 429, "slow_down", "HTTP 429"),
        ("Unauthorized", 401, "stop", "401"),
        ("Forbidden", 403, "stop", "403"),
        ("API not found", 404, "stop", "12"),
        ("API rate limit exceeded", 429, "slow_down", "23"),
        ("API token quota exceeded", 429, "tomorrow", "22"),
        ("Unexpected errors", 500, "retry", "99"),
        ('{"message": "Forbidden"}', 403, "stop", "403"),
        ("뜻 모를 글", 200, "retry", "shape"),
        ("뜻 모를 글", 404, "stop", "HTTP 404"),
        ("<!DOCTYPE html><html><body><p>점검 중</body></html>", 200, "retry", "html"),
        ("<html><body>점검 중</body></html>", 503, "retry", "HTTP 503"),
        ("<rss></rss>", 200, "retry", "shape"),
        ("<response></response>", 200, "retry", "unknown"),
        ("<response><header><resultCode>00</resultCode></header>", 200, "retry", "truncated"),
        ('{"header":{"resultCode":"00"},"body":{"items":[{"ITEM_S', 200, "retry", "truncated"),
        ("[1, 2]", 200, "retry", "shape"),
        ('{"header": {}}', 200, "retry", "unknown"),
    ],
)
def test_everything_else_is_named(content: bytes | str, status: int, kind: str, code: str) -> None:
    assert (problem(content, status).kind, problem(content, status).code) == (kind, code)


@pytest.mark.parametrize(
    "document",
    [
        {"header": HEADER},
        body([ROW], total=None),
        body([ROW], total=-1),
        body([ROW], total=0),
        body([ROW], total=True),
        body([[[[[ROW]]]]]),
        body([{"ITEM_SEQ": {"deep": 1}}]),
        body("rows"),
        body(["rows"]),
    ],
)
def test_an_envelope_that_makes_no_sense_is_not_believed(document: object) -> None:
    assert problem(said(document)) == problems.SHAPE


def test_data_with_the_status_of_an_error_is_not_believed() -> None:
    assert problem(said(body([ROW])), 500).code == "HTTP 500"


@pytest.mark.parametrize("whole", [said(body([ROW])), xml(XML_ROW)], ids=["json", "xml"])
def test_an_answer_cut_anywhere_is_a_problem(whole: bytes) -> None:
    assert all(isinstance(envelope.read(whole[:end], 200), Problem) for end in range(len(whole)))


def test_saved_answers_without_envelope_are_rows_too() -> None:
    assert list(envelope.items([ROW, {"item": ROW}])) == [ROW, ROW]
    assert list(envelope.items({"response": body([ROW])})) == [ROW]
    assert list(envelope.items({"header": HEADER})) == []


@pytest.mark.parametrize(
    "document",
    [
        {"OpenAPI_ServiceResponse": {}},
        {"header": {"resultCode": "22"}, "body": {"items": [ROW]}},
        {"header": {"resultCode": 22}},
        "rows",
        7,
    ],
)
def test_a_saved_error_holds_no_rows(document: object) -> None:
    with pytest.raises(ShapeError):
        list(envelope.items(document))


# ── properties ───────────────────────────────────────────────────────────────────────────────

STATUSES = st.sampled_from([200, 204, 302, 400, 401, 403, 404, 429, 500, 502, 599])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
CODES = st.text(max_size=4) | st.integers() | st.none()


def documents() -> st.SearchStrategy[object]:
    names = st.sampled_from(
        ["header", "body", "items", "item", "response", "resultCode", "totalCount", "cmmMsgHeader", "a"]
    )
    return st.recursive(
        SCALARS | CODES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
        max_leaves=20,
    )


@given(st.binary(max_size=300), STATUSES)
def test_no_bytes_raise(content: bytes, status: int) -> None:
    assert isinstance(envelope.read(content, status), Problem)


@given(st.sampled_from(["<", "{", "[", "<?xml?>", "<response>"]), st.text(max_size=200), STATUSES)
def test_no_text_raises(start: str, text: str, status: int) -> None:
    assert isinstance(envelope.read((start + text).encode("utf-8", "replace"), status), Problem)


@given(documents(), STATUSES)
def test_no_document_raises_and_no_failure_is_an_answer(document: object, status: int) -> None:
    heard = envelope.read(json.dumps(document).encode(), status)

    assert isinstance(heard, Problem) or status in {200, 204}


@given(CODES.filter(lambda code: str(code or "").strip() not in {"3", "03", "003", "0003"}))
def test_an_error_is_never_the_end_of_the_data(code: object) -> None:
    heard = envelope.read(said({"header": {"resultCode": code}, "body": {"totalCount": 0}}), 200)

    fine = code is not None and set(str(code).strip()) == {"0"}
    assert isinstance(heard, Answer) == fine


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=9), min_size=2), max_size=5)
)
def test_rows_come_back_as_they_are(rows: list[dict[str, str | None]]) -> None:
    heard = envelope.read(said(body(rows, total=len(rows))), 200)

    assert isinstance(heard, Answer)
    assert list(heard.rows) == rows
