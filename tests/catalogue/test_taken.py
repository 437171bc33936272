"""What a brief says of how a medicine is taken."""

import pytest

from pillnuts.catalogue.shapes import Pill
from tests.compare.medicines import medicine, section


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("타이레놀정500밀리그람(아세트아미노펜)", "타이레놀정500밀리그람"),
        ("가정(나)(수출명:GA[TAB])", "가정"),
        ("가치온정(글루타티온(환원형))", "가치온정"),
        ("가나(GN)정5밀리그램", "가나정5밀리그램"),
        ("가정 (나) [다]", "가정"),
        ("(가)", "(가)"),
    ],
)
def test_a_short_name_has_no_notes_at_its_end(name: str, short: str) -> None:
    assert medicine(name).short_name == short


@pytest.mark.parametrize(
    ("name", "form", "eaten"),
    [
        ("타이레놀정500밀리그람", None, True),
        ("타이레놀콜드-에스정", None, True),
        ("판콜에스내복액", None, True),
        ("어린이부루펜시럽", None, True),
        ("정로환", None, True),
        ("겔포스엠현탁액", None, True),
        ("후시딘연고", None, False),
        ("프렌즈아이드롭점안액", None, False),
        ("케펜텍플라스타", None, False),
        ("볼타렌에멀겔1%", None, False),
        ("카네스텐질정", "질정", False),
        ("가바이알주", "주사제", False),
        ("콜린알포연질캡슐", "연질캡슐제", True),
        ("무엇", "필름코팅정", True),
        ("무엇", None, False),
    ],
)
def test_the_form_or_the_name_says_whether_it_is_eaten(name: str, form: str | None, *, eaten: bool) -> None:
    assert medicine(name, form=form).swallowed is eaten


def test_where_the_name_says_nothing_the_directions_do() -> None:
    assert medicine("까스활명수큐액", sections=(section("usage", "1회 1병 복용합니다."),)).swallowed
    assert not medicine("무좀액", sections=(section("usage", "하루 두 번 바릅니다."),)).swallowed


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("가정10밀리그램", "정"),
        ("가연질캡슐", "캡슐"),
        ("가패취", "매"),
        ("가시럽", None),
        ("가주사", None),
        ("무엇", None),
    ],
)
def test_a_piece_is_called_what_its_form_is_called(name: str, word: str | None) -> None:
    assert medicine(name).piece == word


def test_what_has_a_shape_comes_in_pieces() -> None:
    assert medicine("무엇", pill=Pill(shape="원형")).piece == ""
