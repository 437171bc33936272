"""A data set is known by its columns, in whatever form the ministry gives it out."""

from contextlib import suppress

import pytest

from pillnuts.catalogue import columns, datasets
from pillnuts.catalogue.datasets import DATASETS, Dataset, recognise
from pillnuts.catalogue.parse import ParseError
from pillnuts.catalogue.statements import Said
from tests.catalogue import ministry


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: f"{dataset.title} {min(dataset.signature)}")
def test_every_data_set_is_known_by_its_own_columns(dataset: Dataset) -> None:
    assert recognise(dataset.signature) is dataset
    assert recognise(dataset.signature | {"SOMETHING_NEW"}) is dataset


@pytest.mark.parametrize(
    ("exported", "title"),
    [
        (frozenset(ministry.LIST_COLUMNS), "식약처 의약품등제품정보목록"),
        (frozenset(columns.DETAIL), "식약처 의약품 제품 허가정보"),
        (frozenset(columns.PILL), "식약처 낱알식별정보"),
        (frozenset(columns.EASY), "식약처 e약은요"),
        (frozenset(columns.DUR_EXPORT), "식약처 DUR 성분정보"),
    ],
)
def test_an_export_with_korean_columns_is_the_same_data_set(exported: frozenset[str], title: str) -> None:
    found = recognise(exported)
    assert found is not None
    assert found.title == title


def test_columns_of_no_data_set_are_none() -> None:
    assert recognise(frozenset({"이름", "나이", "ITEM_SEQ"})) is None
    assert recognise(frozenset()) is None


def test_korean_columns_are_read_under_the_names_of_the_api_without_blanks_around() -> None:
    dataset = recognise(frozenset(columns.EASY))
    assert dataset is not None
    row = {"품목일련번호": " 202000001 ", "제품명": "새봄정\n", "이 약의 효능은 무엇입니까?": "두통"}
    [said] = dataset.statements(row)
    assert isinstance(said, Said)
    assert (said.item_seq, said.fields["name"], said.fields["easy.efficacy"]) == (
        "202000001",
        "새봄정",
        "두통",
    )


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: f"{dataset.title} {min(dataset.signature)}")
def test_a_row_cut_short_is_refused_or_says_nothing(dataset: Dataset) -> None:
    with suppress(ParseError):
        assert not any(isinstance(one, Said) for one in dataset.statements({}))


def test_an_answer_without_items_holds_no_product() -> None:
    assert not datasets.NOTHING.names_products
