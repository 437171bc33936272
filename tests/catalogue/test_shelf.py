"""The shelf gives back exactly the documents of its release, and nothing for what it does not hold."""

import sqlite3
import zlib
from pathlib import Path

import pytest

from pillnuts.catalogue.brief import condense, read
from pillnuts.catalogue.scratch import Scratch
from pillnuts.catalogue.shapes import FieldSource, IngredientDetail, IngredientFact, Recall
from pillnuts.catalogue.shelf import Export, ReleaseInfo, Shelf, ShelfPart
from tests.catalogue import documents
from tests.compare.medicines import ingredient, product, section

ONE = product("새봄정", ingredient("가나펜", "500 mg"), item_seq="200000001")
OTHER = product("새봄콜드정", ingredient("가나펜", "300 mg"), item_seq="200000002")
GANAPEN = IngredientDetail(
    id="D009001",
    name="가나펜",
    name_en=None,
    roles=("active",),
    names=(),
    names_en=(),
    codes=("D009001",),
    plain=None,
    explanation="",
    facts=(),
    product_count=2,
    additive_count=0,
    products=(),
)


def packed(json: str) -> bytes:
    return zlib.compress(json.encode())


EXPORT = Export(
    ReleaseInfo(1, demo=False, data_date="2025-07", product_count=2),
    Scratch((p.item_seq, packed(p.model_dump_json())) for p in (OTHER, ONE)),
    Scratch([(GANAPEN.id, packed(GANAPEN.model_dump_json()))]),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("shelf")
    ShelfPart().build(folder, EXPORT)
    return ShelfPart().open(folder)


def test_every_document_comes_back_as_it_was(shelf: Shelf) -> None:
    assert shelf.product("200000001") == ONE
    assert shelf.product("200000002") == OTHER
    assert shelf.brief("200000001") == read(condense(ONE.model_dump_json().encode()))
    assert shelf.ingredient("D009001") == GANAPEN
    assert shelf.product_json("200000001") == ONE.model_dump_json().encode()


def test_an_export_reads_its_own_documents() -> None:
    assert documents.products(EXPORT.products) == (ONE, OTHER)
    assert list(EXPORT.ingredient_documents()) == [GANAPEN]


def test_a_brief_product_lacks_only_what_its_own_page_shows() -> None:
    fact = IngredientFact(kind="role", text="열을 내립니다.", source="필넛츠 풀이")
    full = product(
        "새봄정",
        ingredient("가나펜", "500 mg", facts=(fact,)),
        sections=(section("usage", "1회 1정"),),
        recalls=(Recall(reason="함량", enforced=True, source="회수"),),
        sources={"name": FieldSource(source="목록")},
    )
    told = ingredient("가나펜", "500 mg")
    lacking = {"ingredients": (told,), "sources": {}}
    release = Export(EXPORT.info, Scratch([(full.item_seq, packed(full.model_dump_json()))]), Scratch())
    assert list(release.brief_products()) == [full.model_copy(update=lacking)]


@pytest.mark.parametrize("key", ["200000003", "", "' OR 1=1 --", "2000000\x0001", "🐿", "a" * 10_000])
def test_what_is_not_there_is_none(shelf: Shelf, key: str) -> None:
    assert shelf.product_json(key) is None
    assert shelf.product(key) is None
    assert shelf.brief(key) is None
    assert shelf.ingredient(key) is None
    assert shelf.ingredient_json(key) is None


def test_products_are_counted(shelf: Shelf) -> None:
    assert shelf.product_count == 2


def test_nobody_writes_on_the_shelf(shelf: Shelf) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        shelf._db.execute("DELETE FROM product")


def test_the_same_release_makes_the_same_file(tmp_path: Path) -> None:
    files = []
    for name, products in (("one", EXPORT.products), ("other", Scratch(list(EXPORT.products)[::-1]))):
        (tmp_path / name).mkdir()
        ShelfPart().build(tmp_path / name, Export(EXPORT.info, products, EXPORT.ingredients))
        files.append((tmp_path / name / "catalogue.db").read_bytes())
    assert files[0] == files[1]
