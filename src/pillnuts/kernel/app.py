"""The web application without any feature: layers, errors, health, documentation of the API.

From outside to inside: `Observability`, `Limits`, `ReleaseCache`, `Shortcuts`, gzip for whatever is not kept,
FastAPI.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from jinja2 import Environment
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Lifespan

from pillnuts.kernel import docs, problems, wellknown
from pillnuts.kernel.cache import GZIP_LEVEL, SMALLEST_GZIP, ReleaseCache
from pillnuts.kernel.db import Database
from pillnuts.kernel.limits import BODY, Limits
from pillnuts.kernel.metrics import Metrics
from pillnuts.kernel.observability import UNMATCHED, Observability, operations
from pillnuts.kernel.problems import MEDIA_TYPE, Problem
from pillnuts.kernel.shortcuts import Shortcut, Shortcuts
from pillnuts.kernel.snapshots import Snapshots

# Native telemetry would put the query string, that is what somebody is ill with, into traces.
NO_TELEMETRY: Final[Any] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


class WebApp(FastAPI):
    """`context(request)` is what every template may use, `epoch()` what kept answers are made from.

    `around_cache` adds a layer that also sees the answers that no route made. `shortcuts` says by path what
    answers there without routing.
    """

    def __init__(
        self,
        *,
        title: str,
        version: str,
        description: str,
        database: Database,
        snapshots: Snapshots[Any],
        templates: Environment,
        context: Callable[[Request], Mapping[str, Any]],
        metrics: Metrics,
        epoch: Callable[[], str | None],
        cache_bytes: int,
        cache_seconds: int,
        around_cache: Callable[[ASGIApp], ASGIApp] = lambda app: app,
        lifespan: Lifespan["WebApp"] | None = None,
    ) -> None:
        super().__init__(
            title=title,
            version=version,
            description=description,
            docs_url=None,
            redoc_url=None,
            telemetry=NO_TELEMETRY,
            max_body_size=BODY,
            # A redirect to the same address with a slash would repeat whatever Host the request claimed.
            redirect_slashes=False,
            lifespan=lifespan,
        )
        self.state.database = database
        self.state.snapshots = snapshots
        self.state.templates = templates
        self.state.context = context
        self.state.metrics = metrics
        self.shortcuts: dict[str, Shortcut] = {}
        self._cache = {"epoch": epoch, "size": cache_bytes, "seconds": cache_seconds}
        self._around_cache = around_cache
        problems.install(self)
        self.include_router(operations)
        self.include_router(docs.pages)
        self.include_router(wellknown.pages)

    def build_middleware_stack(self) -> ASGIApp:
        inner = GZipMiddleware(
            super().build_middleware_stack(), minimum_size=SMALLEST_GZIP, compresslevel=GZIP_LEVEL
        )
        quick = Shortcuts(inner, self.shortcuts, self.state.snapshots)
        cached = self._around_cache(ReleaseCache(quick, **self._cache))  # type: ignore[arg-type]
        return Observability(Limits(cached), routes=self.route_templates, metrics=self.state.metrics)

    def route_templates(self) -> dict[Any, str]:
        """Endpoint → `/products/{item_seq}`, for every route."""
        found: dict[Any, str] = {}
        for context in iter_route_contexts(self.routes):
            route = context.original_route
            endpoint = getattr(route, "endpoint", None) or getattr(route, "app", None)
            found[endpoint] = context.path or UNMATCHED
        return found

    def openapi(self) -> dict[str, Any]:
        """Describe every error as what it is here, problem+json, in place of FastAPI's own shape."""
        if self.openapi_schema is None:
            schema = super().openapi()
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            schemas.update(_problem_schemas())
            for calls in schema["paths"].values():
                for call in calls.values():
                    _describe_errors(call["responses"])
            self.openapi_schema = schema
        return self.openapi_schema


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def _describe_errors(responses: dict[str, Any]) -> None:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses["default"] = {"description": "Problem"}
    for status, response in responses.items():
        if status == "default" or int(status) >= 400:  # noqa: PLR2004
            response["content"] = content
