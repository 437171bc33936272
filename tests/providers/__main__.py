"""Runs the providers by hand: `python -m tests.providers --help`."""

import argparse
import socket
import sys
from contextlib import closing

import uvicorn

from .app import FAULTS, Providers
from .registered import settings
from .serving import UVICORN


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        "python -m tests.providers", description="카카오, 네이버, 구글 로그인을 흉내 냅니다."
    )
    parser.add_argument("--port", type=int, default=8200, help="127.0.0.1의 포트. 0이면 빈 포트")
    parser.add_argument("--fault", choices=sorted(FAULTS), action="append", default=[], help="낼 탈")
    asked = parser.parse_args()
    providers = Providers()
    providers.faults = set(asked.fault)
    with closing(socket.create_server(("127.0.0.1", asked.port))) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        for name, value in settings(url).items():
            sys.stdout.write(f"PILLNUTS_{name.upper()}={value}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(providers.app(), **UVICORN)).run([listening])


if __name__ == "__main__":
    main()
