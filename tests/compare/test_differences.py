import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pillnuts.compare.differences import marked, sentences, spans
from pillnuts.compare.sections import compared_sections
from pillnuts.compare.shapes import MarkedSection
from tests.compare.medicines import medicine, section


def differing(text: str, *others: str) -> list[str]:
    return [span.text.strip() for paragraph in spans(text, others) for span in paragraph if span.differs]


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("복용합니다. 보관합니다.", ["복용합니다. ", "보관합니다."]),
        ("복용하십시오.보관하십시오.", ["복용하십시오.", "보관하십시오."]),
        ("1. 경고 2. 주의", ["1. 경고 2. 주의"]),
        ("1.5 mg을 복용합니다.", ["1.5 mg을 복용합니다."]),
        ("(소아). 성인", ["(소아). ", "성인"]),
        ("", []),
    ],
)
def test_a_paragraph_is_cut_after_its_sentences(paragraph: str, expected: list[str]) -> None:
    assert sentences(paragraph) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1) 간장애 환자", "3) 간장애 환자"),
        ("(1) 간장애 환자", "① 간장애  환자."),
        ("1일 1～3회", "1일 1~3회"),
        ("1,000 mg을 넘지 않습니다.", "1000mg을 넘지 않습니다."),
        ("나중 문장입니다. 먼저 문장입니다.", "먼저 문장입니다. 나중 문장입니다."),
    ],
)
def test_numbering_blanks_and_order_do_not_differ(one: str, other: str) -> None:
    assert differing(one, other) == differing(other, one) == []


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("1회 1정 복용합니다.", "1회 2정 복용합니다.", ["1정"]),
        ("콧물, 코막힘, 가래, 두통의 완화", "콧물, 코막힘, 두통의 완화", ["가래,"]),
        ("하루 1.5 mg을 복용합니다.", "하루 15 mg을 복용합니다.", ["1.5"]),
        ("만 12~15세에 복용합니다.", "만 1215세에 복용합니다.", ["12~15세에"]),
        ("임부는 먹지 마십시오.", "냉장고에 넣어 보관합니다.", ["임부는 먹지 마십시오."]),
        ("하루 세 번 식후 복용", "하루 세번 식후 복용 중", ["세 번"]),
    ],
)
def test_only_the_words_that_differ_are_marked_in_a_like_sentence(
    one: str, other: str, words: list[str]
) -> None:
    assert differing(one, other) == words


def test_what_lacks_in_one_of_several_is_marked() -> None:
    assert differing("두통에 씁니다.", "두통에 씁니다.", "치통에 씁니다.") == ["두통에"]


def side_by_side(*texts: tuple[str, bool]) -> MarkedSection:
    products = [
        medicine(f"{place}정", sections=(section("usage", text, plain=plain),))
        for place, (text, plain) in enumerate(texts)
    ]
    return marked(compared_sections(products)[0])


def test_equal_texts_are_identical() -> None:
    same = side_by_side(("1회 1정.", True), ("1회 1정", True))
    assert (same.marked, same.identical) == (True, True)


def test_different_texts_are_marked_in_both_columns() -> None:
    different = side_by_side(("1회 1정 복용", False), ("1회 2정 복용", False))
    assert not different.identical
    assert [column and column.differs for column in different.columns] == [True, True]


def test_two_kinds_of_text_are_not_marked() -> None:
    mixed = side_by_side(("1회 1정", True), ("1회 2정", False))
    assert not mixed.marked
    assert not mixed.identical
    assert [column and column.differs for column in mixed.columns] == [False, False]


def test_a_text_alone_is_not_marked() -> None:
    one = medicine("가정", sections=(section("usage", "1회 1정"),))
    alone = marked(compared_sections((one, medicine("나정")))[0])
    assert alone.columns[1] is None
    assert not alone.marked


PATIENT = settings(deadline=None)
SENTENCE = st.sampled_from(
    ["1) 두통에 씁니다.", "하루 3회 1정.", "임부(2기) 금지!", "가나다 라마바", "1.5~2 mg; 식후", "①", "-"]
)
TEXT = st.lists(st.lists(SENTENCE, min_size=1, max_size=4).map(" ".join), max_size=4).map("\n".join)


@PATIENT
@given(st.one_of(TEXT, st.text()), st.lists(TEXT, max_size=3))
def test_every_letter_of_a_text_comes_out_in_order(text: str, others: list[str]) -> None:
    out = ["".join(span.text for span in paragraph) for paragraph in spans(text, others)]
    assert out == [line.strip() for line in text.splitlines() if line.strip()]


@PATIENT
@given(TEXT)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert differing(text, text) == []
