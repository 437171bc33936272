"""What people say about a complaint leads to its name."""

import pytest

from pillnuts.search.sentences import complaints, for_child


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("배아플때", "배아픔"),
        ("배가아파요", "배아픔"),
        ("머리아플때먹는약", "머리아픔"),
        ("속이쓰려요", "속쓰림"),
        ("잠이안와요", "잠안옴"),
        ("기침이나요", "기침"),
        ("열이나요", "열남"),
        ("토할것같아요", "토함"),
        ("코가막혀요", "코막힘"),
        ("눈이뻑뻑해요", "눈뻑뻑"),
        ("소화불량에좋은약", "소화불량"),
    ],
)
def test_a_sentence_holds_a_complaint(said: str, complaint: str) -> None:
    assert complaint in list(complaints(said))


@pytest.mark.parametrize("said", ["", "두통", "때", "약", "500mg"])
def test_a_word_is_no_sentence(said: str) -> None:
    assert list(complaints(said)) == []


def test_a_childs_medicine_is_told_by_its_first_word() -> None:
    assert for_child("아기해열제") == "해열제"
    assert for_child("소아감기약") == "감기약"
    assert for_child("아기") is None
    assert for_child("해열제") is None
