"""What a text on the use of a medicine treats, and what it only mentions.

`고혈압, 당뇨 등 위험인자를 가진 환자의 혈전 예방` is about clots: 고혈압 tells whom it is given to.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from pillnuts.search.hangul import normalise

MARK: Final = ";"
_LEAD: Final = 24
_DONE: Final = r"(?:치료|완화|예방|억제|개선|감소|보급|소실|해소)"
_GROUP: Final = re.compile(r"위험\s?(?:인자|요인)|환자|병력|가족력")
"""Who it is given to: all that is listed before it in the same clause."""
_GROUP_TREATED: Final = re.compile(rf"[^\s,.()]{{0,4}}\s*(?:증상|증세)?[의을]?\s*(?:{_DONE}|투여|사용|요법)")
"""`류마티스관절염 환자의 치료` is about 류마티스관절염 after all."""
_CAUSE: Final = re.compile(
    r"에\s?의한|(?:으로|로)\s?인(?:한|해|하여)|에\s?(?:동반|수반)|[을를]\s?(?:동반|수반)|의\s?동반\s?증상"
)
"""What the complaint comes from: only the item before it."""
_EFFECTS: Final = re.compile(rf"에\s?따(?:른|르는).*?(?={_DONE}|에\s?사용|다\.|\n|$)")
"""What the complaint leads to: `변비에 따른 식욕부진, 치질` is no help for 치질 of its own."""
_CLAUSE: Final = re.compile(rf"[\n()\[\]]|다\.|에서\s|{_DONE}(?:와|과|하고)?[\s,]")
_SEPARATOR: Final = re.compile(r"\((?![^()]*\)통)|\)(?!통)|[\n,\[\]·ㆍ・;:]+|\.(?!\d)")
"""But not in `요(허리)통`, which is both 요통 and 허리통."""
_ITEM: Final = re.compile(r"[\n()\[\],.:]|\s(?:및|또는|혹은)\s|[와과]\s")


class Uses(NamedTuple):
    """A text on what a medicine is for."""

    text: str
    """In normal form, with MARK where a list goes on."""
    lead: int
    """Characters at its beginning that tell what the medicine is for first of all."""
    asides: tuple[tuple[int, int], ...]
    """From which character to which it only mentions things."""


def read_uses(text: str) -> Uses:
    spans = list(_merged(sorted(_asides(text))))
    cause = _CAUSE.search(text)
    edges = {edge for span in spans for edge in span} | ({cause.end()} if cause else set())
    whole, at = "", {0: 0}
    for start, end in pairwise(sorted({0, len(text), *edges})):
        whole = _continued(whole, text[start:end])
        at[end] = len(whole)
    # `멀미에 의한 어지러움, 두통` is about 멀미.
    lead = min(at[cause.end()], _LEAD) if cause else _LEAD
    return Uses(whole, lead, tuple((at[start], at[end]) for start, end in spans if at[start] < at[end]))


def _continued(whole: str, more: str) -> str:
    """Add to a text in normal form, with a mark between the pieces of a list: no word goes across it."""
    first, *others = map(normalise, _SEPARATOR.split(more))
    for piece in (first, *(f"{MARK}{other}" for other in others)):
        whole += piece.removeprefix(MARK) if not whole or whole.endswith(MARK) else piece
    return whole


def _asides(text: str) -> Iterator[tuple[int, int]]:
    for cue in _GROUP.finditer(text):
        if not _GROUP_TREATED.match(text, cue.end()):
            yield _last(_CLAUSE, text, cue.start()), cue.end()
    for cue in _CAUSE.finditer(text):
        start = _last(_ITEM, text, cue.start())
        if start:  # what comes first is what the medicine is for: `멀미에 의한 …`
            yield start, cue.end()
    for cue in _EFFECTS.finditer(text):
        yield cue.span()


def _last(boundary: re.Pattern[str], text: str, before: int) -> int:
    """Where the piece that ends at `before` starts."""
    return max((found.end() for found in boundary.finditer(text, 0, before)), default=0)


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Make one of those that touch."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    yield from merged
