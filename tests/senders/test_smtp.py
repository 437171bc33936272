"""A real SMTP server on this machine: encryption, login, Korean, and each of its refusals."""

import socket
import ssl
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from pillnuts.kernel.outbox import DeliveryError, NeedsOperator, TryLater, Undeliverable
from pillnuts.notifications.channels import Mail
from pillnuts.notifications.smtp import Security, Server, Smtp
from tests.senders.fake_smtp import PASSWORD, USERNAME, smtp_server

FROM = "noreply@pillnuts.test"
MAIL = Mail("someone@pillnuts.test", "필넛츠 인증번호 482913", "안녕하세요.\n인증번호는 482913입니다.\n")
KEY = "0123456789abcdef"


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_mail_goes_encrypted_and_with_a_login(
    security: Security, certificate: Path, trusting: ssl.SSLContext
) -> None:
    async with smtp_server(security, certificate, login=True) as (takes, port):
        server = Server("localhost", FROM, port, security, USERNAME, PASSWORD)
        await Smtp(server, tls=trusting).send(MAIL, key=KEY)

    [mail] = takes.mails
    assert takes.recipients == [MAIL.to]
    assert str(mail["From"]) == "필넛츠 <noreply@pillnuts.test>"
    assert (mail["To"], mail["Subject"]) == (MAIL.to, MAIL.subject)
    assert mail.get_content().replace("\r\n", "\n") == MAIL.text
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{KEY}@pillnuts.test>"
    assert mail["Date"]
    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_of_nobody_calls_the_operator(security: Security, certificate: Path) -> None:
    async with smtp_server(security, certificate) as (takes, port):
        with pytest.raises(NeedsOperator, match="certificate"):
            await Smtp(Server("localhost", FROM, port, security)).send(MAIL, key=KEY)

    assert takes.mails == []


async def test_a_wrong_password_calls_the_operator(certificate: Path, trusting: ssl.SSLContext) -> None:
    async with smtp_server("starttls", certificate, login=True) as (takes, port):
        server = Server("localhost", FROM, port, "starttls", USERNAME, "wrong")
        with pytest.raises(NeedsOperator, match="password"):
            await Smtp(server, tls=trusting).send(MAIL, key=KEY)

    assert takes.mails == []


async def test_without_encryption_nothing_is_said(certificate: Path) -> None:
    async with smtp_server("none", certificate, login=True) as (takes, port):
        server = Server("localhost", FROM, port, "starttls", USERNAME, PASSWORD)
        with pytest.raises(NeedsOperator, match="no encryption"):
            await Smtp(server).send(MAIL, key=KEY)

    assert takes.mails == []


async def test_a_server_without_login_calls_the_operator(certificate: Path, trusting: ssl.SSLContext) -> None:
    async with smtp_server("starttls", certificate) as (takes, port):
        server = Server("localhost", FROM, port, "starttls", USERNAME, PASSWORD)
        with pytest.raises(NeedsOperator):
            await Smtp(server, tls=trusting).send(MAIL, key=KEY)

    assert takes.mails == []


def test_a_password_is_never_sent_in_the_open() -> None:
    with pytest.raises(ValueError, match="open connection"):
        Smtp(Server("mail.pillnuts.test", FROM, 25, "none", USERNAME, PASSWORD))


@pytest.mark.parametrize(
    ("command", "answer", "meaning"),
    [
        ("RCPT", "451 4.7.1 Greylisted, come back", TryLater),
        ("RCPT", "452 4.2.2 someone@pillnuts.test is full", TryLater),
        ("RCPT", "550 5.1.1 someone@pillnuts.test unknown", Undeliverable),
        ("MAIL", "451 busy", TryLater),
        ("MAIL", "553 not your address", NeedsOperator),
        ("DATA", "451 later", TryLater),
        ("DATA", "554 looks like spam", Undeliverable),
        ("DATA", "421 closing", TryLater),
    ],
)
async def test_each_refusal_means_what_to_do(
    certificate: Path, command: str, answer: str, meaning: type[DeliveryError]
) -> None:
    async with smtp_server("none", certificate) as (takes, port):
        takes.refuse[command] = answer
        with capture_logs() as lines, pytest.raises(meaning) as failed:
            await Smtp(Server("127.0.0.1", FROM, port, "none")).send(MAIL, key=KEY)

    assert type(failed.value) is meaning
    assert MAIL.to not in f"{failed.value!r} {lines}"


async def test_a_goodbye_that_is_not_answered_is_no_failure(certificate: Path) -> None:
    async with smtp_server("none", certificate) as (takes, port):
        takes.hang_up = True
        await Smtp(Server("127.0.0.1", FROM, port, "none")).send(MAIL, key=KEY)

    assert len(takes.mails) == 1


async def test_nobody_there_and_silence_are_tried_again_later() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TryLater, match="does not answer"):
            await Smtp(Server("127.0.0.1", FROM, port, "none"), seconds=0.2).send(MAIL, key=KEY)
    with pytest.raises(TryLater, match="does not answer"):
        await Smtp(Server("127.0.0.1", FROM, port, "none"), seconds=0.2).send(MAIL, key=KEY)


@pytest.mark.parametrize(
    "mail",
    [
        Mail("someone@pillnuts.test\r\nBcc: all@pillnuts.test", "제목", "글"),
        Mail("someone@pillnuts.test", "제목\r\nBcc: all@pillnuts.test", "글"),
        Mail("a@pillnuts.test, b@pillnuts.test", "제목", "글"),
        Mail("", "제목", "글"),
        Mail("아무개", "제목", "글"),
    ],
    ids=["break in address", "break in subject", "two", "none", "no address"],
)
async def test_nobody_slips_a_header_or_a_receiver_in(certificate: Path, mail: Mail) -> None:
    async with smtp_server("none", certificate) as (takes, port):
        with pytest.raises(Undeliverable):
            await Smtp(Server("127.0.0.1", FROM, port, "none")).send(mail, key=KEY)

    assert takes.mails == []


async def test_an_address_in_hangul_is_refused_where_the_server_takes_none(certificate: Path) -> None:
    async with smtp_server("none", certificate) as (takes, port):
        with pytest.raises(Undeliverable):
            await Smtp(Server("127.0.0.1", FROM, port, "none")).send(
                Mail("약@pillnuts.test", "제목", "글"), key=KEY
            )

    assert takes.mails == []


def test_a_password_does_not_show() -> None:
    assert PASSWORD not in repr(Server("localhost", FROM, 25, "tls", USERNAME, PASSWORD))
