"""Each fault is exactly what its name says, and the same for the same seed."""

import time
from collections import Counter

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.gateway import KEY, Options, Serving, faults, invented
from tests.gateway.conftest import Ask, body, total
from tests.gateway.envelopes import CONSTANTS, PLAIN
from tests.gateway.operations import DUR_PRODUCT, EASY, PERMIT_DETAIL, PERMIT_LIST, PILL

CODES = faults.CODES


@pytest.mark.parametrize("code", CODES)
def test_a_service_error_stands_in_the_envelope_asked_for(ask: Ask, options: Options, code: str) -> None:
    options.faults = {f"service-{code}": 1}
    answer = ask(EASY, type="json")
    assert answer.status_code == 200
    assert answer.json() == {"header": {"resultCode": code, "resultMsg": CONSTANTS[code]}, "body": {}}
    root = etree.fromstring(ask(EASY).content)
    assert (root.tag, root.findtext("header/resultCode")) == ("response", code)
    assert root.findtext("header/resultMsg") == CONSTANTS[code]


@pytest.mark.parametrize("code", CODES)
def test_the_gateway_answers_in_xml_although_json_was_asked(ask: Ask, options: Options, code: str) -> None:
    options.faults = {f"gateway-xml-{code}": 1}
    answer = ask(EASY, type="json")
    root = etree.fromstring(answer.content)
    assert (answer.status_code, root.tag) == (200, "OpenAPI_ServiceResponse")
    assert root.findtext("cmmMsgHeader/errMsg") == "SERVICE ERROR"
    assert root.findtext("cmmMsgHeader/returnAuthMsg") == CONSTANTS[code]
    assert root.findtext("cmmMsgHeader/returnReasonCode") == code


@pytest.mark.parametrize("code", CODES)
def test_the_other_flavour_swaps_the_two_messages(ask: Ask, options: Options, code: str) -> None:
    options.faults = {f"gateway-xml-message-{code}": 1}
    root = etree.fromstring(ask(EASY, type="json").content)
    assert root.findtext("cmmMsgHeader/errMsg") == CONSTANTS[code]
    assert not (root.findtext("cmmMsgHeader/returnAuthMsg") or "").isascii()
    assert root.findtext("cmmMsgHeader/returnReasonCode") == code


@pytest.mark.parametrize("code", CODES)
def test_the_newer_gateway_answers_in_json_with_its_status(ask: Ask, options: Options, code: str) -> None:
    options.faults = {f"gateway-json-{code}": 1}
    answer = ask(EASY)
    header = answer.json()["OpenAPI_ServiceResponse"]["cmmMsgHeader"]
    assert (header["errMsg"], header["returnReasonCode"]) == (CONSTANTS[code], code)
    assert answer.status_code == (400 if code in {"10", "11", "12"} else 403)


@pytest.mark.parametrize(("name", "said"), PLAIN.items())
def test_plain_texts_come_with_their_status(
    ask: Ask, options: Options, name: str, said: tuple[int, str]
) -> None:
    options.faults = {f"text-{name}": 1}
    answer = ask(EASY, type="json")
    assert (answer.status_code, answer.text) == said
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(("name", "status"), [("html", 200), ("html-503", 503)])
def test_a_page_stands_in_for_the_answer(ask: Ask, options: Options, name: str, status: int) -> None:
    options.faults = {name: 1}
    answer = ask(EASY, type="json")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html;charset=UTF-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_an_empty_body_says_it_is_sound(ask: Ask, options: Options) -> None:
    options.faults = {"empty": 1}
    answer = ask(EASY, type="json")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("application/json")


def test_a_truncated_answer_breaks_off_in_the_middle(ask: Ask, options: Options) -> None:
    whole = ask(EASY, type="json").content
    options.faults = {"truncated": 1}
    answer = ask(EASY, type="json")
    assert (answer.status_code, answer.content) == (200, whole[: len(whole) // 2])


def test_a_wrong_type_hides_a_sound_answer(ask: Ask, options: Options) -> None:
    whole = ask(EASY, type="json").content
    options.faults = {"wrong-type": 1}
    answer = ask(EASY, type="json")
    assert answer.content == whole
    assert answer.headers["content-type"].startswith("application/xml")
    assert ask(EASY).headers["content-type"].startswith("application/json")


def test_the_other_form_comes_under_the_name_of_the_one_asked_for(ask: Ask, options: Options) -> None:
    options.faults = {"other-form": 1}
    answer = ask(EASY, type="json")
    assert etree.fromstring(answer.content).findtext("header/resultCode") == "00"
    assert answer.headers["content-type"].startswith("application/json")


def test_a_reset_leaves_no_answer(ask: Ask, options: Options) -> None:
    options.faults = {"reset": 1}
    with pytest.raises(httpx.ReadError):
        ask(EASY)


def test_a_hang_says_nothing_until_it_tears(ask: Ask, options: Options) -> None:
    options.faults, options.hang = {"hang": 1}, 0.3
    before = time.monotonic()
    with pytest.raises(httpx.ReadError):
        ask(EASY)
    assert time.monotonic() - before >= 0.3


def test_a_caller_may_leave_a_hang(served: Serving, options: Options) -> None:
    options.faults = {"hang": 1}
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(served.url + EASY.path, params={"serviceKey": KEY}, timeout=0.2, trust_env=False)


def test_latency_is_taken_by_every_answer(ask: Ask, options: Options) -> None:
    options.latency = 0.2
    before = time.monotonic()
    ask(EASY)
    assert time.monotonic() - before >= 0.2


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────


def seqs(ask: Ask, **asked: str | int) -> list[str]:
    parameters: dict[str, str | int] = {"type": "json", "numOfRows": 100, **asked}
    return [item["ITEM_SEQ"] for item in body(ask(PERMIT_DETAIL, **parameters)).get("items", [])]


def test_another_item_comes_where_one_was_asked(ask: Ask, options: Options) -> None:
    options.faults = {"other-item": 1}
    [other] = seqs(ask, item_seq="200000000")
    assert other != "200000000"
    assert len(seqs(ask)) == 40
    [pill] = body(ask(PILL, type="json", item_seq="200000000"))["items"]
    assert pill["ITEM_SEQ"] != "200000000"


def test_a_row_of_another_data_set_stands_in_the_place_of_one(ask: Ask, options: Options) -> None:
    options.faults = {"foreign-row": 1}
    items = body(ask(PERMIT_DETAIL, type="json", numOfRows=5))["items"]
    assert ["ITEM_SEQ" in item for item in items] == [True, True, True, True, False]
    assert "ITEM_SEQ" in body(ask(EASY, type="json", numOfRows=1))["items"][0]


def test_a_total_shrinks_and_rows_move_up_while_paging(ask: Ask, options: Options) -> None:
    sound = seqs(ask, numOfRows=40)
    options.faults = {"totals": 1}
    assert total(ask(PERMIT_DETAIL, type="json")) == 39
    assert seqs(ask, numOfRows=10, pageNo=2) == sound[11:21]


def test_some_rows_stand_there_twice(ask: Ask, options: Options) -> None:
    sound = seqs(ask)
    options.faults = {"duplicates": 0.3}
    twice = seqs(ask)
    assert list(dict.fromkeys(twice)) == sound
    assert 40 < len(twice) < 60
    assert total(ask(PERMIT_DETAIL, type="json")) == len(twice)


def test_a_release_shrinks(ask: Ask, options: Options) -> None:
    options.faults = {"shrunk": 0.4}
    left = seqs(ask)
    assert 10 < len(left) < 35
    assert seqs(ask) == left


def test_some_documents_break_off(ask: Ask, options: Options) -> None:
    options.faults = {"bad-document": 0.3}
    items = body(ask(PERMIT_DETAIL, type="json", numOfRows=100))["items"]
    broken = [item["ITEM_SEQ"] for item in items if not parses(item["EE_DOC_DATA"])]
    assert 3 < len(broken) < 25
    assert all(parses(item["UD_DOC_DATA"]) for item in items)
    root = etree.fromstring(ask(PERMIT_DETAIL, numOfRows=100).content)
    as_text = [
        item.findtext("ITEM_SEQ") for item in root.iter("item") if item.find("EE_DOC_DATA/DOC") is None
    ]
    assert as_text == broken


def parses(document: str) -> bool:
    try:
        etree.fromstring(document)
    except etree.XMLSyntaxError:
        return False
    return True


def test_a_change_behind_a_fault_is_seen(ask: Ask, served: Serving, options: Options) -> None:
    options.faults = {"duplicates": 1}
    assert len(seqs(ask)) == 80
    served.gateway.ministry.remove(PERMIT_DETAIL, {"ITEM_SEQ": "200000000"})
    assert len(seqs(ask)) == 78


# ── Shares ───────────────────────────────────────────────────────────────────────────────────


def outcomes(ask: Ask, calls: int) -> list[int]:
    return [ask(DUR_PRODUCT["노인주의"], pageNo=page).status_code for page in range(1, calls + 1)]


def test_a_share_of_the_calls_fails_and_the_same_ones_for_the_same_seed(ask: Ask, options: Options) -> None:
    options.faults = {"text-forwarding": 0.25, "text-unexpected": 0.25}
    served = Counter(outcomes(ask, 200))
    assert all(35 < served[status] < 65 for status in (502, 500))
    assert served[200] + served[502] + served[500] == 200


def test_the_order_of_the_calls_does_not_matter(ask: Ask, options: Options, served: Serving) -> None:
    options.faults = {"text-forwarding": 0.5}
    first = outcomes(ask, 30)
    served.gateway.forget()
    backwards = [ask(DUR_PRODUCT["노인주의"], pageNo=page).status_code for page in range(30, 0, -1)]
    assert backwards[::-1] == first
    served.gateway.forget()
    options.seed = 1
    assert outcomes(ask, 30) != first


def test_asking_again_helps(ask: Ask, options: Options) -> None:
    options.faults = {"text-forwarding": 0.5}
    for page in range(1, 20):
        assert any(ask(PERMIT_LIST, pageNo=page).status_code == 200 for _ in range(20))


def test_faults_are_switched_from_outside(ask: Ask, served: Serving) -> None:
    switch = f"{served.url}/__faults"
    assert httpx.post(switch, json={"text-unexpected": 1}, trust_env=False).json() == {"text-unexpected": 1}
    assert ask(EASY).status_code == 500
    assert httpx.post(switch, json={"unheard-of": 1}, trust_env=False).status_code == 422
    assert httpx.post(switch, json={"html": 2}, trust_env=False).status_code == 422
    assert httpx.post(switch, json=["html"], trust_env=False).status_code == 422
    assert ask(EASY).status_code == 500
    httpx.post(switch, json={}, trust_env=False)
    assert ask(EASY).status_code == 200
    assert served.gateway.faulted == {"text-unexpected": 2}


@given(st.lists(st.text(), max_size=4))
def test_a_draw_lies_between_nothing_and_one(parts: list[str]) -> None:
    assert 0 <= faults.draw(*parts) < 1
    assert faults.draw(*parts) == faults.draw(*parts)


@given(st.text())
def test_shares_of_one_leave_no_call_in_peace(call: str) -> None:
    assert faults.of_call({"html": 0.5, "reset": 0.5}, call) in {"html", "reset"}
    assert faults.of_call({}, call) is None
    assert faults.of_call({"duplicates": 1}, call) is None


def test_no_document_survives_being_cut() -> None:
    for row in invented().rows(PERMIT_DETAIL):
        document = row["EE_DOC_DATA"]
        assert document
        assert not parses(faults.cut_document(document))
