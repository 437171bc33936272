"""What leaves accounts: frozen, and never a row of a table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pillnuts.accounts.contacts import Channel
from pillnuts.accounts.roles import Role

Purpose = Literal["sign_up", "recover", "change"]
"""What a code is for; one that was sent for one thing opens no other."""

ConsentKind = Literal["terms", "privacy", "health"]


@dataclass(frozen=True)
class Visitor:
    """Whoever asks, signed in or not."""

    address: str
    browser: str
    """Random, in a cookie: codes are good in this browser only."""
    device: str = "다른 기기"
    known: str = ""
    """The cookie of a browser that signed in to an account before."""


@dataclass(frozen=True)
class Caller:
    """Whoever is signed in, as of this request."""

    account_id: str
    session_id: str
    role: Role
    methods: frozenset[str]
    confirmed_at: datetime | None

    @property
    def must_enrol(self) -> bool:
        """May do nothing but set up a second factor."""
        return self.role.privileged and "totp" not in self.methods


@dataclass(frozen=True)
class SignedIn:
    """A session with the tokens that speak for it."""

    account_id: str
    session_id: str
    access: str
    refresh: str
    expires_in: int
    """Seconds that `access` is good for."""
    known: str
    """For the cookie by which this browser is known again."""


@dataclass(frozen=True)
class SecondFactorDue:
    """The password was right; `challenge` (five minutes, this browser) and a code from the app sign in."""

    challenge: str


@dataclass(frozen=True)
class Asked:
    """A code was sent, or as good as."""

    expires_in: int
    again_in: int
    """Seconds until another may be asked for."""


@dataclass(frozen=True)
class SessionView:
    id: str
    device: str
    methods: str
    created_at: datetime
    last_used_at: datetime
    current: bool


@dataclass(frozen=True)
class ConsentView:
    kind: ConsentKind
    version: str
    given_at: datetime
    current: bool
    """Whether that is still the newest text."""


@dataclass(frozen=True)
class Profile:
    """An account as its owner sees it."""

    account_id: str
    login_id: str | None
    has_password: bool
    role: Role
    phone: str | None
    """Masked, as `email` is."""
    email: str | None
    created_at: datetime
    second_factor: bool
    recovery_codes_left: int
    consents: tuple[ConsentView, ...]


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs; shown once."""

    secret: str
    uri: str
    svg: str
    """The same as a QR code, to put into a page as an image."""


@dataclass(frozen=True)
class FoundId:
    """What a person who proved a phone or address is told; `login_id` None: came by a provider only."""

    login_id: str | None
    created_at: datetime


@dataclass(frozen=True)
class AuditLine:
    at: datetime
    action: str
    result: str
    account_id: str | None
    by: str
    address: str | None
    detail: str


@dataclass(frozen=True)
class Proven:
    """A contact whose ownership this browser proved."""

    channel: Channel
    target: str
