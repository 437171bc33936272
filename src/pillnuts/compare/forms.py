"""Reading names: which salt it is, whether a medicine is swallowed, what one piece of it is called."""

import re
from functools import lru_cache

from pillnuts.catalogue.brief import Brief
from pillnuts.catalogue.product_name import base_name
from pillnuts.catalogue.spelling import name_key

_ACID = re.compile(
    r"(염산|말레산|브롬화수소산|타르타르산|푸마르산|시트르산|아세트산|숙신산|메실산|황산|인산|질산)(?!염)(.+)"
)

_END = r"(?=[\d\s(,./·\-]|에스|엠|$)"
_OUTSIDE = re.compile(
    r"외용|점안|안연고|점이|점비|비강|나잘|스프레이|파스|플라스타|카타플라스마|첩부|패취|패치|반창고|좌제|좌약|"
    r"(?<![연경페])질(?:정|좌|캡슐|연질)|가글|함수|구강세정|주사|흡입|에어로[졸솔]|샴푸|네일라카|관장|치약|연고|크림|로션|"
    r"프리필드|바이알|앰플주|주" + _END
)
_INSIDE = re.compile(
    r"내복|시럽|드링크|경구|(?:정|정제|캡슐|캡슐제|캅셀|현탁액|산|산제|과립|과립제|세립|환|환제|트로키|츄어블|츄잉|껌|필름)"
    + _END
)
_OUTSIDE_IF_NOTHING_ELSE = re.compile(r"겔" + _END)
_SWALLOWED = re.compile(r"복용|마시|삼키|먹")
_NOT_IN_PIECES = re.compile(r"시럽|현탁|과립|세립|주사|바이알")
_PIECES = (
    (re.compile(r"캡슐|캅셀"), "캡슐"),
    (re.compile(r"(?:정|정제|츄어블|트로키)" + _END), "정"),
    (re.compile(r"좌제|좌약|질좌"), "개"),
    (re.compile(r"패취|패치|플라스타|카타플라스마|첩부|파스"), "매"),
)


@lru_cache(maxsize=8192)
def form_key(name: str) -> str:
    """A form under which two spellings of the same salt are equal: 염산세티리진 and 세티리진 염산염."""
    key = name_key(name).replace("메탄설폰산", "메실산")  # as it is called where it is a salt's
    return _ACID.sub(r"\2\1염", key) if _ACID.fullmatch(key) else key


@lru_cache(maxsize=8192)
def short_name(name: str) -> str:
    """The name without its notes in brackets: `게보린정(수출명:GEVORIN)` → `게보린정`."""
    return base_name(name)[0]


def swallowed(product: Brief) -> bool:
    """Whether it is taken by mouth; False for ointments, drops, injections, and where nothing says so."""
    said = _by_mouth(product.form, product.name)
    if said is None:
        return any(section.key == "usage" and _SWALLOWED.search(section.text) for section in product.sections)
    return said


def piece(product: Brief) -> str | None:
    """What one piece of it is called (정, 캡슐, 매, 개); "" where no word fits; None: not in pieces."""
    word = _piece(product.form, product.name)
    return "" if word is None and product.pill else word


@lru_cache(maxsize=4096)
def _by_mouth(form: str | None, name: str) -> bool | None:
    words = f"{form or ''} {short_name(name)}"
    if _OUTSIDE.search(words):
        return False
    if _INSIDE.search(words):
        return True
    return False if _OUTSIDE_IF_NOTHING_ELSE.search(words) else None


@lru_cache(maxsize=4096)
def _piece(form: str | None, name: str) -> str | None:
    words = f"{form or ''} {short_name(name)}"
    if _NOT_IN_PIECES.search(words):
        return None
    return next((word for pattern, word in _PIECES if pattern.search(words)), None)
