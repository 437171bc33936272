"""What is told about a change fits into what carries it."""

import re
from pathlib import Path

import pytest

from pillnuts import accounts
from pillnuts.accounts.contacts import parse
from pillnuts.accounts.messages import send_notice
from pillnuts.notifications.channels import checked_sms
from tests.accounts.site import PHONE, People

SOURCE = Path(accounts.__file__).parent
LONGEST = {"WORDS[channel]": "휴대전화 번호를", "TITLES[provider]": "카카오", "title": "카카오"}
NOTICES = sorted(
    {
        re.sub(r"\{(.*?)\}", lambda name: LONGEST[name[1]], text)
        for file in SOURCE.glob("*.py")
        for call in re.findall(
            r"(?:_tell|tell|send_notice)\((?:[^()]|\([^()]*\))*\)", file.read_text(encoding="utf-8")
        )
        for text in re.findall(r'"([^"]*습니다\.)"', call)
    }
)


def test_there_are_notices() -> None:
    assert len(NOTICES) >= 8


@pytest.mark.parametrize("what", NOTICES)
async def test_a_notice_can_be_sent_as_a_short_message(site: People, what: str) -> None:
    async with site.tools.deciding() as session:
        await send_notice(session, site.tools, parse("phone", PHONE), what)
    (sent,) = await site.sent()
    assert what in checked_sms(sent["to"], sent["text"])[1]
