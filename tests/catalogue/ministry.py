"""Small files in the ministry's forms, written for the tests: no row of them is the ministry's."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

Row = Mapping[str, str]

LIST_COLUMNS = (
    "품목기준코드 제품명 제품영문명 업체명 허가일 품목구분 취소/취하 취소/취하일자 주성분 첨가제 "
    "전문의약품 완제/원료 허가/신고 모양 신약구분 표준코드명 ATC코드 주성분영문"
).split()


def listed(item_seq: str, name: str, **fields: str) -> dict[str, str]:
    """Write a row of 의약품등제품정보목록."""
    columns = {"active": "주성분", "additives": "첨가제", "status": "취소/취하", "english": "주성분영문"}
    row = dict.fromkeys(LIST_COLUMNS, "") | {
        "품목기준코드": item_seq,
        "제품명": name,
        "업체명": "새봄제약(주)",
        "허가일": "2020-01-02",
        "품목구분": "의약품",
        "취소/취하": "정상",
        "전문의약품": "일반의약품",
        "완제/원료": "완제의약품",
        "신약구분": "N",
    }
    return row | {columns.get(key, key): value for key, value in fields.items()}


def xlsx(path: Path, rows: Sequence[Row]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, column in enumerate(rows[0]):
            sheet.write_string(0, at, column)
        for number, row in enumerate(rows, start=1):
            for at, value in enumerate(row.values()):
                sheet.write_string(number, at, value)
    return path


def table(path: Path, rows: Sequence[Row], encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def answer(path: Path, items: object, code: str = "00") -> Path:
    """Write an API answer in the gateway's envelope."""
    body = {"header": {"resultCode": code, "resultMsg": ""}, "body": {"pageNo": 1, "items": items}}
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    return path


def permit(item_seq: str, name: str, **fields: str | None) -> dict[str, str | None]:
    """Write an item of 허가 상세."""
    row: dict[str, str | None] = {
        "ITEM_SEQ": item_seq,
        "ITEM_NAME": name,
        "ENTP_NAME": "새봄제약(주)",
        "ITEM_PERMIT_DATE": "20200102",
        "ETC_OTC_CODE": "일반의약품",
        "MATERIAL_NAME": "",
        "MAIN_ITEM_INGR": "",
        "INGR_NAME": None,
        "CANCEL_NAME": "정상",
        "CHANGE_DATE": "20260105",
    }
    return row | fields


def material(name: str, amount: str, unit: str = "밀리그램", total: str = "1정(300mg) 중") -> str:
    return f"총량 : {total}|성분명 : {name}|분량 : {amount}|단위 : {unit}|규격 : KP|성분정보 : |비고 : "


def dur_rule(code: str, name: str, members: str, **fields: str) -> dict[str, str]:
    columns = "TYPE_NAME MIX_TYPE INGR_CODE INGR_ENG_NAME INGR_NAME ORI_INGR FORM_NAME MAX_QTY"
    row = dict.fromkeys(columns.split(), "")
    return (
        row
        | {
            "TYPE_NAME": "용량주의",
            "MIX_TYPE": "단일",
            "INGR_CODE": code,
            "INGR_NAME": name,
            "ORI_INGR": members,
            "NOTIFICATION_DATE": "20200102",
            "DEL_YN": "정상",
        }
        | fields
    )
