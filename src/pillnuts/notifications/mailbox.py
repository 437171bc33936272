"""Development without outside services: messages go into a file at home, a page shows them.

The web process and the worker share the file. A site in production makes no `Mailbox` at all.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final, Literal

import orjson
import structlog
from filelock import FileLock

from pillnuts.notifications.channels import Mail, checked_sms

log = structlog.get_logger(__name__)

KOREA: Final = timezone(timedelta(hours=9))
KEPT: Final = 100
"""Messages; older ones go."""


@dataclass(frozen=True)
class Message:
    kind: Literal["sms", "mail"]
    to: str
    subject: str
    text: str
    key: str
    sent_at: float
    """Seconds since 1970."""

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.sent_at, KOREA)


class Mailbox:
    def __init__(self, file: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._lock = FileLock(f"{file}.lock", timeout=5)
        self._clock = clock

    def messages(self) -> list[Message]:
        """Everything kept, the newest first."""
        if not self._file.exists():
            return []
        return [Message(**orjson.loads(line)) for line in reversed(self._file.read_bytes().splitlines())]

    def put(self, kind: Literal["sms", "mail"], to: str, subject: str, text: str, key: str) -> None:
        """Keep a message; one that comes again under the same key is kept once, as the outbox promises."""
        message = Message(kind, to, subject, text, key, self._clock())
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            kept = [one for one in reversed(self.messages()) if one.key != key]
            lines = b"".join(orjson.dumps(asdict(one)) + b"\n" for one in [*kept, message][-KEPT:])
            fresh = self._file.with_suffix(".new")
            fresh.write_bytes(lines)
            fresh.replace(self._file)
        log.info("message in the mailbox", kind=kind, to=to, subject=subject, text=text)


class MailboxSms:
    """Refuses what the networks would refuse, so that development finds it."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def send(self, to: str, text: str, *, key: str) -> None:
        digits, content = checked_sms(to, text)
        self._mailbox.put("sms", digits, "", content, key)


class MailboxMail:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def send(self, mail: Mail, *, key: str) -> None:
        self._mailbox.put("mail", mail.to, mail.subject, mail.text, key)
