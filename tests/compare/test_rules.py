from collections.abc import Sequence

import pytest

from pillnuts.catalogue.brief import Brief
from pillnuts.catalogue.shapes import Recall
from pillnuts.compare import rows
from pillnuts.compare.rules import alone, compare
from pillnuts.compare.shapes import ComparedRow, Comparison
from tests.compare.medicines import SOURCE, ingredient, medicine


def compared(*products: Brief, chosen: Sequence[str | None] = ()) -> Comparison:
    return compare(products, chosen or [None] * len(products))


def row(*products: Brief, of: str = "아세트아미노펜") -> ComparedRow:
    return next(each for each in compared(*products).ingredients if each.ingredient.id == of)


def with_(said: str | None, name: str = "가정", basis: str | None = "1정 중") -> Brief:
    return medicine(name, ingredient("아세트아미노펜", said, basis=basis))


NOT_WITH = medicine("나정", ingredient("이부프로펜", "200 mg"))


@pytest.mark.parametrize(
    ("one", "other", "relation", "label"),
    [
        (with_("500 mg"), with_("500 mg", "나정"), "same", "같음"),
        (with_("0.5 g"), with_("500 mg", "나정"), "same", "같음"),
        (with_("500 mg"), with_("325 mg", "나정"), "different_amount", "양이 다름"),
        (with_("500 mg"), NOT_WITH, "only_some", "한쪽에만"),
        (with_(None), NOT_WITH, "only_some", "한쪽에만"),
        (with_(None), with_("500 mg", "나정"), "unknown", "알 수 없음"),
        (with_("500 mg"), with_("500 IU", "나정"), "unknown", "알 수 없음"),
        (with_("500 mg"), medicine("나정", ingredients_complete=False), "unknown", "알 수 없음"),
        (with_("500 mg"), with_("3.2 g", "나시럽", "100 mL 중"), "unknown", "알 수 없음"),
        (with_("3.2 g", "가시럽", "100 mL 중"), with_("32 g", "나시럽", "1000 mL 중"), "same", "같음"),
        (with_("500 mg"), with_("500 mg", "나캡슐", "1캡슐 중"), "same", "같음"),
        (with_("1000 mg", basis="2정 중"), with_("500 mg", "나정"), "same", "같음"),
        (with_("0.1 %", "가점안액", None), with_("0.1 %", "나점안액", "1 mL 중"), "same", "같음"),
        (with_("0.1 g", "가연고", None), with_("0.1 g", "나연고", None), "unknown", "알 수 없음"),
    ],
)
def test_relation_of_two(one: Brief, other: Brief, relation: str, label: str) -> None:
    both = row(one, other)
    assert (both.relation, both.label) == (relation, label)
    assert row(other, one).relation == relation


@pytest.mark.parametrize(
    ("amounts", "relation"),
    [
        (("500 mg", "500 mg", "500 mg"), "same"),
        (("500 mg", "500 mg", "325 mg"), "different_amount"),
        (("500 mg", "500 mg", None), "unknown"),
    ],
)
def test_relation_of_three(amounts: Sequence[str | None], relation: str) -> None:
    three = [with_(said, name) for said, name in zip(amounts, ("가정", "나정", "다정"), strict=True)]
    assert row(*three).relation == relation


def test_in_some_of_three_it_is_only_some_unless_a_list_has_gaps() -> None:
    some = row(with_("500 mg"), NOT_WITH, with_("325 mg", "다정"))
    assert (some.relation, some.label) == ("only_some", "일부에만")
    assert some.difference is not None
    assert row(with_("500 mg"), NOT_WITH, medicine("다정", ingredients_complete=False)).relation == "unknown"


def test_cells_say_absent_or_that_it_cannot_be_said() -> None:
    assert row(with_("500 mg"), NOT_WITH).cells[1].text == "없음"
    gap = row(with_("500 mg"), medicine("다정", ingredients_complete=False)).cells[1]
    assert (gap.present, gap.text) == (None, "확인할 수 없음")
    assert row(with_(None), NOT_WITH).cells[0].text == "함량 정보 없음"


def test_the_ministrys_own_words_stand_for_an_amount_that_is_no_number() -> None:
    vague = medicine("가정", ingredient("아세트아미노펜", amount_text="50~100"))
    assert row(vague, NOT_WITH).cells[0].text == "50~100"
    assert row(vague, NOT_WITH).amounts == (None, None)


def test_the_difference_says_how_much_and_for_whom() -> None:
    difference = row(with_("325 mg"), with_("0.5 g", "나정")).difference
    assert difference is not None
    assert (difference.more, difference.less) == (1, 0)
    assert (difference.value, difference.unit, difference.ratio) == ("175", "mg", "1.54")
    assert difference.text == "175 mg 많음 (1.5배)"
    assert difference.sentence == "나정은 가정보다 175 mg 많습니다 (1.5배)."


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        (
            with_("3.2 g", "가시럽", "100 mL 중"),
            with_("16 g", "나시럽", "1 L 중"),
            "100 mL에 1.6 g 많음 (2배)",
        ),
        (with_("1 g", "가연고", "100 g 중"), with_("5 mg", "나연고", "1 g 중"), "1 g에 5 mg 많음 (2배)"),
        (with_("600 mg", basis="2정 중"), with_("100 mg", "나정"), "1개에 200 mg 많음 (3배)"),
    ],
)
def test_amounts_in_different_quantities_are_compared_per_the_smaller(
    one: Brief, other: Brief, text: str
) -> None:
    both = row(one, other)
    assert both.basis_differs
    assert both.difference is not None
    assert both.difference.text == text


def test_a_concentration_is_given_for_a_volume() -> None:
    assert row(with_("3.2 g", "가시럽", "100 mL 중"), NOT_WITH).cells[0].per_volume == "32 mg/mL"
    assert row(with_("500 mg"), NOT_WITH).cells[0].per_volume is None


@pytest.mark.parametrize(
    ("one", "other", "note"),
    [
        (with_("500 mg"), with_("3.2 g", "나시럽", "100 mL 중"), rows.OTHER_BASIS),
        (with_("0.1 g", "가연고", None), with_("0.1 g", "나연고", None), rows.NO_BASIS),
        (with_("500 mg"), with_("500 IU", "나정"), rows.OTHER_UNIT),
        (with_("500 mg"), with_("500 mg", "나산", "1포 중"), rows.OTHER_PIECE),
    ],
)
def test_what_cannot_be_held_together_says_why(one: Brief, other: Brief, note: str) -> None:
    assert row(one, other).notes == (note,)


def test_layers_of_a_tablet_are_added() -> None:
    layered = medicine(
        "가이알서방정",
        ingredient("아세트아미노펜", "325 mg", basis="1층"),
        ingredient("아세트아미노펜", "325 mg", basis="2층"),
    )
    both = row(layered, with_("650 mg", "나정"))
    assert both.relation == "same"
    assert both.cells[0].text == "650 mg"
    assert both.cells[0].basis == "1층 + 2층"


def test_a_layer_of_unknown_amount_makes_the_sum_unknown() -> None:
    layered = medicine("가정", ingredient("아세트아미노펜", "325 mg"), ingredient("아세트아미노펜"))
    both = row(layered, with_("325 mg", "나정"))
    assert both.relation == "unknown"
    assert both.cells[0].text == "325 mg + 함량 정보 없음"
    assert rows.SEVERAL_PARTS in both.notes


def test_salts_and_units_side_by_side_are_not_added() -> None:
    two = medicine(
        "가정",
        ingredient("아세트아미노펜", "300 mg"),
        ingredient("아세트아미노펜", "100 IU"),
        ingredient("아세트아미노펜제피세립", "200 mg", id_="아세트아미노펜"),
    )
    found = row(two, with_("600 mg", "나정"))
    assert found.amounts[0] is None
    assert found.cells[0].text == "300 mg + 100 IU + 200 mg"
    assert found.relation == "unknown"


GRANULES = ingredient("아세트아미노펜제피세립", "555.6 mg", id_="아세트아미노펜")
GRANULES_COUNTED = ingredient(
    "아세트아미노펜제피세립", "555.6 mg", id_="아세트아미노펜", equivalent=("아세트아미노펜", "500 mg")
)


def test_another_form_is_shown_but_not_trusted_by_number() -> None:
    both = row(medicine("가정", GRANULES), with_("500 mg", "나정"))
    assert (both.relation, both.form_differs, both.compared_as) == ("unknown", True, None)
    assert (both.label, both.difference) == ("형태가 다름", None)
    assert both.notes == (rows.OTHER_FORM,)
    assert both.cells[0].names == ("아세트아미노펜제피세립",)


def test_equal_numbers_of_two_salts_are_not_the_same_amount() -> None:
    salts = (
        ingredient("가나프로산나트륨", "200 mg", id_="D1"),
        ingredient("가나프로산마그네슘", "200 mg", id_="D1"),
    )
    both = row(medicine("가정", salts[0]), medicine("나정", salts[1]), of="D1")
    assert (both.relation, both.label) == ("unknown", "형태가 다름")


def test_two_spellings_of_one_form_are_the_same_amount() -> None:
    names = ("아테놀롤", "아테놀올")
    first, second = (ingredient(name, "50 mg", id_="D1", spelled="아테놀롤") for name in names)
    assert row(medicine("가정", first), medicine("나정", second), of="D1").relation == "same"


def test_forms_counted_as_one_are_compared_as_that() -> None:
    both = row(medicine("가정", GRANULES_COUNTED), with_("500 mg", "나정"))
    assert (both.relation, both.form_differs, both.compared_as) == ("same", True, "아세트아미노펜")
    assert both.notes == ()
    two = row(medicine("가정", GRANULES_COUNTED), medicine("나정", GRANULES_COUNTED))
    assert (two.relation, two.compared_as) == ("same", None)


def test_counted_layers_are_added_as_what_they_are_counted_as() -> None:
    cell = row(medicine("가정", GRANULES_COUNTED, GRANULES_COUNTED), with_("1000 mg", "나정")).cells[0]
    assert cell.equivalent is not None
    assert cell.equivalent.amount.value == "1000"
    uncounted = row(medicine("가정", GRANULES_COUNTED, GRANULES), with_("1000 mg", "나정")).cells[0]
    assert uncounted.equivalent is None


def test_bars_share_one_scale_within_a_unit_and_a_basis() -> None:
    one = medicine("가정", ingredient("가", "500 mg"), ingredient("나", "0.25 g"), ingredient("다", "100 IU"))
    other = medicine("나정", ingredient("가", "1 g"), ingredient("라", "1 mL"))
    shares = {
        each.ingredient.id: [cell.share for cell in each.cells] for each in compared(one, other).ingredients
    }
    assert shares == {"가": ["0.5", "1"], "나": ["0.25", None], "다": ["1", None], "라": [None, "1"]}


def test_a_tablet_and_a_syrup_have_a_scale_each() -> None:
    cells = row(with_("500 mg"), with_("3.2 g", "나시럽", "100 mL 중")).cells
    assert cells[0].scale != cells[1].scale
    assert compared(with_("500 mg"), with_("3.2 g", "나시럽", "100 mL 중")).basis_differs


def test_shared_come_first_then_the_larger_amount_then_additives() -> None:
    one = medicine(
        "가정",
        ingredient("작은", "1 mg"),
        ingredient("큰", "1 g"),
        ingredient("모름"),
        ingredient("함께", "1 mg"),
        ingredient("유당", additive=True),
        ingredient("전분", additive=True),
    )
    other = medicine("나정", ingredient("함께", "2 mg"), ingredient("전분", additive=True))
    assert [each.ingredient.id for each in compared(one, other).ingredients] == [
        "함께", "큰", "작은", "모름", "전분", "유당",
    ]  # fmt: skip


def test_additives_are_both_there_though_their_amounts_are_not_published() -> None:
    both = row(
        medicine("가정", ingredient("유당", additive=True)),
        medicine("나정", ingredient("유당", additive=True)),
        of="유당",
    )
    assert (both.relation, both.label, both.shared) == ("unknown", "둘 다 들어 있음", True)
    three = [medicine(name, ingredient("유당", additive=True)) for name in ("가정", "나정", "다정")]
    assert row(*three, of="유당").label == "모두 들어 있음"


def test_an_additive_is_never_absent_from_an_unknown_list() -> None:
    unlisted = medicine("나정", additives_known=False)
    assert row(medicine("가정", ingredient("유당", additive=True)), unlisted, of="유당").relation == "unknown"


def test_active_here_and_additive_there_is_said() -> None:
    both = row(
        medicine("가정", ingredient("탤크", "1 g")),
        medicine("나정", ingredient("탤크", additive=True)),
        of="탤크",
    )
    assert both.ingredient.role == "active"
    assert [cell.role for cell in both.cells] == ["active", "additive"]
    assert rows.OTHER_ROLE in both.notes


def test_a_formulation_is_chosen_and_the_first_is_the_default() -> None:
    flavours = medicine(
        "가트로키",
        ingredient("플루르비프로펜", "8.75 mg", formulation="허니"),
        ingredient("플루르비프로펜", "9 mg", formulation="오렌지"),
        ingredient("설탕", additive=True),
        formulations=("허니", "오렌지"),
    )
    other = medicine("나트로키", ingredient("플루르비프로펜", "8.75 mg"))
    assert compared(flavours, other).products[0].formulation == "허니"
    assert compared(flavours, other).ingredients[0].relation == "same"
    orange = compared(flavours, other, chosen=("오렌지", None))
    assert orange.ingredients[0].relation == "different_amount"
    assert [each.ingredient.id for each in orange.ingredients] == ["플루르비프로펜", "설탕"]
    with pytest.raises(ValueError, match="레몬"):
        compared(flavours, other, chosen=("레몬", None))


def test_products_of_one_name_are_told_apart() -> None:
    one, other = with_("1 mg", "가정(나)"), medicine("가정", maker="다른제약", item_seq="100000001")
    assert [each.label for each in compared(one, other).products] == ["가정 (넛츠제약)", "가정 (다른제약)"]
    twin = medicine("가정", item_seq="100000002")
    assert compared(with_("1 mg"), twin).products[1].label == "가정 (넛츠제약) (100000002)"


def test_a_product_alone_waits_for_another() -> None:
    waiting = alone(with_("500 mg", "가정(아세트아미노펜)"))
    assert (waiting.label, waiting.basis, waiting.source) == ("가정", "1정 중", SOURCE)
    assert alone(medicine("가정")).source is None


def test_a_recalled_product_says_so() -> None:
    recall = Recall(reason="이물", enforced=None, source="회수", date=None)
    gone, other = medicine("가정", recalls=(recall,)), medicine("나정")
    assert [each.recalled for each in compare([gone, other], [None, None]).products] == [True, False]
    assert alone(gone).recalled
