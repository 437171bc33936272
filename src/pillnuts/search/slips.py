"""Names one syllable away from what was typed, found without comparing any.

Two texts differ by one syllable left out, put in or changed exactly when they are the same after taking
one character out of one of them, or one out of each. So every name is kept once whole and once without
each of its characters, as a checksum, in order; what was typed is treated alike and looked up. Checksums
may agree by chance: what is found has to be compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pillnuts.search.suffixes import Entry, Ints

SHORTEST: Final = 3
"""Characters; taking one out of less leaves too little to recognise."""
_OWNER_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class Slips:
    """Checksums in ascending order, and for each the product whose name it is from."""

    checksum: NDArray[np.uint32]
    owner: Ints

    @classmethod
    def of(cls, names: Iterable[Entry]) -> Self:
        # Owner and checksum in one number: half a million pairs of objects would fill the memory.
        pairs = np.fromiter(
            (
                checksum << _OWNER_BITS | name.owner
                for name in names
                for form in {name.text[:end] for end in name.ends or (len(name.text),)}
                if len(form) >= SHORTEST
                for checksum in _checksums(form)
            ),
            np.uint64,
        )
        ordered = np.unique(pairs)
        owner = (ordered & np.uint64(2**_OWNER_BITS - 1)).astype(np.int32)
        return cls((ordered >> np.uint64(_OWNER_BITS)).astype(np.uint32), owner)

    def near(self, normal: str) -> Ints:
        """Products whose name, up to its form, its strength or its notes, may be one syllable away."""
        if len(normal) < SHORTEST:
            return np.empty(0, np.int32)
        sought = np.array(sorted(_checksums(normal)), np.uint32)
        low = np.searchsorted(self.checksum, sought, "left")
        high = np.searchsorted(self.checksum, sought, "right")
        places = [self.owner[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True) if a < b]
        return np.unique(np.concatenate(places)) if places else np.empty(0, np.int32)


def _checksums(text: str) -> set[int]:
    """Of the text, and of the text without each of its characters."""
    without = {text[:at] + text[at + 1 :] for at in range(len(text))}
    return {crc32(one.encode()) for one in {text, *without}}
