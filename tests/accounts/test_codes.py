"""Codes: whose phone or mailbox it is, without telling anybody else, and without running up a bill."""

import asyncio

import pytest
from sqlalchemy import select

from pillnuts.accounts import changes, codes
from pillnuts.accounts.errors import FieldError, TooManyTries, WrongCode
from pillnuts.accounts.models import Verification
from pillnuts.accounts.shapes import Visitor
from pillnuts.accounts.tools import Caps
from pillnuts.kernel.errors import AppError
from pillnuts.kernel.rates import TooMany
from tests.accounts.site import EMAIL, PASSWORD, PHONE, People, browser, channel_of

database = pytest.mark.database
TO = "+821023456789"


async def ask(site: People, visitor: Visitor, target: str = PHONE, **more: str) -> None:
    channel = channel_of(target)
    await codes.ask(
        site.tools,
        purpose=more.get("purpose", "sign_up"),  # type: ignore[arg-type]
        channel=channel,
        target=target,
        visitor=visitor,
    )


async def check(site: People, visitor: Visitor, code: str, target: str = PHONE, **more: str) -> None:
    channel = channel_of(target)
    await codes.check(
        site.tools,
        purpose=more.get("purpose", "sign_up"),  # type: ignore[arg-type]
        channel=channel,
        target=target,
        code=code,
        visitor=visitor,
    )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@database
async def test_a_code_is_good_once(anywhere: People) -> None:
    await ask(anywhere, browser())
    code = await anywhere.last_code(TO)
    await check(anywhere, browser(), code)
    with pytest.raises(WrongCode):
        await check(anywhere, browser(), code)


async def test_a_code_is_good_in_the_browser_that_asked_for_it_only(site: People) -> None:
    await ask(site, browser())
    code = await site.last_code(TO)
    with pytest.raises(WrongCode):
        await check(site, browser("another"), code)
    await check(site, browser(), code)


async def test_a_code_for_one_thing_opens_no_other(site: People) -> None:
    await site.join(browser())
    site.clock.pass_(minutes=5)
    await ask(site, browser("two", "198.51.100.2"), EMAIL)
    code = await site.last_code(EMAIL)
    with pytest.raises(WrongCode):
        await check(site, browser("two"), code, EMAIL, purpose="recover")


async def test_a_code_lasts_five_minutes(site: People) -> None:
    await ask(site, browser())
    code = await site.last_code(TO)
    site.clock.pass_(minutes=5, seconds=1)
    with pytest.raises(WrongCode):
        await check(site, browser(), code)


async def test_a_code_may_be_typed_with_a_blank(site: People) -> None:
    await ask(site, browser())
    code = await site.last_code(TO)
    await check(site, browser(), f" {code[:3]} {code[3:]} ")


@database
async def test_after_five_wrong_tries_not_even_the_right_code_is_taken(anywhere: People) -> None:
    await ask(anywhere, browser())
    code = await anywhere.last_code(TO)
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongCode, match=f"{left}번 더"):
            await check(anywhere, browser(), wrong(code))
    with pytest.raises(WrongCode, match=r"1시간|60분"):
        await check(anywhere, browser(), wrong(code))
    with pytest.raises(TooManyTries) as refused:
        await check(anywhere, browser(), code)
    assert 0 < int(refused.value.headers["Retry-After"]) <= 3600


async def test_asking_for_another_code_does_not_take_failures_away(site: People) -> None:
    await ask(site, browser(), EMAIL)
    code = await site.last_code(EMAIL)
    for _ in range(4):
        with pytest.raises(WrongCode):
            await check(site, browser(), wrong(code), EMAIL)
    await site.rest()
    await ask(site, browser(), EMAIL)
    with pytest.raises(WrongCode):
        await check(site, browser(), wrong(await site.last_code(EMAIL)), EMAIL)
    with pytest.raises(TooManyTries):
        await check(site, browser(), "000000", EMAIL)

    site.clock.pass_(hours=1, seconds=1)
    with pytest.raises(WrongCode):
        await check(site, browser(), "000000", EMAIL)


async def guess(site: People, visitor: Visitor, **more: str) -> None:
    """Have a code sent, and type five others."""
    await site.rest()
    await ask(site, visitor, **more)
    for _ in range(5):
        with pytest.raises(WrongCode):
            await check(site, visitor, "00000x", **more)


async def test_other_browsers_cannot_try_on_without_end(site: People) -> None:
    for number in range(3):
        await guess(site, browser(f"bot {number}", f"198.51.{number}.1"))
    await ask(site, browser("bot 4", "198.51.100.4"), EMAIL)
    await site.rest()
    await ask(site, browser("bot 4", "198.51.100.4"))
    with pytest.raises(TooManyTries) as refused:
        await check(site, browser("bot 4", "198.51.100.4"), await site.last_code(TO))
    assert 0 < int(refused.value.headers["Retry-After"]) <= 3600


async def test_one_address_has_fifteen_tries_a_day_however_many_browsers_it_says_it_is(site: People) -> None:
    tried = 0
    for hour in range(4):
        for name in ("one", "two", "three"):
            for _ in range(5):
                with pytest.raises((WrongCode, TooManyTries, TooMany)) as refused:
                    await check(site, browser(f"{name} {hour}"), "000000")
                tried += refused.type is WrongCode
        site.clock.pass_(hours=1, seconds=1)
    assert tried == 15


async def test_who_types_codes_that_were_never_sent_stops_nobody(site: People) -> None:
    for number in range(40):
        for _ in range(5):
            with pytest.raises(WrongCode):
                await check(site, browser(f"bot {number}", f"198.51.{number}.1"), "000000")
    await ask(site, browser())
    await check(site, browser(), await site.last_code(TO))


@database
async def test_guesses_of_others_stop_the_owner_for_an_hour_at_most(anywhere: People) -> None:
    for number in range(3):
        await guess(anywhere, browser(f"bot {number}", f"198.51.{number}.1"))
    anywhere.clock.pass_(hours=1)
    await anywhere.rest()
    await ask(anywhere, browser())
    await check(anywhere, browser(), await anywhere.last_code(TO))


async def test_guesses_of_others_never_stop_a_browser_that_the_owner_signed_in_with(site: People) -> None:
    made = await site.join(browser())
    for number in range(3):
        await guess(site, browser(f"bot {number}", f"198.51.{number}.1"), purpose="recover")
    site.clock.pass_(minutes=4)
    for name, known in (("owner", made.known), ("liar", made.known[:-1] + "x")):
        await site.rest()
        visitor = browser(name, "192.0.2.1", known=known)
        await ask(site, visitor, purpose="recover")
        code = await site.last_code(TO)
        if name == "owner":
            await check(site, visitor, code, purpose="recover")
        else:
            with pytest.raises(TooManyTries):
                await check(site, visitor, code, purpose="recover")
        site.clock.pass_(minutes=4)


async def test_whether_there_is_an_account_does_not_show_in_what_stops_guessing(site: People) -> None:
    await site.join(browser(), channel="email", target=EMAIL)
    for target in (EMAIL, "nobody@example.com"):
        for number in range(3):
            await guess(
                site, browser(f"bot {number}", f"198.51.{number}.1"), target=target, purpose="recover"
            )
        with pytest.raises(TooManyTries):
            await check(site, browser("bot 4", "198.51.100.4"), "000000", target, purpose="recover")


async def test_one_stranger_cannot_use_up_what_may_be_sent_to_a_number(site: People) -> None:
    made = await site.join(browser())
    site.tools.caps = Caps(sms_spacing_seconds=1)
    await site.rest()

    async def asked(address: str, known: str = "") -> None:
        await asyncio.sleep(1.01)
        await ask(site, browser(address, address, known), purpose="recover")

    for _ in range(5):
        await asked("198.51.100.1")
    with pytest.raises(TooMany):
        await asked("198.51.100.1")
    for _ in range(5):
        await asked("198.51.100.2")
    with pytest.raises(TooMany):  # two of them can
        await asked("198.51.100.3")
    await asked("192.0.2.1", made.known)  # but not for where the owner signed in before


@database
async def test_tries_at_the_same_moment_are_all_counted(anywhere: People) -> None:
    await ask(anywhere, browser())
    code = await anywhere.last_code(TO)
    tried = await asyncio.gather(
        *(check(anywhere, browser(), wrong(code)) for _ in range(12)), return_exceptions=True
    )
    assert sum(isinstance(one, WrongCode) for one in tried) == 5
    assert sum(isinstance(one, TooManyTries) for one in tried) == 7


async def test_the_code_itself_is_not_in_the_database(site: People) -> None:
    await ask(site, browser())
    code = await site.last_code(TO)
    async with site.tools.database.reading() as session:
        row = (await session.scalars(select(Verification))).one()
    assert all(code != value for value in (row.code_digest, row.target_key, row.browser_key))
    assert PHONE[-4:] not in row.target_key


@pytest.mark.parametrize(("again", "key"), [("same number", True), ("same address", False)])
async def test_one_text_message_in_three_minutes(site: People, again: str, key: bool) -> None:  # noqa: FBT001
    await ask(site, browser())
    visitor = browser("two", "198.51.100.2") if key else browser("two")
    with pytest.raises(TooMany) as refused:
        await ask(site, visitor, PHONE if key else "010-9876-5432")
    assert 170 < refused.value.seconds <= 180, again
    assert "3분 뒤에" in refused.value.detail
    assert len(await site.sent()) == 1


async def test_whoever_is_refused_for_their_address_takes_nothing_of_the_number(site: People) -> None:
    await ask(site, browser())
    with pytest.raises(TooMany):
        await ask(site, browser(), "010-9876-5432")
    await ask(site, browser("owner", "198.51.100.2"), "010-9876-5432")


async def test_a_number_an_address_and_the_site_have_a_daily_cap(site: People) -> None:
    site.tools.caps = Caps(
        sms_spacing_seconds=1, sms_daily_per_number=2, sms_daily_per_address=3, sms_daily=4
    )

    async def asked(number: str, address: str) -> None:
        await asyncio.sleep(1.05)
        await ask(site, browser(address=address), f"010-2222-{number}")

    await asked("0001", "198.51.100.1")
    await asked("0001", "198.51.100.1")
    with pytest.raises(TooMany, match="24시간"):
        await asked("0001", "198.51.100.2")
    await asked("0002", "198.51.100.1")
    with pytest.raises(TooMany, match="24시간"):
        await asked("0003", "198.51.100.1")
    await asked("0004", "198.51.100.4")
    with pytest.raises(TooMany, match=r"1시간|60분") as refused:
        await asked("0005", "198.51.100.5")
    assert refused.value.code == "sms_budget"
    assert len(await site.sent()) == 4


async def test_notices_of_changes_do_not_run_up_the_bill_either(site: People) -> None:
    made = await site.join(browser())
    for number in range(19):
        caller = await site.sure((await site.sign_in(browser(address=f"198.51.{number}.1"))).access)
        await changes.change_password(site.tools, caller=caller, new_password=PASSWORD, visitor=browser())
    assert len(await site.sent()) == 1 + Caps().sms_daily_per_number

    site.tools.caps = Caps(sms_daily=len(await site.sent()))
    await site.rest()
    caller = await site.sure((await site.sign_in(browser())).access)
    await changes.change_password(site.tools, caller=caller, new_password=PASSWORD, visitor=browser())
    assert len(await site.sent()) == site.tools.caps.sms_daily
    assert caller.account_id == made.account_id


async def test_a_text_message_fits_in_one(site: People) -> None:
    await ask(site, browser())
    (message,) = await site.sent()
    assert message["name"] == "sms.send"
    assert message["to"] == TO
    assert len(message["text"].encode("euc-kr")) <= 90


async def test_recovery_answers_and_works_the_same_whether_or_not_there_is_an_account(site: People) -> None:
    await site.join(browser(), channel="email", target=EMAIL)
    await site.rest()
    seen = []
    for target in (EMAIL, "nobody@example.com"):
        before = len(await site.sent()), len(await site.audited())
        asked = await codes.ask(
            site.tools, purpose="recover", channel="email", target=target, visitor=browser("x")
        )
        after = len(await site.sent()), len(await site.audited())
        with pytest.raises(WrongCode) as refused:
            await check(site, browser("x"), "999999x", target, purpose="recover")
        seen.append(
            (asked, after[0] - before[0], after[1] - before[1], refused.value.detail, refused.value.code)
        )

    assert seen[0] == seen[1]
    texts = [message["text"] for message in await site.sent()]
    assert "가입된 계정이 없습니다" in texts[-1]


@pytest.mark.parametrize(
    "target",
    ["02-123-4567", "010-123", "+1 415 555 2671", "1588-1234", "전화", "", "a" * 300],
)
async def test_only_korean_mobile_numbers_get_text_messages(site: People, target: str) -> None:
    with pytest.raises(FieldError) as refused:
        await ask(site, browser(), target)
    assert refused.value.code == "bad_phone"


@pytest.mark.parametrize(
    "target", ["@", "a@", "a@b", "a b@example.com", "a@example.com\nBcc: x@y.kr", "x@localhost"]
)
async def test_an_impossible_mail_address_is_refused(site: People, target: str) -> None:
    with pytest.raises(AppError) as refused:
        await ask(site, browser(), target)
    assert refused.value.code == "bad_email"
    assert await site.sent() == []
