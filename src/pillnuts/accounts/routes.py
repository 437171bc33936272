"""Signing up, in and out, and getting back in, as API calls. They speak in tokens; pages use cookies."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from pillnuts.accounts import answers, asked, codes, recovery, rules, sessions, sign_in, sign_up, texts
from pillnuts.accounts.auth import Enrolling, TheTools, TheVisitor, rename
from pillnuts.accounts.contacts import LONGEST
from pillnuts.accounts.shapes import SecondFactorDue
from pillnuts.accounts.sign_up import NewAccount
from pillnuts.kernel.rates import Limit
from pillnuts.kernel.web import problems

api = APIRouter(prefix="/account", tags=["account"])
pages = APIRouter(include_in_schema=False)

_STRENGTHS: Final = Limit("strengths", 60, 60)


@pages.get("/.well-known/jwks.json")
async def jwks(tools: TheTools, response: Response) -> dict[str, Any]:
    """The keys that access tokens are checked with."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return await tools.keyring.published()


@api.get(
    "/login-id", status_code=204, responses=problems(409, 422, 429), summary="아이디를 쓸 수 있는지 보기"
)
async def login_id(
    tools: TheTools, visitor: TheVisitor, login_id: Annotated[str, Query(max_length=LONGEST)]
) -> None:
    """204: 쓸 수 있습니다. 전화번호와 이메일은 이렇게 알아볼 수 없습니다."""
    await sign_up.check_login_id(tools, login_id=login_id, visitor=visitor)


@api.post("/password-strength", responses=problems(422, 429), summary="비밀번호가 얼마나 튼튼한지 보기")
async def strength(tools: TheTools, visitor: TheVisitor, body: asked.Strength) -> answers.StrengthHint:
    """0은 쓸 수 없는 비밀번호이고 4가 가장 튼튼합니다."""
    await tools.rates.take(_STRENGTHS, visitor.address)
    score, hint = rules.strength(body.password, rules.own_words(body.login_id))
    return answers.StrengthHint(score=score, hint=hint)


@api.get("/texts", summary="동의를 구하는 글")
async def consent_texts() -> answers.Texts:
    return answers.Texts(items=[answers.Text.of(texts.current(kind)) for kind in texts.KINDS])


@api.post("/codes", status_code=202, responses=problems(422, 429, 503), summary="인증번호 보내기")
async def ask_code(tools: TheTools, visitor: TheVisitor, body: asked.AskCode) -> answers.Asked:
    """답은 그 연락처로 가입한 사람이 있든 없든 같습니다. 번호는 쿠키를 받은 그 브라우저에서만 통합니다."""
    sent = await codes.ask(
        tools, purpose=body.purpose, channel=body.channel, target=body.target, visitor=visitor
    )
    return answers.Asked.model_validate(sent)


@api.post("/codes/check", status_code=204, responses=problems(422, 429), summary="인증번호 확인하기")
async def check_code(request: Request, tools: TheTools, visitor: TheVisitor, body: asked.CheckCode) -> None:
    """맞으면 30분 동안 가입, 찾기, 변경에 한 번 쓸 수 있습니다. 함께 받은 새 쿠키를 보내야 합니다."""
    await codes.check(
        tools,
        purpose=body.purpose,
        channel=body.channel,
        target=body.target,
        code=body.code,
        visitor=visitor,
    )
    await rename(request, tools, visitor)


@api.post("", status_code=201, responses=problems(409, 422, 429, 503), summary="가입하기")
async def join(tools: TheTools, visitor: TheVisitor, body: asked.SignUp) -> answers.Tokens:
    """연락처는 `codes`와 `codes/check`로 먼저 인증합니다 (`purpose`: `sign_up`)."""
    form = NewAccount(**{name: getattr(body, name) for name in NewAccount.__dataclass_fields__})
    return answers.Tokens.of(await sign_up.sign_up(tools, form=form, visitor=visitor))


@api.post("/session", responses=problems(401, 422, 429, 503), summary="로그인하기")
async def begin_session(
    tools: TheTools, visitor: TheVisitor, body: asked.SignIn
) -> answers.Tokens | answers.Challenge:
    """2단계 인증을 쓰는 계정이면 `challenge`를 답합니다."""
    signed_in = await sign_in.with_password(
        tools, login_id=body.login_id, password=body.password, visitor=visitor
    )
    if isinstance(signed_in, SecondFactorDue):
        return answers.Challenge.of(signed_in)
    return answers.Tokens.of(signed_in)


@api.post("/session/second-factor", responses=problems(401, 422, 429), summary="2단계 인증으로 로그인 마치기")
async def second_step(tools: TheTools, visitor: TheVisitor, body: asked.SecondStep) -> answers.Tokens:
    signed_in = await sign_in.with_second_factor(
        tools, challenge=body.challenge, code=body.code, visitor=visitor
    )
    return answers.Tokens.of(signed_in)


@api.post("/session/refresh", responses=problems(401, 422), summary="토큰 새로 받기")
async def refresh(tools: TheTools, visitor: TheVisitor, body: asked.Refresh) -> answers.Tokens:
    """한 번 쓴 토큰을 10초가 지나 다시 쓰면 그 로그인은 끝납니다."""
    signed_in = await sign_in.refresh(tools, refresh_token=body.refresh_token, visitor=visitor)
    return answers.Tokens.of(signed_in)


@api.post(
    "/session/confirm", status_code=204, responses=problems(401, 422, 429, 503), summary="다시 확인하기"
)
async def confirm(tools: TheTools, visitor: TheVisitor, caller: Enrolling, body: asked.Confirm) -> None:
    """5분 동안 중요한 것을 바꿀 수 있게 됩니다."""
    await sign_in.confirm_password(
        tools, caller=caller, password=body.password, code=body.code, visitor=visitor
    )


@api.delete("/session", status_code=204, responses=problems(401), summary="로그아웃하기")
async def sign_out(tools: TheTools, visitor: TheVisitor, caller: Enrolling) -> None:
    async with tools.deciding() as session:
        await sessions.end(
            session,
            tools,
            account_id=caller.account_id,
            session_id=caller.session_id,
            by=caller.account_id,
            visitor=visitor,
        )


@api.post("/recovery/login-id", responses=problems(401, 422, 429), summary="아이디 찾기")
async def find_id(tools: TheTools, visitor: TheVisitor, body: asked.Find) -> answers.FoundId:
    """연락처는 `codes`와 `codes/check`로 먼저 인증합니다 (`purpose`: `recover`)."""
    found = await recovery.find_login_id(tools, channel=body.channel, target=body.target, visitor=visitor)
    return answers.FoundId.model_validate(found)


@api.post(
    "/recovery/password",
    status_code=204,
    responses=problems(422, 429, 503),
    summary="비밀번호 새로 정하기",
)
async def reset(tools: TheTools, visitor: TheVisitor, body: asked.ResetPassword) -> None:
    """모든 기기에서 로그아웃됩니다."""
    await recovery.reset_password(
        tools,
        channel=body.channel,
        target=body.target,
        new_password=body.new_password,
        visitor=visitor,
    )
