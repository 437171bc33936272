"""The ministry's operations: path, parameters as each service spells them, fields in their order (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

Values = Mapping[str, str | None]
Packed = tuple[str | None, ...]


class Match(Enum):
    """How a parameter chooses rows."""

    EXACT = "="
    PART = "~"
    PREFIX = "^"
    SINCE = ">"
    UNTIL = "<"


@dataclass(frozen=True)
class Operation:
    """One operation; `fields` and `parameters` are spelled as the gateway spells them."""

    service: str
    """What a key is applied for, and calls are counted by."""
    name: str
    fields: tuple[str, ...]
    parameters: Mapping[str, tuple[str, Match]] = field(hash=False)
    """Parameter → the field it looks at, and how. Any other spelling is ignored without a word."""
    blank: frozenset[str] = frozenset()
    """Fields that are empty text and never null where nothing is known."""
    wrapped: bool = False
    """Whether each item stands in an object of its own: `[{"item": {…}}]`."""
    silent_from: int | None = None
    """The numOfRows from which the answer is an empty body."""

    @property
    def path(self) -> str:
        return f"/1471000/{self.service}/{self.name}"

    @property
    def item_field(self) -> str | None:
        """The field with the 품목기준코드; None: the operation knows no products."""
        return next((name for name in ("ITEM_SEQ", "itemSeq") if name in self.fields), None)

    def pack(self, values: Values) -> Packed:
        """Put values in the order of the fields, each absence as this operation writes it."""
        return tuple(values.get(name) or ("" if name in self.blank else None) for name in self.fields)

    def unpack(self, row: Packed) -> dict[str, str | None]:
        return dict(zip(self.fields, row, strict=True))


def _parameters(text: str) -> dict[str, tuple[str, Match]]:
    """Read `parameter=FIELD`, with the sign of `Match` between the two."""
    found = {}
    for word in text.split():
        sign = next(match for match in Match if match.value in word)
        name, _, column = word.partition(sign.value)
        found[name] = (column, sign)
    return found


_CHANGED: Final = "start_change_date>CHANGE_DATE end_change_date<CHANGE_DATE"

PERMIT_LIST: Final = Operation(
    "DrugPrdtPrmsnInfoService07",
    "getDrugPrdtPrmsnInq07",
    tuple(
        "ITEM_SEQ ITEM_NAME ITEM_ENG_NAME ENTP_NAME ENTP_ENG_NAME ENTP_SEQ ENTP_NO ITEM_PERMIT_DATE INDUTY "
        "PRDLST_STDR_CODE SPCLTY_PBLC PRDUCT_TYPE PRDUCT_PRMISN_NO ITEM_INGR_NAME ITEM_INGR_CNT "
        "BIG_PRDT_IMG_URL PERMIT_KIND_CODE CANCEL_DATE CANCEL_NAME EDI_CODE BIZRNO".split()
    ),
    _parameters(
        "item_name~ITEM_NAME entp_name~ENTP_NAME spclty_pblc=SPCLTY_PBLC induty=INDUTY "
        "prdlst_Stdr_code=PRDLST_STDR_CODE prduct_prmisn_no=PRDUCT_PRMISN_NO entp_seq=ENTP_SEQ "
        "entp_no=ENTP_NO edi_code~EDI_CODE item_ingr_name~ITEM_INGR_NAME bizrno=BIZRNO"
    ),
    blank=frozenset({"BIG_PRDT_IMG_URL"}),
)
PERMIT_DETAIL: Final = Operation(
    "DrugPrdtPrmsnInfoService07",
    "getDrugPrdtPrmsnDtlInq06",
    tuple(
        "ITEM_SEQ ITEM_NAME ENTP_NAME ITEM_PERMIT_DATE CNSGN_MANUF ETC_OTC_CODE CHART BAR_CODE MATERIAL_NAME "
        "EE_DOC_ID UD_DOC_ID NB_DOC_ID INSERT_FILE STORAGE_METHOD VALID_TERM REEXAM_TARGET REEXAM_DATE "
        "PACK_UNIT EDI_CODE PERMIT_KIND_NAME ENTP_NO MAKE_MATERIAL_FLAG NEWDRUG_CLASS_NAME INDUTY_TYPE "
        "CANCEL_DATE CANCEL_NAME CHANGE_DATE NARCOTIC_KIND_CODE GBN_NAME TOTAL_CONTENT EE_DOC_DATA "
        "UD_DOC_DATA NB_DOC_DATA PN_DOC_DATA MAIN_ITEM_INGR INGR_NAME ATC_CODE ITEM_ENG_NAME ENTP_ENG_NAME "
        "MAIN_INGR_ENG BIZRNO RARE_DRUG_YN".split()
    ),
    _parameters(
        "item_seq=ITEM_SEQ item_name~ITEM_NAME entp_name~ENTP_NAME item_permit_date=ITEM_PERMIT_DATE "
        "entp_no=ENTP_NO bar_code~BAR_CODE edi_code~EDI_CODE atc_code~ATC_CODE bizrno=BIZRNO "
        f"rare_drug_yn=RARE_DRUG_YN main_item_ingr~MAIN_ITEM_INGR {_CHANGED}"
    ),
    blank=frozenset(
        "CHART BAR_CODE MATERIAL_NAME INSERT_FILE STORAGE_METHOD VALID_TERM PACK_UNIT NEWDRUG_CLASS_NAME "
        "GBN_NAME TOTAL_CONTENT".split()
    ),
)
MAIN_INGREDIENT: Final = Operation(
    "DrugPrdtPrmsnInfoService07",
    "getDrugPrdtMcpnDtlInq07",
    tuple(
        "ENTRPS_PRMISN_NO ENTRPS PRDUCT MTRAL_SN MTRAL_CODE MTRAL_NM QNT INGD_UNIT_CD ITEM_SEQ MAIN_INGR_ENG "
        "BIZRNO CPNT_CTNT_CONT TAMT_SEQ".split()
    ),
    _parameters(
        "Prduct~PRDUCT Entrps~ENTRPS Entrps_prmisn_no=ENTRPS_PRMISN_NO Bizrno=BIZRNO",
    ),
)
PILL: Final = Operation(
    "MdcinGrnIdntfcInfoService03",
    "getMdcinGrnIdntfcInfoList03",
    tuple(
        "ITEM_SEQ ITEM_NAME ENTP_SEQ ENTP_NAME CHART ITEM_IMAGE PRINT_FRONT PRINT_BACK DRUG_SHAPE "
        "COLOR_CLASS1 COLOR_CLASS2 LINE_FRONT LINE_BACK LENG_LONG LENG_SHORT THICK IMG_REGIST_TS CLASS_NO "
        "CLASS_NAME ETC_OTC_NAME ITEM_PERMIT_DATE FORM_CODE_NAME MARK_CODE_FRONT_ANAL MARK_CODE_BACK_ANAL "
        "MARK_CODE_FRONT_IMG MARK_CODE_BACK_IMG ITEM_ENG_NAME CHANGE_DATE MARK_CODE_FRONT MARK_CODE_BACK "
        "EDI_CODE BIZRNO STD_CD".split()
    ),
    _parameters(
        "item_name~ITEM_NAME entp_name~ENTP_NAME item_seq=ITEM_SEQ img_regist_ts=IMG_REGIST_TS "
        "edi_code~EDI_CODE bizrno=BIZRNO chart~CHART form_code_name~FORM_CODE_NAME"
    ),
    blank=frozenset(
        "MARK_CODE_FRONT_ANAL MARK_CODE_BACK_ANAL MARK_CODE_FRONT_IMG MARK_CODE_BACK_IMG".split()
    ),
)
EASY: Final = Operation(
    "DrbEasyDrugInfoService",
    "getDrbEasyDrugList",
    tuple(
        "entpName itemName itemSeq efcyQesitm useMethodQesitm atpnWarnQesitm atpnQesitm intrcQesitm seQesitm "
        "depositMethodQesitm openDe updateDe itemImage bizrno".split()
    ),
    _parameters(
        "entpName~entpName itemName~itemName itemSeq=itemSeq efcyQesitm~efcyQesitm "
        "useMethodQesitm~useMethodQesitm atpnWarnQesitm~atpnWarnQesitm atpnQesitm~atpnQesitm "
        "intrcQesitm~intrcQesitm seQesitm~seQesitm depositMethodQesitm~depositMethodQesitm "
        "openDe^openDe updateDe^updateDe"
    ),
)
RECALLS: Final = Operation(
    "MdcinRtrvlSleStpgeInfoService04",
    "getMdcinRtrvlSleStpgelList03",
    tuple(
        "PRDUCT ENTRPS RTRVL_RESN ENFRC_YN RTRVL_CMMND_DT RECALL_COMMAND_DATE ITEM_SEQ BIZRNO STD_CD".split()
    ),
    _parameters("Prduct~PRDUCT Entrps~ENTRPS Rtrvl_resn~RTRVL_RESN item_seq=ITEM_SEQ bizrno=BIZRNO"),
    wrapped=True,
)
DAILY_MAXIMUM: Final = Operation(
    "DayMaxDosgQyByIngdService",
    "getDayMaxDosgQyByIngdInq",
    tuple(
        "CPNT_CD DRUG_CPNT_KOR_NM DRUG_CPNT_ENG_NM FOML_CD FOML_NM DOSAGE_ROUTE_CODE DAY_MAX_DOSG_QY_UNIT "
        "DAY_MAX_DOSG_QY".split()
    ),
    _parameters(
        "CPNT_CD=CPNT_CD DRUG_CPNT_KOR_NM~DRUG_CPNT_KOR_NM DRUG_CPNT_ENG_NM~DRUG_CPNT_ENG_NM "
        "FOML_CD=FOML_CD FOML_NM~FOML_NM DOSAGE_ROUTE_CODE~DOSAGE_ROUTE_CODE"
    ),
)
SAFETY_LETTERS: Final = Operation(
    "DrugSafeLetterService02",
    "getDrugSafeLetterList02",
    tuple(
        "SAFT_LETT_NO TITLE PBANC_NO PBANC_DIVS_CD PBANC_DIVS_NM PBANC_YMD RLS_BGNG_YMD SUMRY_CONT "
        "PBANC_CONT ACTN_MTTR_CONT INQ_CNT RGSTN_ID CHRG_DEP ATTACH_FILE_URL".split()
    ),
    _parameters("TITLE~TITLE"),
)

# ── DUR ──────────────────────────────────────────────────────────────────────────────────────

_FIRST_SILENT: Final = 600
_BY_PRODUCT: Final = f"itemSeq=ITEM_SEQ itemName~ITEM_NAME ingrCode=INGR_CODE typeName=TYPE_NAME {_CHANGED} "


def _dur_product(name: str, fields: str, more: str = "", *, own: str = _BY_PRODUCT) -> Operation:
    return Operation(
        "DURPrdlstInfoService03",
        name,
        tuple(fields.split()),
        _parameters(own + more),
        silent_from=_FIRST_SILENT,
    )


_NOTICE: Final = (
    "TYPE_NAME MIX_TYPE INGR_CODE INGR_ENG_NAME INGR_NAME MIX_INGR FORM_NAME ITEM_SEQ ITEM_NAME "
    "ITEM_PERMIT_DATE ENTP_NAME CHART CLASS_CODE CLASS_NAME ETC_OTC_NAME MAIN_INGR NOTIFICATION_DATE "
    "PROHBT_CONTENT REMARK INGR_ENG_NAME_FULL CHANGE_DATE"
)
DUR_ITEMS: Final = _dur_product(
    "getDurPrdlstInfoList03",
    "ITEM_SEQ ITEM_NAME ENTP_NAME ITEM_PERMIT_DATE ETC_OTC_CODE CLASS_NO CHART BAR_CODE MATERIAL_NAME "
    "EE_DOC_ID UD_DOC_ID NB_DOC_ID INSERT_FILE STORAGE_METHOD VALID_TERM REEXAM_TARGET REEXAM_DATE PACK_UNIT "
    "EDI_CODE CANCEL_DATE CANCEL_NAME TYPE_CODE TYPE_NAME CHANGE_DATE BIZRNO",
    own=f"itemSeq=ITEM_SEQ itemName~ITEM_NAME entpName~ENTP_NAME typeName~TYPE_NAME bizrno=BIZRNO {_CHANGED}",
)
DUR_PRODUCT: Final[Mapping[str, Operation]] = {
    "병용금기": _dur_product(
        "getUsjntTabooInfoList03",
        "DUR_SEQ TYPE_CODE TYPE_NAME MIX INGR_CODE INGR_KOR_NAME INGR_ENG_NAME MIX_INGR ITEM_SEQ ITEM_NAME "
        "ENTP_NAME CHART FORM_CODE ETC_OTC_CODE CLASS_CODE FORM_NAME ETC_OTC_NAME CLASS_NAME MAIN_INGR "
        "MIXTURE_DUR_SEQ MIXTURE_MIX MIXTURE_INGR_CODE MIXTURE_INGR_KOR_NAME MIXTURE_INGR_ENG_NAME "
        "MIXTURE_ITEM_SEQ MIXTURE_ITEM_NAME MIXTURE_ENTP_NAME MIXTURE_FORM_CODE MIXTURE_ETC_OTC_CODE "
        "MIXTURE_CLASS_CODE MIXTURE_FORM_NAME MIXTURE_ETC_OTC_NAME MIXTURE_CLASS_NAME MIXTURE_MAIN_INGR "
        "NOTIFICATION_DATE PROHBT_CONTENT REMARK ITEM_PERMIT_DATE MIXTURE_ITEM_PERMIT_DATE MIXTURE_CHART "
        "CHANGE_DATE MIXTURE_CHANGE_DATE BIZRNO",
        "bizrno=BIZRNO",
    ),
    "임부금기": _dur_product("getPwnmTabooInfoList03", _NOTICE),
    "특정연령대금기": _dur_product("getSpcifyAgrdeTabooInfoList03", _NOTICE),
    "노인주의": _dur_product("getOdsnAtentInfoList03", _NOTICE),
    "용량주의": _dur_product("getCpctyAtentInfoList03", _NOTICE),
    "투여기간주의": _dur_product("getMdctnPdAtentInfoList03", _NOTICE),
    "효능군중복": _dur_product(
        "getEfcyDplctInfoList03",
        "DUR_SEQ EFFECT_NAME TYPE_NAME INGR_CODE INGR_NAME INGR_ENG_NAME FORM_CODE_NAME MIX MIX_INGR "
        "ITEM_SEQ ITEM_NAME ITEM_PERMIT_DATE CHART ENTP_NAME FORM_CODE FORM_NAME ETC_OTC_CODE ETC_OTC_NAME "
        "CLASS_CODE CLASS_NAME MAIN_INGR NOTIFICATION_DATE PROHBT_CONTENT REMARK INGR_ENG_NAME_FULL "
        "CHANGE_DATE BIZRNO SERS_NAME",
        "bizrno=BIZRNO",
    ),
    "분할주의": _dur_product(
        "getSeobangjeongPartitnAtentInfoList03",
        "TYPE_NAME ITEM_SEQ ITEM_NAME ITEM_PERMIT_DATE FORM_CODE_NAME ENTP_NAME CHART CLASS_CODE CLASS_NAME "
        "ETC_OTC_NAME MIX MAIN_INGR PROHBT_CONTENT REMARK CHANGE_DATE BIZRNO",
        own=f"itemSeq=ITEM_SEQ itemName~ITEM_NAME entpName~ENTP_NAME typeName=TYPE_NAME {_CHANGED}",
    ),
}
"""By TYPE_NAME; 품목 itself, which knows every type, is `DUR_ITEMS`."""


def _dur_ingredient(name: str, fields: str, named: str = "ingrName~INGR_NAME") -> Operation:
    return Operation(
        "DURIrdntInfoService03",
        name,
        tuple(fields.split()),
        _parameters(f"typeName=TYPE_NAME ingrCode=INGR_CODE {named}"),
        wrapped=True,
        silent_from=_FIRST_SILENT,
    )


_RULE: Final = "DUR_SEQ TYPE_NAME MIX_TYPE INGR_CODE INGR_ENG_NAME INGR_NAME MIX_INGR ORI_INGR"
_NOTIFIED: Final = "NOTIFICATION_DATE PROHBT_CONTENT REMARK DEL_YN"
DUR_INGREDIENT: Final[Mapping[str, Operation]] = {
    "병용금기": _dur_ingredient(
        "getUsjntTabooInfoList02",
        "TYPE_NAME MIX_TYPE INGR_CODE INGR_ENG_NAME INGR_KOR_NAME MIX ORI CLASS MIXTURE_MIX_TYPE "
        "MIXTURE_INGR_CODE MIXTURE_INGR_ENG_NAME MIXTURE_INGR_KOR_NAME MIXTURE_MIX MIXTURE_ORI MIXTURE_CLASS "
        + _NOTIFIED,
        "ingrKorName~INGR_KOR_NAME",
    ),
    "임부금기": _dur_ingredient("getPwnmTabooInfoList02", f"{_RULE} CLASS_NAME FORM_NAME GRADE {_NOTIFIED}"),
    "특정연령대금기": _dur_ingredient(
        "getSpcifyAgrdeTabooInfoList02", f"{_RULE} CLASS_NAME FORM_NAME {_NOTIFIED} AGE_BASE"
    ),
    "노인주의": _dur_ingredient("getOdsnAtentInfoList02", f"{_RULE} FORM_NAME {_NOTIFIED}"),
    "용량주의": _dur_ingredient(
        "getCpctyAtentInfoList02", f"{_RULE} CLASS_NAME FORM_NAME MAX_QTY {_NOTIFIED}"
    ),
    "투여기간주의": _dur_ingredient(
        "getMdctnPdAtentInfoList02", f"{_RULE} CLASS_NAME FORM_NAME MAX_DOSAGE_TERM {_NOTIFIED}"
    ),
    "효능군중복": _dur_ingredient(
        "getEfcyDplctInfoList02", f"{_RULE} CLASS_NAME EFFECT_CODE {_NOTIFIED} SERS_NAME"
    ),
}

OPERATIONS: Final[tuple[Operation, ...]] = (
    PERMIT_LIST,
    PERMIT_DETAIL,
    MAIN_INGREDIENT,
    PILL,
    EASY,
    DUR_ITEMS,
    *DUR_PRODUCT.values(),
    *DUR_INGREDIENT.values(),
    RECALLS,
    DAILY_MAXIMUM,
    SAFETY_LETTERS,
)
BY_PATH: Final[Mapping[str, Operation]] = {operation.path: operation for operation in OPERATIONS}
BY_NAME: Final[Mapping[str, Operation]] = {operation.name: operation for operation in OPERATIONS}
