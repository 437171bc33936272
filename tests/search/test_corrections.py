"""What a misspelt name finds, and in which order."""

from pathlib import Path

import pytest

from pillnuts.search.documents import has_form, name_forms
from pillnuts.search.found import Query
from pillnuts.search.index import Index
from tests.search.medicines import index_of, medicine


def _of(folder: Path, *names: str, **fields: object) -> Index:
    return index_of(folder, [medicine(f"20000000{n}", name, **fields) for n, name in enumerate(names)], [])


def _names(index: Index, q: str) -> list[str]:
    return [hit.name for hit in index.search(Query(q=q)).hits]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("안플라원서방정300밀리그램(사르포그렐레이트)", "안플라서방정"),  # 원 takes four keys
        ("에스원엠프정40mg", "에스엠프정"),
        ("콘드라맥스800정", "콘드맥스"),
        ("마도파확산정125", "마도파산정"),
    ],
)
def test_a_syllable_may_be_left_out_whatever_follows_the_name(tmp_path: Path, name: str, typed: str) -> None:
    assert _names(_of(tmp_path, name, "다른이름정"), typed) == [name]


def test_a_name_is_complete_before_a_number_too() -> None:
    [(whole, ends)] = name_forms("콘드라맥스800정")
    assert [whole[:end] for end in ends] == ["콘드라맥스", "콘드라맥스800", "콘드라맥스800정"]
    [(whole, ends)] = name_forms("마도파확산정125")
    assert [whole[:end] for end in ends] == ["마도파확산", "마도파확산정", "마도파확산정125"]
    [(whole, ends)] = name_forms("비타민B12정")
    assert [whole[:end] for end in ends] == ["비타민b12", "비타민b12정"]


def test_letters_that_changed_places_leave_room_for_a_syllable_left_out(tmp_path: Path) -> None:
    index = _of(tmp_path, "라티니정", "가라티니정", "라니티스정", "다른이름정")
    assert _names(index, "라니티정") == ["라티니정", "라니티스정", "가라티니정"]


def test_a_whole_name_is_nearer_than_one_that_contains_the_correction(tmp_path: Path) -> None:
    index = _of(tmp_path, "라베정", "카라베정", "라베피아정10밀리그램", "라베사정")
    found = _names(index, "라베아정")
    assert found[0] == "라베정"
    assert set(found[1:3]) == {"라베사정", "라베피아정10밀리그램"}
    assert found[3:] == ["카라베정"]


def test_without_its_form_a_name_may_go_on_in_any_way(tmp_path: Path) -> None:
    index = _of(tmp_path, "부루펜정", "어린이부루펜시럽", "부루핀정")
    assert _names(index, "부루팬") == ["부루펜정", "어린이부루펜시럽", "부루핀정"]


def test_what_is_near_with_its_form_comes_before_what_is_near_without(tmp_path: Path) -> None:
    """콜쓰리럽 lacks a syllable of 콜쓰리시럽, and has one more than what 콜쓰리정 is called."""
    assert _names(_of(tmp_path, "콜쓰리정", "콜쓰리시럽"), "콜쓰리럽")[0] == "콜쓰리시럽"


@pytest.mark.parametrize(
    ("name", "typed"),
    [("자하보액", "자보액"), ("위클린정", "위린정"), ("보송크림", "보크림"), ("맨질크림", "맨질림")],
)
def test_a_short_name_may_lack_a_syllable_when_it_is_a_whole_one(
    tmp_path: Path, name: str, typed: str
) -> None:
    assert _names(_of(tmp_path, name, "다른이름정"), typed) == [name]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("코로미나", "코로나"), ("자보캡슐", "자보액"), ("자하로보액", "자보액")],
)
def test_another_short_word_is_no_slip(tmp_path: Path, name: str, typed: str) -> None:
    assert _names(_of(tmp_path, name, "다른이름정"), typed) == []


def test_whether_a_word_ends_as_whole_names_do() -> None:
    words = ("타이레놀정", "보송크림", "보크림", "타이레놀", "크림")
    assert [word for word in words if has_form(word)] == ["타이레놀정", "보송크림", "보크림"]


def test_a_company_that_made_it_once_is_left_out(tmp_path: Path) -> None:
    medicines = [
        medicine("200000001", "동아제약미니보라정", maker="동아제약(주)"),
        medicine("200000002", "속이쿨정", maker="(주)새봄제약"),
    ]
    answer = index_of(tmp_path, medicines, []).search(Query(q="동아제약 속이쿨정"))
    assert [hit.name for hit in answer.hits] == ["속이쿨정"]
    assert answer.interpreted is not None
    assert answer.interpreted.as_ == "속이쿨정"


def test_names_that_are_gone_do_not_hide_one_slip_away(tmp_path: Path) -> None:
    gone = [medicine(f"2000001{n:02}", f"가{n}탐서방정", withdrawn=True) for n in range(12)]
    medicines = [*gone, medicine("200000001", "나탐서방정"), medicine("200000002", "탐스서방정")]
    assert _names(index_of(tmp_path, medicines, []), "탐서방정") == ["나탐서방정", "탐스서방정"]
