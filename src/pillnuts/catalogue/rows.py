"""What each kind of row says: the ministry's fields → `statements` (pure).

Each reader takes one row under the API's field names and raises `parse.ParseError` for an impossible value.
Those about permits stand in `rows_permit`, those of the DUR in `rows_dur`.
"""

from collections.abc import Callable, Iterator

from pillnuts.catalogue import parse
from pillnuts.catalogue.cells import (
    Row,
    classed,
    date_of,
    etc_otc,
    filled,
    is_rare,
    looks,
    needed,
    unsplit,
    warns_undated,
)
from pillnuts.catalogue.shapes import Recall
from pillnuts.catalogue.statements import CodeNamed, Quantified, Recalled, Said, Statement, Unused


def pill(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(needed(row, "ITEM_SEQ"))
    colors = [
        c.strip()
        for text in (row.get("COLOR_CLASS1"), row.get("COLOR_CLASS2"))
        for c in (text or "").split(",")
    ]
    effect = classed(row)
    if "class_code" in effect and "class_name" in effect:
        yield CodeNamed("class", str(effect["class_code"]), str(effect["class_name"]))
    otc = row.get("ETC_OTC_NAME") or row.get("ETC_OTC_CODE") or ""
    yield Said(
        item_seq,
        filled(
            name=needed(row, "ITEM_NAME"),
            name_en=row.get("ITEM_ENG_NAME"),
            maker=row.get("ENTP_NAME"),
            permit_date=date_of(row.get("ITEM_PERMIT_DATE", "")),
            etc_otc=etc_otc(otc),
            rare=is_rare(otc),
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
        | effect,
        date=date_of(row.get("CHANGE_DATE", "")) or date_of(row.get("IMG_REGIST_TS", "")),
    )


def easy(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(needed(row, "itemSeq"))
    fields = filled(
        name=needed(row, "itemName"),
        maker=row.get("entpName"),
        etc_otc="일반의약품",  # e약은요 holds over-the-counter medicines only
        image_url=row.get("itemImage"),
        active=unsplit(row.get("주성분", "")),
    )
    for column, key in _EASY_SECTIONS.items():
        if row.get(column):
            fields[f"easy.{key}"] = row[column]
    yield Said(item_seq, fields, date=date_of(row.get("updateDe", "")) or date_of(row.get("openDe", "")))


_EASY_SECTIONS = {
    "efcyQesitm": "efficacy",
    "useMethodQesitm": "usage",
    "atpnWarnQesitm": "warning",
    "atpnQesitm": "caution",
    "intrcQesitm": "interaction",
    "seQesitm": "side_effect",
    "depositMethodQesitm": "storage",
}


def main_ingredient(row: Row) -> Iterator[Statement]:
    item_seq = parse.item_seq(needed(row, "ITEM_SEQ"))
    if not row.get("MTRAL_NM"):
        yield Unused("성분 이름이 빈 행")
        return
    amount = parse.quantity(row.get("QNT", ""), row.get("INGD_UNIT_CD", ""))
    yield Quantified(item_seq, row["MTRAL_NM"], amount)


@warns_undated("RECALL_COMMAND_DATE", "RTRVL_CMMND_DT")
def recall(row: Row) -> Iterator[Statement]:
    enforced = {"Y": True, "N": False}.get(row.get("ENFRC_YN", ""))
    day = date_of(row.get("RECALL_COMMAND_DATE", "")) or date_of(row.get("RTRVL_CMMND_DT", ""))
    recall = Recall(
        reason=needed(row, "RTRVL_RESN"), enforced=enforced, source="식약처 회수·판매중지 정보", date=day
    )
    yield Recalled(parse.item_seq(needed(row, "ITEM_SEQ")), recall)


def unused(reason: str) -> Callable[[Row], Iterator[Statement]]:
    def read(_row: Row) -> Iterator[Statement]:
        yield Unused(reason)

    return read
