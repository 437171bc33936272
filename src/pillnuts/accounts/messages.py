"""What accounts send: codes and notices, in words, through the outbox and never directly."""

from datetime import timedelta
from typing import Final

import structlog

from pillnuts.accounts.contacts import Contact
from pillnuts.accounts.shapes import Purpose
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import Session
from pillnuts.kernel.rates import Limit, TooMany

log = structlog.get_logger(__name__)

CODE_LIFETIME: Final = timedelta(minutes=5)
NOTICE_LIFETIME: Final = timedelta(days=1)
DAY: Final = 86_400

SUBJECTS: Final[dict[Purpose, str]] = {
    "sign_up": "[필넛츠] 가입 인증번호",
    "recover": "[필넛츠] 아이디·비밀번호 찾기 인증번호",
    "change": "[필넛츠] 연락처 변경 인증번호",
}


async def send_code(session: Session, tools: Tools, contact: Contact, *, purpose: Purpose, code: str) -> None:
    """Send a code; after its five minutes it is not sent any more."""
    text = f"[필넛츠] 인증번호 {code}\n5분 안에 입력하세요. 누구에게도 알려 주지 마세요."
    if contact.channel == "email":
        text = (
            f"인증번호는 {code} 입니다.\n5분 안에 입력해 주세요.\n\n"
            "누구에게도 알려 주지 마세요. 필넛츠는 인증번호를 묻지 않습니다.\n"
            "요청하신 적이 없다면 이 메일을 지우셔도 됩니다."
        )
    await _send(session, tools, contact, SUBJECTS[purpose], text, CODE_LIFETIME)


async def send_nothing_here(session: Session, tools: Tools, contact: Contact) -> None:
    """Tell whoever owns the contact, and nobody else, that no account belongs to it.

    It is the same work, and the same wait, as sending a code: what is seen on the site tells nothing.
    """
    text = "[필넛츠] 이 번호로 가입된 계정이 없습니다. 요청하신 적이 없다면 무시하세요."
    if contact.channel == "email":
        text = (
            "이 이메일로 가입된 계정이 없습니다.\n"
            "다른 이메일이나 전화번호로 찾아 보시거나 새로 가입해 주세요.\n\n"
            "요청하신 적이 없다면 이 메일을 지우셔도 됩니다."
        )
    await _send(session, tools, contact, SUBJECTS["recover"], text, CODE_LIFETIME)


async def text_budget_left(session: Session, tools: Tools) -> bool:
    """Whether this site may send one more text message today, counted where no restart forgets it."""
    sent = await tools.outbox.enqueued_since(session, "sms.send", timedelta(seconds=DAY))
    return sent < tools.caps.sms_daily


async def send_notice(session: Session, tools: Tools, contact: Contact, what: str) -> None:
    """Tell somebody about a change to their account, at the address it had before.

    A text message costs money: whoever changes things all day long is told of the first ten. What is
    changed is changed all the same.
    """
    if contact.channel == "phone" and not await _affordable(session, tools, contact):
        log.error("notice not sent", reason="too many text messages today")
        return
    # 90 bytes is all that a short message holds: 46 of them are for `what`.
    text = f"[필넛츠] {what} 본인이 아니면 비밀번호를 바꾸세요."
    if contact.channel == "email":
        text = (
            f"{what}\n\n직접 하신 일이라면 하실 일이 없습니다.\n"
            f"아니라면 바로 비밀번호를 다시 설정해 주세요: {tools.site_url}/account/recover"
        )
    await _send(session, tools, contact, "[필넛츠] 계정이 바뀌었습니다", text, NOTICE_LIFETIME)


async def _affordable(session: Session, tools: Tools, contact: Contact) -> bool:
    """Notices have a cap of their own, so that asking for codes does not use up what warns of a thief."""
    try:
        await tools.rates.take(Limit("sms notices", tools.caps.sms_daily_per_number, DAY), contact.compared)
    except TooMany:
        return False
    return await text_budget_left(session, tools)


async def _send(
    session: Session, tools: Tools, contact: Contact, subject: str, text: str, expires: timedelta
) -> None:
    payload = {"to": contact.written, "text": text}
    name = "sms.send"
    if contact.channel == "email":
        name, payload["subject"] = "mail.send", subject
    await tools.outbox.enqueue(session, name, payload, by="accounts", expires=expires)
