"""The ministry's data sets and how each is recognised (pure).

The same data set comes as an API answer with English field names and as an export with Korean columns;
`columns` maps the latter to the former, so that there is one reading of each (see `rows`,
`rows_permit`, `rows_dur`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pillnuts.catalogue import columns, notices, rows, rows_dur, rows_permit
from pillnuts.catalogue.cells import Row
from pillnuts.catalogue.statements import Statement


@dataclass(frozen=True)
class Dataset:
    """One of the ministry's data sets."""

    title: str
    """How a page names it as a source."""
    signature: frozenset[str]
    """Field names that tell it from every other data set, after `columns` was applied."""
    read: Callable[[Row], Iterator[Statement]]
    columns: Mapping[str, str]
    """Column of an export → field name of the API."""
    rank: int = 0
    """Between facts of the same day, or of no day, the higher one wins."""
    dates: tuple[str, ...] = ()
    """Columns that tell how new a file is whose name does not say."""
    names_products: bool = True

    def statements(self, row: Row) -> Iterator[Statement]:
        """Say what one row says; raises `parse.ParseError` for an impossible value."""
        # No text in a database can hold U+0000; a damaged file may.
        return self.read(
            {self.columns.get(key, key): value.replace("\0", "").strip() for key, value in row.items()}
        )


def _set(*columns: str) -> frozenset[str]:
    return frozenset(columns)


NOTHING = Dataset("빈 답", frozenset(), rows.unused("빈 답"), {}, names_products=False)

# In the order of recognition: the first whose signature is in the header is it.
DATASETS: tuple[Dataset, ...] = (
    Dataset(
        "식약처 의약품등제품정보목록",
        _set("ITEM_SEQ", "품목구분", "주성분", "첨가제"),
        rows_permit.product_list,
        columns.LIST,
        rank=3,
    ),
    Dataset(
        "식약처 의약외품 허가정보",
        _set("ITEM_SEQ", "CLASS_NO_NAME", "EE_DOC_DATA"),
        rows_permit.quasi_drug,
        {},
    ),
    Dataset(
        "식약처 의약품 제품 허가정보",
        _set("ITEM_SEQ", "MATERIAL_NAME", "MAIN_ITEM_INGR"),
        rows_permit.permit_detail,
        columns.DETAIL,
        rank=5,
        dates=("CHANGE_DATE", "변경일자"),
    ),
    Dataset(
        "식약처 의약품 제품 허가정보",
        _set("ITEM_SEQ", "PRDUCT_TYPE", "SPCLTY_PBLC"),
        rows_permit.permit_list,
        {},
        rank=4,
        dates=("CANCEL_DATE",),
    ),
    Dataset(
        "식약처 e약은요",
        _set("itemSeq", "efcyQesitm"),
        rows.easy,
        columns.EASY,
        dates=("updateDe", "수정일자"),
    ),
    Dataset(
        "식약처 낱알식별정보",
        _set("ITEM_SEQ", "ITEM_IMAGE", "DRUG_SHAPE"),
        rows.pill,
        columns.PILL,
        rank=2,
        dates=("CHANGE_DATE", "변경일자", "IMG_REGIST_TS"),
    ),
    Dataset(
        rows_dur.DUR_PRODUCT,
        _set("ITEM_SEQ", "TYPE_CODE", "MATERIAL_NAME"),
        rows_dur.dur_item,
        {},
        dates=("CHANGE_DATE",),
    ),
    Dataset(
        rows_dur.DUR_PRODUCT,
        _set("ITEM_SEQ", "TYPE_NAME", "ITEM_NAME"),
        rows_dur.dur_product,
        {},
        dates=("CHANGE_DATE",),
    ),
    Dataset(
        notices.DUR_INGREDIENT,
        _set("TYPE_NAME", "INGR_CODE"),
        rows_dur.dur_ingredient,
        columns.DUR_EXPORT,
        dates=("NOTIFICATION_DATE", "고시일자"),
        names_products=False,
    ),
    Dataset(
        "식약처 의약품 주성분 정보",
        _set("ITEM_SEQ", "MTRAL_NM", "QNT"),
        rows.main_ingredient,
        {},
        names_products=False,
    ),
    Dataset(
        "식약처 1일 최대투여량",
        _set("CPNT_CD", "DAY_MAX_DOSG_QY"),
        rows_dur.max_dosage,
        {},
        names_products=False,
    ),
    Dataset(
        "식약처 회수·판매중지 정보",
        _set("ITEM_SEQ", "RTRVL_RESN"),
        rows.recall,
        {},
        dates=("RECALL_COMMAND_DATE",),
        names_products=False,
    ),
    Dataset(
        "식약처 안전성서한",
        _set("SAFT_LETT_NO", "PBANC_CONT"),
        rows.unused("안전성서한은 아직 쓰지 않음"),
        {},
        dates=("PBANC_YMD",),
        names_products=False,
    ),
    Dataset(
        "심평원 약가기준정보",
        _set("mdsCd", "mxCprc"),
        rows.unused("약가는 아직 쓰지 않음"),
        {},
        names_products=False,
    ),
    Dataset(
        "식약처 묶음의약품 정보",
        _set("trustItemName", "cnsgnItemSeq"),
        rows.unused("묶음의약품은 아직 쓰지 않음"),
        {},
        names_products=False,
    ),
)


def recognise(header: frozenset[str]) -> Dataset | None:
    """Tell which data set has these columns; None: none of them."""
    for dataset in DATASETS:
        if dataset.signature <= {dataset.columns.get(column, column) for column in header}:
            return dataset
    return None
