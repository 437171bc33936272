"""A label that changed: two folders of the ministry's files, one to be imported after the other."""

from pathlib import Path
from typing import Final

from tests.catalogue import ministry

CHANGED: Final = "202000001"
"""Its usage and its cautions changed, and it was called back twice."""
UNCHANGED: Final = "202000002"
WITHDRAWN: Final = "202000003"
_LINES: Final = "".join(
    f"{number}) 드물게 나타날 수 있는 이상반응을 적은 줄입니다.\n" for number in range(1, 31)
)
_TABLE: Final = "<table><tr><td>이상반응</td><td>이 약</td></tr><tr><td>두통</td><td>{}</td></tr></table>"


def earlier(folder: Path) -> Path:
    return _write(folder, "1회 500mg을 1일 3회 복용합니다.", "1.5", "20260105", "")


def later(folder: Path) -> Path:
    history = "용법용량변경, 2026-03-01/성상변경, 2020-01-02"
    return _write(folder, "1회 650mg을 1일 2회 복용합니다.", "2.5", "20260301", history)


def _write(folder: Path, usage: str, share: str, day: str, history: str) -> Path:
    folder.mkdir(parents=True)
    cautions = f"1. 경고\n{_LINES}{_TABLE.format(share)}"
    ministry.answer(
        folder / "detail.json",
        [
            ministry.permit(
                CHANGED,
                "새봄정",
                UD_DOC_DATA=_document("용법용량", usage),
                NB_DOC_DATA=_document("사용상의주의사항", *cautions.split("\n")),
                MAIN_ITEM_INGR="[M900001]가나펜",
                MATERIAL_NAME=ministry.material("가나펜", "500"),
                CHANGE_DATE=day,
                GBN_NAME=history,
            ),
            ministry.permit(
                UNCHANGED,
                "봄비정",
                MAIN_ITEM_INGR="[M900001]가나펜",
                MATERIAL_NAME=ministry.material("가나펜", "300"),
            ),
            ministry.permit(WITHDRAWN, "옛봄정", CANCEL_NAME="취하", CANCEL_DATE="20230501"),
        ],
    )
    ministry.table(
        folder / "recalls.csv",
        [
            _recall("성상 부적합에 따른 영업자 회수", "N", "20240203"),
            _recall("함량 부적합", "Y", "20260202"),
        ],
    )
    return folder


def _recall(reason: str, enforced: str, day: str) -> dict[str, str]:
    return {
        "PRDUCT": "새봄정",
        "RTRVL_RESN": reason,
        "ENFRC_YN": enforced,
        "RECALL_COMMAND_DATE": day,
        "ITEM_SEQ": CHANGED,
    }


def _document(title: str, *paragraphs: str) -> str:
    body = "".join(f'<PARAGRAPH tagName="p"><![CDATA[{text}]]></PARAGRAPH>' for text in paragraphs if text)
    return f'<DOC title="{title}"><SECTION title=""><ARTICLE title="">{body}</ARTICLE></SECTION></DOC>'
