"""Names near to what was typed: one or two wrong keys, or a syllable left out or put in.

Candidates share groups of keys with the query; only those few hundred are compared key by key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from pillnuts.search.suffixes import Ints, Suffixes, gram_starts

_CANDIDATES: Final = 300
_COMMON: Final = 6000
"""A group of keys at more places than this says too little to be worth counting."""
_SYLLABLE: Final = (2, 5)
"""Keys in a syllable, at least and at most."""
_SYLLABLE_COST: Final = 1


@dataclass(frozen=True, slots=True)
class Near:
    owner: int
    cost: int
    """Wrong keys; a whole syllable left out or put in counts as one."""
    text: bytes
    """The part of the name that it is near to, as encoded."""


def allowed(length: int) -> int:
    """How many wrong keys are still a slip in a word of so many keys."""
    return (0, 0, 0, 1, 1, 1, 2, 2)[length] if length < 8 else 3  # noqa: PLR2004


def near(field: Suffixes, pattern: bytes) -> list[Near]:
    """Texts of `field` near to `pattern`, the nearest first, one for each owner."""
    limit = allowed(len(pattern))
    if not limit:
        return []
    found = []
    for owner in _candidates(field, pattern).tolist():
        best = min(_costs(field, owner, pattern, limit), default=None)
        if best is not None:
            found.append(Near(owner, *best))
    return sorted(found, key=lambda one: one.cost)


def _candidates(field: Suffixes, pattern: bytes) -> Ints:
    """Owners that share the most and the rarest groups of keys."""
    owners: list[Ints] = []
    weights: list[NDArray[np.float32]] = []
    for start in gram_starts(pattern):
        for size in (2, 3, 4):
            found = field.find(pattern[start : start + size])
            count = found.high - found.low
            if 0 < count <= _COMMON:
                owners.append(field.owners(found))
                weights.append(np.full(count, np.log(len(field.place) / count), np.float32))
    if not owners:
        return np.empty(0, np.int32)
    score = np.bincount(np.concatenate(owners), np.concatenate(weights))
    best = np.argpartition(-score, min(_CANDIDATES, len(score) - 1))[:_CANDIDATES]
    return best[score[best] > 0].astype(np.int32)


def _costs(field: Suffixes, owner: int, pattern: bytes, limit: int) -> Iterator[tuple[int, bytes]]:
    for whole in field.texts(owner):
        for text in _beginnings(whole, len(pattern)):
            cost = _cost(pattern, text, limit)
            if cost is not None:
                yield cost, text


def _beginnings(whole: bytes, length: int) -> Iterator[bytes]:
    """The whole text, and its beginnings that are about as long as the query."""
    yield whole
    for cut in range(length - 2, length + 4):
        if 0 < cut < len(whole):
            yield whole[:cut]


def _cost(typed: bytes, text: bytes, limit: int) -> int | None:
    longer, shorter = (text, typed) if len(text) > len(typed) else (typed, text)
    extra = len(longer) - len(shorter)
    if _SYLLABLE[0] <= extra <= _SYLLABLE[1] and _one_piece(longer, shorter, extra):
        return _SYLLABLE_COST
    cost = Levenshtein.distance(typed, text, score_cutoff=limit)
    return cost if cost <= limit else None


def _one_piece(longer: bytes, shorter: bytes, extra: int) -> bool:
    """Whether `longer` is `shorter` with one piece put in."""
    same = 0
    while same < len(shorter) and longer[same] == shorter[same]:
        same += 1
    return longer[same + extra :] == shorter[same:]
