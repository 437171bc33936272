"""A reader sees what changed and enough around it; what is folded is counted, never lost."""

from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue.history_diff import difference
from pillnuts.catalogue.history_fold import pieces
from pillnuts.catalogue.history_shapes import Piece

LINES = st.lists(
    st.sampled_from(["1. 경고", "두통 | 1.5 | 2.0", "이 약은 물과 함께 먹는다. " * 4, "500mg", "끝"]),
    max_size=12,
).map("\n".join)


def told(old: str, new: str) -> list[Piece]:
    return list(pieces(difference(old, new)))


@given(LINES, LINES)
def test_what_is_shown_and_what_is_folded_is_the_whole_new_text(old: str, new: str) -> None:
    found = told(old, new)
    assert sum(len(each.text) + each.characters for each in found if each.kind != "removed") == len(new)


@given(LINES, LINES)
def test_what_is_folded_is_worth_it(old: str, new: str) -> None:
    assert all(each.characters >= 80 and not each.text for each in told(old, new) if each.kind == "folded")


def test_of_a_replaced_stretch_comes_first_what_it_was() -> None:
    assert [(each.kind, each.text) for each in told("1회 500mg", "1회 650mg")] == [
        ("same", "1회 "),
        ("removed", "500"),
        ("added", "650"),
        ("same", "mg"),
    ]


def test_the_line_of_a_change_stays_whole_and_the_heading_above_is_named() -> None:
    head = "4. 이상반응\n" + "드물게 발진이 나타날 수 있다.\n" * 10
    found = told(f"{head}어른은 하루 3회 먹는다.", f"{head}어른은 하루 2회 먹는다.")
    assert [(each.kind, each.heading) for each in found[:1]] == [("folded", "4. 이상반응")]
    assert found[1].text.endswith("어른은 하루 ")
    assert found[-1].text == "회 먹는다."


def test_figures_of_a_table_keep_the_names_of_their_columns() -> None:
    table = "이상반응 | 이 약 | 위약\n두통 | 1.5 | 2.0\n발열 | {} | 1.0\n" + "구토 | 0.1 | 0.2\n" * 20
    above = "긴 설명이 앞에 있다. " * 20 + "\n"
    found = told(above + table.format("2.3"), above + table.format("2.9"))
    assert found[0].kind == "folded"
    assert found[1].text == "이상반응 | 이 약 | 위약\n두통 | 1.5 | 2.0\n발열 | "
    assert [each.text.strip() for each in found[2:4]] == ["2.3", "2.9"]
    assert found[-1].kind == "folded"


def test_a_long_line_is_folded_at_a_blank() -> None:
    long = "이 약은 물과 함께 먹는다. " * 30
    found = told(f"{long}500mg {long}", f"{long}650mg {long}")
    assert [each.kind for each in found] == ["folded", "same", "removed", "added", "same", "folded"]
    assert found[1].text.startswith(("이 ", "약은", "물과", "함께", "먹는다"))
    assert 60 <= len(found[1].text) <= 70
