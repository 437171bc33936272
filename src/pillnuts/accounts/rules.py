"""What an id, a password and an age must be like. Nothing here asks a database."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from pillnuts.accounts.contacts import Contact
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.guessing import guess
from pillnuts.accounts.hashing import normalised

LOGIN_ID: Final = r"^[a-z0-9]{4,20}$"
RESERVED: Final = frozenset(
    "admin administrator root system support help pillnuts pillnut official operator counsellor counselor "
    "master webmaster postmaster security null undefined anonymous guest test".split()
)
SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 256
LEAST_DIGITS: Final = 7.0
"""Ten million guesses: at the 60 an hour that `sign_in` lets anybody make at one id, nineteen years."""
LEAST_AGE: Final = 14
"""Below it a parent would have to agree (개인정보 보호법 제22조의2)."""
OLDEST: Final = 130

HINTS: Final = {
    0: "쉽게 맞힐 수 있습니다. 낱말을 두어 개 더 넣어 보세요.",
    2: "쓸 만합니다. 조금 더 길면 좋습니다.",
    3: "좋습니다.",
    4: "아주 좋습니다.",
}


def login_id(typed: str) -> str:
    """Raises FieldError `bad_login_id`."""
    if not re.fullmatch(LOGIN_ID, typed):
        raise FieldError(
            "bad_login_id", "아이디는 영어 소문자와 숫자로 4자에서 20자까지 쓸 수 있습니다.", "login_id"
        )
    if typed in RESERVED:
        raise FieldError("bad_login_id", "쓸 수 없는 아이디입니다. 다른 아이디를 골라 주세요.", "login_id")
    return typed


def own_words(login_id: str | None, contacts: Iterable[Contact] = ()) -> tuple[str, ...]:
    """What others know of a person, and would try first."""
    words = [login_id] if login_id else []
    for contact in contacts:
        if contact.channel == "phone":
            digits = "0" + contact.written.removeprefix("+82")
            words += [digits, digits[3:], digits[-4:]]
        else:
            without_country = contact.compared.rpartition(".")[0]
            words += [contact.compared, without_country, *re.split(r"[@._+-]", contact.compared)]
    return tuple(words)


def password(typed: str, own: Iterable[str], field: str = "password") -> str:
    """Give the password in its NFKC form. Raises FieldError `weak_password`, which says what to do."""
    form = normalised(typed)
    if len(form) < SHORTEST_PASSWORD:
        raise _weak(f"비밀번호는 {SHORTEST_PASSWORD}자 이상이어야 합니다.", field)
    if len(form) > LONGEST_PASSWORD:
        raise _weak(f"비밀번호는 {LONGEST_PASSWORD}자까지 쓸 수 있습니다.", field)
    if guess(form, own).digits < LEAST_DIGITS:
        raise _weak(
            "쉽게 맞힐 수 있는 비밀번호입니다. 흔한 낱말, 이어진 글자, 아이디, 전화번호만으로 만들지 마세요.",
            field,
        )
    return form


def strength(typed: str, own: Iterable[str] = ()) -> tuple[int, str]:
    """Score of 0, 2, 3 or 4, and what to say; 0 is what `password` refuses."""
    form = normalised(typed)
    estimate = guess(form, own)
    refused = len(form) < SHORTEST_PASSWORD or estimate.digits < LEAST_DIGITS
    score = 0 if refused else estimate.score
    return score, HINTS[score]


def age(birth_date: date, today: date) -> int:
    """Whole years, as the law counts them (만 나이)."""
    before = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before


def old_enough(birth_date: date, today: date) -> None:
    """Raises FieldError `too_young`, or `bad_birth_date` for a day on which no reader was born."""
    years = age(birth_date, today)
    if not 0 <= years <= OLDEST:
        raise FieldError("bad_birth_date", "생년월일을 확인해 주세요.", "birth_date")
    if years < LEAST_AGE:
        raise FieldError(
            "too_young",
            f"만 {LEAST_AGE}세부터 가입할 수 있습니다. 가입하지 않아도 의약품 정보는 모두 볼 수 있습니다.",
            "birth_date",
        )


def _weak(detail: str, field: str) -> FieldError:
    return FieldError("weak_password", detail, field)
