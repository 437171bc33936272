"""From a row in the outbox to the provider, on every database; and what an operator sees when it fails."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import select
from structlog.testing import capture_logs

from pillnuts.kernel.db import Base, Database
from pillnuts.kernel.delivery import Deliverer
from pillnuts.kernel.outbox import Outbox, OutboxRow, State, Undeliverable
from pillnuts.kernel.sealing import Seal
from pillnuts.notifications.channels import NoMail, NoSms
from pillnuts.notifications.mailbox import Mailbox
from pillnuts.notifications.service import MAIL, SMS, WaysOut, delivering, handlers
from pillnuts.notifications.smtp import Server
from pillnuts.posting import Posting, delivery, outbox
from tests.kernel.answering import reply
from tests.senders.fake_sens import fake_sens
from tests.senders.fake_smtp import smtp_server

PHONE, ADDRESS, CODE = "01012345678", "someone@pillnuts.test", "482913"
TEXT = f"[필넛츠] 인증번호 {CODE}"
SUBJECT = f"인증번호 {CODE}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        tables = [OutboxRow.metadata.tables[OutboxRow.__tablename__]]
        await connection.run_sync(Base.metadata.create_all, tables=tables)
    yield database
    await database.close()


class Clock:
    ahead = 0.0

    def __call__(self) -> float:
        return 1_800_000_000.0 + self.ahead


async def put(database: Database, given: Outbox) -> None:
    """A code by text message and one by mail."""
    five = timedelta(minutes=5)
    async with database.writing() as session:
        await given.enqueue(session, SMS, {"to": PHONE, "text": TEXT}, by="somebody", expires=five)
        mail = {"to": ADDRESS, "subject": SUBJECT, "text": TEXT}
        await given.enqueue(session, MAIL, mail, by="somebody", expires=five)


async def states(database: Database) -> dict[str, tuple[str, str | None]]:
    async with database.reading() as session:
        rows = (await session.scalars(select(OutboxRow))).all()
    return {row.name: (row.state, row.reason) for row in rows}


@pytest.mark.database
async def test_codes_reach_telephone_and_mailbox_and_no_log(database: Database, tmp_path: Path) -> None:
    given = outbox("a secret of this site")
    await put(database, given)

    with capture_logs() as lines:
        async with fake_sens() as sens, smtp_server("none", tmp_path) as (takes, port):
            sens.awkward.append(reply("no", 500))
            ways = WaysOut(sens.account, Server("127.0.0.1", "noreply@pillnuts.test", port, "none"))
            clock = Clock()
            late = Outbox(given.seal, clock=lambda: given.clock() + clock.ahead)
            async with delivering(ways) as ready:
                deliverer = Deliverer(database, late, ready)
                await deliverer.deliver(SMS)
                await deliverer.deliver(MAIL)
                clock.ahead = 5
                await deliverer.deliver(SMS)

    assert sens.received == [(PHONE, TEXT)]
    assert [str(mail["Subject"]) for mail in takes.mails] == [SUBJECT]
    assert await states(database) == {SMS: (State.DELIVERED, None), MAIL: (State.DELIVERED, None)}
    assert {line["event"] for line in lines} >= {"message delivered", "message put off", "called"}
    for secret in (PHONE, ADDRESS, CODE):
        assert secret not in str(lines)


@pytest.mark.database
async def test_without_a_provider_the_operator_is_told_until_it_is_too_late(database: Database) -> None:
    clock, registry = Clock(), CollectorRegistry()
    given = Outbox(Seal("a secret of this site", "outbox"), clock=clock)
    await put(database, given)

    with capture_logs() as lines:
        deliverer = Deliverer(database, given, handlers(NoSms(), NoMail()), registry=registry)
        for _ in range(2):
            await deliverer.deliver(SMS)
            await deliverer.deliver(MAIL)
        assert await states(database) == {
            SMS: (State.WAITING, "no SMS provider is set up"),
            MAIL: (State.WAITING, "no mail server is set up"),
        }
        clock.ahead = 301
        await deliverer.tend()

    assert await states(database) == {SMS: (State.DEAD, "too late"), MAIL: (State.DEAD, "too late")}
    told = {line["reason"] for line in lines if line["log_level"] == "error"}
    assert told == {"no SMS provider is set up", "no mail server is set up", "too late"}
    counted = generate_latest(registry).decode()
    assert 'pillnuts_outbox_results_total{name="sms.send",result="operator"} 1.0' in counted


@pytest.mark.parametrize("payload", [{}, {"to": PHONE}, {"to": PHONE, "text": TEXT, "more": ""}])
@pytest.mark.parametrize("name", [SMS, MAIL])
async def test_a_payload_of_other_parts_is_refused(payload: dict[str, str], name: str) -> None:
    if name == MAIL and len(payload) == 3:
        payload = {**payload, "subject": ""}
    with pytest.raises(Undeliverable):
        await handlers(NoSms(), NoMail())[name](payload, key="key")


async def test_development_reads_what_it_sent(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'test.db'}", tmp_path / "mailbox.jsonl"
    database = Database(url)
    async with database.engine.begin() as connection:
        tables = [OutboxRow.metadata.tables[OutboxRow.__tablename__]]
        await connection.run_sync(Base.metadata.create_all, tables=tables)
    await put(database, outbox("a secret of this site"))

    posting = Posting("a secret of this site", WaysOut(mailbox=file))
    async with delivery(database, posting, CollectorRegistry()) as jobs:
        for job in jobs:
            await job.run()
    await database.close()

    assert {(one.kind, one.to) for one in Mailbox(file).messages()} == {("sms", PHONE), ("mail", ADDRESS)}


async def test_a_real_way_out_goes_before_the_mailbox(tmp_path: Path) -> None:
    file = tmp_path / "mailbox.jsonl"
    async with fake_sens() as sens, delivering(WaysOut(sens=sens.account, mailbox=file)) as ready:
        await ready[SMS]({"to": PHONE, "text": TEXT}, key="1")
        await ready[MAIL]({"to": ADDRESS, "subject": SUBJECT, "text": TEXT}, key="2")

    assert sens.received == [(PHONE, TEXT)]
    assert [one.kind for one in Mailbox(file).messages()] == ["mail"]
