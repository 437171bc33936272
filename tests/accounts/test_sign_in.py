"""Signing in: one refusal for everything, no lock for the owner, and never in the way of other readers."""

import asyncio
import time
import unicodedata

import pytest

from pillnuts.accounts import people, sign_in
from pillnuts.accounts.errors import Busy, Refusal
from pillnuts.accounts.hashing import Cost, Passwords
from pillnuts.accounts.pages import drafts
from pillnuts.accounts.shapes import SecondFactorDue, Visitor
from pillnuts.kernel.errors import AppError
from pillnuts.kernel.rates import TooMany
from tests.accounts.site import LOGIN_ID, PASSWORD, WRONG, People, browser

database = pytest.mark.database


async def refused(site: People, login_id: str, password: str, visitor: Visitor | None = None) -> AppError:
    with pytest.raises(AppError) as error:
        await sign_in.with_password(
            site.tools, login_id=login_id, password=password, visitor=visitor or browser()
        )
    return error.value


@database
async def test_the_right_password_signs_in(anywhere: People) -> None:
    made = await anywhere.join(browser())
    signed_in = await anywhere.sign_in(browser())
    assert signed_in.account_id == made.account_id
    assert (await anywhere.sure(signed_in.access)).methods == {"password"}


async def test_an_unknown_id_a_wrong_password_and_no_password_are_refused_alike(site: People) -> None:
    made = await site.join(browser())
    seen = []
    for login_id, password in (
        (LOGIN_ID, WRONG),
        ("nobody99", PASSWORD),
        ("x' OR 1=1 --", "x"),
    ):
        before, rows = site.tools.passwords.worked, len(await site.audited())
        error = await refused(site, login_id, password)
        seen.append(
            (
                error.status,
                error.code,
                error.detail,
                site.tools.passwords.worked - before,
                len(await site.audited()) - rows,
            )
        )
    async with site.tools.deciding() as session:
        (await people.one(session, made.account_id)).password_hash = None
    before, rows = site.tools.passwords.worked, len(await site.audited())
    error = await refused(site, LOGIN_ID, PASSWORD)
    seen.append(
        (
            error.status,
            error.code,
            error.detail,
            site.tools.passwords.worked - before,
            len(await site.audited()) - rows,
        )
    )

    assert set(seen) == {(401, "wrong_credentials", "아이디 또는 비밀번호가 맞지 않습니다.", 1, 1)}


async def test_a_password_is_the_same_however_the_keyboard_writes_it(site: People) -> None:
    as_a_mac_writes = unicodedata.normalize("NFD", "가나다 ") + "①번 열쇠고리"
    await site.join(browser(), password=as_a_mac_writes)
    signed_in = await site.sign_in(browser(), LOGIN_ID, "가나다 1번 열쇠고리")
    assert signed_in.access


async def test_tries_at_one_id_from_one_address_are_limited_and_say_when_to_go_on(site: People) -> None:
    await site.join(browser())
    errors = [await refused(site, LOGIN_ID, WRONG) for _ in range(11)]
    assert [error.status for error in errors] == [401] * 10 + [429]
    assert errors[-1].headers["Retry-After"]
    assert "뒤에 다시" in errors[-1].detail


@database
async def test_an_id_that_nobody_can_have_is_unknown_and_counted_once(anywhere: People) -> None:
    await anywhere.join(browser())
    typed = (f"{LOGIN_ID} ", LOGIN_ID.upper(), f"{LOGIN_ID}\0", "\0", "é" * 254)
    errors = [await refused(anywhere, one, PASSWORD, browser("bot")) for one in typed]
    assert {error.code for error in errors} == {"wrong_credentials"}


async def test_nobody_locks_the_owner_out_from_elsewhere(site: People) -> None:
    made = await site.join(browser())
    for number in range(60):
        await refused(site, LOGIN_ID, WRONG, browser("bot", f"198.51.{number}.1"))
    assert (await refused(site, LOGIN_ID, PASSWORD, browser("bot", "198.51.77.1"))).status == 429

    at_home = browser("home", "192.0.2.5", known=made.known)
    assert (await site.sign_in(at_home)).account_id == made.account_id
    for made_up in ("0011.deadbeef", "x.é한글"):
        with pytest.raises(TooMany):
            await site.sign_in(browser("home", "192.0.2.6", known=made_up))


async def test_a_hash_of_another_cost_is_made_anew_at_the_next_sign_in(site: People) -> None:
    made = await site.join(browser())
    site.tools.passwords = Passwords(Cost(16, 1))
    await site.sign_in(browser())
    async with site.tools.database.reading() as session:
        stored = (await people.one(session, made.account_id)).password_hash
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=16,t=1,p=1$")
    site.tools.passwords.close()


async def test_argon2_does_not_hold_up_the_event_loop() -> None:
    """While four checks of the real cost run, the loop goes on turning."""
    passwords = Passwords(Cost())
    longest = 0.0

    async def turn() -> None:
        nonlocal longest
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - started)

    turning = asyncio.create_task(turn())
    began = time.perf_counter()
    await asyncio.gather(*(passwords.check("x", None) for _ in range(4)))
    took = time.perf_counter() - began
    turning.cancel()
    passwords.close()
    assert longest < took / 4, "one turn of the loop took as long as a hash"


async def test_more_than_can_be_checked_are_told_to_come_again() -> None:
    passwords = Passwords(Cost(), waiting=3)
    done = await asyncio.gather(*(passwords.check("x", None) for _ in range(20)), return_exceptions=True)
    refused_ = [one for one in done if isinstance(one, Busy)]
    assert 10 < len(refused_) <= 16  # one may be through before the last comes
    assert not (await passwords.check("x", None)).right  # afterwards there is room again
    passwords.close()
    assert Busy().headers["Retry-After"]


async def test_with_a_second_factor_the_password_alone_is_not_enough(site: People) -> None:
    made = await site.join(browser())
    totp, _ = await site.enrol(made.account_id, browser())
    site.clock.pass_(seconds=30)

    due = await sign_in.with_password(site.tools, login_id=LOGIN_ID, password=PASSWORD, visitor=browser())
    assert isinstance(due, SecondFactorDue)
    assert made.account_id not in due.challenge
    signed_in = await sign_in.with_second_factor(
        site.tools, challenge=due.challenge, code=totp.at(site.clock.at), visitor=browser()
    )
    assert (await site.sure(signed_in.access)).methods == {"password", "totp"}


@pytest.mark.parametrize("how", ["another browser", "too late", "made up", "another seal"])
async def test_a_challenge_is_of_one_browser_and_five_minutes(site: People, how: str) -> None:
    made = await site.join(browser())
    totp, _ = await site.enrol(made.account_id, browser())
    due = await sign_in.with_password(site.tools, login_id=LOGIN_ID, password=PASSWORD, visitor=browser())
    assert isinstance(due, SecondFactorDue)
    site.clock.pass_(minutes=6 if how == "too late" else 1)
    challenge = {
        "made up": "x.y.z",
        "another seal": drafts.seal(site.tools, browser().browser, made.account_id),
    }.get(how, due.challenge)
    visitor = browser("thief") if how == "another browser" else browser()
    with pytest.raises(Refusal) as error:
        await sign_in.with_second_factor(
            site.tools, challenge=challenge, code=totp.at(site.clock.at), visitor=visitor
        )
    assert error.value.code == "challenge_over"


async def test_proving_it_again_opens_what_matters_for_five_minutes(site: People) -> None:
    signed_in = await site.join(browser())
    caller = await site.sure(signed_in.access)
    assert not sign_in.recently_confirmed(site.tools, caller)
    with pytest.raises(Refusal, match="비밀번호가 맞지 않습니다"):
        await sign_in.confirm_password(
            site.tools, caller=caller, password=WRONG, code=None, visitor=browser()
        )
    await sign_in.confirm_password(site.tools, caller=caller, password=PASSWORD, code=None, visitor=browser())
    assert sign_in.recently_confirmed(site.tools, await site.sure(signed_in.access))
    site.clock.pass_(minutes=5, seconds=1)
    assert not sign_in.recently_confirmed(site.tools, await site.sure(signed_in.access))
