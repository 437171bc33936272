"""A real SMTP server on this machine (aiosmtpd), which takes mails, asks for a password, and refuses."""

import asyncio
import ssl
import subprocess
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pillnuts.notifications.smtp import Security

USERNAME, PASSWORD = "mailer", "password-of-nobody"
"""What the server knows."""


@dataclass
class Takes:
    """What came in. `refuse` holds the answer to a command, given as long as it stands there."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    """After taking the mail: the goodbye is never answered."""

    async def handle_MAIL(  # noqa: N802 -- the server's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.refuse.get("MAIL"):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if answer := self.refuse.get("RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if answer := self.refuse.get("DATA"):
            return answer
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        if self.hang_up:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "221 Bye"


@asynccontextmanager
async def smtp_server(
    security: Security, certificate: Path, *, login: bool = False
) -> AsyncIterator[tuple[Takes, int]]:
    """Serve as long as the block lasts; gives what came in, and the port."""
    takes = Takes()
    context = None if security == "none" else _tls(certificate)

    def authenticate(_s: object, _session: object, _e: object, _m: object, given: object) -> AuthResult:
        right = LoginPassword(USERNAME.encode(), PASSWORD.encode())
        return AuthResult(success=given == right, handled=False)

    def connected() -> SMTP:
        with warnings.catch_warnings():
            # It warns of logins without STARTTLS: rightly, and one kind is encrypted from the first byte.
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                takes,
                hostname="localhost",
                tls_context=context if security == "starttls" else None,
                require_starttls=security == "starttls",
                authenticator=authenticate if login else None,
                auth_required=login,
                auth_require_tls=security == "starttls",
            )

    first = context if security == "tls" else None
    server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0, ssl=first)
    try:
        yield takes, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.sleep(0.05)  # what was being said is said


def _tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context


def make_certificate(folder: Path) -> Path:
    """Write a certificate for localhost, signed by itself."""
    certificate = folder / "server.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(certificate.with_suffix(".key")), "-out", str(certificate)]
    subprocess.run(["openssl", "req", *kind, *name, *files], check=True, capture_output=True)
    return certificate
