"""The difference as a reader sees it: what was removed and added, with some of the text around it (pure)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pillnuts.catalogue.history_diff import Segment
from pillnuts.catalogue.history_shapes import Piece

CONTEXT: Final = 60
"""Characters of equal text that stay beside a change where its line is long."""
_SHORT_LINE: Final = 120
"""A line no longer than this stays whole beside a change, so that its figures keep what they belong to."""
_TABLE: Final = 400
"""As many characters of a table stay before a change: the names of its columns stand above the figures."""
_SHORTEST: Final = 80
"""Characters that are worth folding."""
_HEADING: Final = re.compile(r"^\d{1,2}\. ?\S[^\n]{0,60}$", re.MULTILINE)


def pieces(segments: Sequence[Segment]) -> Iterator[Piece]:
    """Give what is shown of a difference, in order: of a replaced stretch what it was, then what it is."""
    for at, each in enumerate(_with_blanks_outside(segments)):
        if each.same:
            yield from _folded(each.after, first=at == 0, last=at == len(segments) - 1)
            continue
        if each.before:
            yield Piece(kind="removed", text=each.before)
        if each.after:
            yield Piece(kind="added", text=each.after)


def _with_blanks_outside(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Let the blank behind a replaced stretch stand behind both what it was and what it is."""
    blank = ""
    for at, each in enumerate(segments):
        before, after = each.before, blank + each.after
        blank = ""
        if not each.same and each.before and each.after and at < len(segments) - 1:
            before, after = before.rstrip(), each.after.rstrip()
            blank = each.after[len(after) :]
        yield Segment(each.same, before, after)


def _folded(text: str, *, first: bool, last: bool) -> Iterator[Piece]:
    """Fold an equal stretch but for its ends that lie beside a change."""
    start = 0 if first else _until(text)
    end = len(text) if last else _since(text)
    hidden = text[start:end]
    if len(hidden) < _SHORTEST:
        yield Piece(kind="same", text=text)
        return
    if text[:start]:
        yield Piece(kind="same", text=text[:start])
    headings = [] if last else _HEADING.findall(hidden)
    yield Piece(kind="folded", characters=len(hidden), heading=headings[-1].strip() if headings else None)
    if text[end:]:
        yield Piece(kind="same", text=text[end:])


def _until(text: str) -> int:
    """Where the text behind a change may be folded: where its line ends, or after some of it."""
    line = text.find("\n") + 1 or len(text)
    blank = text.find(" ", CONTEXT)
    return line if line <= _SHORT_LINE or " | " in text[:line] or blank < 0 else blank + 1


def _since(text: str) -> int:
    """Where the text before a change begins again: with its line, or the one above; with its table."""
    start = end = len(text)
    for line in reversed(text[-_TABLE:].splitlines(keepends=True)):
        most = _TABLE if " | " in line else _SHORT_LINE
        if end - start + len(line) > most or (start < end and " | " not in text[start:]):
            break
        start -= len(line)
    return start if start < end else text.rfind(" ", 0, end - CONTEXT) + 1
