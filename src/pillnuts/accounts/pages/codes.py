"""Asking for a code and entering it: two pages for signing up, getting back in, and a new contact alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field

from pillnuts.accounts import auth, codes
from pillnuts.accounts.contacts import Channel
from pillnuts.accounts.errors import FieldError
from pillnuts.accounts.messages import CODE_LIFETIME
from pillnuts.accounts.pages import drafts
from pillnuts.accounts.pages.drafts import Draft
from pillnuts.accounts.pages.forms import Filled, Sent, Short, away, checked, show
from pillnuts.accounts.shapes import Caller, Purpose, Visitor
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.errors import AppError

CHANNELS: Final[tuple[Channel, ...]] = ("phone", "email")


@dataclass(frozen=True)
class Way:
    """One use of the two pages."""

    purpose: Purpose
    contact: str
    """Address of the page that takes the number or address; the one for the code is below it."""
    title: str
    lead: str = ""
    step: int = 0
    """Of how many `steps` its first page is one; 0 where they are not counted."""
    steps: int = 0
    channel: Channel | None = None
    """Set where there is no choice."""

    @property
    def code(self) -> str:
        return f"{self.contact}/code"

    @property
    def draft(self) -> str:
        return f"{self.purpose} {self.channel or ''}".strip()


class ContactForm(Sent):
    channel: Channel = "phone"
    target: Short = ""
    again: Annotated[str, Field(max_length=1)] = ""
    """Asked for from the page of the code, because none came."""


class CodeForm(Sent):
    channel: Channel = "phone"
    target: Short = ""
    code: Annotated[str, Field(max_length=32)] = ""


def ways_open(request: Request) -> tuple[Channel, ...]:
    """What a message can arrive by on this site; both where the site does not say."""
    ways = getattr(request.app.state, "ways_out", None)
    found = tuple(
        channel
        for channel, there in zip(
            CHANNELS, (ways is None or ways.sms, ways is None or ways.mail), strict=True
        )
        if there
    )
    return found or CHANNELS


def show_contact(
    request: Request, way: Way, by: str = "", form: Filled | None = None, *, session: str = ""
) -> Response:
    """The page that takes a number or an address."""
    offered = (way.channel,) if way.channel else ways_open(request)
    draft = drafts.kept(request, way.draft, of=session)
    chosen = next((channel for channel in offered if channel == by), offered[0])
    typed = draft.get("target", "") if draft and draft.get("channel") == chosen else ""
    filled = form or Filled({"target": typed})
    return show(
        request,
        "accounts/contact.html",
        filled,
        way=way,
        channel=chosen,
        channels=offered,
        waiting=draft is not None and _left(draft, _now(request)) > 0,
    )


async def ask(
    request: Request, tools: Tools, visitor: Visitor, caller: Caller | None, way: Way, form: ContactForm
) -> Response:
    """Send a code and lead to where it is entered."""
    filled, session = Filled.of(form), caller.session_id if caller else ""
    channel = way.channel or form.channel
    held = drafts.kept(request, way.draft, of=session) or {}
    try:
        checked(request, caller, form)
        asked = await codes.ask(
            tools, purpose=way.purpose, channel=channel, target=form.target, visitor=visitor
        )
    except AppError as error:
        refused = filled.refused(error)
        if form.again and held.get("target") == form.target:
            return show_code(request, way, refused, session=session)
        return show_contact(request, way, channel, refused, session=session)
    now = tools.now()
    said = {
        **held,
        "channel": channel,
        "target": form.target,
        "until": (now + timedelta(seconds=asked.expires_in)).isoformat(),
        "again": (now + timedelta(seconds=asked.again_in)).isoformat(),
    }
    drafts.keep(request, way.draft, said, of=session)
    return away(way.code)


def show_code(request: Request, way: Way, form: Filled | None = None, *, session: str = "") -> Response:
    """The page that takes the code; without one that was asked for, the page before it."""
    draft = drafts.kept(request, way.draft, of=session)
    if draft is None or "until" not in draft:
        return away(way.contact)
    now = _now(request)
    # What the form said goes before what another tab asked for since.
    held = {name: (form.value(name) if form else "") or draft[name] for name in ("channel", "target")}
    return show(
        request,
        "accounts/code.html",
        form,
        way=way,
        channel=held["channel"],
        target=held["target"],
        until=datetime.fromisoformat(draft["until"]),
        again=datetime.fromisoformat(draft["again"]),
        left=_left(draft, now),
        whole=int(CODE_LIFETIME.total_seconds()),
        may_again=datetime.fromisoformat(draft["again"]) <= now,
    )


async def check(
    request: Request, tools: Tools, visitor: Visitor, caller: Caller | None, way: Way, form: CodeForm
) -> Filled | None:
    """Accept a code, and call the browser something else; a form to show again when it is not the one."""
    filled = Filled.of(form)
    try:
        checked(request, caller, form)
        if not form.code.strip():
            raise FieldError("code_missing", "받으신 인증번호 여섯 자리를 입력해 주세요.", "code")
        await codes.check(
            tools,
            purpose=way.purpose,
            channel=way.channel or form.channel,
            target=form.target,
            code=form.code,
            visitor=visitor,
        )
    except AppError as error:
        return filled.refused(error)
    await auth.rename(request, tools, visitor)
    return None


def proven(form: CodeForm, way: Way) -> dict[str, Any]:
    """What is known after the code was right."""
    return {"channel": way.channel or form.channel, "target": form.target, "proven": True}


def _now(request: Request) -> datetime:
    tools: Tools = request.app.state.accounts
    return tools.now()


def _left(draft: Draft, now: datetime) -> int:
    """Seconds that the code is good for."""
    until = datetime.fromisoformat(draft["until"]) if "until" in draft else now
    return max(0, int((until - now).total_seconds()))
