"""The providers that people can sign in by: what the settings say, and what each is called."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

ProviderName = Literal["kakao", "naver", "google"]
NAMES: Final[tuple[ProviderName, ...]] = get_args(ProviderName)
TITLES: Final[dict[ProviderName, str]] = {"kakao": "카카오", "naver": "네이버", "google": "구글"}

ISSUERS: Final[dict[ProviderName, tuple[str, ...]]] = {
    "kakao": ("https://kauth.kakao.com",),
    "naver": ("https://nid.naver.com",),
    # Google's ID tokens spell it either way; the first is the one that we write down.
    "google": ("https://accounts.google.com", "accounts.google.com"),
}


@dataclass(frozen=True)
class Provider:
    """One provider as the site is registered with it."""

    name: ProviderName
    client_id: str
    client_secret: str = field(repr=False)
    url: str
    """Where people are sent."""
    api_url: str
    """Where we ask: tokens at Google, who somebody is at the other two."""
    keys_url: str = ""
    """Google's keys are on a third host."""
    oidc: bool = True
    """Whether it gives an ID token: Kakao's and Naver's consoles have it as a choice."""
    admin_key: str = field(default="", repr=False)
    app_id: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.name]

    @property
    def issuer(self) -> str:
        """What an identity is stored with, next to its subject."""
        return ISSUERS[self.name][0]

    @property
    def pkce(self) -> bool:
        """Naver takes it at the addresses of its OIDC variant only."""
        return self.oidc or self.name != "naver"


@dataclass(frozen=True)
class Providers:
    """Those that are set up, in the order in which they are offered."""

    known: Mapping[str, Provider] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Provider]:
        return iter(self.known.values())

    def get(self, name: str) -> Provider | None:
        return self.known.get(name)
