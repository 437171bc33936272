"""How easily a password is guessed: which of its pieces everybody would try, and what is left.

A word from the list, the person's own id or number, a run along the keyboard, a repetition, a date: each is
one thing to guess, however long it is. Our own small estimate; it errs on the side of calling things weak.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

SHORTEST_WORD: Final = 3
SHORTEST_RUN: Final = 3
LINES: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "!@#$%^&*()_+",
    "가나다라마바사아자차카타파하",
    "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ",
    "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ",
)
"""Whatever goes along one of these, forwards or back, is one thing to guess."""

_LOOKS_LIKE: Final = str.maketrans("@4310$5!7|", "aaelossitl")
_DATE: Final = re.compile(r"(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d{2}")
_REPEATED: Final = re.compile(r"(.{1,4}?)\1{2,}")

WORD_BITS, RUN_BITS, DATE_BITS = 9.0, 6.0, 11.0
AGAIN_BITS = 1.0
PLAIN_BITS, ODD_BITS, WIDE_BITS = 3.5, 5.0, 7.0
STEPS: Final = (24.0, 36.0, 50.0, 66.0)
"""Bits from which on a password is worth 1, 2, 3 and 4 of 4."""


class Guess(NamedTuple):
    """`things`: how many different guesses it takes; `bits`: how much there is to try, roughly."""

    things: int
    bits: float

    @property
    def score(self) -> int:
        """0 (everybody guesses it) to 4."""
        return sum(self.bits >= step for step in STEPS)


@cache
def common() -> frozenset[str]:
    """The pieces that people use most."""
    lines = (files("pillnuts.accounts") / "data" / "common.txt").read_text(encoding="utf-8").splitlines()
    words = (word for line in lines if not line.startswith("#") for word in line.lower().split())
    return frozenset(word for word in words if len(word) >= _least(word))


def guess(password: str, own: Iterable[str] = ()) -> Guess:
    """Estimate a password (in its NFKC form); `own` is what others know of its owner."""
    text = password.casefold()
    words = common() | {word.casefold() for word in own if len(word) >= SHORTEST_WORD}
    longest = max(map(len, words))
    seen: set[str] = set()
    bits, at = 0.0, 0
    while at < len(text):
        length, worth = _piece(text, at, words, longest)
        piece = text[at : at + length]
        # The same word four times is one word, and how often.
        bits += AGAIN_BITS if length > 1 and piece in seen else worth
        seen.add(piece)
        at += length
    return Guess(len(seen), bits)


def _piece(text: str, at: int, words: frozenset[str], longest: int) -> tuple[int, float]:
    """The longest guessable piece that begins here, with its worth; one character where there is none."""
    return max(_pieces(text, at, words, longest), key=lambda piece: (piece[0], -piece[1]))


def _pieces(text: str, at: int, words: frozenset[str], longest: int) -> Iterator[tuple[int, float]]:
    yield 1, _letter(text[at])
    if repeated := _REPEATED.match(text, at):
        yield len(repeated[0]), sum(map(_letter, repeated[1])) + 1
    if (run := _run(text, at)) >= SHORTEST_RUN:
        yield run, RUN_BITS
    if date := _DATE.match(text, at):
        yield len(date[0]), DATE_BITS
    for written in (text, text.translate(_LOOKS_LIKE)):
        if (word := _word(written, at, words, longest)) > 1:
            yield word, WORD_BITS


def _word(text: str, at: int, words: frozenset[str], longest: int) -> int:
    return next(
        (size for size in range(min(len(text) - at, longest), 1, -1) if text[at : at + size] in words), 0
    )


def _run(text: str, at: int) -> int:
    """How far the text goes on along one line of keys, in one direction."""
    return max(_along(text, at, line) for one in LINES for line in (one, one[::-1]))


def _along(text: str, at: int, line: str) -> int:
    start = line.find(text[at])
    if start < 0:
        return 0
    size = 0
    while at + size < len(text) and start + size < len(line) and text[at + size] == line[start + size]:
        size += 1
    return size


def _letter(one: str) -> float:
    if not one.isascii():
        return WIDE_BITS
    return PLAIN_BITS if one.isalnum() else ODD_BITS


def _least(word: str) -> int:
    return SHORTEST_WORD if word.isascii() else 2
