"""Units of amounts: the ministry's words made one closed list, and strengths compared.

Source of the spellings: the 단위, INGD_UNIT_CD and MAX_QTY columns of the ministry, and product names.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Protocol


class AmountLike(Protocol):
    """What `comparable` needs of an amount (`shapes.Amount` has it)."""

    @property
    def value(self) -> str: ...
    @property
    def unit(self) -> str: ...


# unit → its spellings, as they are after `_key` (NFKC, no blanks, no dots, lower case).
_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "kg": "킬로그램 킬로그람 kg",
        "g": "그램 그람 g gm",
        "mg": "밀리그램 밀리그람 미리그램 미리그람 mg",
        "µg": "마이크로그램 마이크로그람 μg mcg ug",
        "ng": "나노그램 나노그람 ng",
        "pg": "피코그램 피코그람 pg",
        "L": "리터 l",
        "mL": "밀리리터 미리리터 밀리리타 ml cc",
        "µL": "마이크로리터 μl ul",
        "IU": "아이유 국제단위 iu",
        "unit": "단위 유니트 유닛 유니츠 unit units u",
        "mol": "몰 mol",
        "mmol": "밀리몰 mmol",
        "µmol": "마이크로몰 μmol umol",
        "Eq": "당량 eq",
        "mEq": "밀리당량 meq",
        "kBq": "킬로베크렐 kbq",
        "MBq": "메가베크렐 mbq",
        "GBq": "기가베크렐 gbq",
        "mCi": "밀리퀴리 mci",
        "µCi": "마이크로퀴리 μci uci",
        "%": "% 퍼센트 백분율",
        "v/v%": "v/v% %v/v %(v/v) vol% 용량백분율",
        "w/v%": "w/v% %w/v %(w/v)",
        "w/w%": "w/w% %w/w %(w/w) 중량백분율",
        "mm": "밀리미터 mm",
        "cm": "센티미터 cm",
        "cm²": "센티미터제곱 제곱센티미터 평방센티미터 cm2 cm²",
        "CFU": "cfu 집락형성단위 집락수",
        "PFU": "pfu 플라크형성단위",
        "CCID50": "ccid50",
        "TCID50": "tcid50",
        "Lf": "lf",
        "EP unit": "ep단위 epunit",
        "FIP unit": "fip단위 fipunit",
        "USP unit": "usp단위 uspunit",
        "antigen unit": "항원단위",
    }
)
UNITS: frozenset[str] = frozenset(_SPELLINGS)
"""The closed list. A rate or concentration of two of them (`mg/mL`) is known as well."""

_BY_SPELLING: Mapping[str, str] = MappingProxyType(
    {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()}
)
_LONGEST_TWICE = 2 * max(map(len, _BY_SPELLING))
_COUNTS: Mapping[str, int] = MappingProxyType(
    {"십만": 10**5, "백만": 10**6, "천만": 10**7, "만": 10**4, "억": 10**8, "천": 10**3}
)
# Potency is said beside the unit (`밀리그램(역가)`, `그램역가`); the unit itself stays the same.
_POTENCY = re.compile(r"[(\[]?역가[)\]]?")

_BASES: Mapping[str, tuple[str, Decimal]] = MappingProxyType(
    {
        "kg": ("mass", Decimal(1_000_000)),
        "g": ("mass", Decimal(1_000)),
        "mg": ("mass", Decimal(1)),
        "µg": ("mass", Decimal("0.001")),
        "ng": ("mass", Decimal("0.000001")),
        "pg": ("mass", Decimal("0.000000001")),
        "L": ("volume", Decimal(1_000)),
        "mL": ("volume", Decimal(1)),
        "µL": ("volume", Decimal("0.001")),
        "mol": ("substance", Decimal(1_000)),
        "mmol": ("substance", Decimal(1)),
        "µmol": ("substance", Decimal("0.001")),
        "Eq": ("charge", Decimal(1_000)),
        "mEq": ("charge", Decimal(1)),
        "GBq": ("activity", Decimal(1_000)),
        "MBq": ("activity", Decimal(1)),
        "kBq": ("activity", Decimal("0.001")),
        "mCi": ("activity", Decimal(37)),
        "µCi": ("activity", Decimal("0.037")),
        "cm": ("length", Decimal(10)),
        "mm": ("length", Decimal(1)),
    }
)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _key(text: str) -> str:
    return "".join(text.split()).replace(".", "").replace("µ", "μ").lower()


def _lookup(text: str) -> str | None:
    """Return the unit of one spelling; also of the same unit said twice (`mg밀리그램`)."""
    key = _POTENCY.sub("", _key(text))
    if key in _BY_SPELLING:
        return _BY_SPELLING[key]
    if len(key) > _LONGEST_TWICE:
        return None
    for cut in range(1, len(key)):
        first = _BY_SPELLING.get(key[:cut])
        if first is not None and first == _BY_SPELLING.get(key[cut:]):
            return first
    return None


def unit(text: str) -> str:
    """Return the normalised unit; the (NFKC, stripped) word itself when unknown; "" for blank text.

    >>> unit("밀리그람"), unit("㎍"), unit("아이.유"), unit("밀리그램/리터"), unit("LD50 정")
    ('mg', 'µg', 'IU', 'mg/L', 'LD50 정')
    """
    text = _clean(text)
    found = _lookup(text)
    if found is not None:
        return found
    over, slash, under = text.partition("/")
    if slash:
        parts = _lookup(over), _lookup(under)
        if parts[0] is not None and parts[1] is not None:
            return "/".join(part for part in parts if part is not None)
    return text


def is_known(unit: str) -> bool:
    """Say whether a normalised unit is one of `UNITS`, or one of them per another (`mg/mL`)."""
    over, _, under = unit.partition("/")
    return unit in UNITS or (over in UNITS and under in UNITS)


def scaled(text: str) -> tuple[int, str]:
    """Return the number before a unit as well: `만단위` → (10000, `unit`), `mg` → (1, `mg`)."""
    text = _clean(text)
    for word, count in _COUNTS.items():
        if text.startswith(word):
            rest = unit(text.removeprefix(word))
            if is_known(rest):
                return count, rest
    return 1, unit(text)


def decimal_text(value: Decimal) -> str:
    """Return a finite decimal as shapes.Amount holds it: no exponent, no trailing zeros.

    >>> decimal_text(Decimal("500.0")), decimal_text(Decimal("1E+3")), decimal_text(Decimal("0.250"))
    ('500', '1000', '0.25')
    """
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def comparable(a: AmountLike, b: AmountLike) -> tuple[Decimal, Decimal] | None:
    """Return both values in one unit; None where the units measure different things."""
    try:
        first, second = Decimal(a.value), Decimal(b.value)
    except InvalidOperation:
        return None
    if a.unit == b.unit:
        return first, second
    one, other = _BASES.get(a.unit), _BASES.get(b.unit)
    if one is None or other is None or one[0] != other[0]:
        return None
    return first * one[1], second * other[1]
