"""Stated amounts that are none of the drug itself: the weight of its granules, values that cannot be (pure).

Both keep the ministry's number as words, so that nothing is drawn, added up or compared with it.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from pillnuts.catalogue import units
from pillnuts.catalogue.units import AmountLike

IMPOSSIBLE: Final = "자료의 값이 이상합니다 · 제품 설명서를 확인해 주십시오"
OF_MIXTURE: Final = "성분만의 양은 확인할 수 없음"

# What the ministry calls a drug that something is mixed into. A granulocyte (과립구) is none.
_PIECES: Final = re.compile(
    r"과립(?!구|대식|세포|백혈)|세립|펠렛|펠릿|소립구|입자|미세정|\d+배산|파우더|혼합분말|혼합물"
)
_MIXED: Final = re.compile(
    r"(?P<share>\d+(?:[.ㆍ·]\d+)?)\s*%"
    r"|(?P<coated>제피)"
    r"|(?P<dense>농축물|농축분말|농축(?=콜레칼시페롤|에르고칼시페롤|레티놀))"
    r"|(?P<sprayed>분무건조)"
    r"|(?P<thin>희석|묽은)"
)
_DOTS: Final = str.maketrans("ㆍ·", "..")
_NOUNS: Final = {"coated": "제피물", "dense": "농축물", "sprayed": "분무건조물", "thin": "희석물"}
# Extracts are measured as such; their percentage is that of the alcohol they were made with.
_EXTRACT: Final = re.compile(r"엑스|틴크|추출|→|->")

_HEAVIEST: Final = Decimal(1000)
"""Grams of one ingredient where nothing says in how much: no dose and no bag in the ministry's files holds
a kilogram (the largest, a bag for dialysis, 650 g)."""
_DENSEST: Final = Decimal(3)
"""Grams in a millilitre; no solution comes near."""
_SLACK: Final = Decimal(2)
"""A stated total can be the strength counted as the base, which the salt may outweigh."""
_TOTAL: Final = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*"
    r"((?:킬로|밀리|미리|마이크로)?그[램람]|(?:밀리|미리)?리터|[kmμµ]?g|m?[Ll])(?![A-Za-z])",
    re.ASCII,
)


class _Measure(NamedTuple):
    value: str
    unit: str


_GRAM: Final = _Measure("1", "g")
_MILLILITRE: Final = _Measure("1", "mL")


def mixture(name: str, unit: str) -> str | None:
    """Say what was weighed: `과립` for `오메프라졸장용성과립`, `97% 원료`; None: the drug itself.

    Units that no mixture can be measured in (IU, %) count the drug.
    """
    if not (
        units.comparable(_Measure("1", unit), _GRAM) or units.comparable(_Measure("1", unit), _MILLILITRE)
    ):
        return None
    if _EXTRACT.search(name):
        return None
    if pieces := _PIECES.search(name):
        return pieces[0]
    found = _MIXED.search(name)
    if found is None or found.lastgroup is None:
        return None
    share = f"{found['share']}% 원료".translate(_DOTS) if found["share"] else ""
    return share or _NOUNS[found.lastgroup]


def impossible(amount: AmountLike, basis: str | None) -> bool:
    """Say whether a mass cannot be: more than what it is in, or a kilogram in nobody knows what.

    False wherever that is not certain; other doubts stay with the reader.
    """
    mass = units.comparable(amount, _GRAM)
    if mass is None:
        return False
    grams = mass[0] / mass[1]
    if not basis:
        return grams >= _HEAVIEST
    if "역가" in basis:
        return False
    wholes = tuple(_grams(basis))
    return bool(wholes) and grams > max(wholes)


def _grams(basis: str) -> Iterator[Decimal]:
    """Give the most that each total in a basis can hold."""
    for number, word in _TOTAL.findall(unicodedata.normalize("NFKC", basis)):
        total = _Measure(number.replace(",", ""), units.unit(word))
        if pair := units.comparable(total, _GRAM):
            yield _SLACK * pair[0] / pair[1]
        elif pair := units.comparable(total, _MILLILITRE):
            yield _DENSEST * pair[0] / pair[1]
