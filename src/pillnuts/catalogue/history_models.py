"""The table of earlier label texts. It outlives releases, and products that leave them: it points at none."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pillnuts.kernel.db import TABLE_OPTIONS, Base, blob, key, long_text

COMING = 0
"""`replaced_in` until the database has numbered the release that is being loaded."""


class LabelVersion(Base):
    """A text of a section that another one followed, or that is no longer known."""

    __tablename__ = "label_version"
    __table_args__ = (Index("ix_label_version_replaced_in", "replaced_in"), TABLE_OPTIONS)

    item_seq: Mapped[str] = mapped_column(key(9), primary_key=True)
    section: Mapped[str] = mapped_column(key(32), primary_key=True)
    """`history.section_id`: which section, of the label or of the plain-language texts."""
    digest: Mapped[str] = mapped_column(key(16), primary_key=True)
    """`history_words.digest`: the same text is kept once, however often it comes and goes."""
    next_digest: Mapped[str | None] = mapped_column(key(16))
    """That of the text which followed."""
    replaced_in: Mapped[int | None]
    """Number of the release; None: no text followed yet, only the files stopped telling this one."""
    replaced_on: Mapped[str | None] = mapped_column(String(10))
    """The newest day that the data of this release speaks of."""
    source: Mapped[str] = mapped_column(String(200))
    date: Mapped[str | None] = mapped_column(String(10))
    """The day that the text itself speaks of, as in `shapes.Sourced`."""
    stated: Mapped[str] = mapped_column(long_text())
    """Lines of the ministry's own history of the permit that belong to the change, as JSON."""
    text: Mapped[bytes] = mapped_column(blob())
    """Plain text, compressed with zlib."""
