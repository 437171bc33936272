"""Every kind of row says what stands in it, and nothing that does not."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from pillnuts.catalogue import cells, rows, rows_dur, rows_permit
from pillnuts.catalogue.columns import LIST
from pillnuts.catalogue.parse import ParseError, Quantity
from pillnuts.catalogue.shapes import Caution, Change
from pillnuts.catalogue.statements import (
    CodeNamed,
    DailyLimit,
    Grouped,
    Label,
    LeftOut,
    Misdated,
    NamedList,
    NameText,
    Noted,
    NotedOfAll,
    Quantified,
    Recalled,
    Ruled,
    Said,
    Statement,
    Unused,
)
from tests.catalogue import ministry

SEQ = "202000001"
PERMIT = {"ITEM_SEQ": SEQ, "ITEM_NAME": "새봄정", "ENTP_NAME": "새봄제약(주)"}


def listed(name: str = "새봄정", **fields: str) -> list[Statement]:
    row = ministry.listed(SEQ, name, **fields)
    return list(rows_permit.product_list({LIST.get(column, column): value for column, value in row.items()}))


def fields(statements: list[Statement]) -> Mapping[str, object]:
    [said] = [one for one in statements if isinstance(one, Said)]
    return said.fields


def detail(**more: str) -> Mapping[str, object]:
    return fields(list(rows_permit.permit_detail(PERMIT | more)))


# ── 의약품등제품정보목록 ───────────────────────────────────────────────────────────────────────


def test_a_listed_product_says_its_fields_and_no_empty_ones() -> None:
    assert fields(listed(active="가나펜", english="Ganapen", additives="전분", 모양="원형", 장축="-")) == {
        "name": "새봄정",
        "maker": "새봄제약(주)",
        "permit_date": "2020-01-02",
        "etc_otc": "일반의약품",
        "rare": False,
        "new_drug": False,
        "raw_material": False,
        "active": NameText("가나펜", "Ganapen"),
        "additives": NameText("전분"),
        "pill.shape": "원형",
        "status": "정상",
    }


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("품목구분", "의약외품", "의약외품"),
        ("전문의약품", "의약외품", "의약외품"),
        ("전문의약품", "한약재", "한약재"),
        ("완제/원료", "한약재", "한약재"),
    ],
)
def test_what_is_no_medicine_is_left_out_with_its_reason(column: str, value: str, reason: str) -> None:
    assert listed(**{column: value}) == [LeftOut(SEQ, reason)]


@pytest.mark.parametrize(
    ("text", "etc_otc", "rare"),
    [
        ("전문의약품", "전문의약품", False),
        ("전문의약품(희귀)", "전문의약품", True),
        ("일반(안전상비)", "일반의약품", False),
        ("원료의약품", None, None),
        ("", None, None),
    ],
)
def test_who_may_buy_it_and_whether_it_is_rare(text: str, etc_otc: str | None, rare: bool | None) -> None:  # noqa: FBT001
    said = fields(listed(전문의약품=text))
    assert (said.get("etc_otc"), said.get("rare")) == (etc_otc, rare)


@pytest.mark.parametrize(("written", "status"), [("취하", "취하"), ("행정(취소)", "취소"), ("폐업", "폐업")])
def test_a_withdrawal_has_its_day(written: str, status: str) -> None:
    said = fields(listed(status=written, **{"취소/취하일자": "2023-05-01"}))
    assert (said["status"], said["status_date"]) == (status, "2023-05-01")


def test_a_product_on_the_market_has_no_day_of_withdrawal() -> None:
    assert "status_date" not in fields(listed(**{"취소/취하일자": "2023-05-01"}))


def test_kinds_that_newer_files_may_take_back_are_said_both_ways() -> None:
    flagged = fields(listed(신약구분="Y", 마약구분="향정", **{"완제/원료": "원료의약품"}))
    assert (flagged["new_drug"], flagged["narcotic"], flagged["raw_material"]) == (True, "향정", True)
    unknown = fields(listed(신약구분="", 마약구분="의약품", **{"완제/원료": ""}))
    assert unknown.keys().isdisjoint({"new_drug", "narcotic", "raw_material"})


@pytest.mark.parametrize("column", ["ITEM_SEQ", "ITEM_NAME"])
def test_a_row_without_code_or_name_is_refused_by_the_name_of_the_cell(column: str) -> None:
    row = {"ITEM_SEQ": SEQ, "ITEM_NAME": "새봄정"}
    del row[column]
    with pytest.raises(ParseError) as refused:
        list(rows_permit.product_list(row))
    assert refused.value.field == column


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ParseError):
        listed(허가일="2020-02-30")


# ── 허가 ──────────────────────────────────────────────────────────────────────────────────────


def test_a_permit_in_the_list_names_its_class() -> None:
    row = PERMIT | {
        "PRDUCT_TYPE": "[01140]해열.진통.소염제",
        "SPCLTY_PBLC": "일반의약품",
        "PERMIT_KIND_CODE": "신고",
        "EDI_CODE": "644902212,644902220",
        "BIG_PRDT_IMG_URL": "https://ministry.test/1",
        "CANCEL_NAME": "정상",
    }
    named, said = rows_permit.permit_list(row)
    assert named == CodeNamed("class", "01140", "해열.진통.소염제")
    assert isinstance(said, Said)
    assert said.fields == {
        "name": "새봄정",
        "maker": "새봄제약(주)",
        "etc_otc": "일반의약품",
        "permit_kind": "신고",
        "edi_codes": ("644902212", "644902220"),
        "status": "정상",
        "class_code": "01140",
        "class_name": "해열.진통.소염제",
        "image_url": "https://ministry.test/1",
    }


def test_a_permit_without_a_class_names_none() -> None:
    [said] = rows_permit.permit_list(PERMIT | {"PRDUCT_TYPE": ""})
    assert isinstance(said, Said)
    assert "class_code" not in said.fields


def test_a_permit_in_detail_tells_materials_lists_and_history() -> None:
    said = detail(
        MATERIAL_NAME=ministry.material("가나펜", "300"),
        MAIN_ITEM_INGR="[M900001]가나펜",
        INGR_NAME="[M900002]전분|[M900003]유당수화물",
        GBN_NAME="용법용량, 2020-01-02/효능효과, 2019-03-04",
        VALID_TERM=".",
        REEXAM_TARGET="재심사대상",
        REEXAM_DATE="2020~2026",
        RARE_DRUG_YN="Y",
        NEWDRUG_CLASS_NAME="신약",
        MAKE_MATERIAL_FLAG="완제의약품",
    )
    [material] = said["materials"] if isinstance(said["materials"], tuple) else ()
    assert (material.name, material.quantity.value) == ("가나펜", Decimal(300))
    assert said["active"] == NamedList(("가나펜",), ("M900001",))
    assert said["additives"] == NamedList(("전분", "유당수화물"), ("M900002", "M900003"))
    assert said["changes"] == (
        Change(date="2020-01-02", label="용법용량"),
        Change(date="2019-03-04", label="효능효과"),
    )
    assert "valid_term" not in said
    assert said["reexam"] == "재심사대상 · 2020~2026"
    assert (said["rare"], said["new_drug"], said["raw_material"]) == (True, True, False)


def test_an_empty_permit_tells_nothing_of_what_is_inside() -> None:
    assert (
        detail().keys().isdisjoint({"materials", "active", "additives", "changes", "reexam", "label.usage"})
    )


def test_documents_become_labels() -> None:
    document = '<DOC title="효능효과"><SECTION title=""><ARTICLE title="1. 두통"/></SECTION></DOC>'
    label = detail(EE_DOC_DATA=document)["label.efficacy"]
    assert isinstance(label, Label)
    assert label.text == "1. 두통"


def test_materials_in_no_known_form_are_refused() -> None:
    with pytest.raises(ParseError):
        detail(MATERIAL_NAME="총량 : 1정 중|성분명 : 가나펜|이름 없는 칸")


def test_the_day_of_a_permit_is_that_of_its_last_change() -> None:
    [said] = rows_permit.permit_detail(PERMIT | {"CHANGE_DATE": "20240522"})
    assert isinstance(said, Said)
    assert said.date == "2024-05-22"


# ── 낱알식별, e약은요 ──────────────────────────────────────────────────────────────────────────


def test_a_pill_tells_its_looks_each_as_a_fact_of_its_own() -> None:
    row = PERMIT | {
        "DRUG_SHAPE": "원형",
        "COLOR_CLASS1": "하양, 노랑",
        "COLOR_CLASS2": "하양",
        "PRINT_FRONT": "SB",
        "PRINT_BACK": "-",
        "LENG_LONG": "10.5",
        "ETC_OTC_CODE": "02",
        "CLASS_NO": "114",
        "CLASS_NAME": "해열.진통.소염제",
        "FORM_CODE_NAME": "필름코팅정",
        "IMG_REGIST_TS": "20150601",
    }
    named, said = rows.pill(row)
    assert named == CodeNamed("class", "01140", "해열.진통.소염제")
    assert isinstance(said, Said)
    looks = {name.removeprefix("pill."): value for name, value in said.fields.items() if "pill." in name}
    assert looks == {"shape": "원형", "colors": ("하양", "노랑"), "imprint_front": "SB", "length_mm": "10.5"}
    assert (said.fields["etc_otc"], said.fields["form"], said.date) == (
        "전문의약품",
        "필름코팅정",
        "2015-06-01",
    )
    assert "rare" not in said.fields, "the code 02 says nothing of it"


def test_a_pill_with_a_class_without_a_name_teaches_none() -> None:
    [said] = rows.pill(PERMIT | {"CLASS_NO": "114"})
    assert isinstance(said, Said)
    assert said.fields["class_code"] == "01140"


def test_plain_language_texts_are_kept_by_their_question() -> None:
    [said] = rows.easy(
        {
            "itemSeq": SEQ,
            "itemName": "새봄정",
            "efcyQesitm": "두통에 사용합니다.",
            "seQesitm": "",
            "openDe": "2021-01-29 00:00:00",
        }
    )
    assert said == Said(
        SEQ,
        {"name": "새봄정", "etc_otc": "일반의약품", "easy.efficacy": "두통에 사용합니다."},
        date="2021-01-29",
    )


# ── 주성분 ────────────────────────────────────────────────────────────────────────────────────


def test_a_row_of_an_ingredient_states_its_amount() -> None:
    row = {"ITEM_SEQ": SEQ, "MTRAL_NM": "가나펜", "QNT": "1,300.0", "INGD_UNIT_CD": "밀리그람"}
    [said] = rows.main_ingredient(row)
    assert said == Quantified(SEQ, "가나펜", Quantity(value=Decimal("1300.0"), unit="mg", text=None))


def test_a_row_of_no_ingredient_is_counted_as_such() -> None:
    assert list(rows.main_ingredient({"ITEM_SEQ": SEQ, "MTRAL_NM": ""})) == [Unused("성분 이름이 빈 행")]


# ── DUR ───────────────────────────────────────────────────────────────────────────────────────


def test_a_notice_of_a_product_names_its_kind_ingredient_and_day() -> None:
    row = PERMIT | {
        "TYPE_NAME": "임부금기",
        "INGR_KOR_NAME": "가나펜",
        "PROHBT_CONTENT": "2등급",
        "REMARK": "2등급",
        "NOTIFICATION_DATE": "20141024",
        "FORM_CODE": "010101",
        "FORM_NAME": "나정",
        "MAIN_INGR": "[M900001]가나펜",
        "CLASS_CODE": "01140",
    }
    said, named, noted = rows_dur.dur_product(row)
    assert isinstance(said, Said)
    assert said.fields["active"] == NamedList(("가나펜",), ("M900001",))
    assert named == CodeNamed("form", "010101", "나정")
    assert isinstance(noted, Noted)
    caution = noted.caution
    assert (caution.kind, caution.ingredient, caution.text) == ("임부금기", "가나펜", "2등급")
    assert (caution.source, caution.date) == ("식약처 DUR 품목정보", "2014-10-24")


def test_a_notice_against_a_pair_names_the_other_one() -> None:
    row = PERMIT | {"TYPE_NAME": "병용금기", "MIXTURE_INGR_KOR_NAME": "다라민", "PROHBT_CONTENT": "출혈"}
    [_, noted] = rows_dur.dur_product(row)
    assert isinstance(noted, Noted)
    assert noted.caution.text == "다라민 함께 쓰지 않음 · 출혈"
    assert noted.caution.ingredient is None


def test_a_product_in_the_list_of_notices_says_its_fields() -> None:
    [said] = rows_dur.dur_item(
        PERMIT
        | {
            "STORAGE_METHOD": "실온(1～30℃)보관,",
            "CLASS_NO": "[222]진해거담제",
            "ITEM_PERMIT_DATE": "1957April26th",
            "CANCEL_NAME": "정상",
        }
    )
    assert isinstance(said, Said)
    assert said.fields["storage"] == "실온(1～30℃)보관"
    assert (said.fields["class_code"], said.fields["class_name"]) == ("02220", "진해거담제")
    assert said.fields["permit_date"] == "1957-04-26"


def dur(**fields: str) -> list[Statement]:
    row = ministry.dur_rule("D009001", "가나펜", "[M900001]가나펜/[M900002]가나펜과립", **fields)
    return list(rows_dur.dur_ingredient(row))


def test_a_notice_gathers_names_and_states_the_daily_limit() -> None:
    grouped, ruled, limit = dur(MAX_QTY="4000밀리그램", FORM_NAME="나정")
    assert isinstance(grouped, Grouped)
    assert grouped.group.members == (("M900001", "가나펜"), ("M900002", "가나펜과립"))
    assert ruled == Ruled("용량주의", "D009001", "4000밀리그램")
    assert limit == DailyLimit("D009001", "4000밀리그램", "식약처 DUR 성분정보", "2020-01-02", "나정")


def test_a_deleted_notice_gathers_names_but_limits_nothing() -> None:
    assert [type(one) for one in dur(MAX_QTY="4000밀리그램", DEL_YN="삭제")] == [Grouped]


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"TYPE_NAME": "특정연령대금기", "GRADE": "1등급"}, [Grouped, Ruled]), ({"MAX_QTY": "-"}, [Grouped])],
)
def test_only_a_notice_of_the_dose_limits_it(fields: dict[str, str], said: list[type]) -> None:
    assert [type(one) for one in dur(**fields)] == said


def test_a_rule_says_its_age_its_time_and_its_grade() -> None:
    _, ruled = dur(TYPE_NAME="특정연령대금기", AGE_BASE="12세 미만", GRADE="-")
    assert ruled == Ruled("특정연령대금기", "D009001", "12세 미만")


def test_a_daily_most_in_tablets_says_nothing_of_a_substance() -> None:
    row = DOSAGE | {"DAY_MAX_DOSG_QY": "8", "DAY_MAX_DOSG_QY_UNIT": "정"}
    assert Unused("1일 최대투여량이 개수나 부피인 행") in list(rows_dur.max_dosage(row))


def test_a_notice_of_a_combination_says_nothing_of_one_substance() -> None:
    assert dur(MIX_TYPE="복합", MAX_QTY="4000밀리그램") == []


def test_both_sides_of_a_pair_are_gathered() -> None:
    pair = dur(
        TYPE_NAME="병용금기",
        MIXTURE_MIX_TYPE="단일",
        MIXTURE_INGR_CODE="D009002",
        MIXTURE_INGR_KOR_NAME="다라민",
        MIXTURE_ORI_INGR="[M900003]다라민염산염",
    )
    assert [one.group.code for one in pair if isinstance(one, Grouped)] == ["D009001", "D009002"]


DOSAGE = {
    "CPNT_CD": "M900001",
    "DRUG_CPNT_KOR_NM": "가나펜",
    "DRUG_CPNT_ENG_NM": "Ganapen",
    "FOML_CD": "010101",
    "FOML_NM": "나정",
    "DAY_MAX_DOSG_QY_UNIT": "밀리그램",
}


def test_the_dosage_table_names_substance_form_and_limit() -> None:
    grouped, named, limit = rows_dur.max_dosage(DOSAGE | {"DAY_MAX_DOSG_QY": "4000.0"})
    assert isinstance(grouped, Grouped)
    assert grouped.group.name_en == "Ganapen"
    assert named == CodeNamed("form", "010101", "나정")
    assert limit == DailyLimit("M900001", "4000mg", "식약처 1일 최대투여량", None, "나정")


def test_zero_in_the_dosage_table_is_no_limit() -> None:
    *_, unused = rows_dur.max_dosage(DOSAGE | {"DAY_MAX_DOSG_QY": "0", "FOML_CD": ""})
    assert unused == Unused("1일 최대투여량이 0인 행")


@pytest.mark.parametrize("column", ["CPNT_CD", "DRUG_CPNT_KOR_NM"])
def test_a_dosage_for_nothing_named_is_counted_as_such(column: str) -> None:
    [unused] = rows_dur.max_dosage(DOSAGE | {column: ""})
    assert unused == Unused("성분 코드나 이름이 빈 행")


# ── 회수와 나머지 ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("written", "enforced"), [("Y", True), ("N", False), ("", None)])
def test_a_recall_tells_its_reason_day_and_force(written: str, enforced: bool | None) -> None:  # noqa: FBT001
    row = {"ITEM_SEQ": SEQ, "RTRVL_RESN": "함량 부적합", "ENFRC_YN": written}
    for day in ({"RECALL_COMMAND_DATE": "2024-05-06"}, {"RTRVL_CMMND_DT": "20240506093000"}):
        [said] = rows.recall(row | day)
        assert isinstance(said, Recalled)
        assert (said.recall.reason, said.recall.enforced) == ("함량 부적합", enforced)
        assert said.recall.date == "2024-05-06"


def test_a_warning_with_an_impossible_day_is_taken_without_it() -> None:
    row = {"ITEM_SEQ": SEQ, "ITEM_NAME": "봄정", "TYPE_NAME": "임부금기", "NOTIFICATION_DATE": "00120925"}
    odd, _, noted = rows_dur.dur_product(row)
    assert isinstance(odd, Misdated)
    assert (odd.name, odd.field, odd.text) == (SEQ, "NOTIFICATION_DATE", "00120925")
    assert isinstance(noted, Noted)
    assert (noted.caution.kind, noted.caution.date) == ("임부금기", None)

    odd, recalled = rows.recall({"ITEM_SEQ": SEQ, "RTRVL_RESN": "이물", "RECALL_COMMAND_DATE": "2024-13-01"})
    assert isinstance(odd, Misdated)
    assert isinstance(recalled, Recalled)
    assert recalled.recall.date is None


def test_what_is_of_no_use_yet_is_counted_by_reason() -> None:
    assert list(rows.unused("약가는 아직 쓰지 않음")({})) == [Unused("약가는 아직 쓰지 않음")]


def test_a_quasi_drug_is_left_out() -> None:
    assert list(rows_permit.quasi_drug({"ITEM_SEQ": SEQ})) == [LeftOut(SEQ, "의약외품")]


@pytest.mark.parametrize(("text", "tidy"), [("20240506", "2024-05-06"), ("", None), ("봄", None)])
def test_a_date_is_tidied_or_none(text: str, tidy: str | None) -> None:
    assert cells.tidy_date(text) == tidy


PREGNANCY = {"TYPE_NAME": "임부금기", "GRADE": "2등급", "PROHBT_CONTENT": "- 동물실험에서\n기형 발생"}


def of_all(**fields: str) -> list[Caution]:
    return [one.caution for one in dur(**{**PREGNANCY, **fields}) if isinstance(one, NotedOfAll)]


@pytest.mark.parametrize("nothing", ["", "-"])
def test_a_notice_for_pregnancy_that_sets_no_limit_speaks_for_every_product(nothing: str) -> None:
    [caution] = of_all(FORM_NAME=nothing, REMARK=nothing)

    assert caution == Caution(
        kind="임부금기",
        ingredient="가나펜",
        text="2등급 · 동물실험에서 기형 발생 · 성분별 자료에서 옮긴 알림(모든 제형)",
        source="식약처 DUR 성분정보",
        date="2020-01-02",
    )


@pytest.mark.parametrize(
    "limit",
    [
        {"FORM_NAME": "정제"},
        {"REMARK": "경구"},
        {"REMARK": "단, VitA(레티놀)로서 5000 I.U/1일 이상"},
        {"CLASS_NAME": "[01140]해열.진통.소염제"},
        {"MIX_TYPE": "복합"},
        {"DEL_YN": "삭제"},
        {"TYPE_NAME": "노인주의"},
        {"PROHBT_CONTENT": "(주사제) 토끼에서 태아독성"},
        {"PROHBT_CONTENT": "0.75% 농도를 산과 마취에 사용하지 않음"},
        {"INGR_CODE": "D001205"},
    ],
)
def test_a_notice_that_speaks_for_some_products_is_left_to_the_lists_by_product(
    limit: dict[str, str],
) -> None:
    assert of_all(**limit) == []
