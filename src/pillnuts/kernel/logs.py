"""Structured logs: a constant phrase and fields, one JSON object a line, or coloured text for a developer."""

import logging
import sys
from contextvars import ContextVar
from typing import Any, Final, Literal

import orjson
import structlog
from structlog.typing import EventDict, Processor

Form = Literal["json", "console"]

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The request that is being answered; every log line names it."""


def configure(level: str, form: Form) -> None:
    """Send our own lines and those of the standard `logging` (uvicorn, SQLAlchemy) to stdout in one form."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        _request_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor]
    factory: Any
    if form == "json":
        last = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_json),
        ]
        factory = structlog.BytesLoggerFactory(sys.stdout.buffer)
    else:
        # The fancy traceback shows local variables: what somebody searched for, and secrets.
        last = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        factory = structlog.PrintLoggerFactory(sys.stdout)
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_foreign(shared, last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.INFO))
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True


def _foreign(shared: list[Processor], last: list[Processor]) -> logging.Formatter:
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    as_text: list[Processor] = [_decoded] if len(last) > 1 else []
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, *last, *as_text])


def _request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    if (request_id := REQUEST_ID.get()) is not None:
        event["request_id"] = request_id
    return event


def _json(event: Any, **_options: Any) -> bytes:
    return orjson.dumps(event, default=str)


def _decoded(_logger: object, _method: str, line: Any) -> Any:
    return line.decode()
