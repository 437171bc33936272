"""What can go wrong at the ministry's gateway, and when (pure, and the same for the same seed).

A share counts calls, except for the faults of `ROW_FAULTS`: those lie in the data, so their share counts
rows, and asking again does not help.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from . import envelopes
from .envelopes import CONSTANTS, PLAIN, Reply

CODES: Final = tuple(code for code in CONSTANTS if code != "00")

_Instead = Callable[[bool], Reply]
"""Makes an answer; told whether JSON was asked for."""


def _service(code: str, as_json: bool) -> Reply:  # noqa: FBT001 -- given by position to every maker
    return envelopes.service_error(code, as_json=as_json)


def _always(reply: Reply, _as_json: bool) -> Reply:  # noqa: FBT001
    return reply


def _empty(as_json: bool) -> Reply:  # noqa: FBT001
    return Reply(b"", envelopes.JSON if as_json else envelopes.XML)


def _instead() -> dict[str, _Instead]:
    found: dict[str, _Instead] = {f"service-{code}": partial(_service, code) for code in CODES}
    own = {f"gateway-xml-{code}": envelopes.gateway_xml(code) for code in CODES}
    own |= {f"gateway-xml-message-{code}": _message(code) for code in CODES}
    own |= {f"gateway-json-{code}": envelopes.gateway_json(code) for code in CODES}
    own |= {f"text-{name}": envelopes.plain(name) for name in PLAIN}
    own |= {"html": envelopes.maintenance(), "html-503": envelopes.maintenance(503)}
    found |= {name: partial(_always, reply) for name, reply in own.items()}
    return found | {"empty": _empty}


def _message(code: str) -> Reply:
    return envelopes.gateway_xml(code, constant_in_message=True)


INSTEAD: Final[Mapping[str, _Instead]] = _instead()
"""Another answer instead of the right one: `service-…` in the form asked for, `gateway-…` in its own."""


def _swapped(reply: Reply) -> Reply:
    other = envelopes.XML if reply.content_type == envelopes.JSON else envelopes.JSON
    return Reply(reply.body, other, reply.status)


BODY: Final[Mapping[str, Callable[[Reply], Reply]]] = {
    "truncated": lambda reply: Reply(reply.body[: len(reply.body) // 2], reply.content_type, reply.status),
    "wrong-type": _swapped,
}
"""The right answer, spoilt on its way."""

LINE: Final = frozenset({"hang", "reset"})
"""No answer: silence until the caller gives up, or the connection torn down."""
PAGE: Final = frozenset({"foreign-row", "other-form", "other-item", "totals"})
"""A sound answer to another question: a row of another data set in the place of one, XML for JSON, another
item, a list that moved between two pages."""
ROW_FAULTS: Final = frozenset({"duplicates", "shrunk", "bad-document"})
"""Rows that stand there twice, rows that are gone, label documents that break off."""

FAULTS: Final = frozenset(INSTEAD) | frozenset(BODY) | LINE | PAGE | ROW_FAULTS


def checked(shares: Mapping[str, float]) -> dict[str, float]:
    """Give the shares in a fixed order; raises ValueError for an unknown fault or an impossible share."""
    for name, share in shares.items():
        if name not in FAULTS:
            raise ValueError(f"no fault is called {name}")
        if not 0 <= share <= 1:
            raise ValueError(f"{name}: a share lies between 0 and 1")
    return dict(sorted(shares.items()))


def draw(*parts: object) -> float:
    """Give a number in [0, 1) that depends on nothing but `parts`."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest()) / (1 << 56)


def of_call(shares: Mapping[str, float], *call: object) -> str | None:
    """Choose the fault of one call, or none. Shares that add up to one leave no call in peace."""
    at = draw(*call)
    for name, share in shares.items():
        if name in ROW_FAULTS:
            continue
        if at < share:
            return name
        at -= share
    return None


def cut_document(text: str) -> str:
    """Break a label document off, so that nobody can parse it."""
    return text[: max(len(text) * 2 // 3, len("<DOC "))].rstrip(">")
