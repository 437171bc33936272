"""The files that browsers load: bundles with a hash in their name, and a few without."""

from functools import cached_property
from pathlib import Path
from typing import Any, Final

import orjson
import structlog
from fastapi.responses import Response
from starlette.staticfiles import StaticFiles

from pillnuts.kernel.web import ROOT

log = structlog.get_logger(__name__)

IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""For names that hold a hash of their content: another content has another name."""
A_DAY: Final = "public, max-age=86400"


class Static(StaticFiles):
    """`<directory>/dist/manifest.json` maps the name of a bundle to its hashed name there."""

    def __init__(self, directory: Path = ROOT / "static", *, reload: bool = False) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._manifest_file = directory / "dist" / "manifest.json"
        self._reload = reload

    def address(self, name: str) -> str:
        """`app.css` → `/static/dist/app-1A2B3C.css`; a file that is no bundle keeps its name."""
        hashed = self._manifest.get(name)
        return f"/static/dist/{hashed}" if hashed else f"/static/{name}"

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        name = Path(str(args[0])).name
        response.headers["cache-control"] = IMMUTABLE if name in self._manifest.values() else A_DAY
        return response

    @property
    def _manifest(self) -> dict[str, str]:
        return self._read() if self._reload else self._once

    @cached_property
    def _once(self) -> dict[str, str]:
        return self._read()

    def _read(self) -> dict[str, str]:
        try:
            names: dict[str, str] = orjson.loads(self._manifest_file.read_bytes())
        except FileNotFoundError:
            log.warning("front-end bundle is missing", build_with="make run")
            return {}
        return names
