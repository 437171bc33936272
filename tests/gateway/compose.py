"""Every operation's rows, put together from what is known of products, ingredients and rules (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import islice, product
from typing import Final

from pillnuts.catalogue import parse

from . import operations as ops
from .faults import draw
from .known import Active, Known, Texts, coded, english_day
from .ministry import Ministry, Source

TYPE_CODES: Final = {
    "병용금기": "A",
    "특정연령대금기": "B",
    "임부금기": "C",
    "용량주의": "D",
    "투여기간주의": "E",
    "노인주의": "F",
    "효능군중복": "G",
    "분할주의": "H",
}
PAIRS_OF_A_RULE: Final = 12
"""How many pairs of products stand for one 병용금기 rule; all of them would be hundreds of thousands."""
_OTC_CODES: Final = {"일반의약품": "01", "전문의약품": "02"}
_NEVER_CHANGED: Final = 0.28
"""The share of details without a CHANGE_DATE: 57 of 202 were seen."""
_FIRST_CHANGE, _CHANGE_DAYS = date(2015, 1, 1), 4_200


def ministry(known: Known) -> Ministry:
    """Make the ministry that knows this, and nothing else."""
    composed = _Composed(known)
    sources: dict[ops.Operation, Source] = {
        ops.PERMIT_LIST: composed.permit_list,
        ops.PERMIT_DETAIL: composed.permit_details,
        ops.MAIN_INGREDIENT: composed.main_ingredients,
        ops.PILL: composed.pills,
        ops.EASY: lambda: known.easy,
        ops.RECALLS: lambda: known.recalls,
        ops.DAILY_MAXIMUM: lambda: known.maxima,
        ops.SAFETY_LETTERS: lambda: known.letters,
        ops.DUR_ITEMS: composed.dur_items,
    }
    for kind, operation in ops.DUR_PRODUCT.items():
        sources[operation] = partial(composed.notices.__getitem__, kind)
    for kind, operation in ops.DUR_INGREDIENT.items():
        sources[operation] = partial(_of_kind, known.rules, kind)
    return Ministry(sources)


def _of_kind(rows: Iterable[Texts], kind: str) -> list[Texts]:
    return [row for row in rows if row.get("TYPE_NAME") == kind]


class _Composed:
    def __init__(self, known: Known) -> None:
        self.known = known

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The ministry's M-codes by name, from every text that states both."""
        found: dict[str, str] = {}
        texts = [detail.get(name, "") for detail in self.known.details.values() for name in _CODED_FIELDS]
        texts += [row.get(name, "") for row in self.known.notices for name in _CODED_FIELDS]
        texts += [row.get(name, "") for row in self.known.rules for name in _CODED_FIELDS]
        for text in dict.fromkeys(texts):
            found |= {name: code for code, name in parse.coded_names(text) if code and name not in found}
        for row in self.known.maxima:
            found.setdefault(row.get("DRUG_CPNT_KOR_NM", ""), row.get("CPNT_CD", ""))
        return found

    @cached_property
    def actives(self) -> Mapping[str, tuple[Active, ...]]:
        return {seq: tuple(self._actives(seq, values)) for seq, values in self.known.products.items()}

    def _actives(self, seq: str, values: Texts) -> Iterator[Active]:
        """List a product's ingredients: by the complete list where there is one, with known amounts."""
        stated = self.known.amounts.get(seq, [])
        amounts = {row["MTRAL_NM"]: row for row in stated if row.get("MTRAL_NM")}
        coded = {name: code or "" for code, name in parse.coded_names(values.get("MAIN_INGR", ""))}
        listed = list(parse.active_list(values.get("ACTIVE", ""))) or list(coded)
        names = listed if set(amounts) <= set(listed) or len(listed) > len(amounts) else list(amounts)
        for name in names:
            row = amounts.get(name, {})
            code = coded.get(name) or self.codes.get(name, "")
            yield Active(code, name, row.get("QNT", ""), row.get("INGD_UNIT_CD", ""))

    def permit_list(self) -> Iterator[Texts]:
        for seq, values in self.known.products.items():
            yield values | {
                "ITEM_SEQ": seq,
                "PRDLST_STDR_CODE": seq,
                "INDUTY": values.get("INDUTY_TYPE", "의약품"),
                "SPCLTY_PBLC": values.get("ETC_OTC_CODE", ""),
                "PRDUCT_TYPE": _classed(values),
                "ITEM_INGR_CNT": str(len(self.actives[seq])),
                "BIG_PRDT_IMG_URL": values.get("ITEM_IMAGE", ""),
                "PERMIT_KIND_CODE": values.get("PERMIT_KIND_NAME", ""),
                "CANCEL_NAME": values.get("CANCEL_NAME", "정상"),
            }

    def permit_details(self) -> Iterator[Texts]:
        for seq, values in self.known.products.items():
            yield self.known.details.get(seq) or self._detail(seq, values)

    def _detail(self, seq: str, values: Texts) -> Texts:
        actives = self.actives[seq]
        additives = parse.name_list(values.get("ADDITIVES", ""))
        pairs = [(self.codes.get(name, ""), name) for name in additives]
        return (
            values
            | {
                "ITEM_SEQ": seq,
                "CANCEL_NAME": values.get("CANCEL_NAME", "정상"),
                "INDUTY_TYPE": values.get("INDUTY_TYPE", "의약품"),
                "MATERIAL_NAME": ";".join(map(_material, actives)).rstrip(),
                "MAIN_ITEM_INGR": coded([(active.code, active.name) for active in actives], "|"),
                "INGR_NAME": coded(sorted(pairs), "|"),
                "MAIN_INGR_ENG": "/".join(
                    sorted(set(filter(None, values.get("ITEM_INGR_NAME", "").split("/"))))
                ),
                "CHANGE_DATE": values.get("CHANGE_DATE") or _change_date(seq, values),
            }
            | {f"{kind}_DOC_ID": f"{_DOCUMENTS}/{seq}/{kind}" for kind in ("EE", "UD", "NB")}
        )

    def main_ingredients(self) -> Iterator[Texts]:
        for seq, rows in self.known.amounts.items():
            values = self.known.products.get(seq, {})
            for number, row in enumerate(rows, start=1):
                yield row | {
                    "ITEM_SEQ": seq,
                    "ENTRPS_PRMISN_NO": values.get("ENTP_NO", ""),
                    "ENTRPS": values.get("ENTP_NAME", ""),
                    "PRDUCT": values.get("ITEM_NAME", ""),
                    "MTRAL_SN": str(number),
                    "MTRAL_CODE": self.codes.get(row.get("MTRAL_NM", ""), ""),
                    "MAIN_INGR_ENG": values.get("ITEM_INGR_NAME", ""),
                    "BIZRNO": values.get("BIZRNO", ""),
                    "TAMT_SEQ": "1",
                }

    def pills(self) -> Iterator[Texts]:
        names = {row["CLASS_NO"]: row["CLASS_NAME"] for row in self.known.pills if row.get("CLASS_NAME")}
        for row in self.known.pills:
            values = self.known.products.get(row["ITEM_SEQ"], {})
            yield {
                "CLASS_NAME": names.get(row.get("CLASS_NO", ""), ""),
                "BIZRNO": values.get("BIZRNO", ""),
                "STD_CD": values.get("BAR_CODE", ""),
                "ITEM_ENG_NAME": values.get("ITEM_ENG_NAME", ""),
                "EDI_CODE": values.get("EDI_CODE", ""),
                "FORM_CODE_NAME": values.get("FORM_NAME", ""),
            } | row

    # ── DUR ──────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def notices(self) -> Mapping[str, Sequence[Texts]]:
        """DUR rows of products by type; the two nobody published are worked out from the rules."""
        found = {kind: _of_kind(self.known.notices, kind) for kind in ops.DUR_PRODUCT}
        found["임부금기"] = found["임부금기"] or list(self._pregnancy())
        found["병용금기"] = found["병용금기"] or list(self._pairs())
        return found

    @cached_property
    def _products_of(self) -> Mapping[str, Sequence[str]]:
        """Products by the code and by the name of each of their ingredients."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for seq, actives in self.actives.items():
            for key in {key for active in actives for key in (active.code, active.name) if key}:
                found[key].append(seq)
        return found

    def _holding(self, members: str) -> list[str]:
        keys = [key for pair in parse.coded_names(members) for key in pair if key]
        return sorted({seq for key in keys for seq in self._products_of.get(key, ())})

    def _rules(self, kind: str) -> Iterator[Texts]:
        for rule in _of_kind(self.known.rules, kind):
            single = {rule.get("MIX_TYPE"), rule.get("MIXTURE_MIX_TYPE", "단일")} == {"단일"}
            if single and rule.get("DEL_YN") == "정상":
                yield rule

    def _pregnancy(self) -> Iterator[Texts]:
        for rule in self._rules("임부금기"):
            for seq in self._holding(rule.get("ORI_INGR", "")):
                full = f"{rule['INGR_ENG_NAME']}({rule['INGR_NAME']})"
                yield self._product(seq) | rule | self._form(seq) | {"INGR_ENG_NAME_FULL": full}

    def _form(self, seq: str) -> Texts:
        """Give class and form of the product, which a rule names otherwise."""
        values = self.known.products[seq]
        return {name: values.get(name, "") for name in ("FORM_NAME", "CLASS_NAME")}

    def _pairs(self) -> Iterator[Texts]:
        for number, rule in enumerate(self._rules("병용금기"), start=1):
            sides = product(self._holding(rule.get("ORI", "")), self._holding(rule.get("MIXTURE_ORI", "")))
            both = {"DUR_SEQ": str(number), "MIXTURE_DUR_SEQ": str(number), "TYPE_CODE": "A"}
            for left, right in islice((pair for pair in sides if pair[0] != pair[1]), PAIRS_OF_A_RULE):
                other = {f"MIXTURE_{name}": value for name, value in self._product(right).items()}
                names = {"MIX": "단일", "MIXTURE_MIX": "단일"}
                yield rule | both | self._product(left) | other | names

    def _product(self, seq: str) -> Texts:
        values = self.known.products[seq]
        pairs = [(active.code, active.name) for active in self.actives[seq]]
        otc = values.get("ETC_OTC_CODE", "")
        return values | {
            "ITEM_SEQ": seq,
            "ETC_OTC_NAME": otc,
            "ETC_OTC_CODE": _OTC_CODES.get(otc, ""),
            "MAIN_INGR": values.get("MAIN_INGR") or coded(pairs, "/"),
        }

    def dur_items(self) -> Iterator[Texts]:
        kinds: defaultdict[str, set[str]] = defaultdict(set)
        for kind, rows in self.notices.items():
            for row in rows:
                kinds[row["ITEM_SEQ"]].add(kind)
        for seq in sorted(kinds.keys() & self.known.products.keys()):
            values, types = self.known.products[seq], sorted(kinds[seq], key=TYPE_CODES.__getitem__)
            yield (
                values
                | {
                    "ITEM_SEQ": seq,
                    "ITEM_PERMIT_DATE": english_day(values.get("ITEM_PERMIT_DATE", "")),
                    "CHANGE_DATE": english_day(values.get("CHANGE_DATE", "")),
                    "CLASS_NO": _short_class(values),
                    "MATERIAL_NAME": "/".join(
                        f"{a.name},,{a.quantity},{a.unit},," for a in self.actives[seq]
                    ),
                    "CANCEL_NAME": values.get("CANCEL_NAME", "정상"),
                    "TYPE_CODE": ",".join(TYPE_CODES[kind] for kind in types),
                    "TYPE_NAME": ",".join(types),
                }
                | {f"{kind}_DOC_ID": f"{_VIEWER}/{seq}/{kind}" for kind in ("EE", "UD", "NB")}
            )


_CODED_FIELDS: Final = ("MAIN_ITEM_INGR", "INGR_NAME", "MAIN_INGR", "ORI_INGR", "ORI", "MIXTURE_ORI")
_DOCUMENTS: Final = "HTTPS://NEDRUG.MFDS.GO.KR/PBP/CMN/PDFDOWNLOAD"
_VIEWER: Final = "https://nedrug.mfds.go.kr/pbp/cmn/pdfViewer"


def _material(active: Active) -> str:
    amount = f"분량 : {active.quantity}|단위 : {active.unit}"
    return f"총량 : |성분명 : {active.name}|{amount}|규격 : |성분정보 : |비고 : "


def _classed(values: Texts) -> str:
    code, name = values.get("CLASS_CODE", ""), values.get("CLASS_NAME", "")
    return f"[{code}]{name}" if code and name else ""


def _short_class(values: Texts) -> str:
    code, name = values.get("CLASS_CODE", ""), values.get("CLASS_NAME", "")
    return f"[{code[1:4]}]{name}" if code and name else ""


def _change_date(seq: str, values: Texts) -> str:
    """Give a product a day it was last changed, always the same one, or none."""
    at = draw("changed", seq)
    if at < _NEVER_CHANGED:
        return ""
    part = (at - _NEVER_CHANGED) / (1 - _NEVER_CHANGED)
    changed = _FIRST_CHANGE + timedelta(days=int(part * _CHANGE_DAYS))
    return max(changed.strftime("%Y%m%d"), values.get("ITEM_PERMIT_DATE", ""))
