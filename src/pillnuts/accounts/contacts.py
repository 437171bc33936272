"""Phone numbers and e-mail addresses as people type them, in the one form we compare and send to."""

from typing import Final, Literal, NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from pillnuts.accounts.errors import FieldError

Channel = Literal["phone", "email"]

COUNTRY: Final = "KR"
LONGEST: Final = 254
_MOBILE: Final = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class Contact(NamedTuple):
    channel: Channel
    written: str
    """To send to: E.164, or the e-mail address as typed with its domain in lower case."""
    compared: str
    """To look up by: two people may not differ in the case of letters alone."""


def parse(channel: Channel, typed: str) -> Contact:
    """Raises FieldError `bad_phone` or `bad_email`."""
    match channel:
        case "phone":
            return phone(typed)
        case "email":
            return email(typed)


def phone(typed: str) -> Contact:
    """Read a Korean mobile number, with or without +82.

    Only those: a text message abroad costs many times more, which invites people who earn from them.
    """
    wrong = FieldError("bad_phone", "휴대전화 번호를 확인해 주세요. 예: 010-1234-5678", "target")
    if len(typed) > LONGEST:
        raise wrong
    try:
        number = phonenumbers.parse(typed, COUNTRY)
    except NumberParseException as error:
        raise wrong from error
    if (
        number.country_code != phonenumbers.country_code_for_region(COUNTRY)
        or not phonenumbers.is_valid_number(number)
        or phonenumbers.number_type(number) not in _MOBILE
    ):
        raise wrong
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Contact("phone", written, written)


def email(typed: str) -> Contact:
    """Read an address. Whether it exists is found out by writing to it, not by asking the DNS."""
    try:
        found = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise FieldError(
            "bad_email", "이메일 주소를 확인해 주세요. 예: name@example.com", "target"
        ) from error
    return Contact("email", found.normalized, found.normalized.casefold())


def masked(channel: Channel, written: str) -> str:
    """Enough to know one's own by: `010-****-5678`, `mi***@example.com`."""
    if channel == "phone":
        national = phonenumbers.format_number(
            phonenumbers.parse(written, COUNTRY), PhoneNumberFormat.NATIONAL
        )
        first, *_, last = national.split("-")
        return f"{first}-****-{last}"
    name, _, domain = written.rpartition("@")
    return f"{name[: 2 if len(name) > 3 else 1]}***@{domain}"  # noqa: PLR2004 -- a short name shows one letter
