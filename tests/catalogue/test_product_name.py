"""What a product's name says about strength, ingredients and export."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue import units
from pillnuts.catalogue.parse import base_name, strengths


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("새봄정500밀리그람(가나펜)", [("500", "mg")]),
        ("새봄정5/160밀리그램", [("5", "mg"), ("160", "mg")]),
        ("새봄정5/20mg", [("5", "mg"), ("20", "mg")]),
        ("새봄정50mg/12.5mg", [("50", "mg"), ("12.5", "mg")]),
        ("새봄캡슐150㎎(가나딘)", [("150", "mg")]),
        ("새봄주1g(가나세프)", [("1", "g")]),
        ("새봄주1.5그람", [("1.5", "g")]),
        ("새봄크림0.15%", [("0.15", "%")]),
        ("새봄액0ㆍ5%", [("0.5", "%")]),
        ("새봄캡슐25마이크로그램", [("25", "µg")]),
        ("새봄주100만단위", [("1000000", "unit")]),
        ("새봄주500,000단위", [("500000", "unit")]),
        ("비타민E400아이유연질캡슐", [("400", "IU")]),
        ("새봄캡슐1000IU(가나롤)", [("1000", "IU")]),
        ("새봄건조시럽125밀리그람/5밀리리터(가나클러)", [("125", "mg")]),
        ("새봄주사10mg/ml(가나핀)", [("10", "mg")]),
        ("새봄주2%20밀리리터", [("2", "%"), ("20", "mL")]),
        ("새봄8시간이알서방정650밀리그램", [("650", "mg")]),
        ("1.새봄100마이크로그램액(가산)2.새봄티액(나산)", [("100", "µg")]),
        ("새봄액(5%)", [("5", "%")]),
        ("비타민B12정", []),
        ("오메가3연질캡슐", []),
        ("새봄6", []),
        ("#4500테이프", []),
        ("새봄점안액(1회용)", []),
        ("새봄현탁정(가나·다라칼륨(4:1))", []),
        ("새봄정(수출명:Bom 500mg)", []),
        ("새봄정0밀리그램", []),
        ("새봄2L-멘톨정", []),
    ],
)
def test_a_strength_is_a_number_with_a_unit(name: str, expected: list[tuple[str, str]]) -> None:
    assert [(units.decimal_text(value), unit) for value, unit in strengths(name)] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("새봄정", ("새봄정", (), None)),
        ("새봄정(가나펜)", ("새봄정", ("가나펜",), None)),
        ("새봄정 (가나펜) ", ("새봄정", ("가나펜",), None)),
        ("새봄정(가나펜)(수출명:Bom, Saebom)", ("새봄정", ("가나펜",), "Bom, Saebom")),
        ("새봄정(가나펜)(수출용)", ("새봄정", ("가나펜",), None)),
        ("새봄캅셀150㎎[수출명:Bom(Gana)]", ("새봄캅셀150㎎", (), "Bom(Gana)")),
        ("새봄정(가나펜)수출명;Bom5mg(gana)", ("새봄정", ("가나펜",), "Bom5mg(gana)")),
        ("새봄점안액(1회용)", ("새봄점안액", (), None)),
        ("(주)새봄의료용산소", ("(주)새봄의료용산소", (), None)),
        ("새봄주(인자VIII, 유전자재조합)(수출용))", ("새봄주", ("인자VIII, 유전자재조합",), None)),
        ("새봄사탕(가산), 새봄오렌지사탕(가산)", ("새봄사탕, 새봄오렌지사탕", ("가산",), None)),
        ("1.새봄액(가산)2.새봄티액(나산)", ("1.새봄액 2.새봄티액", ("가산", "나산"), None)),
        (
            "새봄주사(프리필드)파키스탄수출용(Bom(Gana)0.4mg",
            ("새봄주사파키스탄수출용", ("Gana", "Bom 0.4mg"), None),
        ),
        ("새봄정(가나펜)[수출명:Bom", ("새봄정", ("가나펜",), "Bom")),
        ("(가나펜)", ("(가나펜)", ("가나펜",), None)),
    ],
)
def test_a_name_without_its_notes_is_plain(
    name: str, expected: tuple[str, tuple[str, ...], str | None]
) -> None:
    assert base_name(name) == expected


@given(
    st.decimals(min_value="0.001", max_value=99999, places=3),
    st.sampled_from(["밀리그램", "그람", "mg", "%"]),
)
def test_a_strength_reads_back_from_a_name(value: Decimal, unit: str) -> None:
    (strength,) = strengths(f"새봄정{units.decimal_text(value)}{unit}(가나펜)")
    assert strength == (value, units.unit(unit))


@given(st.text(st.characters(exclude_categories=[])) | st.text("새봄정1,.5/%mgL만단위()[]수출명:;- "))
def test_no_name_brings_the_readers_down(name: str) -> None:
    plain, notes, _ = base_name(name)
    assert plain or not name.strip() or not name.isprintable()
    assert all(notes)
    assert all(strength.value > 0 for strength in strengths(name))
