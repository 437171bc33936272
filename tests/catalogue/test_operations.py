"""Everything a full catalogue asks for, and which rows are taken for an answer."""

from datetime import date

import pytest

from pillnuts.catalogue import operations
from pillnuts.catalogue.operations import (
    EVERYTHING,
    OPERATIONS,
    Asked,
    Operation,
    UnknownOperationError,
    chosen,
    configured,
)

NAMED = {operation.name: operation for operation in OPERATIONS}
DETAIL, SPLIT, RULE = NAMED["permit_detail"], NAMED["dur_product_split"], NAMED["dur_ingredient_dose"]


def test_a_full_catalogue_asks_for_all_of_these() -> None:
    by_dataset: dict[str, int] = {}
    for operation in OPERATIONS:
        by_dataset[operation.dataset] = by_dataset.get(operation.dataset, 0) + 1

    assert len(NAMED) == len({operation.path for operation in OPERATIONS}) == len(OPERATIONS)
    assert by_dataset == {
        "15095677": 3,  # 허가
        "15057639": 1,  # 낱알식별
        "15075057": 1,  # e약은요
        "15059114": 1,  # 회수
        "15098095": 1,  # 1일 최대투여량
        "15059182": 1,  # 안전성서한
        "15056780": 7,  # DUR 성분
        "15059486": 8,  # DUR 품목
    }


def test_a_person_applies_on_the_portal() -> None:
    assert DETAIL.portal == "https://www.data.go.kr/data/15095677/openapi.do"


def test_paths_and_page_size_are_settings() -> None:
    made = {operation.name: operation for operation in configured({"easy": "New02/getNew02"}, 500)}

    assert made["easy"].path == "/New02/getNew02"
    assert made["pill"].path == NAMED["pill"].path
    assert {operation.size for operation in made.values()} == {500}


@pytest.mark.parametrize("name", ["dur_product", "허가", ""])
def test_a_path_for_nothing_is_refused(name: str) -> None:
    with pytest.raises(UnknownOperationError, match="permit_list, permit_detail"):
        configured({name: "/x"})


def test_operations_are_chosen_by_name_or_by_its_beginning() -> None:
    assert [one.name for one in chosen(OPERATIONS, ["easy", "permit"])] == [
        "permit_list",
        "permit_detail",
        "easy",
    ]
    assert len(chosen(OPERATIONS, ["dur"])) == 15
    with pytest.raises(UnknownOperationError, match="“per”"):
        chosen(OPERATIONS, ["per"])


def test_what_is_asked_for_is_said_in_the_words_of_each_operation() -> None:
    changed = Asked(since=date(2026, 11, 1), until=date(2026, 11, 8))

    assert EVERYTHING.parameters(DETAIL) == {}
    assert changed.parameters(DETAIL) == {"start_change_date": "20261101", "end_change_date": "20261108"}
    assert Asked(item_seq="202012345").parameters(DETAIL) == {"item_seq": "202012345"}
    assert Asked(item_seq="202012345").parameters(SPLIT) == {"itemSeq": "202012345"}
    assert Asked(item_seq="202012345").parameters(NAMED["permit_list"]) == {"prdlst_Stdr_code": "202012345"}
    assert Asked(item_seq="202012345").parameters(RULE) == {}


@pytest.mark.parametrize(
    ("operation", "asked", "row"),
    [
        (DETAIL, EVERYTHING, {"ITEM_SEQ": None}),
        (DETAIL, Asked(item_seq="202012345"), {"ITEM_SEQ": "202012345 "}),
        (SPLIT, EVERYTHING, {"ITEM_SEQ": "202012345", "TYPE_NAME": "분할주의 "}),
        (DETAIL, Asked(since=date(2026, 1, 5)), {"ITEM_SEQ": "1", "CHANGE_DATE": "20260105"}),
        (
            SPLIT,
            Asked(since=date(2018, 1, 5)),
            {"ITEM_SEQ": "1", "TYPE_NAME": "분할주의", "CHANGE_DATE": "2018June14th"},
        ),
    ],
)
def test_a_row_that_was_asked_for_is_taken(
    operation: Operation, asked: Asked, row: dict[str, str | int | float | None]
) -> None:
    assert asked.refusal(operation, row) is None


@pytest.mark.parametrize(
    ("operation", "asked", "row", "reason"),
    [
        (DETAIL, EVERYTHING, {"itemSeq": "202012345"}, "허가 상세의 행이 아닙니다"),
        (DETAIL, Asked(item_seq="202012345"), {"ITEM_SEQ": "202012346"}, "202012346의 행이"),
        (DETAIL, Asked(item_seq="202012345"), {"ITEM_SEQ": None}, "None의 행이"),
        (SPLIT, EVERYTHING, {"ITEM_SEQ": "1", "TYPE_NAME": "노인주의"}, "분할주의를 물었는데 노인주의"),
        (SPLIT, EVERYTHING, {"ITEM_SEQ": "1"}, "분할주의를 물었는데"),
        (DETAIL, Asked(since=date(2026, 1, 5)), {"ITEM_SEQ": "1", "CHANGE_DATE": "20260104"}, "20260104"),
        (DETAIL, Asked(since=date(2026, 1, 5)), {"ITEM_SEQ": "1", "CHANGE_DATE": None}, "뒤에 바뀐 것"),
        (DETAIL, Asked(since=date(2026, 1, 5)), {"ITEM_SEQ": "1", "CHANGE_DATE": "언젠가"}, "언젠가"),
    ],
)
def test_a_row_that_was_not_asked_for_is_refused_with_the_reason(
    operation: Operation, asked: Asked, row: dict[str, str | int | float | None], reason: str
) -> None:
    assert reason in str(asked.refusal(operation, row))


def test_only_operations_that_offer_it_are_asked_for_changes() -> None:
    assert {one.name.rpartition("_")[0] for one in OPERATIONS if one.changes} == {"permit", "dur_product"}
    assert operations.PAGE_SIZE == 100
