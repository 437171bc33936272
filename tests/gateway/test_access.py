"""Who may ask, how often, by whose clock; and rows that change between two calls."""

import asyncio
import json
from datetime import datetime

import httpx
import pytest
from lxml import etree

from pillnuts.catalogue import datasets, operations
from tests.gateway import KEY, Ministry, Options, Serving, encoded, invented
from tests.gateway.conftest import Ask, body, total
from tests.gateway.operations import (
    BY_PATH,
    DUR_INGREDIENT,
    DUR_PRODUCT,
    EASY,
    MAIN_INGREDIENT,
    OPERATIONS,
    PERMIT_DETAIL,
    PERMIT_LIST,
    PILL,
    RECALLS,
    SAFETY_LETTERS,
    Operation,
)
from tests.gateway.options import KST

CATALOGUED = [operation for operation in OPERATIONS if operation is not SAFETY_LETTERS]

# ── Keys ─────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_decoded_exactly_once(served: Serving) -> None:
    def status(query: str) -> str:
        address = f"{served.url}{EASY.path}?type=json&{query}"
        text = httpx.get(address, trust_env=False).text
        return "refused" if "<returnReasonCode>30<" in text else "taken"

    assert status(f"serviceKey={encoded(KEY)}") == "taken"
    assert status(f"ServiceKey={encoded(KEY)}") == "taken"
    assert status(f"serviceKey={encoded(encoded(KEY))}") == "refused"
    assert status(f"serviceKey={KEY}") == "refused"  # its + arrives as a blank
    assert status("serviceKey=") == "refused"
    assert status("") == "refused"


def test_a_wrong_key_is_refused_in_each_way(ask: Ask, options: Options) -> None:
    seen = {}
    for options.refusal in ("xml", "json", "text"):
        answer = ask(PILL, type="json", serviceKey="wrong")
        seen[options.refusal] = (answer.status_code, answer.text)
    assert seen["xml"][0] == 200
    assert etree.fromstring(seen["xml"][1]).findtext(".//returnReasonCode") == "30"
    assert seen["json"][0] == 403
    said = json.loads(seen["json"][1])["OpenAPI_ServiceResponse"]["cmmMsgHeader"]
    assert said["returnReasonCode"] == "30"
    assert seen["text"] == (401, "Unauthorized")


def test_a_service_not_applied_for_is_forbidden(ask: Ask, options: Options) -> None:
    options.not_applied = frozenset({EASY.service})
    answer = ask(EASY, type="json")
    assert (answer.status_code, answer.text) == (403, "Forbidden")
    assert ask(PILL, type="json").status_code == 200


def test_an_expired_key_is_told_so(ask: Ask, options: Options) -> None:
    options.expired = True
    assert "DEADLINE_HAS_EXPIRED_ERROR" in ask(EASY, type="json").text


def test_a_path_of_another_version_is_unknown(served: Serving) -> None:
    for path in ("/1471000/DrugPrdtPrmsnInfoService06/getDrugPrdtPrmsnInq06", "/1471000/", "/elsewhere"):
        answer = httpx.get(served.url + path, trust_env=False)
        assert (answer.status_code, answer.text) == (404, "API not found")


# ── Quotas, pace, time ───────────────────────────────────────────────────────────────────────


def test_a_quota_is_counted_by_service_and_ends_at_midnight_in_seoul(
    ask: Ask, options: Options, served: Serving
) -> None:
    clock = served.gateway.clock
    clock.set(datetime(2026, 3, 1, 23, 50, tzinfo=KST))
    options.quota = 2
    assert total(ask(PERMIT_LIST, type="json")) == total(ask(PERMIT_DETAIL, type="json"))
    assert "<returnReasonCode>22<" in ask(PERMIT_LIST, type="json").text
    assert total(ask(PILL, type="json"))
    options.refusal = "text"
    answer = ask(PERMIT_DETAIL, type="json")
    assert (answer.status_code, answer.text) == (429, "API token quota exceeded")
    clock.forward(minutes=11)
    assert total(ask(PERMIT_LIST, type="json"))
    assert served.gateway.today() == {PERMIT_LIST.service: 1}


def test_a_call_with_a_wrong_key_spends_nothing(ask: Ask, options: Options, served: Serving) -> None:
    options.quota = 1
    ask(EASY, serviceKey="wrong")
    assert total(ask(EASY, type="json"))
    assert served.gateway.refused == {"30": 1}


def test_calls_are_counted_by_operation(ask: Ask, served: Serving) -> None:
    for _ in range(3):
        ask(EASY)
    ask(PILL)
    report = httpx.get(f"{served.url}/__calls", trust_env=False).json()
    assert report["calls"] == {EASY.name: 3, PILL.name: 1}
    assert report["today"] == {EASY.service: 3, PILL.service: 1}
    assert report["most_at_once"] == 1


async def test_more_calls_at_once_than_it_likes_are_slowed_down(served: Serving, options: Options) -> None:
    options.at_once, options.latency = 2, 0.2
    async with httpx.AsyncClient(trust_env=False, base_url=served.url) as client:
        calls = [client.get(EASY.path, params={"serviceKey": KEY}) for _ in range(4)]
        answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} == {200, 429}
    assert served.gateway.most_at_once == 4


def test_the_clock_is_moved_from_outside(served: Serving) -> None:
    moved = httpx.post(f"{served.url}/__clock", json={"now": "2026-03-02T00:00:01+09:00"}, trust_env=False)
    assert moved.json()["now"].startswith("2026-03-02T00:00:0")
    assert httpx.post(f"{served.url}/__clock", json={"now": "soon"}, trust_env=False).status_code == 422


# ── The ministry behind it ───────────────────────────────────────────────────────────────────


def test_rows_change_between_two_calls(ask: Ask, served: Serving) -> None:
    ministry = served.gateway.ministry
    assert ministry.change(PERMIT_DETAIL, {"ITEM_SEQ": "200000000"}, ITEM_NAME="새이름정") == 1
    assert body(ask(PERMIT_DETAIL, type="json", item_seq="200000000"))["items"][0]["ITEM_NAME"] == "새이름정"
    ministry.add(PERMIT_LIST, ITEM_SEQ="202699999", ITEM_NAME="더한정")
    assert body(ask(PERMIT_LIST, type="json", pageNo=5))["items"][0]["ITEM_NAME"] == "더한정"
    assert ministry.remove(PERMIT_LIST, {"ITEM_SEQ": "202699999"}) == 1
    ministry.shrink(PERMIT_LIST, keep=0.25)
    assert total(ask(PERMIT_LIST, type="json")) == 10
    with pytest.raises(KeyError, match="NO_FIELD"):
        ministry.change(PERMIT_LIST, {}, NO_FIELD="1")


@pytest.mark.real_data
def test_the_real_files_fill_every_operation(real_ministry: Ministry) -> None:
    listed = {row["ITEM_SEQ"] for row in real_ministry.rows(PERMIT_LIST)}
    detailed = [row["ITEM_SEQ"] for row in real_ministry.rows(PERMIT_DETAIL)]
    assert len(listed) == real_ministry.count(PERMIT_LIST) > 37_000
    assert sorted(detailed, key=str) == sorted(listed, key=str)
    assert real_ministry.count(MAIN_INGREDIENT) == 49_669
    assert real_ministry.count(DUR_PRODUCT["효능군중복"]) == 7_047
    assert real_ministry.count(DUR_INGREDIENT["병용금기"]) == 1_816
    assert real_ministry.count(RECALLS) == 955
    assert all(real_ministry.count(operation) for operation in OPERATIONS)


@pytest.mark.parametrize("operation", CATALOGUED, ids=lambda operation: operation.name)
def test_invented_rows_are_read_as_the_real_ones(operation: Operation) -> None:
    dataset = datasets.recognise(frozenset(operation.fields))
    assert dataset is not None
    for row in invented().rows(operation):
        assert list(dataset.statements({name: value or "" for name, value in row.items()}))


def test_whatever_the_catalogue_asks_is_served() -> None:
    assert {f"/1471000{asked.path}" for asked in operations.OPERATIONS} <= BY_PATH.keys()
