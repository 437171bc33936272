"""Tables of signing in by a provider: who is linked, who is on the way there, and what waits for a page."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pillnuts.accounts.models import DIGEST, ID, SEALED, Instant
from pillnuts.kernel.db import TABLE_OPTIONS, Base, key, long_text

NAME = 12
"""Characters of a provider's name, and of a purpose."""


class ProviderLink(Base):
    """An account at a provider that signs in to one of ours."""

    __tablename__ = "provider_link"
    __table_args__ = (
        UniqueConstraint("account_id", "provider"),
        Index("ix_provider_link_dormant_at", "dormant_at"),
        TABLE_OPTIONS,
    )

    subject_key: Mapped[str] = mapped_column(key(DIGEST), primary_key=True)
    """Keyed hash of issuer and subject."""
    account_id: Mapped[str] = mapped_column(key(ID), ForeignKey("account.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(key(NAME))
    subject: Mapped[str] = mapped_column(String(SEALED))
    """The number or name that the provider gives a person, sealed: ending the link there needs it."""
    token: Mapped[str | None] = mapped_column(long_text())
    """Refresh token of the provider, sealed; kept to end the link there, and for nothing else."""
    linked_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime] = mapped_column(Instant)
    dormant_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the person ended it at the provider although it was the last way in; coming back wakes it up."""


class ProviderAttempt(Base):
    """Somebody was sent to a provider. Gone with their return, which therefore works once."""

    __tablename__ = "provider_attempt"
    __table_args__ = (Index("ix_provider_attempt_expires_at", "expires_at"), TABLE_OPTIONS)

    state_key: Mapped[str] = mapped_column(key(DIGEST), primary_key=True)
    """Keyed hash of the state."""
    browser_key: Mapped[str] = mapped_column(key(DIGEST))
    provider: Mapped[str] = mapped_column(key(NAME))
    purpose: Mapped[str] = mapped_column(key(NAME))
    session_id: Mapped[str | None] = mapped_column(key(ID))
    """Whose it was when it is for linking or for proving again."""
    held: Mapped[str] = mapped_column(long_text())
    """Nonce, verifier, and where to go on, sealed."""
    expires_at: Mapped[datetime] = mapped_column(Instant)


class ProviderPending(Base):
    """What a browser brought back from a provider and has not finished; one for each browser."""

    __tablename__ = "provider_pending"
    __table_args__ = (Index("ix_provider_pending_expires_at", "expires_at"), TABLE_OPTIONS)

    browser_key: Mapped[str] = mapped_column(key(DIGEST), primary_key=True)
    kind: Mapped[str] = mapped_column(key(NAME))
    provider: Mapped[str] = mapped_column(key(NAME))
    held: Mapped[str] = mapped_column(long_text())
    """Sealed: for a sign-up who the provider says it is; for a second factor the challenge or the session."""
    expires_at: Mapped[datetime] = mapped_column(Instant)
