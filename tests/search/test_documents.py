import pytest

from pillnuts.search.documents import maker_key, name_forms, parts, plain_name, search_document, stem
from tests.compare.medicines import ingredient, product, section


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("타이레놀정500밀리그람(아세트아미노펜)", "타이레놀"),
        ("게보린정(수출명:돌로린정)", "게보린"),
        ("리도펜연질캡슐(이부프로펜)", "리도펜"),
        ("대한5%포도당주사액", "대한5%포도당"),
        ("아젯듀오정10/40밀리그램", "아젯듀오"),
        ("(주)가나의료용산소", "가나의료용산소"),
        ("정", "정"),
    ],
)
def test_the_stem_of_a_name_is_what_people_call_it(name: str, called: str) -> None:
    assert stem(name) == called


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("1. 가글액(박하), 2. 가글액(사과)", ("가글액(박하)", "가글액(사과)")),
        ("누리점안액(1회용),누리점안액", ("누리점안액(1회용)", "누리점안액")),
        ("가나주1그램,2그램", ("가나주1그램,2그램",)),
        ("나라정[수출명:A,B]", ("나라정[수출명:A,B]",)),
        ("타이레놀정", ("타이레놀정",)),
    ],
)
def test_a_name_may_hold_several(name: str, held: tuple[str, ...]) -> None:
    assert parts(name) == held


def test_a_name_is_complete_before_its_form_its_strength_and_its_notes() -> None:
    [(whole, ends)] = name_forms("타이레놀정500밀리그람(아세트아미노펜)")
    assert [whole[:end] for end in ends] == ["타이레놀", "타이레놀정", "타이레놀정500mg"]


def test_a_name_that_goes_on_after_a_bracket_is_also_called_so_without_it() -> None:
    assert name_forms("미보(MEBO)연고") == [("미보연고", (2, 4)), ("미보mebo연고", (2,))]
    assert name_forms("라니신정(수출명:도한(DOHAN)정)") == [("라니신정수출명도한dohan정", (3, 4))]


def test_a_name_without_letters_has_no_form() -> None:
    assert name_forms("***") == []


def test_notes_in_brackets_are_no_part_of_the_plain_name() -> None:
    assert plain_name("게보린정(수출명:돌로린정)") == "게보린정"
    assert plain_name("(주)가나산소") == "가나산소"


def test_the_legal_form_is_no_part_of_a_companys_name() -> None:
    assert (
        maker_key("(주)대웅제약") == maker_key("주식회사 대웅제약") == maker_key("㈜대웅제약") == "대웅제약"
    )


def test_a_document_holds_what_the_search_needs_and_no_cautions() -> None:
    document = search_document(
        product(
            "가나정",
            ingredient("이부프로펜", "200 mg"),
            ingredient("카페인", "50 mg"),
            sections=(
                section("efficacy", "두통에 사용합니다."),
                section("caution", "감기에는 쓰지 않습니다."),
            ),
        )
    )
    assert document.amounts == "200 mg + 50 mg"
    assert document.contents == "이부프로펜 200\u202fmg 외\u00a01"
    assert document.efficacy == "두통에 사용합니다."
    assert len(document.active) == 2
    assert document.additive == ()
