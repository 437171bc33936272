"""What every sender promises: the real ones, against servers of this machine, and those of development."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from pillnuts.kernel.outbox import Undeliverable
from pillnuts.notifications.channels import Mail, MailSender, SmsSender
from pillnuts.notifications.mailbox import Mailbox, MailboxMail, MailboxSms
from pillnuts.notifications.sens import Sens
from pillnuts.notifications.smtp import Server, Smtp
from tests.senders.fake_sens import fake_sens
from tests.senders.fake_smtp import smtp_server

CODE = "[필넛츠] 인증번호 482913"
KEY = "0123456789abcdef0123456789abcdef"
MAIL = Mail("someone@pillnuts.test", "필넛츠 인증번호", "인증번호는 482913입니다.\n5분 안에 넣어 주세요.\n")

Received = Callable[[], list[tuple[str, str]]]


@asynccontextmanager
async def sens(_: Path) -> AsyncIterator[tuple[SmsSender, Received]]:
    async with fake_sens() as fake:
        sending = Sens(fake.account)
        async with sending.client:
            yield sending, lambda: fake.received


@asynccontextmanager
async def mailbox_sms(folder: Path) -> AsyncIterator[tuple[SmsSender, Received]]:
    mailbox = Mailbox(folder / "mailbox")
    yield MailboxSms(mailbox), lambda: [(one.to, one.text) for one in mailbox.messages()]


@pytest.fixture(params=[sens, mailbox_sms])
async def sms(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[SmsSender, Received]]:
    async with request.param(tmp_path) as made:
        yield made


@asynccontextmanager
async def smtp(folder: Path) -> AsyncIterator[tuple[MailSender, Received]]:
    async with smtp_server("none", folder) as (takes, port):
        yield (
            Smtp(Server("127.0.0.1", "noreply@pillnuts.test", port, "none")),
            lambda: [(str(one["Subject"]), one.get_content().replace("\r\n", "\n")) for one in takes.mails],
        )


@asynccontextmanager
async def mailbox_mail(folder: Path) -> AsyncIterator[tuple[MailSender, Received]]:
    mailbox = Mailbox(folder / "mailbox")
    yield MailboxMail(mailbox), lambda: [(one.subject, one.text) for one in mailbox.messages()]


@pytest.fixture(params=[smtp, mailbox_mail])
async def mail(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[MailSender, Received]]:
    async with request.param(tmp_path) as made:
        yield made


@pytest.mark.parametrize("number", ["01012345678", "010-1234-5678", "+82 10-1234-5678", "+8201012345678"])
async def test_a_text_message_arrives_at_the_number(sms: tuple[SmsSender, Received], number: str) -> None:
    sending, received = sms
    await sending.send(number, CODE, key=KEY)

    assert received() == [("01012345678", CODE)]


@pytest.mark.parametrize("length", [1, 44, 45])
async def test_forty_five_syllables_fit(sms: tuple[SmsSender, Received], length: int) -> None:
    sending, received = sms
    await sending.send("01012345678", "약" * length, key=KEY)

    assert received() == [("01012345678", "약" * length)]


@pytest.mark.parametrize(
    "text", ["", "약" * 46, "약" * 45 + "a", "약 💊", "뷁" * 12], ids=["empty", "46", "91", "emoji", "rare"]
)
async def test_a_text_that_the_networks_would_refuse_never_leaves(
    sms: tuple[SmsSender, Received], text: str
) -> None:
    sending, received = sms
    with pytest.raises(Undeliverable):
        await sending.send("01012345678", text, key=KEY)

    assert received() == []


@pytest.mark.parametrize(
    "number", ["", "110", "+1 212 555 0100", "0101234567890", "공일공일이삼사오육칠", "٠١٠١٢٣٤٥٦٧٨"]
)
async def test_a_number_of_nobody_here_is_refused(sms: tuple[SmsSender, Received], number: str) -> None:
    sending, received = sms
    with pytest.raises(Undeliverable) as refused:
        await sending.send(number, CODE, key=KEY)

    assert received() == []
    assert str(refused.value) == "not a number of this country"


async def test_a_mail_arrives_in_korean(mail: tuple[MailSender, Received]) -> None:
    sending, received = mail
    await sending.send(MAIL, key=KEY)

    assert received() == [(MAIL.subject, MAIL.text)]


async def test_several_mails_arrive(mail: tuple[MailSender, Received]) -> None:
    sending, received = mail
    for number in range(3):
        await sending.send(Mail(MAIL.to, f"{number}번째", MAIL.text), key=f"key{number}")

    assert sorted(subject for subject, _ in received()) == ["0번째", "1번째", "2번째"]


async def test_the_mailbox_shows_what_comes_twice_once(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mailbox")
    with capture_logs() as lines:
        for _ in range(2):
            await MailboxSms(mailbox).send("01012345678", CODE, key=KEY)

    assert [one.text for one in mailbox.messages()] == [CODE]
    assert CODE in str(lines)  # development without a telephone


async def test_the_mailbox_keeps_the_newest(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mailbox")
    for number in range(105):
        mailbox.put("sms", "010", "", str(number), f"{number}")

    assert [one.text for one in mailbox.messages()] == [str(number) for number in range(104, 4, -1)]
