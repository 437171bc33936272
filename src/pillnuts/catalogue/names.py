"""Lists of names that hold the separator themselves (주성분, 첨가제), and what a product's name says.

Every rule below answers to names in the ministry's files; `known` (a vocabulary from coded sources)
settles what no rule can.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, Literal

from pillnuts.catalogue.codes import clean

Known = Callable[[str], bool]

_PAIRS: Final = {")": "(", "]": "[", "}": "{", "）": "（", "］": "［"}
_PRIMES: Final = "['′´’\"]"
# `…-1,` and `,2-…`: positions on a molecule, one or two digits, rising, before a hyphen.
_LOCANT_LEFT: Final = re.compile(rf"(?:^|\D)(\d{{1,2}}){_PRIMES}*$", re.ASCII)
_LOCANT_RIGHT: Final = re.compile(
    rf"\s*(\d{{1,2}}){_PRIMES}*(?:,\s*\d{{1,2}}{_PRIMES}*)*(?:-|\d?H-|\[)", re.ASCII
)
_ONLY_LOCANT: Final = re.compile(rf"\d{{1,2}}{_PRIMES}*(?:,\d{{1,2}}{_PRIMES}*)*", re.ASCII)
# `N,N-디메틸…`, `메틸-N,S-…`, `D,L-…`, `엔,엔-디메칠…`
_LETTER_LEFT: Final = re.compile(rf"(?:^|[-,])(?:[A-Za-zα-ω]|엔|에스){_PRIMES}*$")
_LETTER_RIGHT: Final = re.compile(rf"\s*(?:[A-Za-zα-ω]|엔|에스|오){_PRIMES}*[-,가-힣\d]")
# `상부 청색, 하부 흰색 캡슐`, `상,하부 …`, `(상)흑색, (하)백색`
_CAP_LEFT: Final = re.compile(r"\(?상(?:부|[\s:()-]|$)")
_CAP_RIGHT: Final = re.compile(r"\s*\(?하(?:부|[\s:()-]|\S*색)")
# `수산화나트륨용액,1N`, `…용액,50%`
_CONCENTRATION: Final = re.compile(r"\s*\d+(?:[.ㆍ]\d+)?\s*(?:%|N|M)\s*(?:,|$)", re.ASCII)
_LONGEST_REJOIN: Final = 6


def _nothing(_name: str) -> bool:
    return False


def bracketed(text: str) -> bytearray:
    """Return 1 for every character within a bracket that closes; an unclosed bracket protects nothing."""
    inside = bytearray(len(text))
    opened: list[tuple[str, int]] = []
    for at, char in enumerate(text):
        if char in "([{（［":
            opened.append((char, at))
        elif char in _PAIRS:
            kinds = [kind for kind, _ in opened]
            if _PAIRS[char] in kinds:
                depth = len(kinds) - 1 - kinds[::-1].index(_PAIRS[char])
                start = opened[depth][1]
                del opened[depth:]
                inside[start : at + 1] = b"\1" * (at + 1 - start)
    return inside


def _is_locant(left: str, right: str, known: Known) -> bool:
    before, after = _LOCANT_LEFT.search(left), _LOCANT_RIGHT.match(right)
    if before is None or after is None:
        return False
    if _ONLY_LOCANT.fullmatch(left):
        return True
    return int(before[1]) <= int(after[1]) and not known(left)


def _comma_in_name(left: str, right: str, known: Known, *, spaced_is_name: bool) -> bool:
    """Say whether the comma between the name so far and the rest of the list belongs to a name."""
    left = left.strip()
    return (
        _is_locant(left, right, known)
        or (_LETTER_LEFT.search(left) is not None and _LETTER_RIGHT.match(right) is not None)
        or (_CAP_LEFT.match(left) is not None and _CAP_RIGHT.match(right) is not None)
        or _CONCENTRATION.match(right) is not None
        or (spaced_is_name and right[:1].isspace() and left != "" and not known(left))
    )


def _slash_in_name(left: str, right: str) -> bool:
    """Fractions: `33 1/3%`, `1/2수화물`."""
    return left[-1:].isdigit() and right[:1].isdigit()


def _cuts(text: str, separator: str, known: Known) -> list[tuple[int, int]]:
    """Return the (start, end) of each name in the text by the rules, before the vocabulary is asked."""
    inside = bracketed(text)
    marks = [at for at, char in enumerate(text) if char == separator and not inside[at]]
    # The files write `A,B`: where they do, `A, B` is one name (`상, 하부 …`, `프로판, 이소부탄의 혼합가스`).
    spaced_is_name = any(not text[at + 1 : at + 2].isspace() for at in marks)
    spans, start = [], 0
    for at in marks:
        left, right = text[start:at], text[at + 1 : at + 80]
        if separator == "," and _comma_in_name(left, right, known, spaced_is_name=spaced_is_name):
            continue
        if separator == "/" and _slash_in_name(left, right):
            continue
        spans.append((start, at))
        start = at + 1
    return [*spans, (start, len(text))]


def _rejoined(text: str, spans: Sequence[tuple[int, int]], known: Known) -> list[str]:
    """Join neighbours that only together are a known name (`정제올리브유,정제대두유혼합물`)."""
    pieces = [text[start:end].strip() for start, end in spans]
    is_known = [known(piece) for piece in pieces]
    names: list[str] = []
    at = 0
    while at < len(spans):
        size = 1
        for longer in range(min(_LONGEST_REJOIN, len(spans) - at), 1, -1):
            whole = text[spans[at][0] : spans[at + longer - 1][1]].strip()
            if not all(is_known[at : at + longer]) and known(whole):
                pieces[at], size = whole, longer
                break
        names.append(pieces[at])
        at += size
    return names


def name_list(text: str, known: Known = _nothing, *, separator: Literal[",", "/"] = ",") -> tuple[str, ...]:
    """Return the names of a list, in order, without duplicates; blank text is the empty list.

    `known` says whether a name stands in a vocabulary. It keeps names apart which the rules would join,
    and joins fragments which only together are a name. Without it the rules decide alone.
    """
    line = " ".join((clean(text) or "").split())
    names = _rejoined(line, _cuts(line, separator, known), known)
    return tuple(dict.fromkeys(name for name in names if name))


def active_list(text: str, known: Known = _nothing) -> tuple[str, ...]:
    """Return the names of a 주성분 column: joined by `/` in the files of 2025, by `,` in those before.

    A `/` outside brackets and fractions means the newer form, whose names may hold commas.
    """
    by_slash = name_list(text, known, separator="/")
    if len(by_slash) > 1:
        return by_slash
    return name_list(text, known, separator=",")
