"""How the gateway puts rows and errors into words, in every form it has been seen to use (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.sax.saxutils import escape

import orjson
from lxml import etree

Item = Mapping[str, str | None]

JSON: Final = "application/json;charset=UTF-8"
XML: Final = "application/xml;charset=UTF-8"
TEXT: Final = "text/plain;charset=UTF-8"
HTML: Final = "text/html;charset=UTF-8"

CONSTANTS: Final = {
    "00": "NORMAL SERVICE.",
    "01": "APPLICATION_ERROR",
    "02": "DB_ERROR",
    "03": "NODATA_ERROR",
    "04": "HTTP_ERROR",
    "05": "SERVICETIMEOUT_ERROR",
    "10": "INVALID_REQUEST_PARAMETER_ERROR",
    "11": "NO_MANDATORY_REQUEST_PARAMETERS_ERROR",
    "12": "NO_OPENAPI_SERVICE_ERROR",
    "20": "SERVICE_ACCESS_DENIED_ERROR",
    "21": "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR",
    "22": "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR",
    "23": "LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR",
    "30": "SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
    "31": "DEADLINE_HAS_EXPIRED_ERROR",
    "32": "UNREGISTERED_IP_ERROR",
    "33": "UNSIGNED_CALL_ERROR",
    "99": "UNKNOWN_ERROR",
}
_KOREAN: Final = {
    "01": "어플리케이션 에러",
    "02": "데이터베이스 에러",
    "03": "데이터 없음",
    "04": "HTTP 에러",
    "05": "서비스 연결 실패",
    "10": "잘못된 요청 파라미터",
    "11": "필수 요청 파라미터 없음",
    "12": "해당 오픈API 서비스 없음",
    "20": "서비스 접근 거부",
    "21": "일시적으로 사용할 수 없는 서비스키",
    "22": "서비스 요청 제한 횟수 초과",
    "23": "초당 요청 제한 횟수 초과",
    "30": "등록되지 않은 서비스키",
    "31": "활용기간 만료",
    "32": "등록되지 않은 IP",
    "33": "서명되지 않은 호출",
    "99": "기타 에러",
}
PLAIN: Final = {
    "unauthorized": (401, "Unauthorized"),
    "forbidden": (403, "Forbidden"),
    "not-found": (404, "API not found"),
    "rate": (429, "API rate limit exceeded"),
    "quota": (429, "API token quota exceeded"),
    "forwarding": (502, "Error forwarding request to backend server"),
    "receiving": (504, "Error receiving response from backend server"),
    "unexpected": (500, "Unexpected error"),
    "unexpected-plural": (500, "Unexpected errors"),
}
"""What the newer gateway says without any envelope."""

Items = Literal["list", "wrapped", "object"]
Empty = Literal["absent", "list", "text", "null"]


@dataclass(frozen=True)
class Envelope:
    """A JSON envelope; what it leaves open (`items` None) is as the operation has it."""

    items: Items | None = None
    empty: Empty = "absent"
    outer: bool = False


ENVELOPES: Final[Mapping[str, Envelope]] = {
    "documented": Envelope(),
    "list": Envelope(items="list"),
    "wrapped": Envelope(items="wrapped"),
    "object": Envelope(items="object"),
    "empty-list": Envelope(empty="list"),
    "empty-text": Envelope(empty="text"),
    "empty-null": Envelope(empty="null"),
    "outer": Envelope(outer=True),
}
"""The variants of MFDS_API §1.1; `documented` is what each service was seen to use."""


@dataclass(frozen=True)
class Reply:
    """An answer as it goes over the line."""

    body: bytes
    content_type: str
    status: int = 200


@dataclass(frozen=True)
class Page:
    """The rows of one page and what is said of them."""

    number: int
    size: int
    total: int
    items: Sequence[Item]


def json_page(page: Page, envelope: Envelope, *, wrapped: bool) -> Reply:
    body: dict[str, object] = {"pageNo": page.number, "totalCount": page.total, "numOfRows": page.size}
    style = envelope.items or ("wrapped" if wrapped else "list")
    if page.items:
        body["items"] = _items(page.items, style)
    elif envelope.empty != "absent":
        nothing: dict[Empty, object] = {"list": [], "text": "", "null": None}
        body["items"] = nothing[envelope.empty]
    return _json("00", CONSTANTS["00"], body, outer=envelope.outer)


def _items(items: Sequence[Item], style: Items) -> object:
    match style:
        case "list":
            return items
        case "wrapped":
            return [{"item": item} for item in items]
        case "object":
            return {"item": items[0] if len(items) == 1 else items}


def _json(code: str, message: str, body: object, *, outer: bool = False) -> Reply:
    answer: object = {"header": {"resultCode": code, "resultMsg": message}, "body": body}
    return Reply(orjson.dumps({"response": answer} if outer else answer), JSON)


def xml_page(page: Page) -> Reply:
    items = "".join(f"<item>{_fields(item)}</item>\n" for item in page.items)
    body = (
        f"<numOfRows>{page.size}</numOfRows>\n<pageNo>{page.number}</pageNo>\n"
        f"<totalCount>{page.total}</totalCount>\n" + (f"<items>\n{items}</items>" if items else "<items/>")
    )
    return _xml("00", CONSTANTS["00"], f"<body>\n{body}\n</body>")


def _xml(code: str, message: str, body: str) -> Reply:
    header = f"<header>\n<resultCode>{code}</resultCode>\n<resultMsg>{escape(message)}</resultMsg>\n</header>"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<response>\n{header}\n{body}\n</response>\n'
    return Reply(text.encode(), XML)


_UNFIT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _fields(item: Item) -> str:
    return "".join(
        f"<{name}>{_inside(value)}</{name}>" if value else f"<{name}/>" for name, value in item.items()
    )


def _inside(value: str) -> str:
    """Write a value inside its element: a label document as elements, anything else as text."""
    fit = _UNFIT.sub("", value)
    if fit.startswith("<DOC "):
        try:
            etree.fromstring(fit, etree.XMLParser(resolve_entities=False, huge_tree=True))
        except etree.XMLSyntaxError:
            return escape(fit)
        return fit
    return escape(fit)


def service_error(code: str, *, as_json: bool, message: str | None = None) -> Reply:
    """Say an error in the service's own envelope, with HTTP 200."""
    said = message or CONSTANTS[code]
    return _json(code, said, {}) if as_json else _xml(code, said, "<body/>")


def gateway_xml(code: str, *, constant_in_message: bool = False, status: int = 200) -> Reply:
    """Say an error as the gateway does in XML, whatever was asked for, in one of its two flavours."""
    said, why = ("SERVICE ERROR", CONSTANTS[code])
    if constant_in_message:
        said, why = CONSTANTS[code], _KOREAN[code]
    text = (
        f"<OpenAPI_ServiceResponse>\n<cmmMsgHeader>\n<errMsg>{said}</errMsg>\n"
        f"<returnAuthMsg>{why}</returnAuthMsg>\n<returnReasonCode>{code}</returnReasonCode>\n"
        "</cmmMsgHeader>\n</OpenAPI_ServiceResponse>\n"
    )
    return Reply(text.encode(), XML, status)


_BAD_REQUESTS: Final = frozenset({"10", "11", "12"})


def gateway_json(code: str) -> Reply:
    """Say an error as the gateway does since 2026."""
    header = {"errMsg": CONSTANTS[code], "returnAuthMsg": _KOREAN[code], "returnReasonCode": code}
    status = 400 if code in _BAD_REQUESTS else 403
    return Reply(orjson.dumps({"OpenAPI_ServiceResponse": {"cmmMsgHeader": header}}), JSON, status)


def plain(name: str) -> Reply:
    status, text = PLAIN[name]
    return Reply(text.encode(), TEXT, status)


def maintenance(status: int = 200) -> Reply:
    """Show the page that stands in for everything while the gateway is being repaired."""
    text = (
        '<!DOCTYPE html>\n<html lang="ko">\n<head><meta charset="utf-8"><title>점검 안내</title></head>\n'
        "<body><h1>시스템 점검 중입니다.</h1><p>잠시 후 다시 이용해 주십시오.</p></body>\n</html>\n"
    )
    return Reply(text.encode(), HTML, status)
