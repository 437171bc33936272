"""The ministry as its published files know it: exports mapped back to the API's fields and formats.

`source.read` opens the files, `columns` names their columns; nothing of them is kept anywhere.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from sys import intern
from typing import Final

from pillnuts.catalogue import rows, rows_dur, rows_permit, source

from .compose import ministry
from .faults import draw
from .invented import letters
from .known import Known, Texts
from .ministry import Ministry, day

_ITEM_SEQ: Final = re.compile(r"\d{9}", re.ASCII)
_SINGLE_ANSWERS: Final = "api_samples"
"""Holds answers somebody kept as examples, most of them cut short: no data set."""
_LIST_MORE: Final = {
    "허가번호": "PRDUCT_PRMISN_NO",
    "주성분": "ACTIVE",
    "첨가제": "ADDITIVES",
    "주성분영문": "ITEM_INGR_NAME",
    "완제/원료": "MAKE_MATERIAL_FLAG",
    "허가/신고": "PERMIT_KIND_NAME",
    "마약구분": "NARCOTIC_KIND_CODE",
}
_PILL_MORE: Final = {
    "업소일련번호": "ENTP_SEQ",
    "SHAPE_CODE": "FORM_CODE",
    "표기내용앞": "MARK_CODE_FRONT_ANAL",
    "표기내용뒤": "MARK_CODE_BACK_ANAL",
    "표기이미지앞": "MARK_CODE_FRONT_IMG",
    "표기이미지뒤": "MARK_CODE_BACK_IMG",
    "표기코드앞": "MARK_CODE_FRONT",
    "표기코드뒤": "MARK_CODE_BACK",
    "보험코드": "EDI_CODE",
}
_MORE: Final[dict[object, dict[str, str]]] = {
    rows_permit.product_list: _LIST_MORE,
    rows.pill: _PILL_MORE,
    rows.easy: {"사업자번호": "bizrno"},
}
"""Columns the catalogue has no use for, but the API has."""
_PRODUCT: Final = frozenset(
    "ITEM_NAME ITEM_ENG_NAME ENTP_NAME ENTP_ENG_NAME ENTP_SEQ ENTP_NO ITEM_PERMIT_DATE ETC_OTC_CODE "
    "CANCEL_NAME CANCEL_DATE BAR_CODE ATC_CODE PRDUCT_PRMISN_NO ACTIVE ADDITIVES ITEM_INGR_NAME "
    "MAKE_MATERIAL_FLAG PERMIT_KIND_NAME NARCOTIC_KIND_CODE NEWDRUG_CLASS_NAME RARE_DRUG_YN CHART "
    "ITEM_IMAGE CLASS_CODE CLASS_NAME FORM_CODE FORM_NAME EDI_CODE CHANGE_DATE BIZRNO MAIN_INGR "
    "INDUTY_TYPE".split()
)
_DATES: Final = ("ITEM_PERMIT_DATE", "CANCEL_DATE", "CHANGE_DATE", "IMG_REGIST_TS", "openDe")


@dataclass(frozen=True)
class _Table:
    """One file under the API's field names; empty cells are left out."""

    date: str
    kind: object
    rows: list[Texts]


def real(folder: Path, products: int | None = None) -> Ministry:
    """Read every file under `folder` (about ten seconds); with `products`, keep only so many of them."""
    gathered = _Gathered()
    tables = [table for path, _ in source.files([folder]) if (table := _read(path))]
    # The newest file says what a product is called; the older ones add what it leaves out.
    for table in sorted(tables, key=lambda table: table.date, reverse=True):
        gathered.take(table)
    return ministry(gathered.known(products))


def _read(path: Path) -> _Table | None:
    if _SINGLE_ANSWERS in path.parts:
        return None
    try:
        table = source.read(path)
    except source.BadFileError:
        return None
    kind = table.dataset.read
    if kind is rows_dur.dur_ingredient and "TYPE_NAME" not in table.rows[0]:
        return None  # the export says the same as the API's own rows, in fewer words
    names = {**table.dataset.columns, **_MORE.get(kind, {})}
    return _Table(table.date or "", kind, [_named(row, names) for row in table.rows])


class _Gathered:
    def __init__(self) -> None:
        self._found = Known(letters=letters())
        self._left_out: set[str] = set()
        self._easy: set[str] = set()
        self._pills: set[str] = set()
        self._takers: dict[object, Callable[[Iterable[Texts]], None]] = {
            rows_permit.product_list: self._listed,
            rows_permit.permit_detail: self._detailed,
            rows.pill: self._pill,
            rows.easy: self._easily,
            rows_dur.dur_product: self._noticed,
            rows_dur.dur_ingredient: self._ruled,
            rows.main_ingredient: self._measured,
            rows_dur.max_dosage: self._found.maxima.extend,
            rows.recall: self._found.recalls.extend,
        }

    def take(self, table: _Table) -> None:
        """Take one table, the newer before the older."""
        if taker := self._takers.get(table.kind):
            taker(table.rows)

    def known(self, products: int | None) -> Known:
        """Give what was found, of all products or of so many."""
        found = self._found
        for seq in self._left_out:
            found.products.pop(seq, None)
        kept = sorted(found.products)
        if products is not None:
            # Those with a full label first: they are the most telling.
            kept = sorted(
                sorted(kept, key=lambda seq: (seq not in found.details, draw("kept", seq)))[:products]
            )
        found.products = {seq: found.products[seq] for seq in kept}
        chosen = found.products.keys()
        found.pills = [row for row in found.pills if row["ITEM_SEQ"] in chosen]
        if products is None:
            return found
        found.amounts = {seq: amounts for seq, amounts in found.amounts.items() if seq in chosen}
        found.easy = [row for row in found.easy if row["itemSeq"] in chosen]
        found.notices = [row for row in found.notices if row["ITEM_SEQ"] in chosen]
        found.recalls = [row for row in found.recalls if row.get("ITEM_SEQ") in chosen]
        return found

    def _add(self, seq: str, values: Texts) -> None:
        if not _ITEM_SEQ.fullmatch(seq):
            return
        known = self._found.products.setdefault(seq, {})
        for name in _PRODUCT & values.keys():
            known.setdefault(name, values[name])

    def _listed(self, table: Iterable[Texts]) -> None:
        for row in table:
            seq, otc = row.get("ITEM_SEQ", ""), row.get("ETC_OTC_CODE", "")
            if {"의약외품", "한약재"} & {row.get("품목구분"), otc, row.get("MAKE_MATERIAL_FLAG")}:
                self._left_out.add(seq)
                continue
            status = row.get("CANCEL_NAME", "").removeprefix("행정(").removesuffix(")")
            more = {"CANCEL_NAME": status} if status else {}
            if otc:
                more |= {"ETC_OTC_CODE": otc.partition("(")[0], "RARE_DRUG_YN": "Y" if "희귀" in otc else "N"}
            if row.get("신약구분") == "Y":
                more["NEWDRUG_CLASS_NAME"] = "신약"
            self._add(seq, row | more)

    def _detailed(self, table: Iterable[Texts]) -> None:
        for row in table:
            seq = row["ITEM_SEQ"]
            self._found.details[seq] = row
            self._add(seq, row | {"ITEM_INGR_NAME": row.get("MAIN_INGR_ENG", "")})

    def _pill(self, table: Iterable[Texts]) -> None:
        for row in table:
            seq = row.get("ITEM_SEQ", "")
            otc = row.pop("ETC_OTC_CODE", "")
            otc = row.setdefault("ETC_OTC_NAME", {"01": "일반의약품", "02": "전문의약품"}.get(otc, otc))
            more = {"ETC_OTC_CODE": _plain_otc(otc)} if otc else {}
            more |= {"CLASS_CODE": row["CLASS_NO"]} if "CLASS_NO" in row else {}
            more |= {"FORM_NAME": row["FORM_CODE_NAME"]} if "FORM_CODE_NAME" in row else {}
            self._add(seq, row | more)
            if seq not in self._pills:
                self._pills.add(seq)
                self._found.pills.append(row)

    def _easily(self, table: Iterable[Texts]) -> None:
        for row in table:
            seq = row.get("itemSeq", "")
            if seq in self._easy:
                continue
            self._easy.add(seq)
            self._found.easy.append(row)
            product = {"ITEM_NAME": row.get("itemName", ""), "ENTP_NAME": row.get("entpName", "")}
            product |= {"ETC_OTC_CODE": "일반의약품", "BIZRNO": row.get("bizrno", "")}
            self._add(seq, {name: value for name, value in product.items() if value})

    def _noticed(self, table: Iterable[Texts]) -> None:
        for row in table:
            self._found.notices.append(row)
            more = {"ETC_OTC_CODE": row["ETC_OTC_NAME"]} if "ETC_OTC_NAME" in row else {}
            more |= {"CLASS_CODE": row["CLASS_CODE"].strip()} if "CLASS_CODE" in row else {}
            if "ITEM_PERMIT_DATE" in row:
                more["ITEM_PERMIT_DATE"] = day(row["ITEM_PERMIT_DATE"])
            self._add(row["ITEM_SEQ"], row | more)

    def _ruled(self, table: Iterable[Texts]) -> None:
        self._found.rules.extend(table)

    def _measured(self, table: Iterable[Texts]) -> None:
        amounts: defaultdict[str, list[Texts]] = defaultdict(list)
        for row in table:
            amounts[row["ITEM_SEQ"]].append(row)
        self._found.amounts |= amounts


def _named(row: Texts, names: dict[str, str]) -> Texts:
    """Give the cells that say something, under the API's names and with its dates."""
    # The same words stand in many files and cells: one text for all of them saves a quarter of the memory.
    found = {names.get(column, column): intern(value) for column, value in row.items() if value}
    for name in _DATES:
        # DUR 분할주의 writes `1971May6th`, and so does the API.
        if name in found and found[name][:4].isdigit() and not found[name][4:5].isalpha():
            found[name] = day(found[name].partition(" ")[0]) or found[name]
    return found


def _plain_otc(text: str) -> str:
    return next((word for word in ("일반의약품", "전문의약품") if text.startswith(word[:2])), text)
