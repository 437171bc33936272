"""The providers on a free port of this machine, for as long as a test needs them."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import uvicorn

from .app import Providers

UVICORN: Final[dict[str, Any]] = {
    "loop": "asyncio",
    "ws": "none",
    "lifespan": "off",
    "log_config": None,
    "log_level": "critical",
    "access_log": False,
    "timeout_graceful_shutdown": 1,
}
_READY_SECONDS: Final = 20


@dataclass(frozen=True)
class Serving:
    url: str
    providers: Providers


@contextmanager
def serving(providers: Providers) -> Iterator[Serving]:
    """Run them on loopback, in a thread of this process; they end with the block."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = uvicorn.Server(uvicorn.Config(providers.app(), **UVICORN))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + _READY_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the providers did not start")
            time.sleep(0.01)
        try:
            yield Serving(f"http://127.0.0.1:{listening.getsockname()[1]}", providers)
        finally:
            server.should_exit = True
            thread.join(_READY_SECONDS)
