"""The gateway on a free port of this machine, for as long as a test needs it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import uvicorn

from .gateway import Gateway, create_gateway
from .line import Protocol
from .ministry import Ministry
from .options import Clock, Options

_READY_SECONDS: Final = 20
UVICORN: Final[dict[str, Any]] = {
    "http": Protocol,
    "loop": "asyncio",
    "ws": "none",
    "lifespan": "off",
    # A torn connection ends a call with an exception: that is the point, and no news.
    "log_config": None,
    "log_level": "critical",
    "access_log": False,
    "server_header": False,
    "timeout_graceful_shutdown": 1,
}


def listening_on(port: int) -> socket.socket:
    """Bind a port of loopback; an answer in two pieces leaves at once, and waits for no delayed word."""
    listening = socket.create_server(("127.0.0.1", port))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


@dataclass(frozen=True)
class Serving:
    """A running gateway."""

    url: str
    """`http://127.0.0.1:PORT`; the paths of §1.1 follow it."""
    gateway: Gateway

    @property
    def base(self) -> str:
        """What stands in the place of `https://apis.data.go.kr/1471000`."""
        return f"{self.url}/1471000"


@contextmanager
def serving(
    ministry: Ministry, options: Options | None = None, clock: Clock | None = None
) -> Iterator[Serving]:
    """Run a gateway on loopback, in a thread of this process; it ends with the block."""
    app = create_gateway(ministry, options, clock)
    with closing(listening_on(0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, **UVICORN))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + _READY_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the gateway did not start")
            time.sleep(0.01)
        try:
            yield Serving(f"http://127.0.0.1:{listening.getsockname()[1]}", app.state.gateway)
        finally:
            server.should_exit = True
            thread.join(_READY_SECONDS)
