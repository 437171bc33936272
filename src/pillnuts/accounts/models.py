"""Tables of accounts. What would name a person is sealed; what we look people up by is a keyed hash of it."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from pillnuts.kernel.db import TABLE_OPTIONS, Base, key

ID: Final = 20
"""Characters of a random identifier: 80 bits in hexadecimal."""
DIGEST: Final = 64
"""Characters of a SHA-256 in hexadecimal."""
SEALED: Final = 1000
"""A sealed phone number or e-mail address; 254 characters become some 450."""


class Instant(TypeDecorator[datetime]):
    """A moment, to the microsecond, always in UTC and aware of it: SQLite and MariaDB forget the zone."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Account(Base):
    """A person. Gone at once, with all that hangs on it, when the person leaves."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(key(ID), primary_key=True)
    login_id: Mapped[str | None] = mapped_column(key(20), unique=True)
    """None: came by a provider and never chose one."""
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(key(12))
    """`shapes.Role`."""
    phone: Mapped[str | None] = mapped_column(String(SEALED))
    """E.164, sealed."""
    phone_key: Mapped[str | None] = mapped_column(key(DIGEST), unique=True)
    email: Mapped[str | None] = mapped_column(String(SEALED))
    """As it was typed, sealed."""
    email_key: Mapped[str | None] = mapped_column(key(DIGEST), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    age_checked_at: Mapped[datetime] = mapped_column(Instant)
    """When the person said to be fourteen or older; the birth date itself is not kept."""
    password_changed_at: Mapped[datetime | None] = mapped_column(Instant)


class AccountSession(Base):
    """One signed-in browser or program, and with it one family of refresh tokens."""

    __tablename__ = "account_session"
    __table_args__ = (
        Index("ix_account_session_account_id", "account_id"),
        Index("ix_account_session_expires_at", "expires_at"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(key(ID), primary_key=True)
    account_id: Mapped[str] = mapped_column(key(ID), ForeignKey("account.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(String(60))
    """Coarse words for the user agent: "Android · Chrome"."""
    methods: Mapped[str] = mapped_column(key(60))
    """How the person proved who they are, separated by blanks: `password totp`, `kakao`."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the person last proved it again for something that matters."""
    expires_at: Mapped[datetime] = mapped_column(Instant)
    """The end of the session whatever happens."""
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class RefreshToken(Base):
    """One link of a session's chain; only the last one is unused."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_session_id", "session_id"), TABLE_OPTIONS)

    digest: Mapped[str] = mapped_column(key(DIGEST), primary_key=True)
    """SHA-256 of the token, which is 256 random bits: nothing to guess, so nothing to slow down."""
    session_id: Mapped[str] = mapped_column(key(ID), ForeignKey("account_session.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    nonce: Mapped[str | None] = mapped_column(key(DIGEST))
    """With the secret and the used token itself, makes its successor again for the second of two tabs."""


class Verification(Base):
    """One browser's attempt to prove that a phone number or an e-mail address is its reader's own."""

    __tablename__ = "verification"
    __table_args__ = (
        UniqueConstraint("target_key", "purpose", "browser_key"),
        Index("ix_verification_asked_at", "asked_at"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    purpose: Mapped[str] = mapped_column(key(12))
    target_key: Mapped[str] = mapped_column(key(DIGEST))
    browser_key: Mapped[str] = mapped_column(key(DIGEST))
    code_digest: Mapped[str | None] = mapped_column(key(DIGEST))
    """Keyed hash of the code; None: there is none (any more)."""
    asked_at: Mapped[datetime] = mapped_column(Instant)
    failures: Mapped[int]
    """Wrong codes, until an hour went by without one; asking for another code leaves them as they are."""
    failed_at: Mapped[datetime | None] = mapped_column("failing_since", Instant)
    """When the last of them was."""
    verified_at: Mapped[datetime | None] = mapped_column(Instant)


class Consent(Base):
    """Which version of which text somebody agreed to, and until when."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_account_id", "account_id"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    account_id: Mapped[str] = mapped_column(key(ID), ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(key(12))
    version: Mapped[str] = mapped_column(key(10))
    """The day of the text, `2026-11-23`."""
    given_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class SecondFactor(Base):
    """The authenticator app of an account (TOTP, RFC 6238)."""

    __tablename__ = "second_factor"

    account_id: Mapped[str] = mapped_column(
        key(ID), ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[str] = mapped_column(String(SEALED))
    """Sealed."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    """None: begun, not in force."""
    last_step: Mapped[int] = mapped_column(BigInteger)
    """The last thirty seconds whose code was used: a code works once."""


class RecoveryCode(Base):
    """Opens once when the authenticator app is lost."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_account_id", "account_id"), TABLE_OPTIONS)

    digest: Mapped[str] = mapped_column(key(DIGEST), primary_key=True)
    account_id: Mapped[str] = mapped_column(key(ID), ForeignKey("account.id", ondelete="CASCADE"))
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class SigningKey(Base):
    """A key that signs access tokens; published from its making to `gone_at`, signing from `signs_from`."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(key(ID), primary_key=True)
    public: Mapped[str] = mapped_column(String(500))
    """JWK as JSON."""
    private: Mapped[str] = mapped_column(String(SEALED))
    """JWK as JSON, sealed."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    signs_from: Mapped[datetime] = mapped_column(Instant)
    gone_at: Mapped[datetime | None] = mapped_column(Instant)


class AuditEntry(Base):
    """What happened to an account: only ever added to; the database itself refuses anything else."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_account_id_at", "account_id", "at"),
        Index("ix_audit_at", "at"),
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    action: Mapped[str] = mapped_column(key(40))
    result: Mapped[str] = mapped_column(key(12))
    account_id: Mapped[str | None] = mapped_column(key(ID))
    """Whom it is about. No foreign key: once the person left, it is a number that means nobody."""
    by: Mapped[str] = mapped_column(key(60))
    """Who did it: an account, `anonymous`, `system`, `cli:name`."""
    address: Mapped[str | None] = mapped_column(key(16))
    """Keyed hash of the network that it came from."""
    request_id: Mapped[str | None] = mapped_column(key(64))
    detail: Mapped[str] = mapped_column(String(300))
    """Words such as `method=password`; never what names or describes a person."""


class Departure(Base):
    """Proof that somebody left and what was erased; says nothing about who."""

    __tablename__ = "departure"

    receipt: Mapped[str] = mapped_column(key(ID), primary_key=True)
    """Given to whoever left, and kept nowhere else."""
    left_at: Mapped[datetime] = mapped_column(Instant)
    erased: Mapped[str] = mapped_column(String(1000))
    """Names of erasers and how many rows each erased, as JSON."""
    by_person: Mapped[bool] = mapped_column(Boolean)
    """False: a provider or an administrator ended it."""
