"""The ways out: what every sender promises, and the rules that hold whichever is used.

A sender raises `TryLater`, `Undeliverable` or `NeedsOperator` of the outbox, with constant words only.
"""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from pillnuts.kernel.outbox import NeedsOperator, Undeliverable

SMS_BYTES: Final = 90
"""Of a short message, in EUC-KR: 45 Hangul syllables. Longer ones cost several times as much."""

_KOREAN_NUMBER: Final = re.compile(r"0\d{8,10}")


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    text: str


class SmsSender(Protocol):
    async def send(self, to: str, text: str, *, key: str) -> None:
        """Hand one message over to the provider; `key` stays the same when it is handed over again."""


class MailSender(Protocol):
    async def send(self, mail: Mail, *, key: str) -> None:
        """Hand one mail over to the server; `key` stays the same when it is handed over again."""


class NoSms:
    """Stands in where no provider is set up: what waits is sent once there is one, unless it expires."""

    async def send(self, to: str, text: str, *, key: str) -> None:  # noqa: ARG002 -- the port's signature
        raise NeedsOperator("no SMS provider is set up")


class NoMail:
    async def send(self, mail: Mail, *, key: str) -> None:  # noqa: ARG002
        raise NeedsOperator("no mail server is set up")


def euc_kr_length(text: str) -> int | None:
    """Bytes of a short message on its way through the Korean networks; None: it holds what they do not know.

    A syllable outside the 2,350 of the standard takes 8 bytes, an emoji does not exist.
    """
    try:
        return len(text.encode("euc_kr"))
    except UnicodeEncodeError:
        return None


def checked_sms(to: str, text: str) -> tuple[str, str]:
    """Give the number in digits, as people dial it here, and the text. Raises Undeliverable."""
    digits = re.sub(r"[\s().-]", "", to)
    if digits.startswith("+82"):
        digits = "0" + digits.removeprefix("+82").removeprefix("0")
    if not _KOREAN_NUMBER.fullmatch(digits) or not digits.isascii():
        raise Undeliverable("not a number of this country")
    length = euc_kr_length(text)
    if length is None:
        raise Undeliverable("text is not EUC-KR")
    if not 0 < length <= SMS_BYTES:
        raise Undeliverable("text is empty or longer than a short message")
    return digits, text
