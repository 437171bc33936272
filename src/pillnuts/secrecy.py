"""The site's secret: what seals, signs and keys everything else. Without a good one nothing starts."""

import os
import secrets
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import make_url

SHORTEST: Final = 32
FILE: Final = "secret"
EXAMPLES: Final = ("change", "secret", "example", "pillnuts", "password", "0123456789", "default")
"""Words of which no random secret is made, but those of manuals are."""

HINT: Final = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


class NoSecretError(RuntimeError):
    """The site must not start like this; the message is for its operator."""


def site_secret(given: str, *, home: Path, host: str, database: str, site: str = "") -> str:
    """Give the secret that was set, or, for one person on one machine, the one in `home`, made when missing.

    `site` is the address that readers know: behind a proxy, others reach what listens on this machine alone.
    Raises NoSecretError when others can reach the site or share its database, and none or a known one is set.
    """
    if given:
        return _good(given, "PILLNUTS_SECRET")
    alone = is_loopback(host) and is_loopback(urlsplit(site).hostname or host)
    if not alone or not make_url(database).get_backend_name().startswith("sqlite"):
        raise NoSecretError(
            "PILLNUTS_SECRET이 없습니다. 다른 사람이 닿을 수 있는 사이트나 데이터베이스 서버를 쓰는 사이트는 "
            f"비밀값이 있어야 시작합니다. 만드는 법: {HINT}"
        )
    return _good(_kept(home / FILE), str(home / FILE))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _good(secret: str, where: str) -> str:
    said = secret.strip()
    if len(said) < SHORTEST or len(set(said)) < SHORTEST // 4:
        raise NoSecretError(f"{where}이(가) 너무 짧거나 단순합니다. {SHORTEST}자 이상으로 만드세요: {HINT}")
    if any(word in said.lower() for word in EXAMPLES):
        raise NoSecretError(f"{where}에 보기로 쓰이는 말이 들어 있습니다. 새로 만드세요: {HINT}")
    return said


def _kept(file: Path) -> str:
    """Read the file, or make it: whole and for its owner alone, whoever else starts at the same moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        fresh = file.with_name(f".{FILE}-{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as writing:
            writing.write(secrets.token_hex(32))
        try:
            os.link(fresh, file)  # fails when another process was first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text()
