"""Amounts, and MATERIAL_NAME in every form it has had."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pillnuts.catalogue import units
from pillnuts.catalogue.parse import (
    Material,
    ParseError,
    Quantity,
    equivalent,
    materials,
    quantity,
)


def _mg(number: str, text: str | None = None) -> Quantity:
    return Quantity(Decimal(number), "mg", text)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("1,000", "밀리그램", _mg("1000")),
        ("300.0", "밀리그램", _mg("300.0")),
        ("300.0.", "밀리그램", _mg("300.0")),
        ("2.5mg", "밀리그램", _mg("2.5")),
        ("2.5 mg", "", _mg("2.5")),
        ("150(역가)", "밀리그램", _mg("150", "150(역가)")),
        ("1.0 (역가)", "밀리그램", _mg("1.0", "1.0 (역가)")),
        ("6.83(티롤로서 5.00)", "밀리그램", _mg("6.83", "6.83(티롤로서 5.00)")),
        ("５００", "밀리그램", _mg("500")),
        ("10", "만단위", Quantity(Decimal(100_000), "unit")),
        ("10,000 K.U.", "분류되지 않는 함량단위", Quantity(Decimal(10_000), "K.U.")),
        ("20", "분류되지 않는 함량단위", Quantity(Decimal(20), "분류되지 않는 함량단위")),
        ("750", "", Quantity(Decimal(750), None)),
    ],
)
def test_an_amount_is_a_decimal_and_a_unit(value: str, unit: str, expected: Quantity) -> None:
    assert quantity(value, unit) == expected


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("", "밀리그램", None),
        ("밀리그램", "밀리그램", None),
        ("적량", "", "적량"),
        ("50~100", "밀리그램", "50~100"),
        ("5-50", "밀리퀴리", "5-50"),
        ("≥ 1,000", "단위", "≥ 1,000"),
        ("100,0", "밀리그램", "100,0"),
        ("250, 500, 1000", "아이.유", "250, 500, 1000"),
        ("F75IU+L75IU", "아이.유", "F75IU+L75IU"),
        ("0.0", "밀리그램", "0.0"),
        ("2.5mg", "마이크로그램", "2.5mg 마이크로그램"),
        ("12 (가", "밀리그램", "12 (가"),
    ],
)
def test_what_is_no_single_number_is_unknown_and_keeps_its_words(
    value: str, unit: str, text: str | None
) -> None:
    amount = quantity(value, unit)
    assert amount.value is None
    assert amount.text == text


@given(st.decimals(min_value="0.000001", max_value=10**9, places=6), st.booleans())
def test_a_formatted_decimal_reads_back(value: Decimal, thousands: bool) -> None:  # noqa: FBT001
    written = f"{value:,f}" if thousands else units.decimal_text(value)
    assert quantity(written, "밀리그램").value == value


@pytest.mark.parametrize(
    ("text", "name", "number", "unit"),
    [
        ("무수물로서68.5mg", "무수물", "68.5", "mg"),
        ("가나펜으로서 1,300밀리그램", "가나펜", "1300", "mg"),
        ("(가나롤로서 5.00)", "가나롤", "5.00", "g"),
        ("가나액; 다라딘으로서 0.126밀리그램", "다라딘", "0.126", "mg"),
    ],
)
def test_an_equivalent_is_a_name_and_an_amount(text: str, name: str, number: str, unit: str) -> None:
    assert equivalent(text, "그램") == (name, Quantity(Decimal(number), unit))


def test_a_remark_without_an_amount_is_no_equivalent() -> None:
    assert equivalent("지방소화력 10000EP단위; 전분소화력 8000EP단위") is None
    assert equivalent("가나펜으로서") is None


def _record(
    total: str, name: str, value: str, unit: str = "밀리그램", *, info: str = "", remark: str = ""
) -> str:
    amount = f"분량 : {value}|단위 : {unit}"
    return f"총량 : {total}|성분명 : {name}|{amount}|규격 : KP|성분정보 : {info}|비고 : {remark}"


def test_a_record_with_labels_is_read() -> None:
    text = _record("1정 (260 mg) 중", "가나펜", "150.0", info="다라펜으로서 100mg", remark="새봄원료")
    assert materials(text) == (
        Material(
            total="1정 (260 mg) 중",
            formulation=None,
            name="가나펜",
            quantity=_mg("150.0"),
            standard="KP",
            info="다라펜으로서 100mg",
            remark="새봄원료",
            equivalent=("다라펜", _mg("100")),
        ),
    )


def test_the_last_record_may_lack_its_trailing_blank() -> None:
    text = ";".join([_record("1정", "가", "1"), _record("1정", "나", "2")]).rstrip()
    assert [material.name for material in materials(text)] == ["가", "나"]


def test_a_semicolon_inside_a_value_does_not_split() -> None:
    info = "지방소화력 10EP단위; 전분소화력 8EP단위;단백소화력6EP단위"
    (first, second) = materials(
        ";".join([_record("1캡슐", "가루", "150", info=info), _record("1캡슐", "나", "1")])
    )
    assert first.info == info
    assert second.name == "나"


def test_an_empty_amount_is_unknown() -> None:
    (material,) = materials(_record("1정", "가", ""))
    assert material.quantity == Quantity(None, "mg")


@pytest.mark.parametrize(
    ("total", "basis", "formulation"),
    [
        ("1개(약 2.6g) 중-오렌지", "1개(약 2.6g) 중", "오렌지"),
        ("이 약 100밀리리터 중-1.1 색소2처방", "이 약 100밀리리터 중", "1.1 색소2처방"),
        (
            "1. 내수용 - 1캡슐 (480mg) 중, 2. 수출용 - 1캡슐(820mg)-[제1법]내수용1,[제2법]내수용2",
            "1. 내수용 - 1캡슐 (480mg) 중, 2. 수출용 - 1캡슐(820mg)",
            "[제1법]내수용1,[제2법]내수용2",
        ),
        ("내수용-1정(200mg) 중 / 수출용-1정(190mg) 중", "내수용-1정(200mg) 중 / 수출용-1정(190mg) 중", None),
        ("1캡슐-(430밀리그람)중", "1캡슐-(430밀리그람)중", None),
        ("1매(10-14cm)", "1매(10-14cm)", None),
        ("이 약 1캡슐(397 mg) 중,", "이 약 1캡슐(397 mg) 중", None),
        ("", None, None),
    ],
)
def test_a_total_names_its_formulation_behind_the_last_dash(
    total: str, basis: str | None, formulation: str | None
) -> None:
    (material,) = materials(_record(total, "가", "1"))
    assert (material.total, material.formulation) == (basis, formulation)


def _formulations(records: tuple[Material, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(record.formulation for record in records if record.formulation))


def test_several_formulations_are_listed_in_order() -> None:
    records = materials(
        ";".join(_record(f"1정 중-{name}", "가", "10") for name in ("내수용", "수출용", "내수용"))
    )
    assert _formulations(records) == ("내수용", "수출용")


def test_a_formulation_left_unnamed_beside_a_named_one_is_called_by_its_total() -> None:
    records = materials(
        ";".join([_record("1정128밀리그램", "가", "10"), _record("1정120밀리그램-수출용", "가", "10")])
    )
    assert _formulations(records) == ("1정128밀리그램", "수출용")


def test_the_same_ingredients_under_two_totals_are_two_formulations() -> None:
    records = materials(
        ";".join([_record("1정200밀리그램", "가", "10"), _record("1정192밀리그램", "가", "10")])
    )
    assert _formulations(records) == ("1정200밀리그램", "1정192밀리그램")


def test_the_layers_of_a_tablet_are_no_formulations() -> None:
    records = materials(
        ";".join([_record("1,3층", "가", "10"), _record("1,3층", "나", "5"), _record("2층", "다", "1")])
    )
    assert _formulations(records) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("가염,,2.0,밀리그램,KP,", [("가염", None, "2.0", None)]),
        (
            "가염,,20,밀리그램,USP,/나염,,12.5,밀리그램,KP,",
            [("가염", None, "20", None), ("나염", None, "12.5", None)],
        ),
        (
            "가염,1,500,밀리그램,별규,(역가)/나염,1,250,밀리그램,JP,(역가)",
            [("가염", None, "500", "(역가)"), ("나염", None, "250", "(역가)")],
        ),
        (
            "가염,,,밀리그램,KP,/나제,,,밀리그램,KP,소화력 6000단위/g",
            [("가염", None, None, None), ("나제", None, None, "소화력 6000단위/g")],
        ),
        (
            "가맙(숙주:CHO, 벡터:p1), - 80mg/4ml,80,밀리그램,별규,/나맙(주:E/K), - 2mg/1ml,2,밀리그램,별규,",
            [
                ("가맙(숙주:CHO, 벡터:p1)", "80mg/4ml", "80", None),
                ("나맙(주:E/K)", "2mg/1ml", "2", None),
            ],
        ),
        (
            "가산, - [제1법]내수용1,[제2법]내수용2,50,밀리그램,JP",
            [("가산", "[제1법]내수용1,[제2법]내수용2", "50", None)],
        ),
        ("가산, - 국내용,150,밀리그램,KP,역가", [("가산", "국내용", "150", "역가")]),
        ("가민,,5,000,아이.유,KP,", [("가민", None, "5000", None)]),
        ("가리/유당 혼합물,,5,밀리그램,KP,", [("가리/유당 혼합물", None, "5", None)]),
        ("가민,,20,분류되지 않는 함량단위,KP,", [("가민", None, "20", None)]),
    ],
)
def test_the_form_of_the_dur_service_is_read(
    text: str, expected: list[tuple[str, str | None, str | None, str | None]]
) -> None:
    found = [
        (m.name, m.formulation, None if m.quantity.value is None else str(m.quantity.value), m.remark)
        for m in materials(text)
    ]
    assert found == expected


def test_the_oldest_form_is_read() -> None:
    first, second = materials("1포(2.3g)중|가나트륨|KP|650|밀리그램;1포(2.3g)중|나;다|USP|9|그램|비고;")
    assert (first.total, first.name, first.standard, first.quantity) == (
        "1포(2.3g)중",
        "가나트륨",
        "KP",
        _mg("650"),
    )
    assert (second.name, second.quantity, second.remark) == ("나;다", Quantity(Decimal(9), "g"), "비고")


def test_blank_text_is_no_record() -> None:
    assert materials(" \n") == ()


@pytest.mark.parametrize(
    "text", ["알 수 없음", "가,나", "총량 : 1정|성분명 : 가", "1정|가|KP", _record("1정", " ", "1")]
)
def test_an_unknown_form_is_an_error_with_its_text(text: str) -> None:
    with pytest.raises(ParseError) as error:
        materials(text)
    assert (error.value.field, error.value.text) == ("원료성분", text)


_WORDS = st.text("가나다라마산염정제 ab12()[],;·", min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)
_BRACKETED = _WORDS.filter(lambda text: text != "" and not set("()[]") & set(text))
_MATERIALS = st.builds(
    Material,
    total=_BRACKETED.filter(lambda text: text.rstrip(" ,") == text),
    formulation=st.none(),
    name=_BRACKETED,
    quantity=st.builds(
        Quantity, st.decimals(min_value="0.01", max_value=99999, places=2), st.sampled_from(["mg", "g", "IU"])
    ),
    standard=st.none() | _BRACKETED,
    info=st.none() | _BRACKETED,
    remark=st.none() | _BRACKETED,
)


def _render(material: Material) -> str:
    fields = {
        "총량": material.total,
        "성분명": material.name,
        "분량": material.quantity.value,
        "단위": material.quantity.unit,
        "규격": material.standard,
        "성분정보": material.info,
        "비고": material.remark,
    }
    return "|".join(f"{label} : {value or ''}" for label, value in fields.items())


@given(st.lists(_MATERIALS))
def test_rendered_records_read_back(records: list[Material]) -> None:
    read = materials(";".join(map(_render, records)))
    assert [replace(material, formulation=None) for material in read] == records


_ANY = st.text(st.characters(exclude_categories=[]))
_NEARLY = st.lists(
    st.sampled_from(("총량 : ", "|성분명 : ", "|분량 : ", "|비고 : ", *";|,/가5-(", "mg", "밀리그램"))
).map("".join)


@given(_ANY | _NEARLY)
def test_no_text_raises_anything_but_a_parse_error(text: str) -> None:
    quantity(text, text)
    equivalent(text)
    try:
        materials(text)
    except ParseError as error:
        assert error.text == text  # noqa: PT017  # every error names what it could not read
