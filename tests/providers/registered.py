"""What the consoles of the three providers would show for our app, and who has an account there."""

from dataclasses import dataclass, field
from typing import Final

CLIENT_IDS: Final = {
    "kakao": "kakao-rest-key",
    "naver": "naver-client",
    "google": "1234-app.apps.googleusercontent.com",
}
SECRETS: Final = {name: f"hidden-secret-of-{name}" for name in CLIENT_IDS}
ADMIN_KEY: Final = "hidden-kakao-admin-key"
APP_ID: Final = "654321"
ISSUERS: Final = {
    "kakao": "https://kauth.kakao.com",
    "naver": "https://nid.naver.com",
    "google": "https://accounts.google.com",
}
HOSTS: Final = {
    "kakao_url": "kauth",
    "kakao_api_url": "kapi",
    "naver_url": "nid",
    "naver_api_url": "openapi",
    "google_url": "accounts",
    "google_token_url": "oauth2",
    "google_keys_url": "www",
}
"""Setting → the path that stands for its host."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account at each of the three."""

    name: str
    kakao: int
    """A number of 64 bits."""
    naver: str
    google: str
    email: str
    email_verified: bool = True

    def subject(self, provider: str) -> str:
        return str(getattr(self, provider))


NURI: Final = Person(
    "누리", 9_007_199_254_740_993, "Qz3-naver-id_of.nuri", "110169484474386276334", "Nuri@example.com"
)
BORA: Final = Person(
    "보라",
    3_141_592_653,
    "naver-id-of-bora",
    "220169484474386276335",
    "bora@example.com",
    email_verified=False,
)
PEOPLE: Final = (NURI, BORA)


@dataclass
class Grant:
    """What somebody agreed to, from the code on."""

    provider: str
    person: Person
    redirect_uri: str
    state: str
    nonce: str | None
    challenge: str | None
    offline: bool
    began: float
    spent: bool = False


@dataclass
class Standing:
    """Everything a provider remembers."""

    codes: dict[str, Grant] = field(default_factory=dict)
    access: dict[str, Grant] = field(default_factory=dict)
    refresh: dict[str, Grant] = field(default_factory=dict)
    connected: set[tuple[str, str]] = field(default_factory=set)
    """(provider, subject) of everybody who agreed and has not ended it."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(method, path) of every call."""


def settings(url: str) -> dict[str, str]:
    """Of our site, by the names of its fields."""
    found = {name: f"{url}/{path}" for name, path in HOSTS.items()}
    for provider, client_id in CLIENT_IDS.items():
        found[f"{provider}_client_id"] = client_id
        found[f"{provider}_client_secret"] = SECRETS[provider]
    return {**found, "kakao_admin_key": ADMIN_KEY, "kakao_app_id": APP_ID}
