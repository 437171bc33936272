"""Every act that matters leaves a row in the log, done or refused, whatever its transaction came to."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from inspect import getmembers, iscoroutinefunction
from types import ModuleType
from typing import Any

import pyotp
import pytest

from pillnuts import administering
from pillnuts.accounts import changes, codes, recovery, rights, sign_in, sign_up
from pillnuts.accounts.models import Account
from pillnuts.accounts.oauth import flow, links, unfinished
from pillnuts.accounts.oauth.talk import Person
from pillnuts.accounts.roles import Role
from pillnuts.accounts.shapes import AuditLine, Caller, SignedIn
from pillnuts.accounts.sign_up import NewAccount
from pillnuts.accounts.tools import Caps
from pillnuts.kernel.errors import AppError
from pillnuts.kernel.rates import TooMany
from tests.accounts.site import ALL_CONSENTS, BORN, EMAIL, LOGIN_ID, PASSWORD, PHONE, WRONG, People, browser

NEW = "무지개 다리를 건너간 두더지"
WEAK = "12345678"


@dataclass
class Member:
    """Somebody signed in, and the site that they are on."""

    site: People
    caller: Caller
    signed_in: SignedIn

    @property
    def mine(self) -> dict[str, Any]:
        return {"caller": self.caller, "visitor": browser()}

    @property
    def anybodys(self) -> dict[str, Any]:
        return {"visitor": browser()}

    async def factor(self) -> str:
        """Have a second factor; gives its code of later."""
        totp, _ = await self.site.enrol(self.caller.account_id, browser())
        self.site.clock.pass_(seconds=30)
        return totp.at(self.site.clock.at)

    async def link(self) -> None:
        async with self.site.tools.deciding() as session:
            await links.link(
                session,
                self.site.tools,
                account_id=self.caller.account_id,
                provider="kakao",
                person=Person("1", ""),
                by=self.caller.account_id,
                visitor=browser(),
            )

    async def passwordless(self) -> None:
        async with self.site.tools.deciding() as session:
            row = await session.get_one(Account, self.caller.account_id)
            row.login_id = row.password_hash = None

    async def with_role(self, role: Role) -> None:
        await self.site.set_role(self.caller.account_id, role)
        self.caller = await self.site.sure(self.signed_in.access)


Act = Callable[[Member], Awaitable[Any]]


async def _change_contact(to: Member, *, proven: bool) -> None:
    if proven:
        await to.site.prove(browser(), purpose="change", channel="email", target=EMAIL)
    await changes.change_contact(to.site.tools, channel="email", target=EMAIL, **to.mine)


async def _remove_phone(to: Member, *, other: bool) -> None:
    if other:
        await _change_contact(to, proven=True)
    await changes.remove_contact(to.site.tools, channel="phone", **to.mine)


async def _set_login(to: Member, *, name: str) -> None:
    if name != "again2026":
        await to.passwordless()
    await changes.set_login(to.site.tools, login_id=name, password=NEW, **to.mine)


async def _begin_factor(to: Member, *, again: bool) -> None:
    if again:
        await to.factor()
    await changes.begin_second_factor(to.site.tools, **to.mine)


async def _set_factor(to: Member, *, right: bool) -> None:
    begun = await changes.begin_second_factor(to.site.tools, **to.mine)
    code = pyotp.TOTP(begun.secret).at(to.site.clock.at) if right else "000000"
    await changes.set_second_factor(to.site.tools, code=code, **to.mine)


async def _new_codes(to: Member, *, factor: bool) -> None:
    if factor:
        await to.factor()
    await changes.new_recovery_codes(to.site.tools, **to.mine)


async def _remove_factor(to: Member, *, role: Role) -> None:
    await to.factor()
    await to.with_role(role)
    await changes.remove_second_factor(to.site.tools, **to.mine)


async def _unlink(to: Member, *, last: bool) -> None:
    await to.link()
    if last:
        await to.passwordless()
    await flow.unlink(to.site.tools, provider="kakao", **to.mine)


async def _check_code(to: Member, *, tries: int, right: bool) -> None:
    about: dict[str, Any] = {"purpose": "change", "channel": "email", "target": EMAIL}
    await codes.ask(to.site.tools, **about, **to.anybodys)
    for _ in range(tries):
        with suppress(AppError):
            await codes.check(to.site.tools, code="x", **about, **to.anybodys)
    code = await to.site.last_code(EMAIL) if right else "x"
    await codes.check(to.site.tools, code=code, **about, **to.anybodys)


async def _ask_code(to: Member, *, times: int) -> None:
    for _ in range(times):
        await codes.ask(to.site.tools, purpose="change", channel="email", target=EMAIL, **to.anybodys)


async def _recovered(to: Member, *, proven: bool) -> dict[str, Any]:
    if proven:
        await to.site.rest()
        await to.site.prove(browser(), purpose="recover")
    return {"channel": "phone", "target": PHONE, **to.anybodys}


async def _find_id(to: Member, *, proven: bool) -> None:
    await recovery.find_login_id(to.site.tools, **await _recovered(to, proven=proven))


async def _reset(to: Member, *, new: str, proven: bool = True) -> None:
    about = await _recovered(to, proven=proven)
    await recovery.reset_password(to.site.tools, new_password=new, **about)


async def _second_step(to: Member, *, right: bool, known: bool = True) -> None:
    code = await to.factor()
    due = await sign_in.with_password(to.site.tools, login_id=LOGIN_ID, password=PASSWORD, **to.anybodys)
    assert not isinstance(due, SignedIn)
    await sign_in.with_second_factor(
        to.site.tools,
        challenge=due.challenge if known else "x",
        code=code if right else "000000",
        **to.anybodys,
    )


async def _refresh(to: Member, *, used: int = 0, strange: bool = False) -> None:
    token = "x" if strange else to.signed_in.refresh
    for _ in range(used):
        await sign_in.refresh(to.site.tools, refresh_token=token, **to.anybodys)
        to.site.clock.pass_(minutes=1)
    await sign_in.refresh(to.site.tools, refresh_token=token, **to.anybodys)


async def _join(to: Member, *, login_id: str, born: date = BORN) -> None:
    await to.site.rest()
    await to.site.prove(browser(), channel="email", target=EMAIL)
    form = NewAccount(login_id, PASSWORD, born, "email", EMAIL, ALL_CONSENTS)
    await sign_up.sign_up(to.site.tools, form=form, **to.anybodys)


async def _leave(to: Member, *, stuck: bool = False) -> None:
    async def eraser(_session: object, _account: str) -> int:
        raise TooMany(60)

    if stuck:
        to.site.tools.erasers["stuck"] = eraser
    await rights.leave(to.site.tools, **to.mine)


async def _end_this(to: Member) -> None:
    await rights.end_session(to.site.tools, session_id=to.caller.session_id, **to.mine)


async def _export_gone(to: Member) -> None:
    await rights.leave(to.site.tools, **to.mine)
    await rights.export(to.site.tools, **to.mine)


def mine(act: Callable[..., Awaitable[Any]], **given: Any) -> Act:
    return lambda to: act(to.site.tools, **given, caller=to.caller, visitor=browser())


def anybody(act: Callable[..., Awaitable[Any]], **given: Any) -> Act:
    return lambda to: act(to.site.tools, **given, visitor=browser())


def operator(act: Callable[..., Awaitable[Any]], **given: Any) -> Act:
    return lambda to: act(to.site.tools, **given)


ok, no = "ok", "refused"
TABLE: list[tuple[str, str, str, Act]] = [
    ("password.changed", ok, "", mine(changes.change_password, new_password=NEW)),
    ("password.changed", no, "weak_password", mine(changes.change_password, new_password=WEAK)),
    ("contact.changed", ok, "", partial(_change_contact, proven=True)),
    ("contact.changed", no, "not_verified", partial(_change_contact, proven=False)),
    ("contact.removed", ok, "", partial(_remove_phone, other=True)),
    ("contact.removed", no, "last_contact", partial(_remove_phone, other=False)),
    ("login_id.set", ok, "", partial(_set_login, name="other2026")),
    ("login_id.set", no, "login_id_set", partial(_set_login, name="again2026")),
    ("login_id.set", no, "bad_login_id", partial(_set_login, name="admin")),
    ("second_factor.begun", ok, "", partial(_begin_factor, again=False)),
    ("second_factor.begun", no, "second_factor_set", partial(_begin_factor, again=True)),
    ("second_factor.set", ok, "", partial(_set_factor, right=True)),
    ("second_factor.set", no, "", partial(_set_factor, right=False)),
    ("second_factor.set", no, "second_factor_not_begun", mine(changes.set_second_factor, code="1")),
    ("second_factor.codes", ok, "", partial(_new_codes, factor=True)),
    ("second_factor.codes", no, "second_factor_not_begun", partial(_new_codes, factor=False)),
    ("second_factor.removed", ok, "", partial(_remove_factor, role=Role.USER)),
    ("second_factor.removed", no, "second_factor_required", partial(_remove_factor, role=Role.ADMIN)),
    ("provider.unlinked", ok, "", partial(_unlink, last=False)),
    ("provider.unlinked", no, "last_way_in", partial(_unlink, last=True)),
    ("provider.unlinked", no, "not_linked", mine(flow.unlink, provider="naver")),
    ("consent.withdrawn", ok, "", mine(rights.withdraw_consent, kind="health")),
    ("consent.withdrawn", no, "consent_required", mine(rights.withdraw_consent, kind="terms")),
    ("session.ended", ok, "", _end_this),
    ("session.ended", no, "session_not_found", mine(rights.end_session, session_id="0" * 20)),
    ("account.exported", ok, "", mine(rights.export)),
    ("account.exported", no, "not_signed_in", _export_gone),
    ("account.left", ok, "", _leave),
    ("account.left", no, "too_many_requests", partial(_leave, stuck=True)),
    ("code.asked", ok, "", partial(_ask_code, times=1)),
    ("code.asked", no, "too_many_requests", partial(_ask_code, times=2)),
    ("code.checked", ok, "", partial(_check_code, tries=0, right=True)),
    ("code.checked", no, "", partial(_check_code, tries=0, right=False)),
    ("code.checked", no, "too_many_tries", partial(_check_code, tries=5, right=True)),
    ("login_id.found", ok, "", partial(_find_id, proven=True)),
    ("login_id.found", no, "not_verified", partial(_find_id, proven=False)),
    ("password.reset", ok, "", partial(_reset, new=NEW)),
    ("password.reset", no, "weak_password", partial(_reset, new=WEAK)),
    ("password.reset", no, "not_verified", partial(_reset, new=NEW, proven=False)),
    ("session.began", ok, "", lambda to: to.site.sign_in(browser())),
    ("session.refused", no, "", lambda to: to.site.sign_in(browser(), password=WRONG)),
    ("session.began", ok, "", partial(_second_step, right=True)),
    ("session.refused", no, "", partial(_second_step, right=False)),
    ("session.refused", no, "challenge_over", partial(_second_step, right=True, known=False)),
    ("session.refused", no, "session_ended", partial(_refresh, strange=True)),
    ("session.reused", no, "", partial(_refresh, used=1)),
    ("session.confirmed", ok, "", mine(sign_in.confirm_password, password=PASSWORD, code=None)),
    ("session.refused", no, "", mine(sign_in.confirm_password, password=WRONG, code=None)),
    ("session.confirmed", no, "pending_over", mine(unfinished.confirm, code="1")),
    ("session.refused", no, "pending_over", anybody(unfinished.finish, birth_date=BORN, agreed=ALL_CONSENTS)),
    ("account.made", ok, "", partial(_join, login_id="other2026")),
    ("account.made", no, "login_id_taken", partial(_join, login_id=LOGIN_ID)),
    ("account.made", no, "too_young", partial(_join, login_id="other2026", born=date(2020, 1, 1))),
    (
        "account.made",
        ok,
        "",
        operator(administering.create, login_id="boss2026", password=NEW, role=Role.ADMIN),
    ),
    (
        "account.made",
        no,
        "login_id_taken",
        operator(administering.create, login_id=LOGIN_ID, password=NEW, role=Role.ADMIN),
    ),
    ("role.given", ok, "", operator(administering.give_role, login_id=LOGIN_ID, role=Role.ADMIN)),
    (
        "role.given",
        no,
        "no_such_account",
        operator(administering.give_role, login_id="nobody99", role=Role.ADMIN),
    ),
    ("second_factor.removed", ok, "", operator(administering.forget_second_factor, login_id=LOGIN_ID)),
    (
        "second_factor.removed",
        no,
        "no_such_account",
        operator(administering.forget_second_factor, login_id="nobody99"),
    ),
    ("key.rotated", ok, "", operator(administering.rotate_keys)),
]


@pytest.mark.parametrize(
    ("action", "result", "why", "act"), TABLE, ids=[f"{a}-{r}-{w}".strip("-") for a, r, w, _ in TABLE]
)
async def test_what_was_done_and_what_was_refused_is_in_the_log(
    site: People, action: str, result: str, why: str, act: Act
) -> None:
    signed_in = await site.join(browser())
    member = Member(site, await site.sure(signed_in.access), signed_in)
    if result == ok:
        await act(member)
    else:
        with pytest.raises(AppError):
            await act(member)

    rows = [line for line in await site.audited() if (line.action, line.result) == (action, result)]
    assert rows, "nothing was written"
    assert result == ok or len(rows) == 1 or why == "too_many_tries", "written twice"
    assert not why or f"why={why}" in rows[-1].detail.split()
    _names_nobody(rows)


def _names_nobody(rows: list[AuditLine]) -> None:
    text = " ".join(line.detail for line in rows)
    assert not any(word in text for word in (PHONE, "821023456789", EMAIL, LOGIN_ID, PASSWORD, NEW, WRONG))


async def test_nobody_fills_the_log_by_being_refused(site: People) -> None:
    for _ in range(40):
        with pytest.raises(AppError):
            await sign_in.refresh(site.tools, refresh_token="x", visitor=browser())  # noqa: S106 -- no token
    assert len(await site.audited()) == 30
    with pytest.raises(AppError):  # nor keeps others out of it
        await sign_in.refresh(site.tools, refresh_token="x", visitor=browser(address="198.51.100.1"))  # noqa: S106
    assert len(await site.audited()) == 31


async def test_a_refusal_is_written_where_the_money_ran_out_too(site: People) -> None:
    site.tools.caps = Caps(sms_daily=0)
    with pytest.raises(TooMany):
        await codes.ask(site.tools, purpose="sign_up", channel="phone", target=PHONE, visitor=browser())
    assert [line.detail for line in await site.audited()] == ["purpose=sign_up channel=phone why=sms_budget"]


ACTS: tuple[ModuleType, ...] = (changes, rights, codes, recovery, sign_in, sign_up, unfinished, administering)
NO_ACTS = {
    "codes.require", "codes.follow", "codes.forget", "codes.forget_contact",
    "sign_in.after_first_factor", "sign_in.confirm_second_factor",
    "sign_up.check_login_id", "sign_up.from_provider",
    "unfinished.sign_up_due", "unfinished.challenge", "unfinished.give_up",
    "unfinished.let_go", "unfinished.confirmed",
    "administering.read_audit", "administering.rotate_keys",
}  # fmt: skip
"""They write nothing that can be refused, or take part in an act that is written down."""


def _public() -> Iterator[tuple[str, Any]]:
    for module in ACTS:
        for name, found in getmembers(module, iscoroutinefunction):
            if found.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{module.__name__.rpartition('.')[2]}.{name}", found


def test_every_act_has_its_refusals_written_down() -> None:
    found = dict(_public())
    assert {name for name, act in found.items() if not hasattr(act, "__wrapped__")} == NO_ACTS
    assert hasattr(flow.unlink, "__wrapped__")
