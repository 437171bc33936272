"""Earlier texts of a label: which are kept when a release comes, and how they are told (pure).

A text that differs in blanks, markup or look-alikes only is the same text. A section that the files stop
telling is not changed but unknown: its last text waits for the one that follows. A text whose own date is
older than that of the text before is an import that goes back, and no change of the label.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from pillnuts.catalogue.history_diff import difference
from pillnuts.catalogue.history_fold import pieces
from pillnuts.catalogue.history_shapes import LabelChange, LabelHistory, SectionHistory
from pillnuts.catalogue.history_words import digest
from pillnuts.catalogue.shapes import Change, FieldSource, Product, Section

MOST_VERSIONS: Final = 10
"""Earlier texts that are kept of one section; the oldest leave."""

_STATED_AS: Final = {"efficacy": "효능", "usage": "용법", "storage": "저장"}
"""Section → what the ministry's history calls a change of it; every other section is one of the cautions."""


class Known(NamedTuple):
    """What a release knows of a section."""

    text: str
    source: str
    date: str | None

    def says(self, other: "Known") -> bool:
        """Whether both say the same; most texts that come again are equal to the letter."""
        return self.text == other.text or digest(self.text) == digest(other.text)


class Told(NamedTuple):
    """The sections of one document by `section_id`, and the ministry's history of its permit."""

    sections: Mapping[str, Known]
    changes: Sequence[tuple[str, str]]
    """(date, label)."""


class Kept(NamedTuple):
    """What of a kept text decides; its text is read where it waits for one to follow."""

    section: str
    digest: str
    next_digest: str | None
    replaced_in: int | None


class Put(NamedTuple):
    """A text to keep, in place of what was kept under its section and digest."""

    section: str
    digest: str
    known: Known
    next_digest: str | None
    """None: the text waits."""
    stated: str


class Plan(NamedTuple):
    put: tuple[Put, ...]
    drop: tuple[tuple[str, str], ...]
    """(section, digest)."""


class Version(NamedTuple):
    """An earlier text as it stands on the shelf; fields as in `history_models.LabelVersion`."""

    section: str
    digest: str
    replaced_in: int
    replaced_on: str | None
    source: str
    date: str | None
    stated: str
    text: bytes


NOTHING: Final = Told({}, ())


def packed(text: str) -> bytes:
    """Write a text as it is kept."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"))


def unpacked(text: bytes) -> str:
    return zlib.decompress(text).decode("utf-8", "surrogatepass")


def section_id(key: str, *, plain_language: bool) -> str:
    """Name a section of a product: `label-usage` and `easy-usage` are two texts."""
    return f"{'easy' if plain_language else 'label'}-{key}"


def told(document: bytes | None) -> Told:
    """Read the JSON of a `shapes.Product`; None: no such product."""
    if document is None:
        return NOTHING
    values = orjson.loads(document)
    return Told(
        {
            section_id(each["key"], plain_language=each["plain_language"]): Known(
                each["text"], each["source"], each["date"]
            )
            for each in values["sections"]
        },
        [(change["date"], change["label"]) for change in values["changes"]],
    )


def plan(before: Told, after: Told, waiting: Mapping[str, Known], kept: Sequence[Kept]) -> Plan:
    """Decide what to keep of one product when its document is replaced.

    `waiting` are the last texts of sections that were unknown, `kept` everything kept of the product.
    """
    put: list[Put] = []
    drop: list[tuple[str, str]] = []
    there = {(each.section, each.digest): each for each in kept}
    for section, was in {**waiting, **before.sections}.items():
        now = after.sections.get(section)
        if now is None:
            if section not in waiting:
                put.append(Put(section, digest(was.text), was, None, "[]"))
        elif not was.says(now) and not _goes_back(was, now):
            old, following = there.get((section, digest(was.text))), digest(now.text)
            if old is None or old.next_digest != following:
                put.append(
                    Put(section, digest(was.text), was, following, _stated(section, was, now, after.changes))
                )
        elif section in waiting:
            drop.append((section, digest(waiting[section].text)))
    return Plan(tuple(put), (*drop, *_surplus(put, kept)))


def _goes_back(was: Known, now: Known) -> bool:
    return was.date is not None and now.date is not None and now.date < was.date


def _stated(section: str, was: Known, now: Known, changes: Iterable[tuple[str, str]]) -> str:
    """Pick what the ministry names between the days of the two texts."""
    word = _STATED_AS.get(section.partition("-")[2], "주의사항")
    found = [
        {"date": day, "label": label}
        for day, label in changes
        if was.date and now.date and was.date < day <= now.date and word in label
    ]
    return orjson.dumps(found).decode()


def _surplus(put: Iterable[Put], kept: Sequence[Kept]) -> Iterator[tuple[str, str]]:
    """Name the oldest texts of each section that has more than `MOST_VERSIONS`."""
    for each in put:
        others = [
            (old.replaced_in, old.digest)
            for old in kept
            if old.section == each.section and old.digest != each.digest and old.replaced_in is not None
        ]
        for _, old_digest in sorted(others, reverse=True)[MOST_VERSIONS - 1 :]:
            yield each.section, old_digest


class Changed(NamedTuple):
    """A section that changed, for a list of contents."""

    title: str
    plain_language: bool
    changes: int
    data_date: str | None
    """Of the release that brought the last change."""


def changed(product: Product, versions: Iterable[Version]) -> tuple[Changed, ...]:
    """Name the sections that `history` has changes of; it takes a fraction of the time."""
    return tuple(
        Changed(section.title, section.plain_language, len(steps), steps[0].version.replaced_on)
        for section, steps in _steps(product, versions)
    )


def history(product: Product, versions: Iterable[Version]) -> LabelHistory:
    """Tell what changed in the sections that the product has now, newest first."""
    return LabelHistory(
        item_seq=product.item_seq,
        sections=tuple(
            SectionHistory(
                key=section.key,
                plain_language=section.plain_language,
                title=section.title,
                changes=tuple(map(_change, steps)),
            )
            for section, steps in _steps(product, versions)
        ),
        permit_changes=product.changes,
    )


class _Step(NamedTuple):
    version: Version
    earlier: Known
    later: Known


def _steps(product: Product, versions: Iterable[Version]) -> Iterator[tuple[Section, list[_Step]]]:
    """Give the sections that changed, each with its changes, newest first."""
    by_section: dict[str, list[Version]] = {}
    for version in sorted(versions, key=lambda one: (one.replaced_in, one.digest), reverse=True):
        by_section.setdefault(version.section, []).append(version)
    for section in product.sections:
        found = by_section.get(section_id(section.key, plain_language=section.plain_language), ())
        if steps := list(_followed(Known(section.text, section.source, section.date), found)):
            yield section, steps


def _followed(later: Known, versions: Sequence[Version]) -> Iterator[_Step]:
    for version in versions[:MOST_VERSIONS]:
        earlier = Known(unpacked(version.text), version.source, version.date)
        if not earlier.says(later) and not _goes_back(earlier, later):
            yield _Step(version, earlier, later)
            later = earlier


def _change(step: _Step) -> LabelChange:
    return LabelChange(
        release=step.version.replaced_in,
        data_date=step.version.replaced_on,
        earlier=FieldSource(source=step.earlier.source, date=step.earlier.date),
        later=FieldSource(source=step.later.source, date=step.later.date),
        stated=tuple(Change(**each) for each in _read(step.version.stated)),
        pieces=tuple(pieces(difference(step.earlier.text, step.later.text))),
    )


def _read(stated: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(stated)
    return found
