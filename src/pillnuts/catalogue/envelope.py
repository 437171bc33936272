"""What an answer of the ministry's gateway says, in whichever of its many forms it comes (pure).

The gateway answers XML although JSON was asked, errors with status 200, one word of plain text, a web page,
or nothing at all; its Content-Type is wrong often enough to be worth nothing. So an answer is known by its
first character and by what is in it. Whatever cannot be understood is a problem, never the end of the data.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import orjson
from lxml import etree

from pillnuts.catalogue.problems import (
    EMPTY,
    GARBLED,
    HTML,
    SHAPE,
    TRUNCATED,
    Problem,
    by_code,
    by_status,
    by_words,
)

Item = dict[str, str | int | float | None]
"""One row as the ministry writes it."""

_DEEPEST: Final = 4
"""Lists and `item`s around a row; the forms that were seen have two."""
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
"""What a value of a row may be; looked up, because it is asked of millions."""
_DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
_HTML = re.compile(r"<!doctype html|<html\b", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """One page of data."""

    rows: tuple[Item, ...]
    total: int
    """How many rows there are on all pages."""
    page: int | None
    """Which page the gateway says that this is."""
    refused: tuple[str, ...] = ()
    """Why each row was refused that is not what was asked for; they are not in `rows`."""

    @property
    def received(self) -> int:
        return len(self.rows) + len(self.refused)


class ShapeError(ValueError):
    """Not the shape of an answer; the message is a Korean sentence."""


def read(content: bytes, status: int) -> Answer | Problem:
    """Tell what an answer with this HTTP status says. Raises nothing, whatever the bytes are."""
    text = decoded(content)
    if text is None:
        return by_status(status) or GARBLED
    text = text.strip()
    if not text:
        return by_status(status) or EMPTY
    match text[0]:
        case "{" | "[":
            heard = _json(text)
        case "<":
            heard = _xml(text)
        case _:
            heard = by_words(text) or SHAPE
    failed = by_status(status)
    # An envelope, or the gateway's own words, say more than the status; nothing else does.
    return failed if failed and (isinstance(heard, Answer) or heard in _WORDLESS) else heard


_WORDLESS: Final = (SHAPE, TRUNCATED, HTML)


def decoded(content: bytes) -> str | None:
    """Read text in one of the ministry's encodings; None: in neither."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────


def _json(text: str) -> Answer | Problem:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return TRUNCATED
    match document:
        case {"response": dict() as inner}:
            return _enveloped(inner, text)
        case _:
            return _enveloped(document, text)


def _enveloped(document: object, text: str) -> Answer | Problem:
    match document:
        case {"OpenAPI_ServiceResponse": {"cmmMsgHeader": dict() as header}} | {
            "cmmMsgHeader": dict() as header
        }:
            return _gateway(*(header.get(name) for name in _GATEWAY))
        case {"header": dict() as header, **rest}:
            return _answered(header, rest.get("body"))
        case _:
            return by_words(text) or SHAPE


_GATEWAY: Final = ("returnReasonCode", "errMsg", "returnAuthMsg")


def _gateway(code: object, *messages: object) -> Problem:
    """Two flavours exist, which swap the two messages: the code decides."""
    return by_code(_code(code), " ".join(str(message or "") for message in messages))


def _answered(header: dict[str, object], body: object) -> Answer | Problem:
    if ended := _ended(header.get("resultCode"), header.get("resultMsg")):
        return ended
    if not isinstance(body, dict):
        return SHAPE
    try:
        rows = tuple(items(body.get("items")))
    except ShapeError:
        return SHAPE
    return _page(rows, body.get("totalCount"), body.get("pageNo"))


def _ended(code: object, message: object) -> Answer | Problem | None:
    """Tell by the code of a header that there are no rows to be read; None: there are."""
    match _code(code):
        case "00":
            return None
        case "03":
            return Answer((), 0, None)
        case other:
            return by_code(other, str(message or ""))


def _page(rows: tuple[Item, ...], total: object, page: object) -> Answer | Problem:
    count = _count(total)
    if count is None or (rows and not count):
        return SHAPE
    return Answer(rows, count, _count(page))


def _code(code: object) -> str:
    """Bring a result code to two digits: it was seen as "00", "0", "0000" and as a number."""
    text = str("" if code is None else code).strip()
    return f"{int(text):02}" if re.fullmatch(r"[0-9]{1,4}", text) else text


def _count(number: object) -> int | None:
    text = str(number).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,8}", text) else None


def items(document: object) -> Iterator[Item]:
    """Find the rows in every envelope that the gateway has been seen to use; raises `ShapeError`."""
    match document:
        case {"response": dict() as inner}:
            yield from items(inner)
        case {"OpenAPI_ServiceResponse": _}:
            raise ShapeError("자료가 아니라 게이트웨이의 오류 답입니다.")
        case {"header": {"resultCode": code}} if isinstance(_ended(code, None), Problem):
            raise ShapeError(f"자료가 아니라 오류 답입니다(resultCode {code}).")
        case {"header": dict(), "body": dict() as body}:
            yield from _rows(body.get("items"))
        case _:
            yield from _rows(document)


def _rows(found: object, depth: int = 0) -> Iterator[Item]:
    match found:
        case None | "" | {"header": dict()}:  # nothing found: the gateway leaves `items` out
            return
        case {**fields} if not fields:
            return
        case {"item": (list() | dict() | None | "") as inner, **fields} if not fields and depth < _DEEPEST:
            yield from _rows(inner, depth + 1)
        case list() if depth < _DEEPEST:
            for item in found:
                yield from _rows(item, depth + 1)
        case dict() if _PLAIN.issuperset(map(type, found.values())):
            yield found
        case _:
            raise ShapeError("식약처 API 답의 모양이 아닙니다.")


# ── XML ──────────────────────────────────────────────────────────────────────────────────────


def _xml(text: str) -> Answer | Problem:
    page = HTML if _HTML.search(text[:2000]) else None
    try:
        root = parsed(text)
    except ShapeError:
        return page or TRUNCATED
    match root.tag:
        case "OpenAPI_ServiceResponse":
            return _gateway(*(root.findtext(f".//{name}") for name in _GATEWAY))
        case "response":
            ended = _ended(root.findtext("header/resultCode"), root.findtext("header/resultMsg"))
            total, number = root.findtext("body/totalCount"), root.findtext("body/pageNo")
            return ended or _page(tuple(elements(root)), total, number)
        case _:
            return page or SHAPE


def parsed(text: str) -> etree._Element:
    """Parse XML without following anything it refers to; raises `ShapeError`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        # The text is decoded already, whatever its declaration says of its encoding.
        return etree.fromstring(_DECLARATION.sub("", text.strip()).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ShapeError("XML이 잘렸거나 깨져 있습니다.") from error


def elements(root: etree._Element) -> Iterator[Item]:
    """Find the rows of an XML answer."""
    for item in root.iter("item"):
        yield {str(child.tag): _element_text(child) for child in item.iterchildren("*")}


def _element_text(element: etree._Element) -> str:
    """Give an element's text; a label document stands as nested elements and is kept as XML."""
    if len(element):
        return "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in element)
    return element.text or ""
