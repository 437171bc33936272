"""Sorted suffixes: every place where a match may begin, in alphabetical order.

All places where a typed text occurs lie side by side in that order, so that two binary searches find
them, however many there are. One structure answers “begins with” and “contains”, for finished and for
half-typed text alike, exactly and without looking at anything that does not match.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pillnuts.search import hangul

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]

_LETTERS: Final = "".join(chr(code) for code in range(0x3131, 0x3164))
FIRST_LETTER: Final = 0x80
_TO_CODES: Final = str.maketrans(_LETTERS, "".join(chr(FIRST_LETTER + n) for n in range(len(_LETTERS))))
_FROM_CODES: Final = {after: before for before, after in _TO_CODES.items()}
_FIRST_VOWEL: Final = FIRST_LETTER + _LETTERS.index("ㅏ")
_RARE: Final = re.compile(f"[^\\x00-\\x7f{_LETTERS}]")
_STEP: Final = 8
"""Bytes compared at once while sorting."""

INSIDE, START, END = 0, 1, 2
"""What a place in the text is: inside a syllable or number; where one starts; where a name may end."""
FIRST, WITHIN, NOTE = 0, 1, 2
"""Where a match begins: with the text; further on; in a note, such as a name's brackets, or an aside."""


def encode(keys: str) -> bytes:
    """One byte for each ASCII character and each letter of a Korean keyboard; an escape for all else."""
    if keys.isascii():
        return keys.encode()
    known = _RARE.sub(lambda found: f"\x1f{ord(found[0]):x}\x1e", keys)
    return known.translate(_TO_CODES).encode("latin-1")


def decode(codes: bytes) -> str:
    """The inverse of `encode`, but for its escapes."""
    return codes.decode("latin-1").translate(_FROM_CODES)


class Entry(NamedTuple):
    """A text in normal form, and whose it is."""

    owner: int
    text: str
    ends: tuple[int, ...] = ()
    """Characters after which the text counts as complete (a name before its strength)."""
    lead: int = 0
    """Characters at its beginning: what starts there counts as beginning the text."""
    asides: tuple[tuple[int, int], ...] = ()
    """From which character to which it says something beside the point."""


class Range(NamedTuple):
    """Matches: a stretch of the sorted places, all reached by `length` bytes."""

    low: int
    high: int
    length: int


@dataclass(frozen=True, slots=True)
class Suffixes:
    """Texts, and the places in them where a match may begin, sorted by what follows.

    `text`: all texts in one, each ended by a zero byte. `edge`: for each byte one of INSIDE, START, END.
    `place`, `owner`, `part`: for each sorted place its position in `text`, whose text it is, and one of
    FIRST, WITHIN, NOTE. `begin`, `plain`: for each text its position, and its length without notes.
    `number`: for each owner its first text. The lists of starts have one more at their end.
    """

    text: bytes
    edge: Bytes
    place: Ints
    owner: Ints
    part: Bytes
    begin: Ints
    plain: Ints
    number: Ints

    @property
    def owners(self) -> int:
        """How many owners there are."""
        return len(self.number) - 1

    def find(self, pattern: bytes) -> Range:
        length, text, places = len(pattern), self.text, self.place.data
        low = bisect_left(places, pattern, key=lambda place: text[place : place + length])
        high = bisect_right(places, pattern, lo=low, key=lambda place: text[place : place + length])
        return Range(low, high, length)

    def edges(self, found: Range) -> Bytes:
        """For each match where it ends: INSIDE, START or END."""
        edges: Bytes = self.edge[self.place[found.low : found.high] + found.length]
        return edges

    def texts(self, owner: int) -> Iterator[bytes]:
        """The texts of an owner without their notes, as encoded."""
        for number in range(int(self.number[owner]), int(self.number[owner + 1])):
            begin = int(self.begin[number])
            yield self.text[begin : begin + int(self.plain[number])]


def suffixes(entries: Sequence[Entry], count: int, *, initials: bool = False) -> Suffixes:
    """Sort the texts of `entries`, which stand in the order of their owners 0 … `count` - 1.

    With `initials` a text is the initial consonants of its syllables.
    """
    keys = hangul.choseong if initials else hangul.jamo
    parts = [encode(keys(entry.text)) for entry in entries]
    begin = np.zeros(len(parts) + 1, np.int32)
    np.cumsum([len(part) + 1 for part in parts], out=begin[1:])
    joined = b"".join(part + b"\0" for part in parts) + bytes(_STEP)
    text = np.frombuffer(joined, np.uint8)
    ends = [[len(encode(keys(entry.text[:end]))) for end in entry.ends] for entry in entries]
    plain = np.array([max(of, default=len(part)) for of, part in zip(ends, parts, strict=True)], np.int32)
    marks = [start + end for start, of in zip(begin.tolist(), ends, strict=False) for end in of]
    edge = _edges(text, np.array(marks, np.int64), initials=initials)
    places = np.flatnonzero((edge != INSIDE) & (text != 0))
    text_of = np.searchsorted(begin, places, side="right") - 1
    order = _sorted(text, places, begin[text_of + 1] - 1)
    place, of = places[order].astype(np.int32), text_of[order]
    within = place - begin[of]
    lead = np.array([len(encode(keys(entry.text[: entry.lead]))) for entry in entries] or [0], np.int32)
    first = (within == 0) | (within < lead[of])
    note = (within >= plain[of]) | _asides(entries, begin, len(text), keys)[place]
    part = np.where(note, NOTE, np.where(first, FIRST, WITHIN)).astype(np.uint8)
    whose = np.array([entry.owner for entry in entries], np.int32)
    number = np.searchsorted(whose, np.arange(count + 1)).astype(np.int32)
    return Suffixes(joined, edge, place, whose[of], part, begin, plain, number)


def _asides(
    entries: Sequence[Entry], begin: Ints, size: int, keys: Callable[[str], str]
) -> NDArray[np.bool_]:
    """Which bytes of the joined text lie in an aside."""
    beside = np.zeros(size, bool)
    for entry, start in zip(entries, begin.tolist(), strict=False):
        for first, last in entry.asides:
            low, high = (start + len(encode(keys(entry.text[:end]))) for end in (first, last))
            beside[low:high] = True
    return beside


def _edges(text: Bytes, ends: NDArray[np.int64], *, initials: bool) -> Bytes:
    """A syllable starts at a consonant before a vowel, a number at its first digit, a letter always."""
    after = np.append(text[1:], 0)
    before = np.append(0, text[:-1])
    number = ((text >= ord("0")) & (text <= ord("9"))) | (text == ord("."))
    within = number & (((before >= ord("0")) & (before <= ord("9"))) | (before == ord(".")))
    marks = (text == ord("/")) | (text == 0x1E)  # noqa: PLR2004 -- the end of an escape
    korean = text >= FIRST_LETTER
    starts = ~within & ~marks & ~korean
    starts |= korean if initials else korean & (text < _FIRST_VOWEL) & (after >= _FIRST_VOWEL)
    edge = np.where(starts, np.uint8(START), np.uint8(INSIDE))
    edge[ends[edge[ends] == START]] = END  # not inside a number: `B` is no complete `B12`
    edge[text == 0] = END
    return edge


def _sorted(text: Bytes, places: NDArray[np.int64], ends: Ints) -> NDArray[np.int64]:
    """The order of the places by what follows them, up to the end of the text each is in.

    Eight bytes are compared at once; then the next eight of those that are still alike, and so on.
    """
    window = np.zeros(len(text) - _STEP, np.uint64)
    for n in range(_STEP):
        window = (window << np.uint64(8)) | text[n : n + len(window)]
    order = np.argsort(window[places], kind="stable")
    group = _groups(np.arange(len(order)), window[places[order]], np.zeros(len(order), np.int64))
    depth, tied = _STEP, np.arange(len(order))
    while True:
        many = np.bincount(group[tied], minlength=len(order))[group[tied]] > 1
        tied = tied[many]
        tied = tied[places[order[tied]] + depth <= ends[order[tied]]]
        if not len(tied):
            return order
        key = window[places[order[tied]] + depth]
        within = np.lexsort((key, group[tied]))
        order[tied] = order[tied][within]
        group[tied] = _groups(tied, key[within], group[tied])
        depth += _STEP


def _groups(slots: NDArray[np.int64], key: NDArray[np.uint64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """A group for each run of slots that are alike so far, named by its first slot."""
    changes = np.ones(len(slots), bool)
    changes[1:] = (key[1:] != key[:-1]) | (group[1:] != group[:-1])
    firsts = slots[changes]
    numbered: NDArray[np.int64] = firsts[np.cumsum(changes) - 1]
    return numbered


def gram_starts(pattern: bytes) -> list[int]:
    """Where syllables, letters and numbers start in an encoded text."""
    text = np.frombuffer(pattern, np.uint8)
    edge = _edges(text, np.empty(0, np.int64), initials=False)
    return np.flatnonzero(edge == START).tolist()
