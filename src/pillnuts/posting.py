"""What leaves this site, put together: the ways out that the settings name, and every feature's handlers."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry

from pillnuts.accounts.oauth.config import NAMES, Provider, ProviderName, Providers
from pillnuts.accounts.oauth.unlink import unlinking
from pillnuts.kernel.db import Database
from pillnuts.kernel.delivery import Deliverer
from pillnuts.kernel.outbox import Outbox
from pillnuts.kernel.sealing import Seal
from pillnuts.kernel.tasks import Job
from pillnuts.notifications.sens import Account
from pillnuts.notifications.service import WaysOut, delivering
from pillnuts.notifications.smtp import Security, Server, Smtp

PURPOSE: Final = "outbox"
"""Of the seal: whoever enqueues and whoever delivers use the same."""


class IncompleteError(ValueError):
    """Settings that belong together are there in part; the message is for the operator."""


@dataclass(frozen=True)
class Posting:
    """What a worker has to know to deliver."""

    secret: str = field(repr=False)
    ways: WaysOut = field(default_factory=WaysOut)
    older: tuple[str, ...] = field(default=(), repr=False)
    """Secrets of before, which still open what waits."""
    providers: Providers = field(default_factory=Providers)
    """Whom to tell when somebody leaves."""


def outbox(secret: str, *, older: Iterable[str] = ()) -> Outbox:
    """The outbox of this site."""
    return Outbox(Seal(secret, PURPOSE, older=older))


@asynccontextmanager
async def delivery(
    database: Database, posting: Posting, registry: CollectorRegistry
) -> AsyncIterator[list[Job]]:
    """The jobs that deliver, good as long as the block lasts."""
    async with (
        delivering(posting.ways) as messages,
        unlinking(posting.providers, database) as unlinks,
    ):
        sealed = outbox(posting.secret, older=posting.older)
        yield Deliverer(database, sealed, {**messages, **unlinks}, registry=registry).jobs()


def ways_out(sens: Mapping[str, str], smtp: Mapping[str, str], mailbox: Path | None) -> WaysOut:
    """From the settings by their names. Raises IncompleteError where one is missing beside others."""
    return WaysOut(_sens(sens), _smtp(smtp), mailbox)


def login_providers(given: Mapping[str, str]) -> Providers:
    """Those to sign in by, from the settings by their names. Raises IncompleteError."""
    made = (_provider(name, given) for name in NAMES)
    return Providers({provider.name: provider for provider in made if provider})


def _provider(name: ProviderName, given: Mapping[str, str]) -> Provider | None:
    needed = ["CLIENT_ID"] if name == "kakao" else ["CLIENT_ID", "CLIENT_SECRET"]  # Kakao's may be off
    prefix = f"PILLNUTS_{name.upper()}_"
    if not _all_or_none(given, [f"{prefix}{one}" for one in needed]):
        return None
    own = {key.removeprefix(prefix).lower(): value for key, value in given.items() if key.startswith(prefix)}
    return Provider(
        name,
        own["client_id"],
        own["client_secret"],
        url=own["url"].rstrip("/"),
        api_url=own["token_url" if name == "google" else "api_url"].rstrip("/"),
        keys_url=own.get("keys_url", "").rstrip("/"),
        oidc=own.get("oidc", "True") == "True",
        admin_key=own.get("admin_key", ""),
        app_id=own.get("app_id", ""),
    )


def _sens(given: Mapping[str, str]) -> Account | None:
    names = [f"PILLNUTS_SENS_{name}" for name in ("ACCESS_KEY", "SECRET_KEY", "SERVICE_ID", "FROM")]
    if not _all_or_none(given, names):
        return None
    access_key, secret_key, service_id, sender = (given[name] for name in names)
    if not (sender.isascii() and sender.isdigit()):
        raise IncompleteError("PILLNUTS_SENS_FROM에는 숫자만 적습니다.")
    return Account(access_key, secret_key, service_id, sender, given["PILLNUTS_SENS_URL"])


def _smtp(given: Mapping[str, str]) -> Server | None:
    login = ["PILLNUTS_SMTP_USERNAME", "PILLNUTS_SMTP_PASSWORD"]
    if not _all_or_none(given, ["PILLNUTS_SMTP_HOST", "PILLNUTS_MAIL_FROM"]):
        return None
    _all_or_none(given, login)
    security: dict[str, Security] = {"starttls": "starttls", "tls": "tls", "none": "none"}
    server = Server(
        given["PILLNUTS_SMTP_HOST"],
        given["PILLNUTS_MAIL_FROM"],
        int(given["PILLNUTS_SMTP_PORT"]),
        security[given["PILLNUTS_SMTP_SECURITY"]],
        *(given[name] for name in login),
    )
    if not Smtp.safe(server):
        raise IncompleteError(
            "PILLNUTS_SMTP_SECURITY=none이면 비밀번호가 그대로 드러납니다. starttls나 tls로 바꿉니다."
        )
    return server


def _all_or_none(given: Mapping[str, str], names: list[str]) -> bool:
    missing = [name for name in names if not given[name]]
    if missing and len(missing) < len(names):
        raise IncompleteError(f"함께 적어야 하는 설정이 없습니다: {', '.join(missing)}")
    return not missing
