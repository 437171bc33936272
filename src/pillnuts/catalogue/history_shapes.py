"""The frozen shapes in which the history of a label leaves the catalogue, as in its JSON API."""

from typing import Literal

from pillnuts.catalogue.shapes import Change, FieldSource, Frozen


class Piece(Frozen):
    """A stretch of the difference between two versions of a text, in order of reading."""

    kind: Literal["same", "removed", "added", "folded"]
    text: str = ""
    """Plain text; "" where it is folded."""
    characters: int = 0
    """How many characters of equal text are folded here."""
    heading: str | None = None
    """The last heading among what is folded: the text behind it belongs there."""


class LabelChange(Frozen):
    """One change of one section: how an earlier text became the one that followed it."""

    release: int
    """The release of this site that brought the later text."""
    data_date: str | None
    """The newest day that the data of this release speaks of."""
    earlier: FieldSource
    later: FieldSource
    stated: tuple[Change, ...]
    """What the ministry's own history of the permit names between the days of the two texts."""
    pieces: tuple[Piece, ...]


class SectionHistory(Frozen):
    key: str
    """As in `shapes.Section`."""
    plain_language: bool
    title: str
    changes: tuple[LabelChange, ...]
    """Newest first, a limited list."""


class LabelHistory(Frozen):
    item_seq: str
    sections: tuple[SectionHistory, ...]
    """Only those that changed while this site was watching."""
    permit_changes: tuple[Change, ...]
    """The ministry's own history of the permit, newest first, where it states one."""
