"""How an error reaches the reader: a page, a fragment for htmx, or RFC 9457 problem+json for programs."""

from http import HTTPStatus
from typing import Any, Final

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match

from pillnuts.kernel.errors import AppError
from pillnuts.kernel.web import fragment, is_htmx, page

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

HTTP_ERRORS: Final = {
    400: ("bad_request", "요청을 이해할 수 없습니다."),
    404: ("not_found", "찾으시는 주소가 없습니다."),
    405: ("method_not_allowed", "이 주소에서는 쓸 수 없는 요청 방식입니다."),
    413: ("content_too_large", "보내신 내용이 너무 큽니다."),
    414: ("uri_too_long", "주소가 너무 깁니다. 검색어를 줄여 주세요."),
    431: ("headers_too_large", "요청에 붙은 정보가 너무 많습니다."),
    500: ("internal_error", "서버에 문제가 생겼습니다. 잠시 뒤에 다시 시도해 주세요."),
}

REASONS: Final = {
    "missing": "값이 필요합니다",
    "int_parsing": "정수여야 합니다",
    "int_type": "정수여야 합니다",
    "int_from_float": "정수여야 합니다",
    "int_parsing_size": "너무 큰 수입니다",
    "float_parsing": "수여야 합니다",
    "bool_parsing": "true 또는 false여야 합니다",
    "greater_than": "{gt}보다 커야 합니다",
    "greater_than_equal": "{ge} 이상이어야 합니다",
    "less_than": "{lt}보다 작아야 합니다",
    "less_than_equal": "{le} 이하여야 합니다",
    "string_too_short": "{min_length}자 이상이어야 합니다",
    "string_too_long": "{max_length}자 이하여야 합니다",
    "string_pattern_mismatch": "형식이 맞지 않습니다",
    "string_unicode": "올바른 글자가 아닙니다",
    "too_long": "{max_length}개 이하여야 합니다",
    "too_short": "{min_length}개 이상이어야 합니다",
    "literal_error": "{expected} 가운데 하나여야 합니다",
    "enum": "{expected} 가운데 하나여야 합니다",
    "json_invalid": "올바른 JSON이 아닙니다",
}
"""Pydantic's error type → what a person reads after the name of the parameter."""


class ParameterProblem(BaseModel):
    name: str
    reason: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `detail` is a Korean sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[ParameterProblem] = []
    """The parameters that are wrong, where that is the problem."""


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """The answer for programs."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    return Response(orjson.dumps(body), status, media_type=MEDIA_TYPE)


def answer(request: Request, status: int, code: str, detail: str, **more: Any) -> Response:
    """The answer in the form that was asked for."""
    if wants_problem(request):
        return problem(status, code, detail, **more)
    if is_htmx(request):
        return fragment(request, "_error.html", status, code=code, detail=detail)
    return page(request, "error.html", status, code=code, detail=detail)


def wants_problem(request: Request) -> bool:
    """Whether a program asks: at the API, or wherever JSON is wanted and HTML is not."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def install(app: FastAPI) -> None:
    """Give an application the one family of errors."""

    @app.exception_handler(AppError)
    async def app_error(request: Request, error: AppError) -> Response:
        response = answer(request, error.status, error.code, error.detail)
        response.headers.update(error.headers)
        return response

    @app.exception_handler(RequestValidationError)
    async def validation_error(request: Request, error: RequestValidationError) -> Response:
        wrong = [ParameterProblem(name=_name(one), reason=_reason(one)) for one in error.errors()]
        detail = " ".join(f"‘{one.name}’: {one.reason}." for one in wrong)
        return answer(request, 422, "invalid_parameter", detail, errors=[one.model_dump() for one in wrong])

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        code, detail = HTTP_ERRORS.get(error.status_code, HTTP_ERRORS[400])
        response = answer(request, error.status_code, code, detail)
        response.headers.update(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(_allowed(request))
        return response

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:  # noqa: ARG001 -- logged where it surfaces
        code, detail = HTTP_ERRORS[500]
        try:
            return answer(request, 500, code, detail)
        except Exception:  # the error page itself is what fails
            log.exception("error page failed")
            return problem(500, code, detail)


def _allowed(request: Request) -> list[str]:
    """Every method of this address; the router itself names those of the first route that has it."""
    return [
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


def _name(error: dict[str, Any]) -> str:
    """The parameter: what follows `query`, `path` or `body` in the place of the error."""
    return ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0])


def _reason(error: dict[str, Any]) -> str:
    context = {name: _korean_list(value) for name, value in error.get("ctx", {}).items()}
    if error["type"] == "value_error":  # raised by our own validators, in Korean
        return context["error"].rstrip(".")
    return REASONS.get(error["type"], "올바른 값이 아닙니다").format_map(context)


def _korean_list(value: Any) -> str:
    return str(value).replace(" or ", ", ")
