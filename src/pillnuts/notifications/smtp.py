"""Mails through the site's own SMTP server."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from typing import Final, Literal

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from pillnuts.kernel.outbox import DeliveryError, NeedsOperator, TryLater, Undeliverable
from pillnuts.notifications.channels import Mail

Security = Literal["starttls", "tls", "none"]

SENDER_NAME: Final = "필넛츠"
_PERMANENT: Final = 500
_HERE: Final = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Server:
    host: str
    sender: str
    """The address that mails come from."""
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)


class Smtp:
    """One connection for each mail: they are few, and a server closes what idles."""

    def __init__(self, server: Server, *, seconds: float = 10, tls: ssl.SSLContext | None = None) -> None:
        if not self.safe(server):
            raise ValueError("a password is not sent over an open connection: use starttls or tls")
        self._server = server
        self._seconds = seconds
        self._tls = tls
        self._domain = server.sender.rpartition("@")[2]

    @staticmethod
    def safe(server: Server) -> bool:
        """Whether no password goes over an open connection."""
        return not server.password or server.security != "none" or server.host in _HERE

    async def send(self, mail: Mail, *, key: str) -> None:
        message = self._message(mail, key)
        server = self._server
        with _understood():
            await aiosmtplib.send(
                message,
                sender=server.sender,
                recipients=[mail.to],
                hostname=server.host,
                port=server.port,
                username=server.username or None,
                password=server.password or None,
                local_hostname=self._domain,  # else it asks the name service who we are, and waits
                timeout=self._seconds,
                use_tls=server.security == "tls",
                start_tls=server.security == "starttls",
                tls_context=self._tls,
            )

    def _message(self, mail: Mail, key: str) -> EmailMessage:
        message, malformed = EmailMessage(policy=SMTP), False
        try:
            message["From"] = Address(SENDER_NAME, addr_spec=self._server.sender)
            message["To"] = Address(addr_spec=mail.to)
            message["Subject"] = mail.subject
        except (ValueError, IndexError, MessageError):  # a line break in it, or no address at all
            malformed = True
        if malformed:  # raised out here: the cause would hold the address
            raise Undeliverable("address or subject is malformed")
        message["Date"] = localtime()
        message["Message-ID"] = f"<{key}@{self._domain}>"  # the same when it is sent again
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers
        message.set_content(mail.text, charset="utf-8", cte="base64")
        return message


@contextmanager
def _understood() -> Iterator[None]:
    """Say what the outbox is to do; the server's own words repeat the address and go no further."""
    found: DeliveryError | None = None
    try:
        yield
    except SMTPRecipientsRefused as error:
        found = _by_code(error.recipients[0].code, Undeliverable("the mail server refuses the address"))
    except SMTPAuthenticationError as error:
        found = _by_code(error.code, NeedsOperator("the mail server refuses our password"))
    except SMTPSenderRefused as error:
        found = _by_code(error.code, NeedsOperator("the mail server refuses our own address"))
    except aiosmtplib.SMTPDataError as error:
        found = _by_code(error.code, Undeliverable("the mail server refuses the mail"))
    except SMTPResponseException as error:
        found = _by_code(error.code, NeedsOperator("the mail server does not talk to us"))
    except OSError as error:  # the library's own silences and broken connections are such, too
        found = _unreached(error)
    except SMTPException as error:
        found = _unsupported(error)
    if found:
        raise found


def _by_code(code: int, permanent: DeliveryError) -> DeliveryError:
    return permanent if code >= _PERMANENT else TryLater("the mail server asks us to come back")


def _unsupported(error: SMTPException) -> DeliveryError:
    if "SMTPUTF8" in error.message:
        return Undeliverable("the mail server takes no address in Hangul")
    return NeedsOperator("the mail server offers no encryption or no login")


def _unreached(error: BaseException) -> DeliveryError:
    """A certificate that is wrong stays wrong; a silence may end."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return NeedsOperator("the mail server's certificate is not trusted")
        cause = cause.__cause__
    return TryLater("the mail server does not answer")
