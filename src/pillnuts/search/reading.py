"""The ways in which a typed query can be read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pillnuts.search import hangul
from pillnuts.search.matching import Word

_LATIN: Final = 6
"""Letters of a Latin word that may by chance make whole Korean syllables only."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as words, and as one word without blanks; `typed` are the words before normalisation."""

    words: tuple[Word, ...]
    joined: Word
    typed: tuple[str, ...]
    shown: str | None = None
    """What it was taken for, where that is not what was typed."""

    @classmethod
    def of(cls, words: list[str], shown: str | None = None) -> "Reading":
        kept = [(Word(normal), word) for word in words if (normal := hangul.normalise(word))]
        return cls(
            tuple(word for word, _ in kept),
            Word(hangul.normalise(" ".join(words))),
            tuple(typed for _, typed in kept),
            shown,
        )


def as_typed(text: str) -> Reading:
    return Reading.of(hangul.words(text))


def attached(reading: Reading, concept: Callable[[Word], bool]) -> Reading | None:
    """The query with letters and numbers as a part of the word before them; None when none belongs to one.

    `오메가 3`, `비타민 디`, `비타민디`: with them the word is a `concept` of its own.
    """
    words: list[str] = []
    for typed in reading.typed:
        last = words[-1] if words else ""
        whole = last + typed
        if last and typed.isdigit() and concept(Word(hangul.normalise(whole))):
            words[-1] = whole
        elif last and (letter := _heard(whole, concept)) is not None:
            words[-1] = letter
        else:
            words.append(_heard(typed, concept) or typed)
    if words == list(reading.typed):
        return None
    shown = " ".join(words)
    return Reading.of(words, None if hangul.normalise(shown) == reading.joined.normal else shown)


def _heard(word: str, concept: Callable[[Word], bool]) -> str | None:
    """The word with its last letter as itself, where that makes a concept."""
    letter = hangul.heard(hangul.normalise(word))
    return letter if letter is not None and concept(Word(letter)) else None


def otherwise(reading: Reading, fits: Callable[[Word], bool]) -> Iterator[Reading]:
    """Other ways to read it.

    A unit still being typed, letters of a name as they are read aloud, the keyboard in the wrong language.

    Words that `fits` says are meant as they were typed stay as they are.
    """
    unit = hangul.unfinished_unit(reading.joined.normal)
    if unit is not None:
        yield Reading.of([unit])
    spelt = [hangul.spelt(word) for word in reading.typed]
    if spelt != list(reading.typed):
        yield Reading.of(spelt, " ".join(spelt))
    for other_layout in (_korean, _latin):
        meant = [_meant(word, fits, other_layout) for word in zip(reading.words, reading.typed, strict=True)]
        if any(changed for _, changed in meant):
            words = [word for word, _ in meant]
            yield Reading.of(words, " ".join(words))


def _korean(typed: str) -> str | None:
    keys = hangul.from_qwerty(typed)
    return None if keys is None else hangul.compose(keys)


def _latin(typed: str) -> str | None:
    """Words of few whole syllables are meant as they stand: 우유 is no `db`."""
    normal = hangul.normalise(typed)
    latin = hangul.to_qwerty(normal)
    whole = all("가" <= letter <= "힣" for letter in normal)
    return None if latin is None or (whole and len(latin) < _LATIN) else latin


def _meant(
    word: tuple[Word, str], fits: Callable[[Word], bool], other_layout: Callable[[str], str | None]
) -> tuple[str, bool]:
    known, typed = word
    other = None if fits(known) else other_layout(typed)
    return (typed, False) if other is None else (other, True)
