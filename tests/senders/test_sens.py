"""SENS: what it checks is right, and each of its answers means the right thing to the outbox."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from pillnuts.kernel.http import Timeouts
from pillnuts.kernel.outbox import DeliveryError, NeedsOperator, TryLater, Undeliverable
from pillnuts.notifications.channels import SMS_BYTES, euc_kr_length
from pillnuts.notifications.sens import Account, Sens, signature
from tests.kernel.answering import reply
from tests.senders.fake_sens import ACCESS_KEY, SECRET_KEY, SENDER, SERVICE, FakeSens

PHONE, CODE = "01012345678", "[필넛츠] 인증번호 482913"


async def send(account: Account, **more: object) -> None:
    sens = Sens(account, **more)  # type: ignore[arg-type]
    async with sens.client:
        await sens.send(PHONE, CODE, key="key")


async def test_the_signature_is_that_of_the_target_as_sent(sens_server: FakeSens) -> None:
    await send(sens_server.account)

    [question] = sens_server.questions
    assert question.target == f"/sms/v2/services/{SERVICE}/messages"  # with its colons
    assert question.headers["content-type"] == "application/json; charset=utf-8"
    assert sens_server.received == [(PHONE, CODE)]


def test_a_signature_is_what_openssl_says_too() -> None:
    # printf 'POST /sms/v2/services/a:b/messages\n1600000000000\nkey' |
    #   openssl dgst -sha256 -hmac secret -binary | base64
    expected = "070j8dNWD4dTqjHkfGGlJh/9z3jv4iXmeDAu4DN1dlQ="
    assert signature("secret", "POST", "/sms/v2/services/a:b/messages", "1600000000000", "key") == expected


@pytest.mark.parametrize(
    "account",
    [
        Account("other", SECRET_KEY, SERVICE, SENDER),
        Account(ACCESS_KEY, "other", SERVICE, SENDER),
        Account(ACCESS_KEY, SECRET_KEY, "ncp:sms:kr:1:other", SENDER),
    ],
    ids=["access key", "secret key", "service"],
)
async def test_wrong_settings_call_the_operator(sens_server: FakeSens, account: Account) -> None:
    wrong = Account(
        account.access_key, account.secret_key, account.service_id, account.sender, sens_server.url
    )
    with pytest.raises(NeedsOperator):
        await send(wrong)

    assert sens_server.received == []


async def test_a_sender_that_is_not_registered_is_refused(sens_server: FakeSens) -> None:
    with pytest.raises(Undeliverable):
        await send(Account(ACCESS_KEY, SECRET_KEY, SERVICE, "0299999999", sens_server.url))


@pytest.mark.parametrize(("seconds", "fine"), [(-290, True), (290, True), (-310, False), (310, False)])
async def test_a_clock_may_be_five_minutes_off(sens_server: FakeSens, seconds: float, *, fine: bool) -> None:
    if fine:
        await send(sens_server.account, clock=lambda: time.time() + seconds)
    else:
        with pytest.raises(NeedsOperator, match="clock"):
            await send(sens_server.account, clock=lambda: time.time() + seconds)

    assert len(sens_server.received) == fine


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (reply("{}", 400), Undeliverable),
        (reply("{}", 401), NeedsOperator),
        (reply('{"error":{"errorCode":"210","message":"Permission Denied"}}', 403), NeedsOperator),
        (reply("Not Found", 404), NeedsOperator),
        (reply("{}", 413), Undeliverable),
        (reply("{}", 429, {"Retry-After": "7"}), TryLater),
        (reply("<html>", 500), TryLater),
        (reply("", 503), TryLater),
        (reply("", 302, {"Location": "https://elsewhere.test"}), NeedsOperator),
        (reply('{"error":{"errorCode":"200"}}', 200), NeedsOperator),
        (reply('{"statusCode":"400","statusName":"fail"}', 202), Undeliverable),
        (reply('{"statusCode":"500","statusName":"fail"}', 202), TryLater),
        (b"", TryLater),
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{", TryLater),
        (b"220 smtp.test ESMTP\r\n", TryLater),
    ],
)
async def test_each_answer_means_what_to_do(
    sens_server: FakeSens, answer: bytes, meaning: type[DeliveryError]
) -> None:
    sens_server.awkward.append(answer)
    with pytest.raises(meaning) as failed:
        await send(sens_server.account)

    assert type(failed.value) is meaning
    assert len(sens_server.questions) == 1  # the outbox asks again, not the client
    if b"Retry-After" in answer:
        assert isinstance(failed.value, TryLater)
        assert failed.value.after == 7


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"statusCode": null}', '{"statusCode":"²"}'])
async def test_taken_over_is_taken_over_whatever_is_said_besides(sens_server: FakeSens, body: str) -> None:
    sens_server.awkward.append(reply(body, 202))

    await send(sens_server.account)


async def test_silence_is_tried_again_later(sens_server: FakeSens) -> None:
    sens_server.awkward.append(None)
    with pytest.raises(TryLater, match="does not answer"):
        await send(sens_server.account, timeouts=Timeouts(connect=1, read=0.2, total=0.5))


async def test_nobody_there_is_tried_again_later() -> None:
    with pytest.raises(TryLater, match="does not answer"):
        await send(Account(ACCESS_KEY, SECRET_KEY, SERVICE, SENDER, "http://127.0.0.1:9"))


async def test_no_line_and_no_error_holds_key_number_or_text(
    sens_server: FakeSens, caplog: pytest.LogCaptureFixture
) -> None:
    sens_server.awkward += [reply(f'{{"errors":["{PHONE} {CODE}"]}}', 400), b"", reply("{}", 401)]
    told = []
    with capture_logs() as lines:
        for _ in range(4):
            try:
                await send(sens_server.account)
            except DeliveryError as error:
                told.append(f"{error!r} {error.__cause__!r} {error.__context__!r}")

    assert len(told) == 3
    said = " ".join([str(lines), *told, caplog.text, repr(sens_server.account)])
    for secret in (ACCESS_KEY, SECRET_KEY, PHONE, "482913"):
        assert secret not in said


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=60))
def test_hangul_is_two_bytes_a_syllable_or_eight(text: str) -> None:
    length = euc_kr_length(text)

    assert length is not None
    assert length % 2 == 0
    assert 2 * len(text) <= length <= 8 * len(text)
    assert (length <= SMS_BYTES) <= (len(text) <= 45)
