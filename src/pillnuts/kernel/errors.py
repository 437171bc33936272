"""One family of errors: each has a status, a stable code, and a Korean sentence a person can act on.

Services and routes raise them; `problems.install` turns them into a page, a fragment or problem+json.
"""

from collections.abc import Mapping
from typing import ClassVar


class AppError(Exception):
    """`code` is stable and for machines (`product_not_found`), `detail` is for people."""

    status: ClassVar[int] = 500
    headers: Mapping[str, str] = {}

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class BadRequest(AppError):
    """The request cannot be understood at all."""

    status = 400


class NotFound(AppError):
    """The thing asked for does not exist."""

    status = 404


class Invalid(AppError):
    """The request is well formed, but a value in it is impossible."""

    status = 422


class Unavailable(AppError):
    """The service cannot answer yet; asking again in a few seconds is sensible."""

    status = 503
    headers: Mapping[str, str] = {"Retry-After": "5"}

    def __init__(
        self,
        code: str = "preparing",
        detail: str = "의약품 자료를 준비하고 있습니다. 잠시 뒤에 다시 열어 주세요.",
    ) -> None:
        super().__init__(code, detail)
