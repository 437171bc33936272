"""How uvicorn is run, and what it must not read without end."""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pillnuts.kernel.limits import ADDRESS, HEADERS, TOO_LARGE


class Protocol(HttpToolsProtocol):
    """Stops collecting an address or headers that are too long, and lets the application say so.

    Left alone, uvicorn answers a long address with an English 400, and keeps headers of any length in memory.
    """

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._header_bytes = 0

    def on_url(self, url: bytes) -> None:
        if len(self.url) <= ADDRESS:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value) + 32  # what HTTP/2 counts for each
        if self._header_bytes <= HEADERS:
            super().on_header(name, value)
        else:
            self._refuse(431)

    def on_headers_complete(self) -> None:
        if len(self.url) > ADDRESS:
            self.url = self.url.partition(b"?")[0][:ADDRESS]
            self._refuse(414)
        super().on_headers_complete()

    def _refuse(self, status: int) -> None:
        self.scope[TOO_LARGE] = status  # type: ignore[typeddict-unknown-key]


OPTIONS: Final[dict[str, Any]] = {
    "loop": "uvloop",
    "http": Protocol,
    "ws": "none",
    # Our own lines say more, and say it once.
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": 10,
    # Importing everything takes seconds on a busy machine; by default uvicorn gives a process up after five.
    "timeout_worker_healthcheck": 60,
}
