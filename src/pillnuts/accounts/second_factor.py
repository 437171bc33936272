"""An authenticator app as second factor (TOTP, RFC 6238), and the codes for when it is lost."""

import hmac
import secrets
from typing import Final

import pyotp
import segno
from sqlalchemy import delete, select, update

from pillnuts.accounts import audit
from pillnuts.accounts.errors import FieldError, NotAllowed, Refusal
from pillnuts.accounts.models import RecoveryCode, SecondFactor
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import Enrolment, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.db import ReadSession, Session
from pillnuts.kernel.rates import Limit

ISSUER: Final = "Pillnuts"
STEP: Final = 30
CODES: Final = 10
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without what is read as something else; ten of these are 49 bits."""

_TRIES: Final = Limit("second factor", 10, 900)


async def begin(
    session: Session, tools: Tools, *, account_id: str, label: str, by: str, visitor: Visitor
) -> Enrolment:
    """Make a secret; it is in force once `confirm` saw a code of it. A confirmed one is not replaced."""
    held = await session.get(SecondFactor, account_id)
    if held is not None and held.confirmed_at is not None:
        raise FieldError("second_factor_set", "이미 2단계 인증을 쓰고 있습니다.", "code")
    if held is not None:
        await session.delete(held)
        await session.flush()  # before another row of the same key
    secret = pyotp.random_base32()
    session.add(
        SecondFactor(
            account_id=account_id, secret=tools.seal.seal(secret), created_at=tools.now(), last_step=0
        )
    )
    await audit.write(
        session, tools, action="second_factor.begun", account_id=account_id, by=by, visitor=visitor
    )
    uri = pyotp.TOTP(secret).provisioning_uri(name=label, issuer_name=ISSUER)
    return Enrolment(secret, uri, picture(uri))


def picture(uri: str) -> str:
    """A QR code as SVG, to put into a page."""
    return segno.make(uri, error="m").svg_inline(scale=4, border=2)


async def confirm(
    session: Session, tools: Tools, *, account_id: str, code: str, by: str, visitor: Visitor
) -> tuple[str, ...]:
    """Put the secret in force by a code of it; gives the recovery codes, which are shown once.

    Raises Refusal `wrong_second_factor`.
    """
    await tools.rates.take(_TRIES, account_id)
    held = await _locked(session, account_id)
    if held is None or held.confirmed_at is not None:
        raise FieldError("second_factor_not_begun", "2단계 인증 설정을 처음부터 다시 해 주세요.", "code")
    if not _totp(tools, held, code):
        await audit.write(
            session,
            tools,
            action="second_factor.set",
            account_id=account_id,
            by=by,
            visitor=visitor,
            result="refused",
        )
        raise _wrong()
    held.confirmed_at = tools.now()
    await audit.write(
        session, tools, action="second_factor.set", account_id=account_id, by=by, visitor=visitor
    )
    return await _new_codes(session, tools, account_id)


async def new_recovery_codes(
    session: Session, tools: Tools, *, account_id: str, by: str, visitor: Visitor
) -> tuple[str, ...]:
    """Ten codes that each open once, in place of all there were."""
    if not await in_force(session, account_id=account_id):
        raise FieldError("second_factor_not_begun", "먼저 2단계 인증을 설정해 주세요.", "code")
    await audit.write(
        session, tools, action="second_factor.codes", account_id=account_id, by=by, visitor=visitor
    )
    return await _new_codes(session, tools, account_id)


async def _new_codes(session: Session, tools: Tools, account_id: str) -> tuple[str, ...]:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = tuple(_recovery_code() for _ in range(CODES))
    session.add_all(
        RecoveryCode(digest=_digest(tools, account_id, code), account_id=account_id) for code in codes
    )
    return codes


async def remove(
    session: Session, tools: Tools, *, account_id: str, role: Role, by: str, visitor: Visitor | None
) -> None:
    """Do without it. Who may see what others wrote may not."""
    if role.privileged:
        raise NotAllowed("second_factor_required", "상담사와 관리자는 2단계 인증을 끌 수 없습니다.")
    await session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    await audit.write(
        session, tools, action="second_factor.removed", account_id=account_id, by=by, visitor=visitor
    )


async def in_force(session: ReadSession, *, account_id: str) -> bool:
    """Whether an account signs in with a second factor."""
    held = await session.get(SecondFactor, account_id)
    return held is not None and held.confirmed_at is not None


async def check(
    session: Session, tools: Tools, *, account_id: str, code: str, action: audit.Action, visitor: Visitor
) -> None:
    """Accept a code of the app or a recovery code, each once. Raises Refusal `wrong_second_factor`."""
    await tools.rates.take(_TRIES, account_id)
    held = await _locked(session, account_id)
    if held is not None and held.confirmed_at is not None and _totp(tools, held, code):
        return
    if await _recovered(session, tools, account_id, code):
        await audit.write(
            session,
            tools,
            action="second_factor.recovery",
            account_id=account_id,
            by=account_id,
            visitor=visitor,
        )
        return
    await audit.write(
        session,
        tools,
        action=action,
        account_id=account_id,
        by=None,
        visitor=visitor,
        result="refused",
        method="totp",
    )
    raise _wrong()


def _totp(tools: Tools, held: SecondFactor, code: str) -> bool:
    """Whether it is the code of now or half a minute around, and later than the last one used."""
    typed = "".join(code.split())
    totp = pyotp.TOTP(tools.seal.open(held.secret))
    now = int(tools.now().timestamp()) // STEP
    steps = [step for step in (now - 1, now, now + 1) if step > held.last_step]
    fitting = [
        step for step in steps if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode())
    ]
    if not fitting:
        return False
    held.last_step = max(fitting)
    return True


async def _recovered(session: Session, tools: Tools, account_id: str, code: str) -> bool:
    typed = code.lower().replace("-", "").replace(" ", "")
    digests = tools.keyed.digests("recovery", account_id, typed)
    spent = await session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.digest.in_(digests), RecoveryCode.used_at.is_(None))
        .values(used_at=tools.now())
    )
    return bool(getattr(spent, "rowcount", 0))


async def _locked(session: Session, account_id: str) -> SecondFactor | None:
    """With a lock: the same code in two requests at once is accepted in one."""
    found: SecondFactor | None = await session.scalar(
        select(SecondFactor).where(SecondFactor.account_id == account_id).with_for_update()
    )
    return found


def _recovery_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _digest(tools: Tools, account_id: str, code: str) -> str:
    return tools.keyed.digest("recovery", account_id, code.replace("-", ""))


def _wrong() -> Refusal:
    return Refusal("wrong_second_factor", "2단계 인증번호가 맞지 않습니다. 새 번호로 다시 해 주세요.", "code")
