"""Linking, proving again, unlinking and leaving: tables and races, on every server where that matters."""

import asyncio
from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from pillnuts import posting
from pillnuts.accounts import leaving, sessions, sign_in, tools
from pillnuts.accounts.errors import FieldError, Refusal, Taken
from pillnuts.accounts.models import Account
from pillnuts.accounts.oauth import flow, links, unfinished, upkeep
from pillnuts.accounts.oauth.config import Providers as Configured
from pillnuts.accounts.oauth.models import ProviderAttempt, ProviderLink, ProviderPending
from pillnuts.accounts.oauth.unlink import UNLINK, unlinking
from pillnuts.kernel.errors import NotFound
from pillnuts.kernel.outbox import Handler, NeedsOperator, OutboxRow, TryLater, Undeliverable
from tests.accounts.site import CHEAP, PASSWORD, SECRET, People, browser

from .conftest import configure
from .registered import BORA, NURI
from .serving import Serving
from .visit import Acts, confirmed, query_of, talking, words


async def rows(people: People, table: type[Any]) -> list[Any]:
    async with people.tools.database.reading() as session:
        return list(await session.scalars(select(table)))


async def unlink(people: People, account_id: str, provider: str, keep: str | None = None) -> None:
    async with people.tools.deciding() as session:
        await links.unlink(
            session, people.tools, account_id=account_id, provider=provider, by=account_id, keep=keep
        )


async def waiting(people: People) -> list[dict[str, str]]:
    """What is to be told to providers."""
    found = [row for row in await rows(people, OutboxRow) if row.name == UNLINK]
    return [orjson.loads(people.tools.outbox.seal.open(row.payload)) for row in found]


async def test_somebody_joins_links_a_second_one_and_signs_in_by_either(
    people_anywhere: People, configured: Configured, served: Serving
) -> None:
    people, providers = people_anywhere, served.providers
    async with talking(people, configured) as acts:
        joined = await acts.join(providers, "kakao")
        linked = await acts.link(providers, "google", joined.access, browser())
        assert (linked.purpose, linked.problem) == ("link", None)
        by_google = await acts.go(providers, "google", browser("two"))

    assert by_google.signed_in
    assert by_google.signed_in.account_id == joined.account_id
    async with people.tools.database.reading() as session:
        views = await links.list_(session, account_id=joined.account_id)
    assert sorted((one.provider, one.last_way_in) for one in views) == [("google", False), ("kakao", False)]
    log = [line for line in await people.audited() if line.action == "provider.linked"]
    assert [words(line)["provider"] for line in log] == ["kakao", "google"]


async def test_what_is_stored_names_nobody(people: People, configured: Configured, served: Serving) -> None:
    async with talking(people, configured) as acts:
        await acts.go(served.providers, "naver", browser("two"), BORA)
        await acts.join(served.providers, "naver")

    stored = [
        str(value)
        for table in (ProviderLink, ProviderPending, ProviderAttempt)
        for row in await rows(people, table)
        for value in vars(row).values()
    ]
    secrets = {NURI.naver, BORA.naver, *served.providers.standing.refresh, *served.providers.standing.access}
    assert not [secret for secret in secrets for value in stored if secret in value]
    assert len(await rows(people, ProviderPending)) == 1


async def test_somebody_elses_identity_is_not_taken_over(
    people_anywhere: People, configured: Configured, served: Serving
) -> None:
    people, providers = people_anywhere, served.providers
    async with talking(people, configured) as acts:
        theirs = await acts.join(providers, "kakao", browser("theirs"))
        mine = await people.join(browser("mine"))
        refused = await acts.link(providers, "kakao", mine.access, browser("mine"))
        assert refused.problem == "linked_elsewhere"
        still = await acts.go(providers, "kakao", browser("theirs"))

    assert still.signed_in
    assert still.signed_in.account_id == theirs.account_id
    last = [line for line in await people.audited() if line.action == "provider.linked"][-1]
    assert (last.result, last.account_id, words(last)["why"]) == (
        "refused",
        mine.account_id,
        "linked_elsewhere",
    )


async def test_an_account_has_one_of_each_provider(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, "kakao")
        again = await acts.link(served.providers, "kakao", mine.access, browser())
        other = await acts.link(served.providers, "kakao", mine.access, browser(), BORA)

    assert again.problem is None  # the same one, twice, is no harm
    assert other.problem == "already_linked"
    assert len(await rows(people, ProviderLink)) == 1


async def test_a_link_is_finished_in_the_session_that_began_it(
    people: People, configured: Configured, served: Serving
) -> None:
    """Somebody signs out and another in on the way: nothing is linked to either."""
    visitor = browser()
    async with talking(people, configured) as acts:
        mine = await people.join(visitor)
        address = await acts.leave("kakao", visitor, purpose="link", caller=await people.sure(mine.access))
        other = await people.sign_in(visitor)
        returned = served.providers.agree("kakao", query_of(address), NURI)
        back = await acts.back("kakao", returned, visitor, await people.sure(other.access))
        nobody = await acts.back("kakao", returned, visitor)

    assert (back.problem, nobody.problem) == ("stale", "stale")
    assert await rows(people, ProviderLink) == []


async def test_two_browsers_that_join_as_one_person_make_one_account(
    people_anywhere: People, configured: Configured, served: Serving
) -> None:
    people, providers = people_anywhere, served.providers
    async with talking(people, configured) as acts:
        for name in ("one", "two"):
            await acts.go(providers, "kakao", browser(name))
        done = await asyncio.gather(
            *(acts.finish(browser(name)) for name in ("one", "two")), return_exceptions=True
        )

    refused = [one for one in done if isinstance(one, Taken)]
    assert [one.code for one in refused] == ["provider_taken"]
    assert len(await rows(people, ProviderLink)) == len(await rows(people, Account)) == 1


async def test_a_return_too_late_and_a_sign_up_too_late(
    people: People, configured: Configured, served: Serving
) -> None:
    visitor = browser()
    async with talking(people, configured) as acts:
        address = await acts.leave("kakao", visitor)
        people.clock.pass_(minutes=10, seconds=1)
        late = await acts.back("kakao", served.providers.agree("kakao", query_of(address), NURI), visitor)
        assert late.problem == "stale"

        await acts.go(served.providers, "naver", visitor)
        people.clock.pass_(minutes=30, seconds=1)
        assert await unfinished.sign_up_due(people.tools, visitor=visitor) is None
        with pytest.raises(Refusal, match="시간이 지났"):
            await acts.finish(visitor)

        await upkeep.tidy(people.tools)
    assert await rows(people, ProviderAttempt) == await rows(people, ProviderPending) == []
    assert [one["provider"] for one in await waiting(people)] == ["naver"]  # nobody became a member


async def test_another_browser_sees_nothing_of_a_sign_up(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        await acts.go(served.providers, "kakao", browser("one"))
        assert await unfinished.sign_up_due(people.tools, visitor=browser("two")) is None
        with pytest.raises(Refusal):
            await acts.finish(browser("two"))
        assert await unfinished.sign_up_due(people.tools, visitor=browser("one"))


async def test_a_second_factor_is_asked_after_the_provider(
    people: People, configured: Configured, served: Serving
) -> None:
    visitor = browser()
    async with talking(people, configured) as acts:
        joined = await acts.join(served.providers, "google", visitor)
        totp, _ = await people.enrol(joined.account_id, visitor)
        people.clock.pass_(minutes=1)
        back = await acts.go(served.providers, "google", visitor)
    assert (back.signed_in, back.open) == (None, "challenge")
    held = await unfinished.challenge(people.tools, visitor=visitor)
    assert held
    assert await unfinished.challenge(people.tools, visitor=browser("two")) is None

    signed_in = await sign_in.with_second_factor(
        people.tools, challenge=held.challenge, code=totp.at(people.clock.at), visitor=visitor
    )
    assert (await people.sure(signed_in.access)).methods == {"google", "totp"}


async def confirm(
    people: People, acts: Acts, served: Serving, access: str, person: Any = NURI, name: str = "kakao"
) -> flow.Returned:
    caller = await people.sure(access)
    return await acts.go(served.providers, name, browser(), person, purpose="confirm", caller=caller)


async def test_without_a_password_the_provider_proves_it_again(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        joined = await acts.join(served.providers, "kakao")
        assert not confirmed(people.tools, await people.caller(joined.access))
        address = await acts.leave(
            "kakao", browser(), purpose="confirm", caller=await people.sure(joined.access)
        )
        assert query_of(address)["prompt"] == "login"
        assert (await confirm(people, acts, served, joined.access)).problem is None

    assert confirmed(people.tools, await people.caller(joined.access))
    last = (await people.audited())[-1]
    assert (last.action, words(last)) == ("session.confirmed", {"method": "kakao"})


async def test_with_a_password_no_provider_proves_it_in_its_place(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await people.join(browser())
        await acts.link(served.providers, "google", mine.access, browser())
        assert (await confirm(people, acts, served, mine.access, name="google")).problem == "password_due"

    assert not confirmed(people.tools, await people.caller(mine.access))


async def test_nobody_else_at_the_provider_and_no_old_login_proves_it(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        joined = await acts.join(served.providers, "kakao")
        await acts.join(served.providers, "kakao", browser("bora"), BORA)
        assert (await confirm(people, acts, served, joined.access, BORA)).problem == "other_account"
        served.providers.faults = {"old_login"}
        assert (await confirm(people, acts, served, joined.access)).problem == "not_fresh"

    assert not confirmed(people.tools, await people.caller(joined.access))


async def test_with_a_second_factor_the_provider_is_half_of_it(
    people: People, configured: Configured, served: Serving
) -> None:
    visitor = browser()
    async with talking(people, configured) as acts:
        joined = await acts.join(served.providers, "kakao")
        totp, _ = await people.enrol(joined.account_id, visitor)
        people.clock.pass_(minutes=1)
        assert (await confirm(people, acts, served, joined.access)).open == "confirm"
    assert not confirmed(people.tools, await people.caller(joined.access))
    caller = await people.sure(joined.access)

    with pytest.raises(Refusal):
        await unfinished.confirm(people.tools, caller=caller, code="000000", visitor=visitor)
    code = totp.at(people.clock.at)
    assert await unfinished.confirm(people.tools, caller=caller, code=code, visitor=visitor) == "/"
    assert confirmed(people.tools, await people.caller(joined.access))
    with pytest.raises(Refusal, match="시간이 지났"):
        await unfinished.confirm(people.tools, caller=caller, code=code, visitor=visitor)


async def test_half_a_proof_does_not_pass_to_another_session(
    people: People, configured: Configured, served: Serving
) -> None:
    visitor = browser()
    async with talking(people, configured) as acts:
        joined = await acts.join(served.providers, "kakao")
        other = await acts.join(served.providers, "kakao", browser("bora"), BORA)
        await people.enrol(joined.account_id, visitor)
        totp, _ = await people.enrol(other.account_id, visitor)
        people.clock.pass_(minutes=1)
        assert (await confirm(people, acts, served, joined.access)).open == "confirm"

    caller = await people.sure(other.access)
    with pytest.raises(Refusal, match="시간이 지났"):
        await unfinished.confirm(people.tools, caller=caller, code=totp.at(people.clock.at), visitor=visitor)


async def test_the_last_way_in_stays(people: People, configured: Configured, served: Serving) -> None:
    async with talking(people, configured) as acts:
        joined = await acts.join(served.providers, "kakao")
    with pytest.raises(FieldError) as refused:
        await unlink(people, joined.account_id, "kakao")
    assert refused.value.code == "last_way_in"
    with pytest.raises(NotFound):
        await unlink(people, joined.account_id, "google")

    async with people.tools.database.reading() as session:
        (view,) = await links.list_(session, account_id=joined.account_id)
    assert view.last_way_in
    assert "provider.unlinked" not in [line.action for line in await people.audited()]


async def test_unlinking_ends_other_sessions_and_is_told(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await people.join(browser())
        await acts.link(served.providers, "kakao", mine.access, browser())
        other = (await acts.go(served.providers, "kakao", browser("two"))).signed_in
        assert other
        await unlink(people, mine.account_id, "kakao", keep=mine.session_id)

        assert await people.caller(mine.access)
        assert await people.caller(other.access) is None
        assert (await acts.go(served.providers, "kakao", browser("three"))).open == "sign_up"
    notices = [one["text"] for one in await people.sent() if one["name"] == "sms.send"]
    assert any("연결을 끊었습니다" in text for text in notices)
    assert [one["provider"] for one in await waiting(people)] == ["kakao"]
    (line,) = [line for line in await people.audited() if line.action == "provider.unlinked"]
    assert (line.result, line.account_id, line.by) == ("ok", mine.account_id, mine.account_id)
    assert words(line) == {"provider": "kakao"}
    assert (await people.sign_in(browser(), password=PASSWORD)).account_id == mine.account_id


async def test_of_two_ways_in_ended_at_once_one_stays(
    people_anywhere: People, configured: Configured, served: Serving
) -> None:
    people = people_anywhere
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, "kakao")
        await acts.link(served.providers, "google", mine.access, browser())
    ended = await asyncio.gather(
        *(unlink(people, mine.account_id, name) for name in ("kakao", "google")), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in ended) == ["FieldError", "NoneType"]
    assert len(await rows(people, ProviderLink)) == 1


@pytest.mark.parametrize("name", ["kakao", "naver", "google"])
async def test_leaving_ends_it_at_the_provider(
    people_anywhere: People, configured: Configured, served: Serving, name: str
) -> None:
    people = people_anywhere
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, name)
    assert served.providers.standing.connected
    async with people.tools.deciding() as session:
        await leaving.leave(session, people.tools, account_id=mine.account_id, by=mine.account_id)
    assert await rows(people, ProviderLink) == []

    (payload,) = await waiting(people)
    async with unlinking(configured, people.tools.database) as handlers:
        await handlers[UNLINK](payload, key="x")
        assert served.providers.standing.connected == set()
        await handlers[UNLINK](payload, key="x")  # it may come twice


async def test_the_worker_ends_it_at_the_provider(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, "naver")
    async with people.tools.deciding() as session:
        await leaving.leave(session, people.tools, account_id=mine.account_id, by=mine.account_id)

    registry = CollectorRegistry()
    told = posting.Posting(SECRET, providers=configured)
    async with posting.delivery(people.tools.database, told, registry) as jobs:
        await asyncio.gather(*(job.run() for job in jobs))
    assert served.providers.standing.connected == set()
    (row,) = [row for row in await rows(people, OutboxRow) if row.name == UNLINK]
    assert (row.state, row.payload) == ("delivered", None)


async def test_who_linked_under_an_older_secret_is_known(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, "naver")
    old = people.tools
    people.tools = tools.make(
        "a new secret of these tests: 77aa12", older=(SECRET,), database=old.database, outbox=old.outbox,
        rates=old.rates, site_url=old.site_url, now=people.clock, cost=CHEAP,
    )  # fmt: skip
    async with talking(people, configured) as acts:
        back = (await acts.go(served.providers, "naver", browser())).signed_in
    people.tools.passwords.close()

    assert back
    assert back.account_id == mine.account_id


async def test_kakao_is_told_with_the_persons_token_where_there_is_no_admin_key(
    people: People, served: Serving
) -> None:
    configured = configure(served, kakao_admin_key="")
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, "kakao")
    async with people.tools.deciding() as session:
        await leaving.leave(session, people.tools, account_id=mine.account_id, by=mine.account_id)

    (payload,) = await waiting(people)
    async with unlinking(configured, people.tools.database) as handlers:
        await handlers[UNLINK](payload, key="x")
        assert served.providers.standing.connected == set()
        with pytest.raises(NeedsOperator, match="admin key"):
            await handlers[UNLINK]({**payload, "token": ""}, key="x")


async def test_who_came_back_meanwhile_is_not_cut_off(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await people.join(browser())
        await acts.link(served.providers, "kakao", mine.access, browser())
        await unlink(people, mine.account_id, "kakao", keep=mine.session_id)
        await acts.link(served.providers, "kakao", mine.access, browser())

    (payload,) = await waiting(people)
    async with unlinking(configured, people.tools.database) as handlers:
        await handlers[UNLINK](payload, key="x")
    assert served.providers.standing.connected == {("kakao", str(NURI.kakao))}


async def failing(handler: Handler, **changes: str) -> str:
    payload = {"provider": "kakao", "subject": str(NURI.kakao), "token": "x", "key": "x", **changes}
    with pytest.raises((TryLater, Undeliverable, NeedsOperator)) as raised:
        await handler(payload, key="x")
    return f"{type(raised.value).__name__}: {raised.value.reason}"


async def test_what_cannot_be_ended_says_why(people: People, served: Serving) -> None:
    served.providers.faults = {"unlink_500", "token_500"}
    wrong = configure(served, kakao_admin_key="another", naver_client_secret="another")  # noqa: S106
    async with unlinking(wrong, people.tools.database) as handlers:
        handler = handlers[UNLINK]
        assert await failing(handler) == "TryLater: the provider fails"
        assert await failing(handler, provider="naver") == "TryLater: the provider fails"
        served.providers.faults = set()
        assert await failing(handler) == "NeedsOperator: Kakao refuses the admin key"
        assert (await failing(handler, provider="naver")).startswith("NeedsOperator: naver gives no token")
        assert (await failing(handler, provider="other")).startswith("NeedsOperator: the provider is not set")
        assert (await failing(handler, more="x")).startswith("Undeliverable")
    gone = configure(served, kakao_url="http://127.0.0.1:9", kakao_api_url="http://127.0.0.1:9")
    async with unlinking(gone, people.tools.database) as handlers:
        assert await failing(handlers[UNLINK]) == "TryLater: kakao does not answer"


async def test_the_download_names_what_is_linked(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, "google")
    async with people.tools.database.reading() as session:
        data = await leaving.export(
            session, people.tools, account_id=mine.account_id, current=mine.session_id
        )

    (one,) = data["providers"]
    assert (one["provider"], one["subject"]) == ("google", NURI.google)
    assert set(one) == {"provider", "subject", "linked_at", "used_at"}


async def test_kakao_ends_a_link_that_is_not_the_last_way_in(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await people.join(browser())
        await acts.link(served.providers, "kakao", mine.access, browser())
    await upkeep.ended_by_kakao(people.tools, subject=str(NURI.kakao), reason="UNLINK_FROM_APPS")
    await upkeep.ended_by_kakao(people.tools, subject=str(NURI.kakao), reason="UNLINK_FROM_APPS")

    assert await rows(people, ProviderLink) == []
    assert await people.caller(mine.access) is None  # it may have been a thief's
    assert await waiting(people) == []  # Kakao knows
    assert (await people.sign_in(browser())).account_id == mine.account_id


async def test_the_last_way_in_sleeps_thirty_days_and_wakes(
    people_anywhere: People, configured: Configured, served: Serving
) -> None:
    people = people_anywhere
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, "kakao")
        await upkeep.ended_by_kakao(people.tools, subject=str(NURI.kakao), reason="UNLINK_FROM_APPS")
        assert await people.caller(mine.access) is None
        people.clock.pass_(days=29)
        await upkeep.tidy(people.tools)
        back = (await acts.go(served.providers, "kakao", browser())).signed_in
        assert back
        assert back.account_id == mine.account_id

        await upkeep.ended_by_kakao(people.tools, subject=str(NURI.kakao), reason="UNLINK_FROM_APPS")
        people.clock.pass_(days=31)
        await upkeep.tidy(people.tools)
    assert await rows(people, Account) == []
    left = [line for line in await people.audited() if line.action == "account.left"]
    assert [line.by for line in left] == ["system"]
    assert await waiting(people) == []


async def test_when_the_account_at_kakao_is_gone_so_is_ours(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        await acts.join(served.providers, "kakao")
    await upkeep.ended_by_kakao(people.tools, subject=str(NURI.kakao), reason="ACCOUNT_DELETE")

    assert await rows(people, Account) == []


async def test_signing_in_anew_ends_the_session_that_was_there(
    people: People, configured: Configured, served: Serving
) -> None:
    async with talking(people, configured) as acts:
        mine = await acts.join(served.providers, "kakao")
        caller = await people.sure(mine.access)
        again = await acts.go(served.providers, "kakao", browser(), caller=caller)

    assert again.signed_in
    assert again.signed_in.session_id != mine.session_id  # never an identifier from before
    assert await people.caller(mine.access) is None
    async with people.tools.database.reading() as session:
        views = await sessions.list_(session, people.tools, account_id=mine.account_id, current="")
    assert len(views) == 1
