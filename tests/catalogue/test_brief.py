from pillnuts.catalogue.brief import Brief, BriefIngredient, BriefSection, condense, read
from pillnuts.catalogue.shapes import Frozen, IngredientFact, Pill, Product, Recall
from tests.compare.medicines import ingredient, product, section

FACT = IngredientFact(kind="class", text="해열진통제", source="식약처", date=None)
WHOLE = product(
    "가정",
    ingredient("가나펜염산염", "500 mg", equivalent=("가나펜", "400 mg"), facts=(FACT,)),
    ingredient("전분", additive=True, amount_text="적량"),
    pill=Pill(shape="원형", colors=("하양",)),
    formulations=("허니", "오렌지"),
    sections=(section("usage", "1회 1정"), section("storage", "실온", plain=True)),
)


def read_back(whole: Product) -> Brief:
    return read(condense(whole.model_dump_json().encode()))


def says_the_same(brief: Brief | BriefIngredient | BriefSection, whole: Frozen) -> bool:
    own = {"ingredients", "sections", "recalled", "short_name", "swallowed", "piece"}
    names = brief._fields if isinstance(brief, tuple) else brief.__slots__
    return all(getattr(brief, name) == getattr(whole, name) for name in {*names} - own)


def test_every_field_says_what_the_whole_product_says() -> None:
    brief = read_back(WHOLE)
    assert says_the_same(brief, WHOLE)
    assert all(map(says_the_same, brief.ingredients, WHOLE.ingredients))
    assert all(map(says_the_same, brief.sections, WHOLE.sections))
    assert [len(brief.ingredients), len(brief.sections)] == [2, 2]


def test_nothing_is_read_as_nothing() -> None:
    brief = read_back(product("나정"))
    assert (brief.pill, brief.formulations, brief.ingredients, brief.sections) == (None, (), (), ())


def test_a_recall_is_known_without_its_words() -> None:
    recall = Recall(reason="함량", enforced=True, source="회수")
    assert read_back(product("다정", recalls=(recall,))).recalled
    assert not read_back(WHOLE).recalled


def test_it_is_smaller_than_the_whole() -> None:
    whole = WHOLE.model_dump_json().encode()
    assert len(condense(whole)) < len(whole) / 2
