"""The demo goes through the same door as the ministry's files, and is a catalogue like any other."""

import pytest

from pillnuts.catalogue import demo, ingest
from pillnuts.catalogue.assemble import Catalogue
from pillnuts.catalogue.glossary import glossary
from pillnuts.catalogue.report import Report
from pillnuts.catalogue.shapes import Product
from tests.catalogue import documents


@pytest.fixture(scope="module")
def report() -> Report:
    return Report()


@pytest.fixture(scope="module")
def catalogue(report: Report) -> Catalogue:
    return ingest.prepare(demo.gathered(report), glossary(), report)


@pytest.fixture(scope="module")
def products(catalogue: Catalogue) -> dict[str, Product]:
    return {product.item_seq: product for product in documents.products(catalogue.products)}


def test_every_product_is_taken_and_reported(report: Report, catalogue: Catalogue) -> None:
    assert report.read == report.accepted == len(catalogue.products)
    assert sum(file.read for file in report.files) == report.read
    assert report.left_out == {}
    assert report.impossible == {}
    assert report.unknown_units == {}


def test_everything_names_the_demo_as_its_source(products: dict[str, Product]) -> None:
    for product in products.values():
        said = [*product.ingredients, *product.sections, *product.cautions, *product.sources.values()]
        assert all(demo.TITLE in one.source for one in said)
        assert all(recall.source == demo.TITLE and recall.date for recall in product.recalls)


def test_active_ingredients_are_complete_and_absent_additives_unknown(products: dict[str, Product]) -> None:
    for product in products.values():
        assert product.ingredients_complete
        listed = any(ingredient.role == "additive" for ingredient in product.ingredients)
        assert product.additives_known == listed


def test_tylenol_holds_500_mg_of_acetaminophen(products: dict[str, Product]) -> None:
    tylenol = next(p for p in products.values() if p.name.startswith("타이레놀정500"))
    [active] = [i for i in tylenol.ingredients if i.role == "active"]
    assert (active.id, active.substance) == ("D000147", "아세트아미노펜")
    assert active.amount is not None
    assert (active.amount.value, active.amount.unit) == ("500", "mg")
    assert active.plain


def test_it_shows_formulations_withdrawals_recalls_and_converted_amounts(
    products: dict[str, Product],
) -> None:
    every = products.values()
    assert any(len(p.formulations) > 1 for p in every)
    assert any(p.withdrawn and p.status_date for p in every)
    assert any(p.recalls for p in every)
    assert any(i.equivalent for p in every for i in p.ingredients)
    assert any(p.pill and p.pill.colors for p in every)
    assert any(p.same_ingredient for p in every)


def test_it_is_the_same_every_time(catalogue: Catalogue) -> None:
    report = Report()
    assert ingest.prepare(demo.gathered(report), glossary(), report).digest == catalogue.digest
