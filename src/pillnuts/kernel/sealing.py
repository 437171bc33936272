"""Text that only we can read again, whether it waits in a table or travels in a cookie.

JWE (RFC 7516), `dir` with A256GCM, by joserfc. Each purpose has a key of its own, derived from the site's
secret, so that what was sealed for one purpose does not open for another.
"""

from collections.abc import Iterable
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

_HEADER: Final = {"alg": "dir", "enc": "A256GCM"}
_ALGORITHMS: Final = list(_HEADER.values())
_KEY_BYTES: Final = 32


class BadSeal(Exception):
    """This was not sealed by us, not for this purpose, or was changed. The message holds nothing of it."""

    def __init__(self) -> None:
        super().__init__("the seal does not open")


class Seal:
    """Seals with `secret`; opens what this or an `older` secret sealed, so that secrets can be changed."""

    def __init__(self, secret: str, purpose: str, *, older: Iterable[str] = ()) -> None:
        self._keys = [OctKey.import_key(derived(one, purpose)) for one in (secret, *older)]

    def seal(self, text: str) -> str:
        return jwe.encrypt_compact(dict(_HEADER), text.encode(), self._keys[0], algorithms=_ALGORITHMS)

    def open(self, token: str) -> str:
        """Raises BadSeal."""
        for key in self._keys:
            try:
                opened = jwe.decrypt_compact(token, key, algorithms=_ALGORITHMS)
                return (opened.plaintext or b"").decode()
            # ValueError: no token at all, or of another alphabet; TypeError: a header of another shape
            except (JoseError, ValueError, TypeError):
                continue
        raise BadSeal


def derived(secret: str, purpose: str) -> bytes:
    """A key of 256 bits for one purpose (HKDF, RFC 5869). Raises ValueError without a secret."""
    if not secret:
        raise ValueError(f"no secret to derive a key from, for {purpose}")
    info = f"pillnuts {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(secret.encode())
