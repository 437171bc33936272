"""The line itself: a connection the gateway can tear down."""

import socket
import struct
from typing import Final, NoReturn

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TRANSPORT: Final = "pillnuts.gateway.transport"


class Protocol(HttpToolsProtocol):
    """Lets the application reach its connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[_TRANSPORT] = self.transport  # type: ignore[typeddict-unknown-key]


def reset(request: Request) -> NoReturn:
    """Tear the connection down, so that the caller sees a reset and no answer."""
    transport = request.scope.get(_TRANSPORT)
    if transport is not None:
        plug: socket.socket = transport.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    raise ConnectionResetError
