"""What changed between two versions of a text, word by word (pure).

Lines are aligned first, words only inside the lines that differ, so that a document of 400 kB takes
no longer than a reader waits. What is not worth telling apart is told as one change.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel

from pillnuts.catalogue.history_words import Unit, lines, normal, words

MOST_CELLS: Final = 250_000_000
"""Units of one side times units of the other, one bit each (30 MB): a larger stretch is told as replaced."""


class Segment(NamedTuple):
    """A stretch of both texts: the same words, or others in their place ("": only added or removed)."""

    same: bool
    before: str
    after: str


def difference(old: str, new: str) -> list[Segment]:
    """Tell how the old text became the new one, in segments that are the same and changed by turns.

    Together the segments are both texts, to the character. Turned round, it is the difference of the new
    text and the old: what counts as the same does not depend on the direction.
    """
    turned = old > new
    found = _compared(new, old) if turned else _compared(old, new)
    return [Segment(each.same, each.after, each.before) for each in found] if turned else found


def _compared(old: str, new: str) -> list[Segment]:
    by_words = (
        part
        for each in _merged(_aligned(old, new, lines))
        for part in ((each,) if each.same else _aligned(each.before, each.after, words))
    )
    return _merged(map(_only_blanks, _merged(_without_crumbs(_merged(by_words)))))


def _aligned(old: str, new: str, split: Callable[[str], list[Unit]]) -> Iterator[Segment]:
    """Align two texts by lines or by words."""
    one, other = split(old), split(new)
    if len(one) * len(other) > MOST_CELLS:
        yield Segment(same=False, before=old, after=new)
        return
    numbers: dict[str, int] = {}
    first, second = ([numbers.setdefault(unit.key, len(numbers)) for unit in side] for side in (one, other))
    for step in Indel.opcodes(first, second):
        before, after = one[step.src_start : step.src_end], other[step.dest_start : step.dest_end]
        yield Segment(step.tag == "equal", _text(before), _text(after))


def _text(units: Iterable[Unit]) -> str:
    return "".join(unit.text for unit in units)


def _merged(segments: Iterable[Segment]) -> list[Segment]:
    """Join neighbours of one kind."""
    runs = ((same, list(run)) for same, run in groupby(segments, key=lambda each: each.same))
    return [
        Segment(same, "".join(each.before for each in run), "".join(each.after for each in run))
        for same, run in runs
    ]


def _without_crumbs(segments: list[Segment]) -> Iterator[Segment]:
    """Give up equal words that are fewer than what changes on both sides: there by chance, hard to read."""
    for at, each in enumerate(segments):
        beside = segments[at - 1 : at + 2 : 2] if at else []
        crumb = each.same and len(beside) > 1 and _weight(each) < min(map(_weight, beside))
        yield each._replace(same=False) if crumb else each


def _weight(segment: Segment) -> int:
    """Count the characters of the longer side without blanks."""
    return max(len("".join(side.split())) for side in (segment.before, segment.after))


def _only_blanks(segment: Segment) -> Segment:
    """Call the same what differs in blanks and look-alikes only (`복용 하십시오`)."""
    return Segment(
        segment.same or normal(segment.before) == normal(segment.after), segment.before, segment.after
    )
