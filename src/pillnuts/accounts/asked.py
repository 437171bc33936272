"""What the API takes: exactly these fields and no other, so that nothing is set that nobody asked for."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pillnuts.accounts.contacts import LONGEST, Channel
from pillnuts.accounts.shapes import ConsentKind, Purpose

Typed = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]
"""Longer than any that is accepted, so that the refusal is the one that explains."""
Code = Annotated[str, Field(min_length=1, max_length=32)]
Token = Annotated[str, Field(min_length=1, max_length=4096)]


class Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AskCode(Exact):
    purpose: Purpose
    channel: Channel
    target: Typed


class CheckCode(AskCode):
    code: Code


class SignUp(Exact):
    login_id: Typed
    password: Password
    birth_date: date
    channel: Channel
    target: Typed
    consents: frozenset[ConsentKind]


class SignIn(Exact):
    login_id: Typed
    password: Password


class SecondStep(Exact):
    challenge: Token
    code: Code


class Refresh(Exact):
    refresh_token: Token


class Confirm(Exact):
    password: Password
    code: Code | None = None


class Strength(Exact):
    password: Annotated[str, Field(max_length=1024)]
    login_id: Annotated[str, Field(max_length=LONGEST)] = ""


class Find(Exact):
    channel: Channel
    target: Typed


class ResetPassword(Find):
    new_password: Password


class ChangePassword(Exact):
    new_password: Password


class ChangeContact(Exact):
    target: Typed


class SetLogin(Exact):
    login_id: Typed
    password: Password


class ConfirmFactor(Exact):
    code: Code
