"""What accounts refuse, each with its status, its code, and the field of the form it is about."""

from collections.abc import Mapping
from typing import ClassVar

from pillnuts.kernel.errors import AppError


class FieldError(AppError):
    """Something typed cannot be used; `field` names where it was typed."""

    status = 422

    def __init__(self, code: str, detail: str, field: str = "") -> None:
        super().__init__(code, detail)
        self.field = field


class Taken(FieldError):
    """Somebody has it already."""

    status = 409


class NotAllowed(AppError):
    """Known, and still not permitted."""

    status = 403


class Refusal(AppError):
    """A refusal that leaves traces: `Tools.deciding()` commits what was written before it, then lets it on.

    A wrong try has to count, and a family that a stolen token ends has to stay ended.
    """

    status: ClassVar[int] = 401
    field: str = ""

    def __init__(self, code: str, detail: str, field: str = "") -> None:
        super().__init__(code, detail)
        self.field = field


class NotSignedIn(Refusal):
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}

    def __init__(
        self,
        code: str = "not_signed_in",
        detail: str = "로그인이 필요합니다. 로그인한 뒤에 다시 열어 주세요.",
    ) -> None:
        super().__init__(code, detail)


class WrongCode(Refusal):
    status = 422


class TooManyTries(Refusal):
    """Too many wrong tries; `seconds` until the next one may be made."""

    status = 429

    def __init__(self, seconds: int, detail: str) -> None:
        super().__init__("too_many_tries", detail, "code")
        self.headers = {"Retry-After": str(seconds)}


class Busy(AppError):
    """More people sign in at this moment than the machine can check passwords of."""

    status = 503
    headers: Mapping[str, str] = {"Retry-After": "5"}

    def __init__(self) -> None:
        super().__init__("busy", "지금 로그인하는 분이 많습니다. 5초 뒤에 다시 시도해 주세요.")
