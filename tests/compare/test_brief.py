from pillnuts.catalogue.shapes import FieldSource, IngredientFact
from pillnuts.catalogue.shelf import brief
from pillnuts.compare.rules import compare
from tests.compare.medicines import ingredient, product, section

OTHER = product("나정", ingredient("아세트아미노펜", "300 mg"))


def test_what_is_not_read_changes_no_comparison() -> None:
    fact = IngredientFact(kind="class", text="해열진통제", source="식약처", date=None)
    whole = product(
        "가정",
        ingredient("아세트아미노펜", "500 mg", facts=(fact,)),
        sections=(section("usage", "1회 1정"),),
        sources={"form": FieldSource(source="식약처")},
    )
    trimmed = brief(whole.model_dump_json().encode())
    assert trimmed != whole
    assert compare((trimmed, OTHER), (None, None)) == compare((whole, OTHER), (None, None))
