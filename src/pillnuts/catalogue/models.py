"""Tables of the catalogue. One release at a time is in them; every import replaces it in one transaction."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pillnuts.kernel.db import TABLE_OPTIONS, Base, blob, key, long_text

ITEM_SEQ, INGREDIENT_ID = 9, 32


class Release(Base):
    """A numbered state of the catalogue: what was loaded, by whom, from what."""

    __tablename__ = "catalogue_release"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    token: Mapped[str] = mapped_column(key(12))
    """Random: tells this release from one of the same number in another database."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(String(100))
    demo: Mapped[bool] = mapped_column(Boolean)
    digest: Mapped[str] = mapped_column(key(64))
    """SHA-256 over all documents: two equal catalogues have the same."""
    data_date: Mapped[str | None] = mapped_column(String(10))
    """The newest day any of the files speaks of."""
    product_count: Mapped[int]
    report: Mapped[str] = mapped_column(long_text())
    """`report.Report` as JSON."""


class ProductRow(Base):
    __tablename__ = "product"

    item_seq: Mapped[str] = mapped_column(key(ITEM_SEQ), primary_key=True)
    label_digest: Mapped[str | None] = mapped_column(key(16))
    """`history_digest.label_digest`; None: of a release before it was kept."""
    document: Mapped[bytes] = mapped_column(blob())
    """`shapes.Product` as JSON, compressed with zlib."""


class IngredientRow(Base):
    __tablename__ = "ingredient"

    id: Mapped[str] = mapped_column(key(INGREDIENT_ID), primary_key=True)
    document: Mapped[bytes] = mapped_column(blob())
    """`shapes.IngredientDetail` as JSON, compressed with zlib."""


class Popularity(Base):
    """How many readers bookmarked a product; outlives releases, so it points at no product."""

    __tablename__ = "popularity"

    item_seq: Mapped[str] = mapped_column(key(ITEM_SEQ), primary_key=True)
    bookmark_count: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class RunRow(Base):
    """An attempt to make a release: see `journal`. Moments are seconds since 1970."""

    __tablename__ = "catalogue_run"
    __table_args__ = (Index("ix_catalogue_run_kind", "kind"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(key(10))
    state: Mapped[str] = mapped_column(key(10))
    by: Mapped[str] = mapped_column(String(250))
    started: Mapped[int] = mapped_column(BigInteger)
    ended: Mapped[int | None] = mapped_column(BigInteger)
    goes_on: Mapped[int | None] = mapped_column(BigInteger)
    """When there are new calls, for one that used up those of its day."""
    calls: Mapped[int]
    release: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(long_text())


class FetchRow(Base):
    """The newest complete fetch of one operation of the ministry."""

    __tablename__ = "catalogue_fetch"

    operation: Mapped[str] = mapped_column(key(60), primary_key=True)
    title: Mapped[str] = mapped_column(String(100))
    fetched_on: Mapped[date]
    """The day it was begun: what changed since may be missing."""
    row_count: Mapped[int]
