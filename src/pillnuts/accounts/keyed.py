"""Hashes that nobody can make without the site's secret: for what few enough exist of to be guessed."""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

from pillnuts.kernel.sealing import derived

_PURPOSE: Final = "accounts: keyed hashes"


class Keyed:
    """HMAC-SHA256 under the secret; `older` secrets still find what was written with them."""

    def __init__(self, secret: str, *, older: Iterable[str] = ()) -> None:
        self._keys = tuple(derived(one, _PURPOSE) for one in (secret, *older))

    def digest(self, purpose: str, *parts: str) -> str:
        """64 hexadecimal digits."""
        return _digest(self._keys[0], purpose, parts)

    def digests(self, purpose: str, *parts: str) -> tuple[str, ...]:
        """With every secret: for looking something up that an older one may have written."""
        return tuple(_digest(key, purpose, parts) for key in self._keys)

    def matches(self, digest: str, purpose: str, *parts: str) -> bool:
        """Whether one of the secrets made this digest of these parts, in the same time whatever it is."""
        found = [
            hmac.compare_digest(made.encode(), digest.encode()) for made in self.digests(purpose, *parts)
        ]
        return any(found)


def _digest(key: bytes, purpose: str, parts: tuple[str, ...]) -> str:
    # Each part with its length, so that no two lists of parts are one text.
    text = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
