"""How a medicine is taken: by mouth or not, and what one piece of it is called.

The form and the name say it; where they do not, the directions and the shape do.
"""

import re
from collections.abc import Iterable

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


def by_mouth(words: str, directions: Iterable[str]) -> bool:
    """Whether it is swallowed; False for ointments, drops, injections, and where nothing says so.

    `words` are the form and the plain name.
    """
    if _OUTSIDE.search(words):
        return False
    if _INSIDE.search(words):
        return True
    return not _OUTSIDE_IF_NOTHING_ELSE.search(words) and any(map(_SWALLOWED.search, directions))


def piece(words: str, *, shaped: bool) -> str | None:
    """What one piece is called (정, 캡슐, 매, 개); "" where no word fits; None: not in pieces."""
    nothing = "" if shaped else None
    if _NOT_IN_PIECES.search(words):
        return nothing
    return next((word for pattern, word in _PIECES if pattern.search(words)), nothing)
