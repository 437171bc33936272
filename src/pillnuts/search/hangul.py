"""Text as it is typed on a Korean keyboard.

Everything the search compares is brought into one *normal form* (`normalise`), and from there into
*keyboard jamo* (`jamo`): the keys a person presses, one letter each. Compound vowels and finals are split
as they are typed (ㅘ = ㅗㅏ, ㄺ = ㄹㄱ), and a consonant is the same letter before and after the vowel.
So whatever an input method shows while a syllable is being composed is a prefix of the finished text:
`연ㄱ` and `여` of `연고`, `캡슈` of `캡슐`, `저` of `정`.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS: Final = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"

COMPOUND: Final = {
    "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ",
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip
_JOINED: Final = {pair: whole for whole, pair in COMPOUND.items()}

# The two-set layout (두벌식). Capitals are typed with shift; the others mean the same with and without.
_KEYS: Final = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True)
)
_SHIFTED: Final = dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))
_FROM_KEYS: Final = str.maketrans({key.upper(): letter for key, letter in _KEYS.items()} | _KEYS | _SHIFTED)
_TO_KEYS: Final = str.maketrans(
    {letter: key for key, letter in _KEYS.items()} | {letter: key.lower() for key, letter in _SHIFTED.items()}
)

_FIRST, _LAST = 0xAC00, 0xD7A3


def _split(letter: str) -> str:
    return COMPOUND.get(letter, letter)


_SYLLABLES: Final = {
    _FIRST + (i * 21 + v) * 28 + f: initial + _split(vowel) + _split(final).strip()
    for i, initial in enumerate(INITIALS)
    for v, vowel in enumerate(VOWELS)
    for f, final in enumerate(FINALS)
}
_TO_JAMO: Final = _SYLLABLES | {ord(whole): pair for whole, pair in COMPOUND.items()}
_TO_CHOSEONG: Final = {code: keys[0] for code, keys in _SYLLABLES.items()} | {
    ord(whole): pair for whole, pair in COMPOUND.items()
}
# NFKC turns the letters ㄱ and ㅏ into conjoining ones (U+1100…); these lead back. What has no modern
# letter (fillers, the ㆍ that texts use as a middle dot) separates words.
_FROM_CONJOINING: Final = dict.fromkeys(range(0x1100, 0x1200), " ") | {
    **{0x1100 + n: letter for n, letter in enumerate(INITIALS)},
    **{0x1161 + n: letter for n, letter in enumerate(VOWELS)},
    **{0x11A7 + n: letter for n, letter in enumerate(FINALS) if n},
}

_UNITS: Final = {
    "마이크로그램": "ug", "마이크로그람": "ug", "마이크로그": "ug", "mcg": "ug", "μg": "ug",
    "밀리그램": "mg", "밀리그람": "mg", "미리그램": "mg", "미리그람": "mg", "밀리그": "mg",
    "밀리리터": "ml", "밀리리타": "ml", "미리리터": "ml", "밀리미터": "mm",
    "킬로그램": "kg", "킬로그람": "kg", "그램": "g", "그람": "g", "리터": "l",
    "국제단위": "iu", "아이유": "iu", "퍼센트": "%", "프로센트": "%",
}  # fmt: skip
_UNIT: Final = re.compile(r"(?<=\d)\s*(" + "|".join(sorted(_UNITS, key=len, reverse=True)) + ")")
_UNIT_APART: Final = re.compile(
    r"(?<=\d)\s+(?=(?:" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r"|m?[gl]|ug|mm|iu|%)(?![a-z]))",
    re.IGNORECASE,
)
_LETTER_APART: Final = re.compile(r"(?<=[^\W\d_])\s+(?=[a-z]\d{0,3}(?:\s|$))", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[^\w%]+(?=\d)")
_NOISE: Final = re.compile(r"[^\w%./]+|_+|(?<!\d)[./]+|[./]+(?!\d)")
_UNFINISHED_UNIT: Final = re.compile(r"(?<=\d)[가-힣ㄱ-ㅣ]+$")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_ALOUD: Final = {
    "a": "에이", "b": "비", "c": "씨", "d": "디", "e": "이", "f": "에프", "g": "지", "h": "에이치",
    "i": "아이", "j": "제이", "k": "케이", "l": "엘", "m": "엠", "n": "엔", "o": "오", "p": "피", "q": "큐",
    "r": "알", "s": "에스", "t": "티", "u": "유", "v": "브이", "w": "더블유", "x": "엑스", "y": "와이",
    "z": "제트",
}  # fmt: skip
_LETTERS_AFTER: Final = re.compile("(?<=[가-힣])[a-z]{1,3}(?![a-z])", re.IGNORECASE)
_LETTERS: Final = {aloud: letter for letter, aloud in _ALOUD.items()} | {"시": "c"}
_HEARD: Final = re.compile(
    rf"(?<=[가-힣]{{2}})({'|'.join(sorted(_LETTERS, key=len, reverse=True))})(\d{{0,2}})$"
)
_UNIT_JAMO: Final[dict[str, str]] = {}


def clean(text: str) -> str:
    """`text` as it can be shown: no control characters, lone surrogates or runs of blanks."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    visible = (" " if unicodedata.category(c) in _INVISIBLE else c for c in text)
    return " ".join("".join(visible).split())


def normalise(text: str) -> str:
    """The normal form: small letters, digits, `%`, syllables and lone jamo; no blanks, no marks.

    Units are written one way (`500 밀리그람` = `500㎎` = `500mg`). Between two digits a point stays, and
    any other mark or blank becomes `/`, so that `5/20` and `2.5` keep their numbers apart.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = text.translate(_FROM_CONJOINING)
    text = _UNIT.sub(lambda found: _UNITS[found[1]], _THOUSANDS.sub("", text))
    text = _BETWEEN_DIGITS.sub(lambda found: "." if found[0] == "." else "/", text)
    return _NOISE.sub("", text)


def words(text: str) -> list[str]:
    """`text` cut at blanks, but not before a unit (`500 밀리그람`) or a letter alone (`비타민 D`)."""
    return _LETTER_APART.sub("", _UNIT_APART.sub("", unicodedata.normalize("NFKC", text))).split()


def unfinished_unit(normal: str) -> str | None:
    """`normal` with a unit at its end that is still being typed brought to the normal form, if there is one.

    `500밀리그` → `500mg`; `500밀` → `500m`, which begins `500mg` and `500ml` alike; `500ㅁ` → `500`.
    """
    found = _UNFINISHED_UNIT.search(normal)
    if found is None:
        return None
    typed = jamo(found[0])
    units = {unit for word, unit in _UNIT_JAMO.items() if word.startswith(typed)}
    if not units:
        return None
    pairs = zip(min(units), max(units), strict=False)
    return normal[: found.start()] + "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def spelt(word: str) -> str:
    """Latin letters after a syllable as they are read aloud: `판콜S` → `판콜에스`."""
    return _LETTERS_AFTER.sub(lambda found: "".join(_ALOUD[letter] for letter in found[0].casefold()), word)


def heard(normal: str) -> str | None:
    """The letter that is written as it is read aloud at the end, as itself: `비타민디` → `비타민d`."""
    found = _HEARD.search(normal)
    return None if found is None else f"{normal[: found.start()]}{_LETTERS[found[1]]}{found[2]}"


def swapped(normal: str) -> Iterator[str]:
    """Each way in which the initials of two neighbouring syllables may have changed places (타이네롤)."""
    codes = [ord(letter) - _FIRST for letter in normal]
    if len(codes) <= 3 or not all(0 <= code <= _LAST - _FIRST for code in codes):  # noqa: PLR2004
        return
    for at in range(len(codes) - 1):
        (a, one), (b, other) = divmod(codes[at], 588), divmod(codes[at + 1], 588)
        if a != b:
            pair = chr(_FIRST + b * 588 + one) + chr(_FIRST + a * 588 + other)
            yield normal[:at] + pair + normal[at + 2 :]


def jamo(normal: str) -> str:
    """The keys that type it: `연고` → `ㅇㅕㄴㄱㅗ`."""
    return normal.translate(_TO_JAMO)


_UNIT_JAMO.update({jamo(word): unit for word, unit in _UNITS.items() if not word.isascii()})


def choseong(normal: str) -> str:
    """The initial consonant of each syllable, everything else as it is: `타이레놀8` → `ㅌㅇㄹㄴ8`."""
    return normal.translate(_TO_CHOSEONG)


def is_choseong(normal: str) -> bool:
    """Whether it consists of lone consonants, perhaps with digits and Latin letters between them."""
    letters = [c for c in normal if not c.isascii()]
    return bool(letters) and all(c in INITIALS or c in FINALS for c in letters)


def compose(keys: str) -> str:
    """What an input method shows for these keys: `ㅌㅏㅇㅣ` → `타이`. The inverse of `jamo`."""
    out: list[str] = []
    position = 0
    while position < len(keys):
        length, shown = _compose_one(keys, position)
        out.append(shown)
        position += length
    return "".join(out)


def _compose_one(keys: str, start: int) -> tuple[int, str]:
    """The first syllable or letter from `start`, and how many keys it takes."""
    if keys[start] not in INITIALS or not _is_vowel(keys, start + 1):
        return _joined(keys, start, VOWELS) if keys[start] in VOWELS else (1, keys[start])
    length, vowel = _joined(keys, start + 1, VOWELS)
    end = start + 1 + length
    code = _FIRST + (INITIALS.index(keys[start]) * 21 + VOWELS.index(vowel)) * 28
    for taken in (2, 1):  # a consonant that a vowel follows begins the next syllable
        final = _JOINED.get(keys[end : end + 2], "") if taken == 2 else keys[end : end + 1]  # noqa: PLR2004
        if final and final in FINALS and not _is_vowel(keys, end + taken) and final != " ":
            return end + taken - start, chr(code + FINALS.index(final))
    return end - start, chr(code)


def _is_vowel(keys: str, position: int) -> bool:
    return position < len(keys) and keys[position] in VOWELS


def _joined(keys: str, start: int, letters: str) -> tuple[int, str]:
    whole = _JOINED.get(keys[start : start + 2], "")
    return (2, whole) if whole and whole in letters else (1, keys[start])


def from_qwerty(text: str) -> str | None:
    """Keyboard jamo of Latin letters typed while Korean was meant: `xkdlfpshf` → `ㅌㅏㅇㅣㄹㅔㄴㅗㄹ`.

    None where the keys make no Korean text: a syllable in it would lack its consonant or its vowel. The
    last one may be unfinished. Consonants alone are initials (`xdfs` → `ㅌㅇㄹㄴ`).
    """
    letters = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or c in "%.")
    if not any(c.isascii() and c.isalpha() for c in letters) or not letters.isascii():
        return None
    if letters.upper() == letters:  # caps lock, not shift
        letters = letters.lower()
    keys = letters.translate(_FROM_KEYS)
    shown = compose(keys)
    lone = [c for c in shown.rstrip(INITIALS) if c in INITIALS or c in VOWELS]
    return keys if not lone or is_choseong(keys) else None


def to_qwerty(normal: str) -> str | None:
    """Latin letters typed while the keyboard was Korean: `ㅅㅛㅣ두ㅐㅣ` → `tylenol`; None without any."""
    keys = jamo(normal)
    latin = keys.translate(_TO_KEYS)
    return latin if latin != keys and latin.isascii() else None
