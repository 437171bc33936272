"""What the API answers with."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from pillnuts.accounts import shapes
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import ConsentKind, SecondFactorDue
from pillnuts.accounts.texts import ConsentText


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Tokens(Answer):
    """`access_token` is sent as `Authorization: Bearer`; `refresh_token` works once."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 -- the name of a scheme
    access_token: str
    refresh_token: str
    expires_in: int

    @classmethod
    def of(cls, signed_in: shapes.SignedIn) -> Self:
        return cls(
            access_token=signed_in.access,
            refresh_token=signed_in.refresh,
            expires_in=signed_in.expires_in,
        )


class Challenge(Answer):
    """The password is right; a code of the authenticator app is missing."""

    second_factor: Literal[True] = True
    challenge: str

    @classmethod
    def of(cls, due: SecondFactorDue) -> Self:
        return cls(challenge=due.challenge)


class Asked(Answer):
    expires_in: int
    again_in: int


class StrengthHint(Answer):
    score: int
    hint: str


class FoundId(Answer):
    login_id: str | None
    created_at: datetime


class Consent(Answer):
    kind: ConsentKind
    version: str
    given_at: datetime
    current: bool


class Profile(Answer):
    login_id: str | None
    has_password: bool
    role: Role
    phone: str | None
    email: str | None
    created_at: datetime
    second_factor: bool
    recovery_codes_left: int
    consents: list[Consent]


class Session(Answer):
    id: str
    device: str
    methods: str
    created_at: datetime
    last_used_at: datetime
    current: bool


class Sessions(Answer):
    items: list[Session]


class Text(Answer):
    kind: ConsentKind
    version: str
    title: str
    markdown: str
    required: bool

    @classmethod
    def of(cls, text: ConsentText) -> Self:
        return cls.model_validate(text)


class Texts(Answer):
    items: list[Text]


class Enrolment(Answer):
    secret: str
    uri: str


class RecoveryCodes(Answer):
    """Shown once. The tokens are of the same session, with the rights that the second factor gives."""

    recovery_codes: list[str]
    tokens: Tokens | None = None


class Erased(Answer):
    erased: int


class Left(Answer):
    receipt: str
