"""A label's text as words, so that two versions can be held against each other (pure).

What only looks different is the same here: blanks, full-width letters, the many signs for "from – to",
units in one character. What means something stays: `|` between the cells of a table, raised figures, blanks
that keep two numbers apart.
"""

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple
from unicodedata import normalize

_WORD: Final = re.compile(r"(?P<key>\d+(?:[.,]\d+)*|[A-Za-zµμ]+|[^\W\d_A-Za-zµμ]+|\S)\s*|^\s+")
_BETWEEN_NUMBERS: Final = re.compile(r"(?<=\d)(?:\s+([.,]?)\s*|([.,])\s+)(?=\d)")
_BLANKS: Final = re.compile(r"\s+")
_APART: Final = r"\1\2\0"

# Not NFKC for all of them: it would turn 10⁹ into 109.
_ALIKE: Final = str.maketrans(
    {
        **{
            chr(code): normalize("NFKC", chr(code))
            for code in (*range(0xFF01, 0xFF5F), *range(0x3371, 0x33E0))
        },
        **dict.fromkeys("∼〜～˜", "~"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("‘’‚′", "'"),
        **dict.fromkeys("“”„″", '"'),
        **dict.fromkeys("ㆍ・･•∙⋅‧", "·"),
        **dict.fromkeys("㎍", "µg"),
        "μ": "µ",
        "℃": "°C",
        "\u3000": " ",
        "\u00a0": " ",
        "\u200b": " ",
        "\ufeff": " ",
    }
)


class Unit(NamedTuple):
    """A line, or a word, number or sign, with the blank behind it."""

    key: str
    """What it is compared by."""
    text: str
    """What stands in the document."""


@lru_cache(maxsize=4096)  # a text has its words again and again
def alike(text: str) -> str:
    """Write look-alike characters in one way.

    >>> alike("５～10㎎"), alike("10⁹")
    ('5~10mg', '10⁹')
    """
    return normalize("NFC", text).translate(_ALIKE)


def normal(text: str) -> str:
    r"""Reduce a text to what it says: two texts that differ in blanks and look-alikes only give the same.

    >>> normal("1 회\n 5 ~ 10㎎") == normal("1회 5～10 mg"), normal("5 10") == normal("510")
    (True, False)
    """
    return _BLANKS.sub("", _BETWEEN_NUMBERS.sub(_APART, alike(text)))


def digest(text: str) -> str:
    """Sixteen characters that are the same for texts with the same `normal`."""
    return blake2b(normal(text).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def lines(text: str) -> list[Unit]:
    """Split a text into lines; together they are the text."""
    return [Unit(" ".join(alike(line).split()), line) for line in text.splitlines(keepends=True)]


def words(text: str) -> list[Unit]:
    """Split a text into words, numbers and signs; together they are the text.

    Of `500mg을` only the number differs in `650mg을`.

    >>> [word.key for word in words("1회 500mg을, 2정")]
    ['1', '회', '500', 'mg', '을', ',', '2', '정']
    """
    return [Unit(alike(found["key"] or ""), found[0]) for found in _WORD.finditer(text)]
