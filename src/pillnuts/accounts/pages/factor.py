"""Pages: setting up the second factor, the recovery codes, and doing without it."""

from typing import Annotated, Final

from fastapi import Form, Request
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import Field

from pillnuts.accounts import auth, changes, second_factor
from pillnuts.accounts.auth import Enrolling, EnrollingConfirmed, RecentlyConfirmed, TheTools, TheVisitor
from pillnuts.accounts.pages import drafts
from pillnuts.accounts.pages.forms import (
    HOME,
    SECOND_FACTOR,
    Filled,
    Sent,
    away,
    checked,
    complete,
    profile_of,
    router,
    show,
)
from pillnuts.accounts.shapes import Caller
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError

pages = router()

SET: Final = f"{SECOND_FACTOR}/set"
CODES: Final = f"{SECOND_FACTOR}/codes"
REMOVE: Final = f"{SECOND_FACTOR}/remove"


class CodeForm(Sent):
    code: Annotated[str, Field(max_length=32)] = ""


@pages.get(SECOND_FACTOR)
async def factor_page(request: Request, tools: TheTools, caller: Enrolling) -> Response:
    return await _factor(request, tools, caller, Filled({}))


async def _factor(request: Request, tools: Tools, caller: Caller, form: Filled) -> Response:
    profile = await profile_of(tools, caller)
    return show(request, "accounts/factor.html", form, profile=profile, must=caller.must_enrol)


@pages.post(SECOND_FACTOR)
async def begin(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: EnrollingConfirmed,
    form: Annotated[Sent, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        enrolment = await changes.begin_second_factor(tools, caller=caller, visitor=visitor)
    except AppError as error:
        return await _factor(request, tools, caller, Filled({}).refused(error))
    said = {"uri": enrolment.uri, "secret": enrolment.secret}
    drafts.keep(request, "factor", said, of=caller.session_id)
    return away(SET)


@pages.get(SET)
async def set_page(request: Request, caller: Enrolling) -> Response:
    return _set(request, caller, Filled({"code": ""}))


def _set(request: Request, caller: Caller, form: Filled) -> Response:
    held = drafts.kept(request, "factor", of=caller.session_id)
    if held is None:
        return away(SECOND_FACTOR)
    # Drawn by us out of black squares; nothing that anybody typed is in it.
    picture = Markup(second_factor.picture(held["uri"]))  # noqa: S704
    return show(
        request, "accounts/factor_set.html", form, uri=held["uri"], secret=held["secret"], picture=picture
    )


@pages.post(SET)
async def set_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: Enrolling,
    form: Annotated[CodeForm, Form()],
) -> Response:
    filled = Filled.of(form)
    try:
        checked(request, caller, form)
        complete(form, code="인증 앱에 보이는 번호 여섯 자리를 입력해 주세요.")
        codes, signed_in = await changes.set_second_factor(
            tools, caller=caller, code=form.code, visitor=visitor
        )
    except AppError as error:
        return _set(request, caller, filled.refused(error))
    await auth.begin_here(request, tools, visitor, signed_in)
    drafts.drop(request, "factor")
    drafts.keep(request, "codes", {"codes": codes}, of=caller.session_id)
    return away(CODES)


@pages.get(CODES)
async def codes_page(request: Request, caller: Enrolling) -> Response:
    """Seen again for as long as the draft lasts: whoever loads the page again has lost nothing."""
    held = drafts.kept(request, "codes", of=caller.session_id)
    if held is None:
        return away(SECOND_FACTOR)
    return show(request, "accounts/factor_codes.html", codes=held["codes"])


@pages.post(CODES)
async def codes_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    form: Annotated[Sent, Form()],
) -> Response:
    """Ten new ones in place of those before."""
    try:
        checked(request, caller, form)
        codes = await changes.new_recovery_codes(tools, caller=caller, visitor=visitor)
    except AppError as error:
        return await _factor(request, tools, caller, Filled({}).refused(error))
    drafts.keep(request, "codes", {"codes": codes}, of=caller.session_id)
    return away(CODES)


@pages.post(f"{CODES}/written")
async def codes_written(request: Request, caller: Enrolling, form: Annotated[Sent, Form()]) -> Response:
    checked(request, caller, form)
    drafts.drop(request, "codes")
    return away(HOME, done="factor")


@pages.get(f"{CODES}/written")
async def codes_gone() -> Response:
    return away(SECOND_FACTOR)


@pages.get(REMOVE)
async def remove_page(request: Request, tools: TheTools, caller: RecentlyConfirmed) -> Response:
    profile = await profile_of(tools, caller)
    return show(request, "accounts/factor_remove.html") if profile.second_factor else away(SECOND_FACTOR)


@pages.post(REMOVE)
async def remove_form(
    request: Request,
    tools: TheTools,
    visitor: TheVisitor,
    caller: RecentlyConfirmed,
    form: Annotated[Sent, Form()],
) -> Response:
    try:
        checked(request, caller, form)
        await changes.remove_second_factor(tools, caller=caller, visitor=visitor)
    except AppError as error:
        return show(request, "accounts/factor_remove.html", Filled({}).refused(error))
    return away(HOME, done="factor_removed")
