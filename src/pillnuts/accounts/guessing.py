"""How easily a password is guessed: zxcvbn's estimate, which knows the passwords and words of English.

It is told what it lacks: Korean words and this site's (`data/words.txt`), and what others know of the person.
Korean is estimated as written and as the keys it is typed with, so that `사랑해` and `tkfkdgo` are one word.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from zxcvbn_rs_py import zxcvbn

SHORTEST_WORD: Final = 3
LOOKED_AT: Final = 32
"""Characters from the beginning: zxcvbn takes time by the square of them, and that much says enough."""

_INITIALS: Final = "r R s e E f a q Q t T d w W c z x v g".split()
_VOWELS: Final = "k o i O j p u P h hk ho hl y n nj np nl b m ml l".split()
_FINALS: Final = "r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g".split()
_KEYS: Final = str.maketrans(
    {
        chr(first + place): keys
        for first, row in ((0x1100, _INITIALS), (0x1161, _VOWELS), (0x11A8, _FINALS))
        for place, keys in enumerate(row)
    }
)
"""Conjoining jamo (Unicode's U+1100…) to the keys of the two-set layout (두벌식)."""


class Guess(NamedTuple):
    """`digits`: of the number of guesses it takes (its log10); `score`: zxcvbn's, 0 to 4."""

    digits: float
    score: int


@cache
def words() -> tuple[str, ...]:
    """What Korean guessers try first, as keys."""
    lines = (files("pillnuts.accounts") / "data" / "words.txt").read_text(encoding="utf-8").splitlines()
    listed = (word for line in lines if not line.startswith("#") for word in line.split())
    return tuple(dict.fromkeys(as_keys(word).lower() for word in listed))


def guess(password: str, own: Iterable[str] = ()) -> Guess:
    """Estimate a password (in its NFKC form); `own` is what others know of its owner."""
    known = [*dict.fromkeys(word for word in own if len(word) >= SHORTEST_WORD), *words()]
    # What nobody knows as a word is worth its letters, and Hangul has fewer of them than keys.
    return min(_estimate(form, known) for form in {password, as_keys(password)})


def as_keys(text: str) -> str:
    """The keys that Korean text is typed with."""
    return unicodedata.normalize("NFD", text).translate(_KEYS)


def _estimate(text: str, known: list[str]) -> Guess:
    found = zxcvbn(text[:LOOKED_AT], known)
    return Guess(found.guesses_log10, int(found.score))
