"""Label texts sentence by sentence: what one says that another does not say in the same words."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from pillnuts.compare.shapes import ComparedSection, MarkedSection, MarkedText, Span

_ENOUGH = 2
_ALIKE = 60
"""From this likeness on (0-100), two sentences are one sentence worded differently: only words are marked."""
# A sentence ends at a full stop after Hangul or a bracket (not after the number of a list), at ; ! ?
_END = re.compile(r"(?<=[가-힣)\]])\.\s+|(?<=[다오])\.(?=[가-힣])|(?<=[!?;])\s+")
_TOKEN = re.compile(r"\S+\s*")
_NUMBERING = re.compile(r"^\s*(?:제?\d+[.)](?!\d)|\(\d+\)|[①-⑳]|[가-하][.)]|[-•·○●◦※*∙▪])\s*")
_NOT_READ = re.compile(r"[^\w%<>≤≥+]|_")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# Between digits these carry meaning: 1.5 is not 15, 1~2 is not 12.
_BETWEEN_DIGITS = {
    "dot": re.compile(r"(?<=\d)[.](?=\d)"),
    "to": re.compile(r"(?<=\d)\s*[~∼-]\s*(?=\d)"),
    "per": re.compile(r"(?<=\d)/(?=\d)"),
}


def marked(section: ComparedSection) -> MarkedSection:
    """The section with what differs marked; nothing is marked where the texts cannot be held together."""
    present = [text for text in section.texts if text is not None]
    comparable = section.same_kind and len(present) >= _ENOUGH
    columns: list[MarkedText | None] = []
    for index, (text, origin) in enumerate(zip(section.texts, section.origins, strict=True)):
        if text is None or origin is None:
            columns.append(None)
            continue
        others = [other for place, other in enumerate(section.texts) if place != index and other is not None]
        paragraphs = spans(text, others if comparable else [])
        columns.append(
            MarkedText(
                source=origin.source,
                date=origin.date,
                plain_language=origin.plain_language,
                paragraphs=paragraphs,
                differs=any(span.differs for paragraph in paragraphs for span in paragraph),
            )
        )
    differs = any(column.differs for column in columns if column)
    return MarkedSection(
        key=section.key,
        title=section.title,
        columns=tuple(columns),
        marked=comparable,
        identical=comparable and None not in columns and not differs,
    )


def spans(text: str, others: Sequence[str]) -> tuple[tuple[Span, ...], ...]:
    """Paragraphs of spans; the spans of a paragraph put together are the paragraph again."""
    against = [_sentence_keys(other) for other in others]
    return tuple(
        _merged([span for sentence in sentences(paragraph) for span in _of_sentence(sentence, against)])
        for paragraph in paragraphs(text)
    )


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def sentences(paragraph: str) -> list[str]:
    """Cut after each sentence; blanks stay with the sentence before them."""
    cuts = [0, *(found.end() for found in _END.finditer(paragraph)), len(paragraph)]
    return [paragraph[start:end] for start, end in pairwise(cuts) if start < end]


def _of_sentence(sentence: str, against: Sequence[dict[str, list[str]]]) -> list[Span]:
    key = _key(sentence)
    lacking = [keys for keys in against if key not in keys]
    if not lacking or not key:
        return [Span(text=sentence, differs=False)]
    tokens = _TOKEN.findall(sentence)
    differing: set[int] = set()
    for keys in lacking:
        nearest = process.extractOne(key, keys.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        words = _differing(tokens, keys[nearest[0]]) if nearest else set()
        # Worded differently, though no single word is to blame (a blank moved): the sentence as a whole.
        differing |= words or set(range(len(tokens)))
    return [Span(text=token, differs=place in differing) for place, token in enumerate(tokens)]


def _differing(tokens: Sequence[str], other: Sequence[str]) -> set[int]:
    """Places of the words that the other sentence does not have, in that order."""
    codes = Indel.opcodes([_key(token) for token in tokens], list(other))
    return {place for code in codes if code.tag != "equal" for place in range(code.src_start, code.src_end)}


def _sentence_keys(text: str) -> dict[str, list[str]]:
    """Key of each sentence → the keys of its words."""
    found: dict[str, list[str]] = {}
    for paragraph in paragraphs(text):
        for sentence in sentences(paragraph):
            found.setdefault(_key(sentence), [_key(token) for token in _TOKEN.findall(sentence)])
    return found


def _key(text: str) -> str:
    """What is left to compare: no numbering, blanks or punctuation; numbers keep points and ranges."""
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", _NUMBERING.sub("", text)))
    for word, sign in _BETWEEN_DIGITS.items():
        plain = sign.sub(word, plain)
    return _NOT_READ.sub("", plain).casefold()


def _merged(parts: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbours of one kind become one span."""
    merged: list[Span] = []
    for part in parts:
        if merged and merged[-1].differs == part.differs:
            merged[-1] = Span(text=merged[-1].text + part.text, differs=part.differs)
        else:
            merged.append(part)
    return tuple(merged)
