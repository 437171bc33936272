"""What a full catalogue asks of the ministry: one operation of one service each (pure).

Service and operation versions are raised independently of each other, and an old path then answers "no such
service": paths are settings, these are the defaults (as of 2026-11). Each data set of the portal has its own
application and its own daily number of calls, which its operations share.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pillnuts.catalogue import parse
from pillnuts.catalogue.envelope import Item

PAGE_SIZE: Final = 100
"""Rows a page: accepted by every operation; some took 500 when it was tried."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked, page by page."""

    name: str
    title: str
    dataset: str
    """Number of the data set on the portal: what is applied for, and what has a daily number of calls."""
    path: str
    """After the base address."""
    column: str
    """A column that every row has."""
    item: str | None = None
    """The parameter that asks for one product; its rows then have the same in `column`."""
    kind: str | None = None
    """What every row has in TYPE_NAME."""
    changes: bool = False
    """It can be asked for what changed between two days; its rows tell when, in CHANGE_DATE, and a product's
    rows change together."""
    listed_by: str | None = None
    """An operation that is read whole every time and has the same products, by the same column."""
    size: int = PAGE_SIZE

    @property
    def portal(self) -> str:
        """Where a person applies for it."""
        return f"https://www.data.go.kr/data/{self.dataset}/openapi.do"


def _permit(name: str, title: str, path: str, item: str | None, listed_by: str | None = None) -> Operation:
    path = f"/DrugPrdtPrmsnInfoService07/{path}"
    changes = listed_by is not None
    return Operation(name, title, "15095677", path, "ITEM_SEQ", item, changes=changes, listed_by=listed_by)


def _by_product(name: str, kind: str, path: str) -> Operation:
    return Operation(
        f"dur_product_{name}",
        f"DUR 품목 {kind}",
        "15059486",
        f"/DURPrdlstInfoService03/{path}",
        "ITEM_SEQ",
        "itemSeq",
        kind,
        changes=True,
    )


def _by_ingredient(name: str, kind: str, path: str) -> Operation:
    path = f"/DURIrdntInfoService03/{path}"
    return Operation(f"dur_ingredient_{name}", f"DUR 성분 {kind}", "15056780", path, "INGR_CODE", None, kind)


# The few calls that much depends on come first, the thousands for 병용금기 of each two products last.
OPERATIONS: Final[tuple[Operation, ...]] = (
    _permit("permit_list", "허가 목록", "getDrugPrdtPrmsnInq07", "prdlst_Stdr_code"),
    _permit("permit_detail", "허가 상세", "getDrugPrdtPrmsnDtlInq06", "item_seq", "permit_list"),
    _permit("main_ingredient", "주성분", "getDrugPrdtMcpnDtlInq07", None),
    Operation(
        "pill",
        "낱알식별",
        "15057639",
        "/MdcinGrnIdntfcInfoService03/getMdcinGrnIdntfcInfoList03",
        "ITEM_SEQ",
        "item_seq",
    ),
    Operation(
        "easy", "e약은요", "15075057", "/DrbEasyDrugInfoService/getDrbEasyDrugList", "itemSeq", "itemSeq"
    ),
    Operation(
        "recall",
        "회수·판매중지",
        "15059114",
        "/MdcinRtrvlSleStpgeInfoService04/getMdcinRtrvlSleStpgelList03",
        "ITEM_SEQ",
        "item_seq",
    ),
    Operation(
        "daily_maximum",
        "1일 최대투여량",
        "15098095",
        "/DayMaxDosgQyByIngdService/getDayMaxDosgQyByIngdInq",
        "CPNT_CD",
    ),
    Operation(
        "safety_letter",
        "안전성서한",
        "15059182",
        "/DrugSafeLetterService02/getDrugSafeLetterList02",
        "SAFT_LETT_NO",
    ),
    _by_ingredient("combined", "병용금기", "getUsjntTabooInfoList02"),
    _by_ingredient("pregnancy", "임부금기", "getPwnmTabooInfoList02"),
    _by_ingredient("age", "특정연령대금기", "getSpcifyAgrdeTabooInfoList02"),
    _by_ingredient("dose", "용량주의", "getCpctyAtentInfoList02"),
    _by_ingredient("duration", "투여기간주의", "getMdctnPdAtentInfoList02"),
    _by_ingredient("elderly", "노인주의", "getOdsnAtentInfoList02"),
    _by_ingredient("group", "효능군중복", "getEfcyDplctInfoList02"),
    _by_product("pregnancy", "임부금기", "getPwnmTabooInfoList03"),
    _by_product("age", "특정연령대금기", "getSpcifyAgrdeTabooInfoList03"),
    _by_product("dose", "용량주의", "getCpctyAtentInfoList03"),
    _by_product("duration", "투여기간주의", "getMdctnPdAtentInfoList03"),
    _by_product("elderly", "노인주의", "getOdsnAtentInfoList03"),
    _by_product("group", "효능군중복", "getEfcyDplctInfoList03"),
    _by_product("split", "분할주의", "getSeobangjeongPartitnAtentInfoList03"),
    _by_product("combined", "병용금기", "getUsjntTabooInfoList03"),
)


class UnknownOperationError(ValueError):
    """No operation has that name; the message is a Korean sentence."""

    def __init__(self, name: str) -> None:
        known = ", ".join(operation.name for operation in OPERATIONS)
        super().__init__(f"“{name}”: 그런 이름의 자료는 없습니다. 쓸 수 있는 이름: {known}")


def configured(paths: Mapping[str, str], size: int = PAGE_SIZE) -> tuple[Operation, ...]:
    """Every operation, at other paths where some are given by name; raises `UnknownOperationError`."""
    for name in paths:
        chosen(OPERATIONS, [name], exactly=True)
    return tuple(
        replace(operation, path=f"/{paths.get(operation.name, operation.path).lstrip('/')}", size=size)
        for operation in OPERATIONS
    )


def chosen(
    operations: Iterable[Operation], names: Sequence[str], *, exactly: bool = False
) -> tuple[Operation, ...]:
    """Choose by name or by its beginning (`dur_product`, `permit`); raises `UnknownOperationError`."""
    operations = tuple(operations)
    found = set()
    for name in names:
        fitting = {
            operation.name
            for operation in operations
            if operation.name == name or (operation.name.startswith(f"{name}_") and not exactly)
        }
        if not fitting:
            raise UnknownOperationError(name)
        found |= fitting
    return tuple(operation for operation in operations if operation.name in found)


@dataclass(frozen=True)
class Asked:
    """Which rows of an operation are wanted: all, what changed between two days, or one product's."""

    since: date | None = None
    until: date | None = None
    item_seq: str | None = None

    def parameters(self, operation: Operation) -> dict[str, str]:
        """How it is said to the gateway, which ignores silently what it does not know."""
        said = {}
        if self.since:
            said["start_change_date"] = self.since.strftime("%Y%m%d")
        if self.until:
            said["end_change_date"] = self.until.strftime("%Y%m%d")
        if operation.item and self.item_seq:
            said[operation.item] = self.item_seq
        return said

    def refusal(self, operation: Operation, row: Item) -> str | None:
        """Say why a row is not what was asked for; None: it is."""
        if operation.column not in row:
            return f"{operation.title}의 행이 아닙니다({operation.column} 없음)."
        if self.item_seq and str(row[operation.column]).strip() != self.item_seq:
            return f"{self.item_seq}을 물었는데 {row[operation.column]}의 행이 왔습니다."
        if operation.kind and str(row.get("TYPE_NAME") or "").strip() != operation.kind:
            return f"{operation.kind}를 물었는데 {row.get('TYPE_NAME')}의 행이 왔습니다."
        if self.since and not _changed(row, self.since):
            return f"{self.since} 뒤에 바뀐 것을 물었는데 {row.get('CHANGE_DATE')}의 행이 왔습니다."
        return None


EVERYTHING: Final = Asked()


def _changed(row: Item, since: date) -> bool:
    try:
        day = parse.date(str(row.get("CHANGE_DATE") or ""))
    except parse.ParseError:
        return False
    return day is not None and day >= since
