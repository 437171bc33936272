"""What the rows of the DUR say, by product and by ingredient, and those of the largest daily doses (pure)."""

from collections.abc import Iterator

from pillnuts.catalogue import notices, parse
from pillnuts.catalogue.cells import (
    Row,
    classed,
    coded,
    date_of,
    etc_otc,
    filled,
    needed,
    status,
    warns_undated,
)
from pillnuts.catalogue.identity import Group
from pillnuts.catalogue.shapes import Caution
from pillnuts.catalogue.statements import (
    CodeNamed,
    DailyLimit,
    Grouped,
    Noted,
    Ruled,
    Said,
    Statement,
    Unused,
)

DUR_PRODUCT = "식약처 DUR 품목정보"


@warns_undated("ITEM_PERMIT_DATE", "CHANGE_DATE", "NOTIFICATION_DATE")
def dur_product(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(needed(row, "ITEM_SEQ"))
    yield Said(
        item_seq,
        filled(
            name=needed(row, "ITEM_NAME"),
            maker=row.get("ENTP_NAME"),
            permit_date=date_of(row.get("ITEM_PERMIT_DATE", "")),
            etc_otc=etc_otc(row.get("ETC_OTC_NAME") or row.get("ETC_OTC_CODE") or ""),
            form=row.get("FORM_CODE_NAME") or row.get("FORM_NAME"),
            appearance=row.get("CHART"),
            active=coded(row.get("MAIN_INGR", "")),
        )
        | classed(row),
        date=date_of(row.get("CHANGE_DATE", "")),
    )
    if row.get("FORM_CODE") and row.get("FORM_NAME"):
        yield CodeNamed("form", row["FORM_CODE"], row["FORM_NAME"])
    said = [row.get("EFFECT_NAME"), row.get("SERS_NAME"), row.get("PROHBT_CONTENT"), row.get("REMARK")]
    if row.get("MIXTURE_INGR_KOR_NAME"):
        said.insert(0, f"{row['MIXTURE_INGR_KOR_NAME']} 함께 쓰지 않음")
    yield Noted(
        item_seq,
        Caution(
            kind=needed(row, "TYPE_NAME"),
            ingredient=row.get("INGR_NAME") or row.get("INGR_KOR_NAME") or None,
            text=" · ".join(dict.fromkeys(filter(None, said))),
            source=DUR_PRODUCT,
            date=date_of(row.get("NOTIFICATION_DATE", "")),
        ),
        row.get("INGR_CODE") or None,
    )


def dur_item(row: Row) -> Iterator[Statement]:
    """Read 품목 (getDurPrdlstInfoList03): one row for each product with the letters of its notices."""
    yield Said(
        parse.item_seq(needed(row, "ITEM_SEQ")),
        filled(
            name=needed(row, "ITEM_NAME"),
            maker=row.get("ENTP_NAME"),
            permit_date=date_of(row.get("ITEM_PERMIT_DATE", "")),
            etc_otc=etc_otc(row.get("ETC_OTC_CODE", "")),
            appearance=row.get("CHART"),
            storage=row.get("STORAGE_METHOD", "").rstrip(", "),
            valid_term=row.get("VALID_TERM"),
            pack_unit=row.get("PACK_UNIT"),
            barcodes=parse.barcodes(row.get("BAR_CODE", "")),
            edi_codes=parse.edi_codes(row.get("EDI_CODE", "")),
            materials=parse.materials(row.get("MATERIAL_NAME", "")),
        )
        | classed(row)
        | status(row),
        date=date_of(row.get("CHANGE_DATE", "")),
    )


@warns_undated("NOTIFICATION_DATE")
def dur_ingredient(row: Row) -> Iterator[Statement]:
    """Read a DUR rule; a deleted rule still tells which names are one substance."""
    plain = {
        key: "" if value == "-" else value for key, value in row.items()
    }  # the export writes - for nothing
    for side in ("", "MIXTURE_"):
        mixed = plain.get(f"{side}MIX_TYPE", "단일") == "복합"
        code, members = (
            plain.get(f"{side}INGR_CODE"),
            plain.get(f"{side}ORI_INGR") or plain.get(f"{side}ORI") or "",
        )
        if not code or mixed:
            continue
        name = plain.get(f"{side}INGR_NAME") or plain.get(f"{side}INGR_KOR_NAME") or ""
        english = plain.get(f"{side}INGR_ENG_NAME") or None
        yield Grouped(Group(code=code, name=name, name_en=english, members=parse.coded_names(members)))
    single, active_rule = plain.get("MIX_TYPE") != "복합", plain.get("DEL_YN", "정상") == "정상"
    if not (single and active_rule and plain.get("INGR_CODE")):
        return
    sets = [plain.get(column) for column in ("MAX_QTY", "MAX_DOSAGE_TERM", "AGE_BASE", "GRADE")]
    if text := " · ".join(filter(None, sets)):
        yield Ruled(plain.get("TYPE_NAME", ""), plain["INGR_CODE"], text)
    yield from notices.of_all(plain)
    if plain.get("TYPE_NAME") == "용량주의" and plain.get("MAX_QTY"):
        yield DailyLimit(
            code=plain["INGR_CODE"],
            text=plain["MAX_QTY"],
            source=notices.DUR_INGREDIENT,
            date=date_of(plain.get("NOTIFICATION_DATE", "")),
            form=plain.get("FORM_NAME") or None,
        )


def max_dosage(row: Row) -> Iterator[Statement]:
    code, name = needed(row, "CPNT_CD"), needed(row, "DRUG_CPNT_KOR_NM")
    if not code or not name:
        yield Unused("성분 코드나 이름이 빈 행")
        return
    yield Grouped(
        Group(code=code, name=name, name_en=row.get("DRUG_CPNT_ENG_NM") or None, members=((code, name),))
    )
    if row.get("FOML_CD") and row.get("FOML_NM"):
        yield CodeNamed("form", row["FOML_CD"], row["FOML_NM"])
    most = parse.quantity(row.get("DAY_MAX_DOSG_QY", ""), row.get("DAY_MAX_DOSG_QY_UNIT", ""))
    if not most.value:  # 0 stands for "none set"
        yield Unused("1일 최대투여량이 0인 행")
        return
    if most.unit not in {
        "mg",
        "g",
        "µg",
        "IU",
    }:  # so many tablets of some product says nothing of a substance
        yield Unused("1일 최대투여량이 개수나 부피인 행")
        return
    yield DailyLimit(
        code=code,
        text=f"{most.value.normalize():f}{most.unit}",
        source="식약처 1일 최대투여량",
        date=None,
        form=row.get("FOML_NM") or None,
    )
