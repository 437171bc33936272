"""Becoming a member twice at once, or by a provider."""

import asyncio
from datetime import date

import pytest

from pillnuts.accounts import changes, people, sign_up
from pillnuts.accounts.errors import FieldError, Taken
from pillnuts.accounts.sign_up import NewAccount
from tests.accounts.site import ALL_CONSENTS, BORN, LOGIN_ID, PASSWORD, PHONE, People, browser

database = pytest.mark.database


@database
async def test_two_who_want_one_id_at_once_do_not_both_get_it(anywhere: People) -> None:
    async def join(number: int) -> None:
        visitor, target = browser(f"b{number}", f"198.51.100.{number}"), f"n{number}@example.com"
        await anywhere.prove(visitor, channel="email", target=target)
        form = NewAccount(LOGIN_ID, PASSWORD, BORN, "email", target, ALL_CONSENTS)
        await sign_up.sign_up(anywhere.tools, form=form, visitor=visitor)

    done = await asyncio.gather(*(join(number) for number in range(4)), return_exceptions=True)
    assert done.count(None) == 1, done
    assert [one.code for one in done if isinstance(one, Taken)] == ["login_id_taken"] * 3, done


@pytest.mark.parametrize(
    ("born", "agreed", "code"),
    [
        (date(2012, 11, 24), ALL_CONSENTS, "too_young"),
        (BORN, frozenset({"terms"}), "consent_missing"),
        (BORN, ALL_CONSENTS | {"everything"}, "consent_unknown"),
    ],
)
async def test_who_comes_by_a_provider_passes_the_same_gates(
    site: People, born: date, agreed: frozenset[str], code: str
) -> None:
    with pytest.raises(FieldError) as refused:
        async with site.tools.deciding() as session:
            await sign_up.from_provider(
                session, site.tools, birth_date=born, agreed=agreed, method="kakao", visitor=browser()
            )
    assert refused.value.code == code
    assert await site.audited() == []


async def test_who_comes_by_a_provider_is_a_member_without_id_and_contact(site: People) -> None:
    async with site.tools.deciding() as session:
        account_id = await sign_up.from_provider(
            session,
            site.tools,
            birth_date=BORN,
            agreed=ALL_CONSENTS,
            method="kakao",
            visitor=browser(),
        )
    async with site.tools.database.reading() as reading:
        profile = await people.profile(reading, site.tools, account_id=account_id)
    assert (profile.login_id, profile.phone, profile.email, profile.has_password) == (None, None, None, False)
    assert len(profile.consents) == 3


async def test_a_contact_of_somebody_else_is_not_taken_over(site: People) -> None:
    await site.join(browser())
    other = await site.join(
        browser("two", "198.51.100.2"), login_id="other77", channel="email", target="o@example.com"
    )
    await site.rest()
    visitor = browser("two", "198.51.100.2")
    await site.prove(visitor, purpose="change", channel="phone", target=PHONE)
    caller = await site.sure(other.access)
    with pytest.raises(Taken, match="이미 가입된 번호"):
        await changes.change_contact(
            site.tools, caller=caller, channel="phone", target=PHONE, visitor=visitor
        )
