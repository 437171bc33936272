"""SENS as it answers, on this machine: checks what the gateway checks, and can be told to be awkward."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pillnuts.notifications.sens import Account
from tests.kernel.answering import Question, answering, reply

ACCESS_KEY, SECRET_KEY = "access-key-of-nobody", "secret-key-of-nobody"  # pragma: allowlist secret
SERVICE = "ncp:sms:kr:123456789012:pillnuts"
SENDER = "0212345678"
SKEW_MS = 5 * 60 * 1000
WRONG_KEY = {
    "error": {
        "errorCode": "200",
        "message": "Authentication Failed",
        "details": "Invalid authentication information.",
    }
}
ACCEPTED = {
    "requestId": "VORSSA-1",
    "requestTime": "2026-11-23T09:00:00.000",
    "statusCode": "202",
    "statusName": "success",
}


@dataclass
class FakeSens:
    """`awkward` is answered once in place of the next real answer: None is silence."""

    url: str = ""
    received: list[tuple[str, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    awkward: list[bytes | None] = field(default_factory=list)

    @property
    def account(self) -> Account:
        return Account(ACCESS_KEY, SECRET_KEY, SERVICE, SENDER, self.url)

    async def answer(self, question: Question) -> bytes:
        self.questions.append(question)
        if self.awkward:
            prepared = self.awkward.pop(0)
            if prepared is None:
                await asyncio.sleep(60)
            return prepared or b""
        status, body = self._judge(question)
        return reply(json.dumps(body), status, {"Content-Type": "application/json; charset=utf-8"})

    def _judge(self, question: Question) -> tuple[int, dict[str, Any]]:
        path = f"/sms/v2/services/{SERVICE}/messages"
        timestamp = question.headers.get("x-ncp-apigw-timestamp", "")
        if not timestamp.isdigit() or abs(time.time() * 1000 - int(timestamp)) > SKEW_MS:
            return 401, WRONG_KEY
        # The gateway signs what it was really asked for, to the last sign of the target.
        signed = f"{question.method} {question.target}\n{timestamp}\n{ACCESS_KEY}"
        right = base64.b64encode(hmac.new(SECRET_KEY.encode(), signed.encode(), hashlib.sha256).digest())
        given = question.headers.get("x-ncp-apigw-signature-v2", "").encode()
        if question.headers.get("x-ncp-iam-access-key") != ACCESS_KEY or given != right:
            return 401, WRONG_KEY
        if question.target != path or question.method != "POST":
            return 404, {"status": 404, "errorMessage": "Not Found"}
        return self._take(json.loads(question.body))

    def _take(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        try:
            length = len(body["content"].encode("euc_kr"))
        except UnicodeEncodeError:
            length = 1_000
        numbers = [body["from"], *(message["to"] for message in body["messages"])]
        fits = body["type"] == "SMS" and length <= 90 and len(body["messages"]) <= 100
        known = body["from"] == SENDER and body["countryCode"] == "82"
        if not fits or not known or not all(number.isdigit() for number in numbers):
            return 400, {"status": 400, "errorMessage": "Bad Request", "errors": ["content"]}
        self.received += [(message["to"], body["content"]) for message in body["messages"]]
        return 202, ACCEPTED


@asynccontextmanager
async def fake_sens() -> AsyncIterator[FakeSens]:
    fake = FakeSens()
    async with answering(fake.answer) as url:
        fake.url = url
        yield fake
