"""The site as it ships, with the demo catalogue, and the system's Chromium: for tests and screenshots."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

ROOT: Final = Path(__file__).resolve().parents[2]
READY_SECONDS: Final = 90

CHROMIUM_ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
]


class DidNotStartError(RuntimeError):
    """With the last lines of what the site said."""


def chromium() -> str | None:
    """The browser of the system."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """Run `pillnuts serve` with its data in `folder`; gives its address. It loads the demo by itself."""
    address = f"http://127.0.0.1:{(port := _free_port())}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PILLNUTS_")}
    # Development differs in nothing but the gallery page and reading templates anew.
    environment |= {"PILLNUTS_HOME": str(folder / "var"), "PILLNUTS_ENVIRONMENT": "development"}
    # The site's own address, which providers and mails lead back to, follows from the port that is set.
    environment |= {"PILLNUTS_PORT": str(port), **settings}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "pillnuts"), "serve"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + READY_SECONDS
            while not _ready(address):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise DidNotStartError((folder / "log").read_text()[-3000:])
                time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False
