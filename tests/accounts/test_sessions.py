"""Tokens: one use each, a grace for two tabs, and an end to whatever a thief touched."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pillnuts.accounts import housekeeping, keys, sessions
from pillnuts.accounts.errors import NotSignedIn
from pillnuts.accounts.keys import BadToken
from pillnuts.accounts.models import AccountSession, RefreshToken
from tests.accounts.site import People, browser

database = pytest.mark.database


@database
async def test_a_refresh_token_gives_new_tokens_and_works_once(anywhere: People) -> None:
    first = await anywhere.join(browser())
    second = await anywhere.refresh(first.refresh, browser())

    assert second.refresh != first.refresh
    assert second.session_id == first.session_id
    third = await anywhere.refresh(second.refresh, browser())
    assert await anywhere.caller(third.access) is not None


@database
async def test_reuse_of_an_old_refresh_token_ends_the_whole_family(anywhere: People) -> None:
    first = await anywhere.join(browser())
    second = await anywhere.refresh(first.refresh, browser())
    anywhere.clock.pass_(seconds=11)

    with pytest.raises(NotSignedIn):
        await anywhere.refresh(first.refresh, browser("thief", "198.51.100.9"))
    with pytest.raises(NotSignedIn):
        await anywhere.refresh(second.refresh, browser())
    assert await anywhere.caller(second.access) is None
    assert [line.action for line in await anywhere.audited()][-2:] == ["session.ended", "session.reused"]


@database
async def test_fifty_tabs_that_refresh_at_once_all_stay_signed_in(anywhere: People) -> None:
    first = await anywhere.join(browser())
    answers = await asyncio.gather(*(anywhere.refresh(first.refresh, browser()) for _ in range(50)))

    assert len({answer.refresh for answer in answers}) == 1
    async with anywhere.tools.database.reading() as session:
        tokens = list(await session.scalars(select(RefreshToken)))
        families = list(await session.scalars(select(AccountSession)))
    assert len([token for token in tokens if token.used_at is None]) == 1
    assert len(tokens) == 2
    assert [family.ended_at for family in families] == [None]
    anywhere.clock.pass_(minutes=15)
    again = await asyncio.gather(*(anywhere.refresh(answers[0].refresh, browser()) for _ in range(50)))
    assert len({answer.refresh for answer in again}) == 1


async def test_a_tab_that_comes_late_within_the_grace_gets_the_end_of_the_chain(site: People) -> None:
    first = await site.join(browser())
    second = await site.refresh(first.refresh, browser())
    third = await site.refresh(second.refresh, browser())
    site.clock.pass_(seconds=9)

    late = await site.refresh(first.refresh, browser())
    assert late.refresh == third.refresh


async def test_what_was_never_given_out_ends_nothing(site: People) -> None:
    signed_in = await site.join(browser())
    with pytest.raises(NotSignedIn):
        await site.refresh("made-up", browser())
    assert await site.caller(signed_in.access) is not None


async def test_a_refresh_token_ends_after_fourteen_days_and_a_session_after_ninety(site: People) -> None:
    idle = await site.join(browser())
    site.clock.pass_(days=14, seconds=1)
    with pytest.raises(NotSignedIn):
        await site.refresh(idle.refresh, browser())

    busy = await site.sign_in(browser())
    for _ in range(8):
        site.clock.pass_(days=11)
        busy = await site.refresh(busy.refresh, browser())
    site.clock.pass_(days=3)
    with pytest.raises(NotSignedIn):
        await site.refresh(busy.refresh, browser())


async def test_an_access_token_ends_after_fifteen_minutes(site: People) -> None:
    signed_in = await site.join(browser())
    site.clock.pass_(minutes=15, seconds=11)
    with pytest.raises(BadToken):
        await site.caller(signed_in.access)


async def test_signing_out_ends_the_session_on_the_server_at_once(site: People) -> None:
    signed_in = await site.join(browser())
    caller = await site.sure(signed_in.access)
    async with site.tools.deciding() as session:
        await sessions.end(
            session,
            site.tools,
            account_id=caller.account_id,
            session_id=caller.session_id,
            by=caller.account_id,
        )

    assert await site.caller(signed_in.access) is None
    with pytest.raises(NotSignedIn):
        await site.refresh(signed_in.refresh, browser())


@database
async def test_a_name_that_no_session_has_ends_none(anywhere: People) -> None:
    made = await anywhere.join(browser())
    for name in ("", "\0", f"{made.session_id} ", made.session_id.upper() + "\0", "é" * 300):
        async with anywhere.tools.deciding() as session:
            assert not await sessions.end(
                session, anywhere.tools, account_id=made.account_id, session_id=name, by=made.account_id
            )
    assert await anywhere.caller(made.access) is not None


async def test_nobody_ends_the_session_of_somebody_else(site: People) -> None:
    mine = await site.join(browser())
    other = await site.join(
        browser("two", "198.51.100.1"), login_id="other77", channel="email", target="o@example.com"
    )
    async with site.tools.deciding() as session:
        ended = await sessions.end(
            session, site.tools, account_id=other.account_id, session_id=mine.session_id, by=other.account_id
        )
    assert not ended
    assert await site.caller(mine.access) is not None


async def test_every_sign_in_has_a_session_of_its_own(site: People) -> None:
    first = await site.join(browser())
    second = await site.sign_in(browser())
    assert second.session_id != first.session_id

    async with site.tools.database.reading() as session:
        listed = await sessions.list_(
            session, site.tools, account_id=first.account_id, current=second.session_id
        )
    assert {(one.id, one.current) for one in listed} == {
        (first.session_id, False),
        (second.session_id, True),
    }
    assert {one.device for one in listed} == {"Android · Chrome"}


STRANGE: list[Any] = [
    [],
    "x",
    None,
    {"alg": "Ed25519", "crit": 5},
    {"alg": "Ed25519", "kid": ["x"]},
    {"alg": "Ed25519", "kid": {}},
    {"alg": ["Ed25519"]},
    {"alg": "HS256", "jwk": {}},
    {"alg": "Ed25519", "typ": 1},
]


def encoded(header: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")


async def test_a_token_of_another_key_or_purpose_is_none(site: People) -> None:
    signed_in = await site.join(browser())
    head, body, tail = signed_in.access.split(".")
    for forged in (
        "",
        "x",
        f"{head}.{body}.",
        f"{head}.{body[:-2]}AA.{tail}",
        f"eyJhbGciOiJub25lIn0.{body}.",
        *(f"{encoded(strange)}.{body}.{tail}" for strange in STRANGE),
    ):
        with pytest.raises(BadToken):
            await site.tools.keyring.read(forged)


async def test_keys_overlap_when_they_rotate(site: People) -> None:
    before = await site.join(browser())
    async with site.tools.database.writing() as session:
        kid = await keys.rotate(session, site.tools.signing, now=site.clock())
    site.tools.keyring._loaded = -1000.0  # as a minute later
    assert {key["kid"] for key in (await site.tools.keyring.published())["keys"]} > {kid}
    assert all("d" not in key for key in (await site.tools.keyring.published())["keys"])

    site.clock.pass_(minutes=10)
    after = await site.sign_in(browser())
    assert keys._kid(after.access) == kid != keys._kid(before.access)
    assert await site.caller(before.access) is not None
    site.clock.pass_(minutes=21)
    site.tools.keyring._loaded = -1000.0
    assert [key["kid"] for key in (await site.tools.keyring.published())["keys"]] == [kid]


@database
async def test_what_is_over_is_forgotten_and_the_key_changed_every_month(anywhere: People) -> None:
    signed_in = await anywhere.join(browser())
    anywhere.clock.pass_(days=31)
    await housekeeping.tidy(anywhere.tools)
    await housekeeping.tidy(anywhere.tools)

    async with anywhere.tools.database.reading() as session:
        assert await session.get(AccountSession, signed_in.session_id) is None
        assert list(await session.scalars(select(RefreshToken))) == []
    assert [line.action for line in await anywhere.audited()].count("key.rotated") == 1


def test_the_lifetimes_are_those_that_were_promised() -> None:
    assert timedelta(minutes=15) == keys.LIFETIME
    assert timedelta(days=14) == sessions.REFRESH_LIFETIME
    assert timedelta(seconds=10) == sessions.GRACE
