"""Table of the popular searches."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from pillnuts.kernel.db import Base, key

TERM_LENGTH = 100


class PopularSearch(Base):
    """How often something was searched for on one day. Never what a person typed: see `service`."""

    __tablename__ = "popular_search"

    day: Mapped[date] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(key(TERM_LENGTH), primary_key=True)
    """A word of the catalogue: the stem of a name, an ingredient, a class, a symptom of the glossary."""
    count: Mapped[int]
