"""What each kind of row says: the ministry's fields → `statements` (pure).

Each reader takes one row under the API's field names and raises `parse.ParseError` for an impossible value.
"""

from collections.abc import Callable, Iterator

from pillnuts.catalogue import doc, parse
from pillnuts.catalogue.identity import Group
from pillnuts.catalogue.shapes import Caution, Change, Recall
from pillnuts.catalogue.statements import (
    CodeNamed,
    DailyLimit,
    Grouped,
    Label,
    LeftOut,
    NamedList,
    NameText,
    Noted,
    Quantified,
    Recalled,
    Ruled,
    Said,
    Statement,
    Unread,
    Unused,
)

Row = dict[str, str]

_RAW, _FINISHED = "원료의약품", "완제의약품"


def tidy_date(text: str) -> str | None:
    """Give an ISO date, or None where the text is none."""
    try:
        found = parse.date(text)
    except parse.ParseError:
        return None
    return found.isoformat() if found else None


def _date(text: str) -> str | None:
    found = parse.date(text)
    return found.isoformat() if found else None


def _filled(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, "", ())}


def _needed(row: Row, column: str) -> str:
    """Give a cell without which a row says nothing; a short line of a file and an odd answer lack some."""
    if column not in row:
        raise parse.ParseError(column, "", "없는 칸입니다.")
    return row[column]


def _flag(text: str, *, yes: str = "Y", no: str = "N") -> bool | None:
    """Read yes or no; None, for anything else, leaves the word to other files."""
    return {yes: True, no: False}.get(text)


def _is_rare(otc: str) -> bool | None:
    """Tell by `전문의약품(희귀)`; a code says nothing of it."""
    return "희귀" in otc if _etc_otc(otc) and not otc.isdigit() else None


def _etc_otc(text: str) -> str | None:
    if text in {"01", "일반", "일반의약품"} or text.startswith("일반"):
        return "일반의약품"
    if text == "02" or text.startswith("전문"):
        return "전문의약품"
    return None


def _status(row: Row) -> dict[str, object]:
    status = row.get("CANCEL_NAME", "").removeprefix("행정(").removesuffix(")")
    return _filled(status=status, status_date=_date(row.get("CANCEL_DATE", "")) if status != "정상" else None)


def _classed(row: Row) -> dict[str, object]:
    code, name = parse.class_code(row.get("CLASS_NO") or row.get("CLASS_CODE") or "")
    return _filled(class_code=code, class_name=row.get("CLASS_NAME") or name)


# ── 의약품등제품정보목록 ───────────────────────────────────────────────────────────────────────


def product_list(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(_needed(row, "ITEM_SEQ"))
    kind, otc = row.get("품목구분", ""), row.get("ETC_OTC_CODE", "")
    if kind == "의약외품" or otc == "의약외품":
        yield LeftOut(item_seq, "의약외품")
        return
    if otc == "한약재" or row.get("완제/원료") == "한약재":
        yield LeftOut(item_seq, "한약재")
        return
    yield Said(
        item_seq,
        _filled(
            name=_needed(row, "ITEM_NAME"),
            name_en=row.get("ITEM_ENG_NAME"),
            maker=row.get("ENTP_NAME"),
            maker_en=row.get("ENTP_ENG_NAME"),
            permit_date=_date(row.get("ITEM_PERMIT_DATE", "")),
            etc_otc=_etc_otc(otc),
            rare=_is_rare(otc),
            permit_kind=row.get("허가/신고"),
            narcotic=row.get("마약구분")
            if row.get("마약구분") in {"마약", "향정", "향정신성의약품"}
            else None,
            new_drug=_flag(row.get("신약구분", "")),
            raw_material=_flag(row.get("완제/원료", ""), yes=_RAW, no=_FINISHED),
            barcodes=parse.barcodes(row.get("BAR_CODE", "")),
            atc=parse.atc_codes(row.get("ATC_CODE", "")),
            origin=row.get("수입제조국"),
            active=_unsplit(row.get("주성분", ""), row.get("주성분영문", "")),
            additives=_unsplit(row.get("첨가제", "")),
        )
        | looks(shape=row.get("모양"), length_mm=row.get("장축"), width_mm=row.get("단축"))
        | _status(row),
    )


def looks(**looks: object) -> dict[str, object]:
    """Name each part of a pill's looks a fact of its own: files know different parts."""
    return {f"pill.{part}": value for part, value in looks.items() if value not in (None, "", "-", ())}


def _unsplit(text: str, english: str = "") -> NameText | None:
    return NameText(text, english) if text else None


def _coded(text: str) -> NamedList | None:
    pairs = parse.coded_names(text)
    return NamedList(tuple(name for _, name in pairs), tuple(code for code, _ in pairs)) if pairs else None


# ── 허가 목록과 상세 ──────────────────────────────────────────────────────────────────────────


def _permit(row: Row) -> dict[str, object]:
    return _filled(
        name=_needed(row, "ITEM_NAME"),
        name_en=row.get("ITEM_ENG_NAME"),
        maker=row.get("ENTP_NAME"),
        maker_en=row.get("ENTP_ENG_NAME"),
        permit_date=_date(row.get("ITEM_PERMIT_DATE", "")),
        etc_otc=_etc_otc(row.get("ETC_OTC_CODE") or row.get("SPCLTY_PBLC") or ""),
        rare=_flag(row.get("RARE_DRUG_YN", "")),
        permit_kind=row.get("PERMIT_KIND_NAME") or row.get("PERMIT_KIND_CODE"),
        edi_codes=parse.edi_codes(row.get("EDI_CODE", "")),
    ) | _status(row)


def permit_list(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(_needed(row, "ITEM_SEQ"))
    code, name = parse.class_code(row.get("PRDUCT_TYPE", ""))
    if code and name:
        yield CodeNamed("class", code, name)
    yield Said(
        item_seq,
        _permit(row) | _filled(class_code=code, class_name=name, image_url=row.get("BIG_PRDT_IMG_URL")),
    )


def permit_detail(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(_needed(row, "ITEM_SEQ"))
    fields = _permit(row) | _filled(
        appearance=row.get("CHART"),
        barcodes=parse.barcodes(row.get("BAR_CODE", "")),
        storage=row.get("STORAGE_METHOD"),
        valid_term=None if row.get("VALID_TERM") == "." else row.get("VALID_TERM"),
        pack_unit=row.get("PACK_UNIT"),
        total_content=row.get("TOTAL_CONTENT"),
        made_for=row.get("CNSGN_MANUF"),
        narcotic=row.get("NARCOTIC_KIND_CODE"),
        new_drug=_flag(row.get("NEWDRUG_CLASS_NAME", ""), yes="신약", no=""),
        raw_material=_flag(row.get("MAKE_MATERIAL_FLAG", ""), yes=_RAW, no=_FINISHED),
        reexam=" · ".join(filter(None, (row.get("REEXAM_TARGET"), row.get("REEXAM_DATE")))),
        atc=parse.atc_codes(row.get("ATC_CODE", "")),
        materials=parse.materials(row.get("MATERIAL_NAME", "")),
        active=_coded(row.get("MAIN_ITEM_INGR", "")),
        additives=_coded(row.get("INGR_NAME", "")),
        changes=tuple(
            Change(date=day.isoformat(), label=label) for day, label in parse.history(row.get("GBN_NAME", ""))
        ),
    )
    for field, key in _DOCUMENTS.items():
        try:
            text = doc.label(row.get(field, ""))
        except parse.ParseError as error:
            yield Unread(item_seq, key, field, error.reason)
        else:
            if text:
                fields[f"label.{key}"] = Label(text.html, text.text)
    yield Said(item_seq, fields, date=_date(row.get("CHANGE_DATE", "")))


_DOCUMENTS = {
    "EE_DOC_DATA": "efficacy",
    "UD_DOC_DATA": "usage",
    "NB_DOC_DATA": "caution",
    "PN_DOC_DATA": "caution_professional",
}


# ── 낱알식별 ─────────────────────────────────────────────────────────────────────────────────


def pill(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(_needed(row, "ITEM_SEQ"))
    colors = [
        c.strip()
        for text in (row.get("COLOR_CLASS1"), row.get("COLOR_CLASS2"))
        for c in (text or "").split(",")
    ]
    classed = _classed(row)
    if "class_code" in classed and "class_name" in classed:
        yield CodeNamed("class", str(classed["class_code"]), str(classed["class_name"]))
    otc = row.get("ETC_OTC_NAME") or row.get("ETC_OTC_CODE") or ""
    yield Said(
        item_seq,
        _filled(
            name=_needed(row, "ITEM_NAME"),
            name_en=row.get("ITEM_ENG_NAME"),
            maker=row.get("ENTP_NAME"),
            permit_date=_date(row.get("ITEM_PERMIT_DATE", "")),
            etc_otc=_etc_otc(otc),
            rare=_is_rare(otc),
            form=row.get("FORM_CODE_NAME"),
            form_code=row.get("SHAPE_CODE"),
            appearance=row.get("CHART"),
            image_url=row.get("ITEM_IMAGE"),
            edi_codes=parse.edi_codes(row.get("EDI_CODE", "")),
        )
        | looks(
            shape=row.get("DRUG_SHAPE"),
            colors=tuple(dict.fromkeys(c for c in colors if c and c != "-")),
            imprint_front=row.get("PRINT_FRONT"),
            imprint_back=row.get("PRINT_BACK"),
            line_front=row.get("LINE_FRONT"),
            line_back=row.get("LINE_BACK"),
            length_mm=row.get("LENG_LONG"),
            width_mm=row.get("LENG_SHORT"),
            thickness_mm=row.get("THICK"),
        )
        | classed,
        date=_date(row.get("CHANGE_DATE", "")) or _date(row.get("IMG_REGIST_TS", "")),
    )


# ── e약은요 ──────────────────────────────────────────────────────────────────────────────────


def easy(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(_needed(row, "itemSeq"))
    fields = _filled(
        name=_needed(row, "itemName"),
        maker=row.get("entpName"),
        etc_otc="일반의약품",  # e약은요 holds over-the-counter medicines only
        image_url=row.get("itemImage"),
        active=_unsplit(row.get("주성분", "")),
    )
    for column, key in _EASY_SECTIONS.items():
        if row.get(column):
            fields[f"easy.{key}"] = row[column]
    yield Said(item_seq, fields, date=_date(row.get("updateDe", "")) or _date(row.get("openDe", "")))


_EASY_SECTIONS = {
    "efcyQesitm": "efficacy",
    "useMethodQesitm": "usage",
    "atpnWarnQesitm": "warning",
    "atpnQesitm": "caution",
    "intrcQesitm": "interaction",
    "seQesitm": "side_effect",
    "depositMethodQesitm": "storage",
}


# ── 주성분 ───────────────────────────────────────────────────────────────────────────────────


def main_ingredient(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(_needed(row, "ITEM_SEQ"))
    if not row.get("MTRAL_NM"):
        yield Unused("성분 이름이 빈 행")
        return
    amount = parse.quantity(row.get("QNT", ""), row.get("INGD_UNIT_CD", ""))
    yield Quantified(item_seq, row["MTRAL_NM"], amount)


# ── DUR ──────────────────────────────────────────────────────────────────────────────────────

DUR_PRODUCT, DUR_INGREDIENT = "식약처 DUR 품목정보", "식약처 DUR 성분정보"


def dur_product(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(_needed(row, "ITEM_SEQ"))
    yield Said(
        item_seq,
        _filled(
            name=_needed(row, "ITEM_NAME"),
            maker=row.get("ENTP_NAME"),
            permit_date=_date(row.get("ITEM_PERMIT_DATE", "")),
            etc_otc=_etc_otc(row.get("ETC_OTC_NAME") or row.get("ETC_OTC_CODE") or ""),
            form=row.get("FORM_CODE_NAME") or row.get("FORM_NAME"),
            appearance=row.get("CHART"),
            active=_coded(row.get("MAIN_INGR", "")),
        )
        | _classed(row),
        date=_date(row.get("CHANGE_DATE", "")),
    )
    if row.get("FORM_CODE") and row.get("FORM_NAME"):
        yield CodeNamed("form", row["FORM_CODE"], row["FORM_NAME"])
    said = [row.get("EFFECT_NAME"), row.get("SERS_NAME"), row.get("PROHBT_CONTENT"), row.get("REMARK")]
    if row.get("MIXTURE_INGR_KOR_NAME"):
        said.insert(0, f"{row['MIXTURE_INGR_KOR_NAME']} 함께 쓰지 않음")
    yield Noted(
        item_seq,
        Caution(
            kind=_needed(row, "TYPE_NAME"),
            ingredient=row.get("INGR_NAME") or row.get("INGR_KOR_NAME") or None,
            text=" · ".join(dict.fromkeys(filter(None, said))),
            source=DUR_PRODUCT,
            date=_date(row.get("NOTIFICATION_DATE", "")),
        ),
        row.get("INGR_CODE") or None,
    )


def dur_item(row: Row) -> Iterator[Statement]:
    """Read 품목 (getDurPrdlstInfoList03): one row for each product with the letters of its notices."""
    yield Said(
        parse.item_seq(_needed(row, "ITEM_SEQ")),
        _filled(
            name=_needed(row, "ITEM_NAME"),
            maker=row.get("ENTP_NAME"),
            permit_date=_date(row.get("ITEM_PERMIT_DATE", "")),
            etc_otc=_etc_otc(row.get("ETC_OTC_CODE", "")),
            appearance=row.get("CHART"),
            storage=row.get("STORAGE_METHOD", "").rstrip(", "),
            valid_term=row.get("VALID_TERM"),
            pack_unit=row.get("PACK_UNIT"),
            barcodes=parse.barcodes(row.get("BAR_CODE", "")),
            edi_codes=parse.edi_codes(row.get("EDI_CODE", "")),
            materials=parse.materials(row.get("MATERIAL_NAME", "")),
        )
        | _classed(row)
        | _status(row),
        date=_date(row.get("CHANGE_DATE", "")),
    )


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
    if plain.get("TYPE_NAME") == "용량주의" and plain.get("MAX_QTY"):
        yield DailyLimit(
            code=plain["INGR_CODE"],
            text=plain["MAX_QTY"],
            source=DUR_INGREDIENT,
            date=_date(plain.get("NOTIFICATION_DATE", "")),
            form=plain.get("FORM_NAME") or None,
        )


def max_dosage(row: Row) -> Iterator[Statement]:
    code, name = _needed(row, "CPNT_CD"), _needed(row, "DRUG_CPNT_KOR_NM")
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


# ── 회수 ─────────────────────────────────────────────────────────────────────────────────────


def recall(row: Row) -> Iterator[Statement]:
    enforced = {"Y": True, "N": False}.get(row.get("ENFRC_YN", ""))
    day = _date(row.get("RECALL_COMMAND_DATE", "")) or _date(row.get("RTRVL_CMMND_DT", "")[:8])
    recall = Recall(
        reason=_needed(row, "RTRVL_RESN"), enforced=enforced, source="식약처 회수·판매중지 정보", date=day
    )
    yield Recalled(parse.item_seq(_needed(row, "ITEM_SEQ")), recall)


def unused(reason: str) -> Callable[[Row], Iterator[Statement]]:
    def read(_row: Row) -> Iterator[Statement]:
        yield Unused(reason)

    return read


def quasi_drug(row: Row) -> Iterator[Statement]:
    yield LeftOut(parse.item_seq(_needed(row, "ITEM_SEQ")), "의약외품")
