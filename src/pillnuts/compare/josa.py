"""Korean particles that follow the sound before them: 타이레놀**은**, 500 mg**과**, Advil**이**."""

import re
from typing import Literal

Josa = Literal["은/는", "이/가", "을/를", "과/와", "으로/로"]

_NONE, _RIEUL, _OTHER = 0, 1, 2
_HANGUL_FIRST, _HANGUL_LAST, _FINALS = 0xAC00, 0xD7A3, 28
_RIEUL_INDEX = 8
# Read aloud 영 일 이 삼 사 오 육 칠 팔 구; a number that ends in 0 is read 십, 백, 천, 만: all closed.
_DIGITS = dict(zip("0123456789", (2, 1, 0, 2, 0, 0, 2, 1, 1, 0), strict=True))
# Letters are read by name in capitals (엘 엠 엔 알); a lower-case word ends in the sound of its last letter.
_LETTERS = {"l": _RIEUL, "m": _OTHER, "n": _OTHER}
_CAPITALS = {"L": _RIEUL, "M": _OTHER, "N": _OTHER, "R": _RIEUL}
_UNITS = {"mg": _OTHER, "g": _OTHER, "kg": _OTHER, "µg": _OTHER, "ng": _OTHER, "mmol": _RIEUL, "mol": _RIEUL}
_NOTE = re.compile(r"(?:\s*[(\[{<][^()\[\]{}<>]*[)\]}>])+\s*$")
_UNIT = re.compile(r"\d\s*([A-Za-zµ]+)$")


def with_josa(word: str, josa: Josa) -> str:
    """`word` with the form of `josa` its last sound asks for; a note in brackets at the end is not read."""
    closed, opened = josa.split("/")
    final = _final(_NOTE.sub("", word).rstrip("\"'”’ .,") or word)
    if final == _NONE or (final == _RIEUL and closed == "으로"):
        return word + opened
    return word + closed


def listed(words: tuple[str, ...]) -> str:
    """`가`, `가와 나`, `가, 나와 다`."""
    if len(words) <= 1:
        return "".join(words)
    *before, last_but_one, last = words
    return ", ".join((*before, f"{with_josa(last_but_one, '과/와')} {last}"))


def _final(word: str) -> int:
    last = word[-1:]
    if last and _HANGUL_FIRST <= ord(last) <= _HANGUL_LAST:
        index = (ord(last) - _HANGUL_FIRST) % _FINALS
        return _NONE if index == 0 else _RIEUL if index == _RIEUL_INDEX else _OTHER
    unit = _UNIT.search(word)
    if unit and unit[1] in _UNITS:
        return _UNITS[unit[1]]
    if last in _DIGITS:
        return _DIGITS[last]
    return _CAPITALS.get(last, _LETTERS.get(last, _NONE))
