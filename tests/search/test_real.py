"""The search over every product of the ministry's files, against the cases beside the project."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from pillnuts.catalogue import ingest
from pillnuts.catalogue.glossary import glossary
from pillnuts.catalogue.report import Report
from pillnuts.releases import everyday_words
from pillnuts.search.found import Query
from pillnuts.search.index import Index, build, search_document
from tests.catalogue import documents

SHARED = Path(__file__).resolve().parents[3] / "shared"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not (SHARED / "mfds").is_dir(), reason="the ministry's files are not beside the project"
    ),
]
SHOWN = 10


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Index:
    report = Report()
    catalogue = ingest.prepare(ingest.read([SHARED / "mfds"], report), glossary(), report)
    folder = tmp_path_factory.mktemp("real")
    products = documents.products(catalogue.products)
    ingredients = documents.ingredients(catalogue.ingredients)
    build(folder, map(search_document, products), ingredients, everyday_words())
    return Index.open(folder)


def _cases(name: str) -> Iterator[dict[str, Any]]:
    for line in (SHARED / "search" / name).read_text("utf-8").splitlines():
        yield json.loads(line)


def _found(index: Index, q: str) -> list[str]:
    return [hit.item_seq for hit in index.search(Query(q=q, size=SHOWN)).hits]


def test_what_is_meant_is_among_the_first_ten(real: Index) -> None:
    kinds: dict[str, list[bool]] = defaultdict(list)
    for case in _cases("queries.jsonl"):
        kinds[case["kind"]].append(not set(case["expect"]).isdisjoint(_found(real, case["q"])))
    scores = {kind: mean(hits) for kind, hits in kinds.items()}
    assert mean(scores.values()) >= 0.98, scores
    assert min(scores.values()) >= 0.93, scores


def test_the_first_ten_are_about_what_was_asked(real: Index) -> None:
    kinds: dict[str, list[float]] = defaultdict(list)
    for case in _cases("concepts.jsonl"):
        right = len(set(case["relevant"]).intersection(_found(real, case["q"])))
        kinds[case["kind"]].append(right / min(SHOWN, len(case["relevant"])))
    assert {kind: mean(shares) >= 0.95 for kind, shares in kinds.items()} == dict.fromkeys(kinds, True)
