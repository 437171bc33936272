"""What somebody signed in sees and changes of the own account, as API calls."""

from typing import Any

from fastapi import APIRouter

from pillnuts.accounts import answers, asked, changes, people, rights, sessions
from pillnuts.accounts.auth import (
    CurrentUser,
    Enrolling,
    EnrollingConfirmed,
    RecentlyConfirmed,
    TheTools,
    TheVisitor,
)
from pillnuts.accounts.contacts import Channel
from pillnuts.accounts.shapes import ConsentKind
from pillnuts.kernel.web import problems

api = APIRouter(prefix="/account", tags=["account"], responses=problems(401, 403))


@api.get("", summary="내 계정")
async def profile(tools: TheTools, caller: CurrentUser) -> answers.Profile:
    async with tools.database.reading() as session:
        found = await people.profile(session, tools, account_id=caller.account_id)
    return answers.Profile.model_validate(found)


@api.get("/sessions", summary="로그인한 기기")
async def list_sessions(tools: TheTools, caller: CurrentUser) -> answers.Sessions:
    async with tools.database.reading() as session:
        found = await sessions.list_(session, tools, account_id=caller.account_id, current=caller.session_id)
    return answers.Sessions(items=[answers.Session.model_validate(one) for one in found])


@api.delete("/sessions", status_code=204, summary="다른 기기에서 모두 로그아웃하기")
async def end_others(tools: TheTools, visitor: TheVisitor, caller: CurrentUser) -> None:
    await rights.end_other_sessions(tools, caller=caller, visitor=visitor)


@api.delete(
    "/sessions/{session_id}", status_code=204, responses=problems(404), summary="한 기기에서 로그아웃하기"
)
async def end_one(tools: TheTools, visitor: TheVisitor, caller: CurrentUser, session_id: str) -> None:
    await rights.end_session(tools, caller=caller, session_id=session_id, visitor=visitor)


@api.put("/password", status_code=204, responses=problems(422, 429, 503), summary="비밀번호 바꾸기")
async def change_password(
    tools: TheTools, visitor: TheVisitor, caller: RecentlyConfirmed, body: asked.ChangePassword
) -> None:
    """`session/confirm`으로 먼저 다시 확인합니다. 다른 기기에서는 로그아웃됩니다."""
    await changes.change_password(tools, caller=caller, new_password=body.new_password, visitor=visitor)


@api.put("/contacts/{channel}", status_code=204, responses=problems(409, 422, 429), summary="연락처 바꾸기")
async def change_contact(
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    channel: Channel,
    body: asked.ChangeContact,
) -> None:
    """새 연락처는 `codes`와 `codes/check`로 먼저 인증합니다 (`purpose`: `change`)."""
    await changes.change_contact(tools, caller=caller, channel=channel, target=body.target, visitor=visitor)


@api.delete("/contacts/{channel}", status_code=204, responses=problems(422), summary="연락처 지우기")
async def remove_contact(
    tools: TheTools, visitor: TheVisitor, caller: RecentlyConfirmed, channel: Channel
) -> None:
    await changes.remove_contact(tools, caller=caller, channel=channel, visitor=visitor)


@api.put(
    "/login", status_code=204, responses=problems(409, 422, 429, 503), summary="아이디와 비밀번호 정하기"
)
async def set_login(
    tools: TheTools, visitor: TheVisitor, caller: RecentlyConfirmed, body: asked.SetLogin
) -> None:
    """네이버, 구글, 카카오로 가입한 계정에 한 번 정할 수 있습니다."""
    await changes.set_login(
        tools, caller=caller, login_id=body.login_id, password=body.password, visitor=visitor
    )


@api.put("/consents/{kind}", status_code=204, summary="동의하기")
async def give_consent(tools: TheTools, visitor: TheVisitor, caller: CurrentUser, kind: ConsentKind) -> None:
    await rights.give_consent(tools, caller=caller, kind=kind, visitor=visitor)


@api.delete("/consents/{kind}", responses=problems(422), summary="동의 거두기")
async def withdraw_consent(
    tools: TheTools, visitor: TheVisitor, caller: CurrentUser, kind: ConsentKind
) -> answers.Erased:
    """건강정보 동의를 거두면 알레르기와 드시는 약을 바로 지웁니다."""
    erased = await rights.withdraw_consent(tools, caller=caller, kind=kind, visitor=visitor)
    return answers.Erased(erased=erased)


@api.get("/data", summary="내 정보 내려받기")
async def data(tools: TheTools, visitor: TheVisitor, caller: RecentlyConfirmed) -> dict[str, Any]:
    """우리가 가진 내 정보 모두입니다."""
    return await rights.export(tools, caller=caller, visitor=visitor)


@api.delete("", summary="탈퇴하기")
async def leave(tools: TheTools, visitor: TheVisitor, caller: RecentlyConfirmed) -> answers.Left:
    """계정과 그에 딸린 정보를 바로 지웁니다. 접수 번호에는 누구인지가 들어 있지 않습니다."""
    return answers.Left(receipt=await rights.leave(tools, caller=caller, visitor=visitor))


@api.post("/second-factor", responses=problems(422), summary="2단계 인증 설정 시작하기")
async def begin_factor(tools: TheTools, visitor: TheVisitor, caller: EnrollingConfirmed) -> answers.Enrolment:
    enrolment = await changes.begin_second_factor(tools, caller=caller, visitor=visitor)
    return answers.Enrolment.model_validate(enrolment)


@api.put("/second-factor", responses=problems(422, 429), summary="2단계 인증 설정 마치기")
async def confirm_factor(
    tools: TheTools, visitor: TheVisitor, caller: Enrolling, body: asked.ConfirmFactor
) -> answers.RecoveryCodes:
    """이 로그인의 토큰도 새로 받습니다. 앞의 갱신 토큰은 쓸 수 없게 됩니다."""
    codes, signed_in = await changes.set_second_factor(tools, caller=caller, code=body.code, visitor=visitor)
    return answers.RecoveryCodes(recovery_codes=list(codes), tokens=answers.Tokens.of(signed_in))


@api.post("/second-factor/recovery-codes", responses=problems(422), summary="복구 번호 새로 받기")
async def recovery_codes(
    tools: TheTools, visitor: TheVisitor, caller: RecentlyConfirmed
) -> answers.RecoveryCodes:
    """앞서 받은 번호는 쓸 수 없게 됩니다."""
    codes = await changes.new_recovery_codes(tools, caller=caller, visitor=visitor)
    return answers.RecoveryCodes(recovery_codes=list(codes))


@api.delete("/second-factor", status_code=204, summary="2단계 인증 끄기")
async def remove_factor(tools: TheTools, visitor: TheVisitor, caller: RecentlyConfirmed) -> None:
    await changes.remove_second_factor(tools, caller=caller, visitor=visitor)
