"""What the outbox hands over, to whom it goes, and which ways out this site has."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pillnuts.kernel.outbox import Handler, Undeliverable
from pillnuts.notifications.channels import Mail, MailSender, NoMail, NoSms, SmsSender
from pillnuts.notifications.mailbox import Mailbox, MailboxMail, MailboxSms
from pillnuts.notifications.sens import Account, Sens
from pillnuts.notifications.smtp import Server, Smtp

SMS: Final = "sms.send"
"""{to, text}"""
MAIL: Final = "mail.send"
"""{to, subject, text}"""


@dataclass(frozen=True)
class WaysOut:
    """How messages leave this site. `mailbox` is set in development only, for what has no way of its own."""

    sens: Account | None = None
    smtp: Server | None = None
    mailbox: Path | None = None

    @property
    def sms(self) -> bool:
        """Whether a text message can arrive: a page that needs one asks."""
        return bool(self.sens or self.mailbox)

    @property
    def mail(self) -> bool:
        """Whether a mail can arrive."""
        return bool(self.smtp or self.mailbox)


@asynccontextmanager
async def delivering(ways: WaysOut) -> AsyncIterator[dict[str, Handler]]:
    """The handlers of this feature, with the senders behind them, as long as the block lasts."""
    mailbox = Mailbox(ways.mailbox) if ways.mailbox else None
    sms: SmsSender = MailboxSms(mailbox) if mailbox else NoSms()
    mail: MailSender = MailboxMail(mailbox) if mailbox else NoMail()
    async with AsyncExitStack() as stack:
        if ways.sens:
            sens = Sens(ways.sens)
            await stack.enter_async_context(sens.client)
            sms = sens
        if ways.smtp:
            mail = Smtp(ways.smtp)
        yield handlers(sms, mail)


def handlers(sms: SmsSender, mail: MailSender) -> dict[str, Handler]:
    """By the name under which they are enqueued."""

    async def send_sms(payload: Mapping[str, str], /, *, key: str) -> None:
        to, text = _parts(payload, "to", "text")
        await sms.send(to, text, key=key)

    async def send_mail(payload: Mapping[str, str], /, *, key: str) -> None:
        to, subject, text = _parts(payload, "to", "subject", "text")
        await mail.send(Mail(to, subject, text), key=key)

    return {SMS: send_sms, MAIL: send_mail}


def _parts(payload: Mapping[str, str], *names: str) -> list[str]:
    if payload.keys() != set(names):
        raise Undeliverable("the payload has other parts")
    return [payload[name] for name in names]
