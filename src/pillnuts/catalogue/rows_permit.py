"""What the rows about permits say: the product list, the permits and their documents (pure)."""

from collections.abc import Iterator

from pillnuts.catalogue import doc, parse
from pillnuts.catalogue.cells import (
    Row,
    coded,
    date_of,
    etc_otc,
    filled,
    flag,
    is_rare,
    looks,
    needed,
    status,
    unsplit,
)
from pillnuts.catalogue.shapes import Change
from pillnuts.catalogue.statements import CodeNamed, Label, LeftOut, Said, Statement, Unread

_RAW, _FINISHED = "원료의약품", "완제의약품"


def product_list(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(needed(row, "ITEM_SEQ"))
    kind, otc = row.get("품목구분", ""), row.get("ETC_OTC_CODE", "")
    if kind == "의약외품" or otc == "의약외품":
        yield LeftOut(item_seq, "의약외품")
        return
    if otc == "한약재" or row.get("완제/원료") == "한약재":
        yield LeftOut(item_seq, "한약재")
        return
    yield Said(
        item_seq,
        filled(
            name=needed(row, "ITEM_NAME"),
            name_en=row.get("ITEM_ENG_NAME"),
            maker=row.get("ENTP_NAME"),
            maker_en=row.get("ENTP_ENG_NAME"),
            permit_date=date_of(row.get("ITEM_PERMIT_DATE", "")),
            etc_otc=etc_otc(otc),
            rare=is_rare(otc),
            permit_kind=row.get("허가/신고"),
            narcotic=row.get("마약구분")
            if row.get("마약구분") in {"마약", "향정", "향정신성의약품"}
            else None,
            new_drug=flag(row.get("신약구분", "")),
            raw_material=flag(row.get("완제/원료", ""), yes=_RAW, no=_FINISHED),
            barcodes=parse.barcodes(row.get("BAR_CODE", "")),
            atc=parse.atc_codes(row.get("ATC_CODE", "")),
            origin=row.get("수입제조국"),
            active=unsplit(row.get("주성분", ""), row.get("주성분영문", "")),
            additives=unsplit(row.get("첨가제", "")),
        )
        | looks(shape=row.get("모양"), length_mm=row.get("장축"), width_mm=row.get("단축"))
        | status(row),
    )


def _permit(row: Row) -> dict[str, object]:
    return filled(
        name=needed(row, "ITEM_NAME"),
        name_en=row.get("ITEM_ENG_NAME"),
        maker=row.get("ENTP_NAME"),
        maker_en=row.get("ENTP_ENG_NAME"),
        permit_date=date_of(row.get("ITEM_PERMIT_DATE", "")),
        etc_otc=etc_otc(row.get("ETC_OTC_CODE") or row.get("SPCLTY_PBLC") or ""),
        rare=flag(row.get("RARE_DRUG_YN", "")),
        permit_kind=row.get("PERMIT_KIND_NAME") or row.get("PERMIT_KIND_CODE"),
        edi_codes=parse.edi_codes(row.get("EDI_CODE", "")),
    ) | status(row)


def permit_list(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(needed(row, "ITEM_SEQ"))
    code, name = parse.class_code(row.get("PRDUCT_TYPE", ""))
    if code and name:
        yield CodeNamed("class", code, name)
    yield Said(
        item_seq,
        _permit(row) | filled(class_code=code, class_name=name, image_url=row.get("BIG_PRDT_IMG_URL")),
    )


def permit_detail(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(needed(row, "ITEM_SEQ"))
    fields = _permit(row) | filled(
        appearance=row.get("CHART"),
        barcodes=parse.barcodes(row.get("BAR_CODE", "")),
        storage=row.get("STORAGE_METHOD"),
        valid_term=None if row.get("VALID_TERM") == "." else row.get("VALID_TERM"),
        pack_unit=row.get("PACK_UNIT"),
        total_content=row.get("TOTAL_CONTENT"),
        made_for=row.get("CNSGN_MANUF"),
        narcotic=row.get("NARCOTIC_KIND_CODE"),
        new_drug=flag(row.get("NEWDRUG_CLASS_NAME", ""), yes="신약", no=""),
        raw_material=flag(row.get("MAKE_MATERIAL_FLAG", ""), yes=_RAW, no=_FINISHED),
        reexam=" · ".join(filter(None, (row.get("REEXAM_TARGET"), row.get("REEXAM_DATE")))),
        atc=parse.atc_codes(row.get("ATC_CODE", "")),
        materials=parse.materials(row.get("MATERIAL_NAME", "")),
        active=coded(row.get("MAIN_ITEM_INGR", "")),
        additives=coded(row.get("INGR_NAME", "")),
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
    yield Said(item_seq, fields, date=date_of(row.get("CHANGE_DATE", "")))


_DOCUMENTS = {
    "EE_DOC_DATA": "efficacy",
    "UD_DOC_DATA": "usage",
    "NB_DOC_DATA": "caution",
    "PN_DOC_DATA": "caution_professional",
}


def quasi_drug(row: Row) -> Iterator[Statement]:
    yield LeftOut(parse.item_seq(needed(row, "ITEM_SEQ")), "의약외품")
