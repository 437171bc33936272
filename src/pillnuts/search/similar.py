"""Names near to what was typed: one or two wrong letters, or a syllable left out or put in.

Candidates share groups of keys with the query; only those few hundred are compared key by key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from pillnuts.search import hangul
from pillnuts.search.hangul import COMPOUND, VOWELS
from pillnuts.search.suffixes import END, FIRST_LETTER, Ints, Suffixes, decode, encode, gram_starts

_CANDIDATES: Final = 100
_COMMON: Final = 6000
"""A group of keys at more places than this says too little to be worth counting."""
_NO_DIGITS: Final = bytes(set(range(256)) - set(b"0123456789"))
_SHORT: Final = 3
"""Syllables of a word in which only one letter may be wrong, and no syllable left out."""
_SYLLABLE: Final = range(2, 6)
"""Keys in a syllable."""
_COMPOUND: Final = [(encode(pair), encode(whole)) for whole, pair in COMPOUND.items() if whole in VOWELS]


@dataclass(frozen=True, slots=True)
class Near:
    owner: int
    cost: int
    """Wrong letters; a whole syllable left out or put in counts as one."""
    part: bool
    """Only the beginning of the name is near, or the name without its form."""
    text: bytes
    """What it is near to, as encoded."""

    @property
    def rank(self) -> int:
        """The nearest first; a whole name before one that goes on."""
        return self.cost * 2 + self.part


def allowed(pattern: bytes) -> int:
    """How many wrong letters are still a slip in what was typed: at most two, and a quarter of its keys.

    A word of two syllables is never taken for another one: 우유 is no slip for anything.
    """
    shown = hangul.compose(decode(pattern))
    if shown.isascii():
        return min(len(pattern) // 4, 2)
    return 0 if len(shown) < _SHORT else 1 if len(shown) == _SHORT else min(len(pattern) // 4, 2)


def near(field: Suffixes, pattern: bytes, among: Ints | None = None, *, strict: bool = True) -> list[Near]:
    """Texts of `field` near to `pattern`, the nearest first, one for each owner.

    Of the owners `among` only complete names are looked at (before the form, the strength, the notes), or
    else the beginnings of those that share something with it. Unless `strict`, a word of three syllables
    may lack one.
    """
    limit = allowed(pattern)
    if not limit:
        return []
    owners: dict[tuple[bytes, bool], list[int]] = {}
    pieces = _beginnings(field, pattern) if among is None else _complete(field, pattern, among)
    for owner, text, part in pieces:
        owners.setdefault((text, part), []).append(owner)
    best: dict[int, Near] = {}
    for (text, part), cost in _costs(pattern, list(owners), limit, strict=strict):
        for owner in owners[text, part]:
            one = Near(owner, cost, part, text)
            if owner not in best or one.rank < best[owner].rank:
                best[owner] = one
    return sorted(best.values(), key=lambda one: one.rank)


def _beginnings(field: Suffixes, pattern: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """The texts that share something with `pattern`, and their beginnings about as long as it is."""
    for owner, begin, length in _texts(field, _candidates(field, pattern)):
        text = field.text[begin : begin + length]
        if abs(length - len(pattern)) <= _SYLLABLE[-1]:
            yield owner, text, False
        for cut in range(len(pattern) - 2, min(len(pattern) + 4, length)):
            yield owner, text[:cut], True


def _complete(field: Suffixes, pattern: bytes, owners: Ints) -> Iterator[tuple[int, bytes, bool]]:
    """The complete names of these owners that are about as long as `pattern`."""
    shortest = max(len(pattern) - _SYLLABLE[-1], 1)
    for owner, begin, length in _texts(field, owners):
        longest = min(len(pattern) + _SYLLABLE[-1], length)
        edges = field.edge[begin : begin + longest + 1].tobytes()
        cut = edges.find(END, shortest)
        while cut >= 0:
            formless = cut < length and field.text[begin + cut] >= FIRST_LETTER
            yield owner, field.text[begin : begin + cut], formless
            cut = edges.find(END, cut + 1)


def _texts(field: Suffixes, owners: Ints) -> list[tuple[int, int, int]]:
    """The owner, the position and the length without notes of each text of these owners."""
    first = field.number[owners]
    each = field.number[owners + 1] - first
    numbers = np.repeat(first - np.cumsum(each) + each, each) + np.arange(each.sum())
    begins, lengths = field.begin[numbers].tolist(), field.plain[numbers].tolist()
    return list(zip(np.repeat(owners, each).tolist(), begins, lengths, strict=True))


def _costs(
    typed: bytes, texts: list[tuple[bytes, bool]], limit: int, *, strict: bool
) -> Iterator[tuple[tuple[bytes, bool], int]]:
    """Those of `texts` that are near enough, and how near."""
    if not texts:
        return
    most = max(limit + 2, _SYLLABLE[-1])  # split vowels count twice here, and a syllable as its keys
    distances = cdist(
        [typed], [text for text, _ in texts], scorer=Levenshtein.distance, score_cutoff=most, dtype=np.uint8
    )[0]
    folded, numbers = _folded(typed), _digits(typed)
    short = strict and len(hangul.compose(decode(typed))) <= _SHORT
    for number in np.flatnonzero(distances <= most).tolist():
        text = texts[number][0]
        cost = 1 if not short and _one_syllable(typed, text) else Levenshtein.distance(folded, _folded(text))
        # Another strength is another medicine, and no slip.
        cost += numbers not in (b"", _digits(text))
        if cost <= limit and not (short and text[:1] != typed[:1]):
            yield texts[number], cost


def _folded(text: bytes) -> bytes:
    """With compound vowels as one letter: taking ㅚ for ㅐ is one slip."""
    for pair, whole in _COMPOUND:
        text = text.replace(pair, whole)
    return text


def _digits(text: bytes) -> bytes:
    return text.translate(None, _NO_DIGITS)


def _one_syllable(one: bytes, other: bytes) -> bool:
    """Whether they differ by one piece as long as a syllable."""
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    extra = len(longer) - len(shorter)
    if extra not in _SYLLABLE:
        return False
    same = 0
    while same < len(shorter) and longer[same] == shorter[same]:
        same += 1
    if longer[same + extra :] != shorter[same:]:
        return False
    return len(hangul.compose(decode(longer))) - len(hangul.compose(decode(shorter))) == 1


def _candidates(field: Suffixes, pattern: bytes) -> Ints:
    """Owners that share the most and the rarest groups of keys."""
    owners: list[Ints] = []
    weights = []
    for start in gram_starts(pattern):
        for size in (2, 3, 4):
            found = field.find(pattern[start : start + size])
            count = found.high - found.low
            if 0 < count <= _COMMON:
                owners.append(field.owner[found.low : found.high])
                weights.append(np.full(count, np.log(len(field.place) / count), np.float32))
    if not owners:
        return np.empty(0, np.int32)
    shared = np.bincount(np.concatenate(owners), np.concatenate(weights))
    some = np.flatnonzero(shared)
    # Out of two names that share as much, the shorter one is nearer.
    score = shared[some] / (field.plain[field.number[some]] + len(pattern))
    best: Ints = some[np.argpartition(-score, min(_CANDIDATES, len(some) - 1))[:_CANDIDATES]].astype(np.int32)
    return best
