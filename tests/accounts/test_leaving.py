"""Consents, leaving, the second factor, and the log that remembers it without naming anybody."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from pillnuts.accounts import (
    audit,
    changes,
    consents,
    leaving,
    people,
    recovery,
    second_factor,
    sign_in,
    texts,
)
from pillnuts.accounts.errors import FieldError, Refusal
from pillnuts.accounts.models import (
    Account,
    AccountSession,
    AuditEntry,
    Consent,
    Departure,
    RecoveryCode,
    RefreshToken,
    SecondFactor,
    Verification,
)
from pillnuts.accounts.roles import Role
from pillnuts.kernel.rates import TooMany
from tests.accounts.site import EMAIL, LOGIN_ID, PASSWORD, PHONE, WRONG, People, browser

database = pytest.mark.database
NEW = "무지개 다리를 건너간 두더지"


async def rows(site: People, table: type) -> int:
    async with site.tools.database.reading() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


@database
async def test_leaving_erases_at_once_and_keeps_a_proof_that_names_nobody(anywhere: People) -> None:
    site = anywhere
    made = await site.join(browser())
    await site.enrol(made.account_id, browser())
    erased = []

    async def erase(_session: object, account_id: str) -> int:
        erased.append(account_id)
        return 4

    site.tools.erasers["reviews"] = erase
    async with site.tools.deciding() as session:
        receipt = await leaving.leave(
            session, site.tools, account_id=made.account_id, by=made.account_id, visitor=browser()
        )

    for table in (Account, AccountSession, RefreshToken, Consent, SecondFactor, RecoveryCode, Verification):
        assert await rows(site, table) == 0, table
    assert erased == [made.account_id]
    async with site.tools.database.reading() as reading:
        proof = await reading.get_one(Departure, receipt)
    assert json.loads(proof.erased) == {"account": 1, "reviews": 4}
    kept = " ".join(str(value) for name, value in vars(proof).items() if not name.startswith("_"))
    assert made.account_id not in kept
    assert (await site.audited())[-1].action == "account.left"


@database
async def test_an_eraser_that_fails_lets_nobody_half_leave(anywhere: People) -> None:
    made = await anywhere.join(browser())

    async def fail(_session: object, _account_id: str) -> int:
        raise RuntimeError("no")

    anywhere.tools.erasers["broken"] = fail
    with pytest.raises(RuntimeError):
        async with anywhere.tools.deciding() as session:
            await leaving.leave(session, anywhere.tools, account_id=made.account_id, by=made.account_id)
    assert await anywhere.caller(made.access) is not None


async def test_whoever_left_may_come_back_as_somebody_new(site: People) -> None:
    made = await site.join(browser())
    async with site.tools.deciding() as session:
        await leaving.leave(session, site.tools, account_id=made.account_id, by=made.account_id)
    await site.rest()
    again = await site.join(browser())
    assert again.account_id != made.account_id


async def test_the_data_to_take_along_is_whole_and_holds_no_secret(site: People) -> None:
    made = await site.join(browser())

    async def give(_session: object, account_id: str) -> list[str]:
        return [f"찜 {account_id}"]

    site.tools.exporters["bookmarks"] = give
    async with site.tools.database.reading() as session:
        data = await leaving.export(session, site.tools, account_id=made.account_id, current=made.session_id)
    assert data["bookmarks"] == [f"찜 {made.account_id}"]
    assert data["account"]["contacts"] == {"phone": "+821023456789"}
    assert {one["kind"] for one in data["consents"]} == {"terms", "privacy", "health"}
    told = str(data)
    assert "argon2" not in told
    assert made.refresh not in told


@database
async def test_consents_keep_their_version_and_their_end(anywhere: People) -> None:
    made = await anywhere.join(browser())
    anywhere.clock.pass_(days=3)
    async with anywhere.tools.deciding() as session:
        await consents.withdraw(
            session, anywhere.tools, account_id=made.account_id, kind="health", by=made.account_id
        )
        assert not await consents.has(session, account_id=made.account_id, kind="health")
    async with anywhere.tools.deciding() as session:
        for _ in range(2):  # twice is once
            await consents.give(
                session, anywhere.tools, account_id=made.account_id, kind="health", by=made.account_id
            )
    async with anywhere.tools.database.reading() as session:
        held = list(
            await session.scalars(select(Consent).where(Consent.kind == "health").order_by(Consent.id))
        )
    assert [row.version for row in held] == [texts.current("health").version] * 2
    assert held[0].withdrawn_at is not None
    assert held[0].withdrawn_at - held[0].given_at == timedelta(days=3)
    assert held[1].withdrawn_at is None


def test_every_kind_has_a_text_with_headings() -> None:
    for kind in texts.KINDS:
        text_ = texts.current(kind)
        assert text_.title
        assert {block.kind for block in text_.blocks} >= {"heading", "paragraph"}
        assert all(item and not item.startswith(("#", "-")) for block in text_.blocks for item in block.items)


# The log


@database
@pytest.mark.parametrize("how", ["update", "delete"])
async def test_the_database_itself_refuses_to_change_the_log(anywhere: People, how: str) -> None:
    anywhere.clock.at = datetime.now(UTC)  # the triggers know the real time
    await anywhere.join(browser())
    changing = update(AuditEntry).values(result="nothing") if how == "update" else delete(AuditEntry)
    before = await rows(anywhere, AuditEntry)
    with pytest.raises(DBAPIError, match="audit is only added to"):
        async with anywhere.tools.database.writing() as session:
            await session.execute(changing)
    assert await rows(anywhere, AuditEntry) == before > 0


@database
async def test_what_is_older_than_two_years_may_go(anywhere: People) -> None:
    anywhere.clock.at = datetime.now(UTC) - timedelta(days=735)
    await anywhere.join(browser())
    assert await rows(anywhere, AuditEntry) > 0
    async with anywhere.tools.database.writing() as session:
        await audit.forget(session, now=datetime.now(UTC))
    assert await rows(anywhere, AuditEntry) == 0


async def guess_while_enrolling(site: People, account_id: str) -> None:
    async with site.tools.deciding() as session:
        await second_factor.begin(
            session, site.tools, account_id=account_id, label="x", by=account_id, visitor=browser()
        )
        await second_factor.confirm(
            session, site.tools, account_id=account_id, code="12345x", by=account_id, visitor=browser()
        )


async def test_every_sensitive_act_leaves_an_entry(site: People) -> None:
    made = await site.join(browser())
    await site.rest()
    with pytest.raises(Refusal):
        await site.sign_in(browser(), LOGIN_ID, WRONG)
    caller = await site.sure(made.access)
    await sign_in.confirm_password(site.tools, caller=caller, password=PASSWORD, code=None, visitor=browser())
    await changes.change_password(site.tools, caller=caller, new_password=NEW, visitor=browser())
    await site.prove(browser(), purpose="change", channel="email", target=EMAIL)
    await changes.change_contact(site.tools, caller=caller, channel="email", target=EMAIL, visitor=browser())
    await changes.remove_contact(site.tools, caller=caller, channel="phone", visitor=browser())
    await site.rest()
    await site.prove(browser(), purpose="recover", channel="email", target=EMAIL)
    await recovery.find_login_id(site.tools, channel="email", target=EMAIL, visitor=browser())
    await recovery.reset_password(
        site.tools, channel="email", target=EMAIL, new_password=PASSWORD, visitor=browser()
    )
    with pytest.raises(Refusal):
        await guess_while_enrolling(site, made.account_id)
    async with site.tools.deciding() as session:
        await second_factor.remove(
            session, site.tools, account_id=made.account_id, role=Role.USER, by="cli", visitor=None
        )
    _, recovery_codes = await site.enrol(made.account_id, browser())
    async with site.tools.deciding() as session:
        await second_factor.check(
            session,
            site.tools,
            account_id=made.account_id,
            code=recovery_codes[0],
            action="session.refused",
            visitor=browser(),
        )
        await second_factor.new_recovery_codes(
            session, site.tools, account_id=made.account_id, by=made.account_id, visitor=browser()
        )
        await second_factor.remove(
            session, site.tools, account_id=made.account_id, role=Role.USER, by="cli", visitor=None
        )
        await consents.withdraw(
            session, site.tools, account_id=made.account_id, kind="health", by=made.account_id
        )
        await leaving.leave(session, site.tools, account_id=made.account_id, by=made.account_id)

    lines = await site.audited()
    assert {(line.action, line.result) for line in lines} >= {
        ("account.made", "ok"),
        ("code.asked", "ok"),
        ("code.checked", "ok"),
        ("consent.given", "ok"),
        ("session.began", "ok"),
        ("session.refused", "refused"),
        ("session.confirmed", "ok"),
        ("password.changed", "ok"),
        ("contact.changed", "ok"),
        ("contact.removed", "ok"),
        ("login_id.found", "ok"),
        ("password.reset", "ok"),
        ("session.ended", "ok"),
        ("second_factor.begun", "ok"),
        ("second_factor.set", "ok"),
        ("second_factor.set", "refused"),
        ("second_factor.recovery", "ok"),
        ("second_factor.codes", "ok"),
        ("second_factor.removed", "ok"),
        ("consent.withdrawn", "ok"),
        ("account.left", "ok"),
    }
    told = " ".join(str(line) for line in lines)
    for personal in (PHONE, PHONE[-4:], "1023456789", EMAIL, "example.com", LOGIN_ID, "203.0.113", PASSWORD):
        assert personal not in told


async def test_a_network_is_one_keyed_hash(site: People) -> None:
    same = {audit.network(site.tools, address) for address in ("203.0.113.7", "203.0.113.250")}
    assert len(same) == 1
    assert audit.network(site.tools, "203.0.114.7") not in same
    assert audit.network(site.tools, "2001:db8:1:2::1") == audit.network(site.tools, "2001:db8:1:99::7")
    assert audit.network(site.tools, "unix:") != audit.network(site.tools, "")


async def test_contacts_and_secrets_cannot_be_read_from_the_tables(site: People) -> None:
    made = await site.join(browser())
    totp, recovery_codes = await site.enrol(made.account_id, browser())
    async with site.tools.database.engine.connect() as connection:
        dump = ""
        for table in (Account, SecondFactor, RecoveryCode, RefreshToken, AccountSession):
            for row in await connection.execute(text(f"SELECT * FROM {table.__tablename__}")):  # noqa: S608
                dump += str(tuple(row))
        private = (await connection.execute(text("SELECT private FROM signing_key"))).scalar_one()
    for secret in ("1023456789", "+8210", totp.secret, made.refresh, PASSWORD, *recovery_codes):
        assert secret not in dump
    assert '"d"' not in private


# The second factor


@database
async def test_a_code_of_the_app_works_once_even_twice_at_once(anywhere: People) -> None:
    made = await anywhere.join(browser())
    totp, _ = await anywhere.enrol(made.account_id, browser())
    anywhere.clock.pass_(seconds=60)
    code = totp.at(anywhere.clock.at)

    async def check() -> None:
        async with anywhere.tools.deciding() as session:
            await second_factor.check(
                session,
                anywhere.tools,
                account_id=made.account_id,
                code=code,
                action="session.refused",
                visitor=browser(),
            )

    tried = await asyncio.gather(*(check() for _ in range(5)), return_exceptions=True)
    assert sum(one is None for one in tried) == 1
    assert sum(isinstance(one, Refusal) for one in tried) == 4


@pytest.mark.parametrize(
    ("seconds", "accepted"), [(-30, True), (0, True), (30, True), (-90, False), (90, False)]
)
async def test_a_code_is_good_for_half_a_minute_around(site: People, seconds: int, accepted: bool) -> None:  # noqa: FBT001
    made = await site.join(browser())
    totp, _ = await site.enrol(made.account_id, browser())
    site.clock.pass_(minutes=10)
    code = totp.at(site.clock.at + timedelta(seconds=seconds))
    try:
        async with site.tools.deciding() as session:
            await second_factor.check(
                session,
                site.tools,
                account_id=made.account_id,
                code=code,
                action="session.refused",
                visitor=browser(),
            )
        assert accepted
    except Refusal:
        assert not accepted


async def test_a_second_factor_in_force_is_not_replaced_in_silence(site: People) -> None:
    made = await site.join(browser())
    await site.enrol(made.account_id, browser())
    with pytest.raises(FieldError, match="이미"):
        async with site.tools.deciding() as session:
            await second_factor.begin(
                session, site.tools, account_id=made.account_id, label="x", by="x", visitor=browser()
            )


async def test_one_that_was_begun_is_not_in_force(site: People) -> None:
    made = await site.join(browser())
    async with site.tools.deciding() as session:
        begun = await second_factor.begin(
            session, site.tools, account_id=made.account_id, label=LOGIN_ID, by="x", visitor=browser()
        )
    assert begun.svg.startswith("<svg")
    assert pyotp.parse_uri(begun.uri).secret == begun.secret
    assert (await site.sign_in(browser())).access


async def test_the_sixth_digit_of_a_code_is_not_found_by_trying(site: People) -> None:
    made = await site.join(browser())
    await site.enrol(made.account_id, browser())
    statuses = []
    for number in range(12):
        try:
            async with site.tools.deciding() as session:
                await second_factor.check(
                    session,
                    site.tools,
                    account_id=made.account_id,
                    code=f"{number:06}",
                    action="session.refused",
                    visitor=browser(),
                )
        except TooMany as error:
            statuses.append(error.status)
        except Refusal as error:
            statuses.append(error.status)
    assert statuses[-1] == 429
    assert statuses.count(401) <= 9


async def test_the_last_way_back_in_is_not_removed(site: People) -> None:
    made = await site.join(browser())
    caller = await site.sure(made.access)
    with pytest.raises(FieldError, match="하나는 있어야"):
        await changes.remove_contact(site.tools, caller=caller, channel="phone", visitor=browser())


async def test_a_provider_account_gets_an_id_once_and_with_a_proven_contact(site: People) -> None:
    made = await site.join(browser())
    async with site.tools.deciding() as session:
        row = await people.one(session, made.account_id)
        row.login_id = row.password_hash = None
    caller = await site.sure(made.access)
    with pytest.raises(FieldError, match="먼저 아이디"):
        await changes.change_password(site.tools, caller=caller, new_password=NEW, visitor=browser())
    await changes.set_login(
        site.tools, caller=caller, login_id="nuri2027", password=PASSWORD, visitor=browser()
    )
    assert (await site.sign_in(browser(), "nuri2027")).account_id == made.account_id
    with pytest.raises(FieldError, match="한 번만"):
        await changes.set_login(
            site.tools, caller=caller, login_id="nuri2028", password=PASSWORD, visitor=browser()
        )
    line, refused = [line for line in await site.audited() if line.action == "login_id.set"]
    assert (refused.result, refused.detail) == ("refused", "why=login_id_set")
    network = audit.network(site.tools, browser().address)
    assert (line.result, line.account_id, line.by) == ("ok", made.account_id, made.account_id)
    assert (line.address, line.detail) == (network, "")
