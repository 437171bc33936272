"""Text messages through SENS of NAVER Cloud Platform (SMS API v2).

SENS knows no key for “this is the same message again”. So after a silence, in which it may have taken the
message, the same code may reach somebody twice; a code that does not come would be worse.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from pillnuts.kernel.http import Client, Reply, Timeouts, Unreachable
from pillnuts.kernel.outbox import NeedsOperator, TryLater, Undeliverable
from pillnuts.notifications.channels import checked_sms

TIMEOUTS: Final = Timeouts(connect=5, read=10, total=15)
ACCEPTED: Final = 202
_TOO_MANY: Final = 429
_OPERATORS: Final = {
    200: "SENS answers as something else",
    401: "SENS refuses the key, the signature or our clock",
    403: "SENS does not permit this key",
    404: "SENS knows no such service",
}
_REDIRECTS: Final = range(300, 400)
_CLIENT_ERRORS: Final = range(400, 500)


@dataclass(frozen=True)
class Account:
    """What the console of the platform shows."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    service_id: str
    """`ncp:sms:kr:…:…`"""
    sender: str
    """The number registered there to send from, in digits."""
    url: str = "https://sens.apigw.ntruss.com"


class Sens:
    """Open as long as its `Client` is; use it as `async with sens.client`."""

    def __init__(
        self,
        account: Account,
        *,
        timeouts: Timeouts = TIMEOUTS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._clock = clock
        self._path = f"/sms/v2/services/{account.service_id}/messages"
        secrets = (account.access_key, account.secret_key)
        self.client = Client(account.url, service="SENS", secrets=secrets, timeouts=timeouts)

    async def send(self, to: str, text: str, *, key: str) -> None:  # noqa: ARG002 -- SENS takes none
        digits, content = checked_sms(to, text)
        body = {
            "type": "SMS",
            "contentType": "COMM",
            "countryCode": "82",
            "from": self._account.sender,
            "content": content,
            "messages": [{"to": digits}],
        }
        silent = False
        try:
            await self.client.post(self._path, orjson.dumps(body), self._headers(), _accepted)
        except Unreachable:
            silent = True
        if silent:
            raise TryLater("SENS does not answer")

    def _headers(self) -> dict[str, str]:
        timestamp = str(round(self._clock() * 1000))
        return {
            "Content-Type": "application/json; charset=utf-8",
            "x-ncp-apigw-timestamp": timestamp,
            "x-ncp-iam-access-key": self._account.access_key,
            "x-ncp-apigw-signature-v2": signature(
                self._account.secret_key, "POST", self._path, timestamp, self._account.access_key
            ),
        }


def signature(secret_key: str, method: str, target: str, timestamp: str, access_key: str) -> str:
    """Sign a call as the gateway asks; `target` is path and query, exactly as sent."""
    signed = f"{method} {target}\n{timestamp}\n{access_key}".encode()
    return base64.b64encode(hmac.digest(secret_key.encode(), signed, hashlib.sha256)).decode()


def _accepted(reply: Reply) -> None:
    """Accept means: taken over, not yet arrived. Raises what the outbox is to do."""
    status = _status(reply)
    if status == ACCEPTED:
        return
    if status in _OPERATORS:
        raise NeedsOperator(_OPERATORS[status])
    if status in _REDIRECTS:
        raise NeedsOperator("SENS is somewhere else")
    if status == _TOO_MANY:
        raise TryLater("SENS is asked too often", after=reply.retry_after or 0)
    if status in _CLIENT_ERRORS:
        raise Undeliverable(f"SENS refuses the message with {status}")
    raise TryLater("SENS fails", after=reply.retry_after or 0)


def _status(reply: Reply) -> int:
    """The status of the answer, or the one that its body states where it came as accepted."""
    if reply.status != ACCEPTED:
        return reply.status
    try:
        body: Any = orjson.loads(reply.content)
    except orjson.JSONDecodeError:
        return reply.status  # taken over is taken over: asking again would send it twice
    stated = str(body.get("statusCode", "")) if isinstance(body, dict) else ""
    return int(stated) if stated.isascii() and stated.isdigit() else reply.status
