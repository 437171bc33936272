"""What a browser holds between two steps: sealed in a cookie, for a while, good in this browser alone.

A step that went well ends with a redirect, so that going back and loading again send nothing twice; the page
after it learns from here what to show. What a step needs to be done travels in its form: two tabs do not mix.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from fastapi import Request

from pillnuts.accounts.auth import cookies, names, note, tools, visitor
from pillnuts.accounts.doors import NOTED
from pillnuts.accounts.tools import Tools
from pillnuts.kernel.sealing import BadSeal

LIFETIME: Final = timedelta(minutes=30)
LARGEST: Final = 3800
"""Characters; browsers drop a cookie of more than 4096 bytes, its name and attributes included."""

Draft = dict[str, Any]


def keep(request: Request, kind: str, said: Draft, *, of: str = "") -> None:
    """Keep what was said under a name, in place of what was there; `of`: the session that it belongs to."""
    until = (tools(request).now() + LIFETIME).isoformat()
    _write(request, {**_all(request), kind: {"until": until, "of": of, "said": said}})


def kept(request: Request, kind: str, *, of: str = "") -> Draft | None:
    """What was kept under a name, unless its time is over."""
    draft = _all(request).get(kind)
    if draft is None or draft["of"] != of or _over(draft, tools(request).now()):
        return None
    said: Draft = draft["said"]
    return said


def drop(request: Request, *kinds: str) -> None:
    """Forget; without names, everything."""
    left = {kind: draft for kind, draft in _all(request).items() if kinds and kind not in kinds}
    _write(request, left)


def seal(tools: Tools, browser: str, text: str) -> str:
    """For a hidden field: a password that was good, while something else in its form was not."""
    until = (tools.now() + LIFETIME).isoformat()
    return tools.challenges.seal(orjson.dumps({"kept": text, "browser": browser, "until": until}).decode())


def opened(tools: Tools, browsers: Collection[str], sealed: str) -> str:
    """Open that field again; empty when it is not of this browser, or too old."""
    held = _opened(tools, sealed)
    fits = "kept" in held and held.get("browser") in browsers and not _over(held, tools.now())
    text: str = held["kept"] if fits else ""
    return text


def _all(request: Request) -> dict[str, Draft]:
    noted: dict[str, str] = getattr(request.state, NOTED, {})
    cookie = noted.get("draft", request.cookies.get(cookies(request).name("draft"), ""))
    held = _opened(tools(request), cookie) if cookie else {}
    drafts: dict[str, Draft] = held.get("drafts", {}) if held.get("browser") in names(request) else {}
    return drafts


def _write(request: Request, drafts: dict[str, Draft]) -> None:
    now = tools(request).now()
    lasting = {kind: draft for kind, draft in drafts.items() if not _over(draft, now)}
    sealed = _sealed(request, lasting)
    while len(sealed) > LARGEST:  # whoever does several things at once goes on with the latest
        lasting.pop(next(iter(lasting)))
        sealed = _sealed(request, lasting)
    note(request, "draft", sealed if lasting else "")


def _sealed(request: Request, drafts: dict[str, Draft]) -> str:
    held = {"browser": visitor(request).browser, "drafts": drafts}
    return tools(request).challenges.seal(orjson.dumps(held).decode())


def _opened(tools: Tools, sealed: str) -> Draft:
    try:
        found = orjson.loads(tools.challenges.open(sealed))
    except (BadSeal, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _over(draft: Draft, now: datetime) -> bool:
    return datetime.fromisoformat(draft["until"]) < now
