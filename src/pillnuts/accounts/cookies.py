"""The cookies of the site: their names, how long they last, and how they are written."""

from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Final, Literal

from pillnuts.accounts.sessions import REFRESH_LIFETIME

Name = Literal["access", "refresh", "browser", "before", "known", "draft"]

LIFETIMES: Final[dict[Name, timedelta]] = {
    # Kept as long as the token that renews it: the server finds out when it is past its time.
    "access": REFRESH_LIFETIME,
    "refresh": REFRESH_LIFETIME,
    "browser": timedelta(days=1),
    "before": timedelta(hours=1),
    "known": timedelta(days=365),
    "draft": timedelta(hours=1),
}


@dataclass(frozen=True)
class Cookies:
    """`secure`: sent over HTTPS only, and by no other host of our domain (`__Host-`, RFC 6265bis)."""

    secure: bool

    def name(self, which: Name) -> str:
        return f"__Host-pillnuts_{which}" if self.secure else f"pillnuts_{which}"

    def written(self, which: Name, value: str) -> str:
        """A `Set-Cookie`; an empty value takes the cookie away."""
        name = self.name(which)
        jar: SimpleCookie = SimpleCookie({name: value})
        one = jar[name]
        one["path"] = "/"
        one["httponly"] = True
        one["samesite"] = "Lax"
        one["max-age"] = int(LIFETIMES[which].total_seconds()) if value else 0
        if self.secure:
            one["secure"] = True
        return one.OutputString()
