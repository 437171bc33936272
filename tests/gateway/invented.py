"""A small ministry of invented products, for whoever has none of the real files."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from .compose import ministry
from .known import Known, Texts, english_day
from .ministry import Ministry


class _Substance(NamedTuple):
    code: str
    dur: str
    name: str
    english: str
    class_code: str
    class_name: str
    strengths: tuple[int, ...]
    etc_otc: str = "전문의약품"


_SUBSTANCES: Final = (
    _Substance(
        "M900001", "D900001", "가람페낙", "Garamfenac", "01140", "해열.진통.소염제", (25, 50), "일반의약품"
    ),
    _Substance(
        "M900002", "D900002", "노을세틴", "Noeulcetine", "01410", "항히스타민제", (5, 10), "일반의약품"
    ),
    _Substance("M900003", "D900003", "다온스타틴", "Daonstatin", "02180", "동맥경화용제", (10, 20, 40)),
    _Substance("M900004", "D900004", "라온프라졸", "Raonprazole", "02320", "소화성궤양용제", (20, 40)),
    _Substance("M900005", "D900005", "마루사르탄", "Marusartan", "02140", "혈압강하제", (80, 160)),
)
_MAKERS: Final = ("새봄제약(주)", "(주)한빛약품", "온누리제약(주)")
_BRANDS: Final = ("봄빛", "한결", "누리", "다솜", "미르", "아라", "가온")
_FORMS: Final = (("010201", "필름코팅정", "정"), ("020101", "경질캡슐제, 산제", "캡슐"))
_ADDITIVES: Final = "[M900101]미결정셀룰로오스|[M900102]스테아르산마그네슘|[M900103]유당수화물"
DEFAULT_PRODUCTS: Final = 40


def invented(products: int = DEFAULT_PRODUCTS) -> Ministry:
    """Make a ministry of so many products, always the same; every operation has rows."""
    known = Known(rules=list(_rules()), maxima=list(_maxima()), letters=letters())
    for number in range(products):
        _add(known, number)
    return ministry(known)


def _add(known: Known, number: int) -> None:
    substance = _SUBSTANCES[number % len(_SUBSTANCES)]
    strength = substance.strengths[number % len(substance.strengths)]
    form_code, form, ending = _FORMS[number // 3 % len(_FORMS)]
    seq = str((2000 + number % 20) * 100_000 + number * 101)
    otc = substance.etc_otc == "일반의약품"
    day = f"{seq[:4]}{number % 12 + 1:02}{number % 28 + 1:02}"
    values = {
        "ITEM_NAME": f"{_BRANDS[number % len(_BRANDS)]}{number}{ending}{strength}밀리그램({substance.name})",
        "ITEM_ENG_NAME": f"Invented {number} {substance.english}",
        "ENTP_NAME": _MAKERS[number % len(_MAKERS)],
        "ENTP_SEQ": f"2000000{number % len(_MAKERS)}",
        "ENTP_NO": f"900{number % len(_MAKERS)}",
        "ITEM_PERMIT_DATE": day,
        "ETC_OTC_CODE": substance.etc_otc,
        "CANCEL_NAME": "취하" if number % 17 == 5 else "정상",
        "BAR_CODE": f"8809{number:09}",
        "ITEM_INGR_NAME": substance.english,
        "MAKE_MATERIAL_FLAG": "완제의약품",
        "PERMIT_KIND_NAME": "신고" if otc else "허가",
        "RARE_DRUG_YN": "N",
        "CHART": f"흰색의 {form}",
        "CLASS_CODE": substance.class_code,
        "CLASS_NAME": substance.class_name,
        "FORM_CODE": form_code,
        "FORM_NAME": form,
        "EDI_CODE": f"{990_000_000 + number}",
        "CHANGE_DATE": f"2026{number % 6 + 1:02}{number % 28 + 1:02}",
        "BIZRNO": f"99900000{number % len(_MAKERS):02}",
        "MAIN_INGR": f"[{substance.code}]{substance.name}",
    }
    if values["CANCEL_NAME"] != "정상":
        values["CANCEL_DATE"] = "20260105"
    known.products[seq] = values
    known.amounts[seq] = [
        {"ITEM_SEQ": seq, "MTRAL_NM": substance.name, "QNT": str(strength), "INGD_UNIT_CD": "밀리그램"}
    ]
    known.details[seq] = _detail(seq, values, substance, f"{strength}.0")
    known.pills.append(_pill(seq, values))
    known.notices.extend(_notices(seq, values, substance))
    if otc:
        known.easy.append(_easy(seq, values))
    if number % 13 == 4:
        known.recalls.append(_recall(seq, values))


def document(kind: str, title: str, *paragraphs: str) -> str:
    """Write a label document as the permit detail holds it."""
    inside = "\r\n".join(
        f'      <PARAGRAPH tagName="p" textIndent="0" marginLeft="0"><![CDATA[{text}]]></PARAGRAPH>'
        for text in paragraphs
    )
    return (
        f'<DOC title="{title}" type="{kind}">\r\n  <SECTION title="">\r\n    <ARTICLE title="">\r\n'
        f"{inside}\r\n    </ARTICLE>\r\n  </SECTION>\r\n</DOC>"
    )


def _detail(seq: str, values: Texts, substance: _Substance, amount: str) -> Texts:
    record = f"성분명 : {substance.name}|분량 : {amount}|단위 : 밀리그램|규격 : KP|성분정보 : |비고 :"
    changed = values["CHANGE_DATE"]
    addresses = {
        f"{kind}_DOC_ID": f"HTTPS://NEDRUG.MFDS.GO.KR/PBP/CMN/PDFDOWNLOAD/{seq}/{kind}" for kind in _KINDS
    }
    return (
        values
        | addresses
        | {
            "ITEM_SEQ": seq,
            "MATERIAL_NAME": f"총량 : 1정(200mg) 중|{record}",
            "TOTAL_CONTENT": "1정(200mg) 중",
            "STORAGE_METHOD": "기밀용기, 실온(1~30℃)보관",
            "VALID_TERM": "제조일로부터 36 개월",
            "PACK_UNIT": "30정/병, 300정/병",
            "INDUTY_TYPE": "의약품",
            "MAIN_ITEM_INGR": values["MAIN_INGR"],
            "MAIN_INGR_ENG": substance.english,
            "INGR_NAME": _ADDITIVES,
            "GBN_NAME": f"효능·효과, {changed[:4]}-{changed[4:6]}-{changed[6:]}/제품명칭변경, 2019-01-07",
            "EE_DOC_DATA": document("EE", "효능효과", f"{substance.class_name}로 쓴다."),
            "UD_DOC_DATA": document(
                "UD", "용법용량", "성인 1회 1정, 1일 2회 복용한다.", "크레아티닌 청소율 &lt; 10mL/min"
            ),
            "NB_DOC_DATA": document(
                "NB", "사용상의주의사항", "이 약에 과민증이 있는 환자", "임부 또는 수유부"
            ),
        }
    )


_KINDS: Final = ("EE", "UD", "NB")


def _pill(seq: str, values: Texts) -> Texts:
    looks = {
        "ITEM_SEQ": seq,
        "ITEM_IMAGE": f"https://nedrug.mfds.go.kr/pbp/cmn/itemImageDownload/{seq}",
        "PRINT_FRONT": f"P{seq[-3:]}",
        "DRUG_SHAPE": "장방형" if values["FORM_NAME"].endswith("산제") else "원형",
        "COLOR_CLASS1": "하양",
        "LENG_LONG": "9.1",
        "LENG_SHORT": "4.5",
        "THICK": "3.4",
        "IMG_REGIST_TS": "20240829",
        "CLASS_NO": values["CLASS_CODE"],
        "ETC_OTC_NAME": values["ETC_OTC_CODE"],
        "FORM_CODE_NAME": values["FORM_NAME"],
    }
    return values | looks


def _easy(seq: str, values: Texts) -> Texts:
    return {
        "itemSeq": seq,
        "itemName": values["ITEM_NAME"],
        "entpName": values["ENTP_NAME"],
        "efcyQesitm": "이 약은 통증과 열에 사용합니다.\n",
        "useMethodQesitm": "성인은 1회 1정, 1일 2회 복용합니다.\n\n복용 간격은 6시간 이상으로 합니다.\n",
        "atpnQesitm": "이 약에 과민증이 있는 사람은 복용하지 마십시오.\n",
        "depositMethodQesitm": "습기와 빛을 피해 실온에서 보관하십시오.\n",
        "openDe": "20210129",
        "updateDe": "2024-05-09",
        "bizrno": values["BIZRNO"],
    }


def _notices(seq: str, values: Texts, substance: _Substance) -> Iterator[Texts]:
    common = values | {
        "ITEM_SEQ": seq,
        "MIX_TYPE": "단일",
        "MIX": "단일",
        "INGR_CODE": substance.dur,
        "INGR_NAME": substance.name,
        "INGR_ENG_NAME": substance.english,
        "INGR_ENG_NAME_FULL": f"{substance.english}({substance.name})",
        "ETC_OTC_NAME": values["ETC_OTC_CODE"],
        "ETC_OTC_CODE": "01" if substance.etc_otc == "일반의약품" else "02",
        "FORM_CODE_NAME": values["FORM_NAME"],
        "NOTIFICATION_DATE": "20200924",
    }
    for kind in ("특정연령대금기", "노인주의", "용량주의", "투여기간주의"):
        yield common | {"TYPE_NAME": kind, "PROHBT_CONTENT": f"{substance.name} {max(substance.strengths)}mg"}
    group = {"DUR_SEQ": "9001", "EFFECT_NAME": substance.class_name, "SERS_NAME": substance.class_name}
    yield common | group | {"TYPE_NAME": "효능군중복"}
    permitted = {"ITEM_PERMIT_DATE": english_day(values["ITEM_PERMIT_DATE"])}
    yield common | permitted | {"TYPE_NAME": "분할주의", "PROHBT_CONTENT": "분할불가"}


def _recall(seq: str, values: Texts) -> Texts:
    return {
        "PRDUCT": values["ITEM_NAME"],
        "ENTRPS": values["ENTP_NAME"],
        "RTRVL_RESN": "안정성 시험 부적합에 따른 영업자 회수",
        "ENFRC_YN": "N",
        "RECALL_COMMAND_DATE": "20260213",
        "ITEM_SEQ": seq,
        "BIZRNO": values["BIZRNO"],
        "STD_CD": values["BAR_CODE"],
    }


def _rules() -> Iterator[Texts]:
    extra = {
        "임부금기": {"GRADE": "2등급"},
        "특정연령대금기": {"AGE_BASE": "12세 미만"},
        "노인주의": {},
        "용량주의": {"MAX_QTY": "160밀리그램"},
        "투여기간주의": {"MAX_DOSAGE_TERM": "7일"},
        "효능군중복": {"EFFECT_CODE": "해열진통소염제", "SERS_NAME": "비스테로이드성 소염제"},
    }
    end = {"NOTIFICATION_DATE": "20200924", "PROHBT_CONTENT": "안전성 미확립", "DEL_YN": "정상"}
    for number, substance in enumerate(_SUBSTANCES):
        members = f"[{substance.code}]{substance.name}"
        own = {
            "MIX_TYPE": "단일",
            "INGR_CODE": substance.dur,
            "INGR_ENG_NAME": substance.english,
            "INGR_NAME": substance.name,
            "ORI_INGR": members,
            "CLASS_NAME": f"[{substance.class_code}]{substance.class_name}",
            "FORM_NAME": "정제",
        }
        for kind, more in extra.items():
            yield own | more | end | {"TYPE_NAME": kind, "DUR_SEQ": str(9_000 + number)}
        other = _SUBSTANCES[(number + 1) % len(_SUBSTANCES)]
        yield end | {
            "TYPE_NAME": "병용금기",
            "MIX_TYPE": "단일",
            "INGR_CODE": substance.dur,
            "INGR_ENG_NAME": substance.english,
            "INGR_KOR_NAME": substance.name,
            "ORI": members,
            "MIXTURE_MIX_TYPE": "단일",
            "MIXTURE_INGR_CODE": other.dur,
            "MIXTURE_INGR_ENG_NAME": other.english,
            "MIXTURE_INGR_KOR_NAME": other.name,
            "MIXTURE_ORI": f"[{other.code}]{other.name}",
        }


def _maxima() -> Iterator[Texts]:
    for substance in _SUBSTANCES:
        yield {
            "CPNT_CD": substance.code,
            "DRUG_CPNT_KOR_NM": substance.name,
            "DRUG_CPNT_ENG_NM": substance.english,
            "FOML_CD": "010201",
            "FOML_NM": "필름코팅정",
            "DOSAGE_ROUTE_CODE": "경구",
            "DAY_MAX_DOSG_QY_UNIT": "밀리그램",
            "DAY_MAX_DOSG_QY": f"{max(substance.strengths) * 2}.00000",
        }


def letters() -> list[Texts]:
    """Give the safety letters: no file of the ministry's holds any, so they are invented everywhere."""
    return [
        {
            "SAFT_LETT_NO": str(900 + number),
            "TITLE": f"의약품 안전성 서한 알림({substance.name} 성분 제제)",
            "PBANC_DIVS_CD": "01",
            "PBANC_DIVS_NM": "안전성서한",
            "PBANC_YMD": f"2026-0{number + 1}-06",
            "RLS_BGNG_YMD": f"2026-0{number + 1}-06 00:00:00",
            "PBANC_CONT": f"{substance.name} 성분 제제를 안전하게 쓰도록 알려 드립니다.",
            "INQ_CNT": str(100 + number),
            "CHRG_DEP": "의약품안전평가과",
            "ATTACH_FILE_URL": f"https://nedrug.mfds.go.kr/cmn/edms/down/invented{number}",
        }
        for number, substance in enumerate(_SUBSTANCES)
    ]
