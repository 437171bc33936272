"""What every test may ask for: settings, an application, a running server, a database on each server."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import structlog
import uvicorn
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from pillnuts.kernel.app import WebApp
from pillnuts.kernel.db import normalised
from pillnuts.kernel.server import OPTIONS
from pillnuts.settings import Settings

SERVERS = {
    "postgresql": "postgresql://postgres@127.0.0.1:5432/postgres",
    "mariadb": "mariadb://root@127.0.0.1:3306/mysql",
}
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

Serve = Callable[[WebApp], str]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which servers were not there."""
    for server in sorted(_missing):
        terminalreporter.write_line(
            f"NOT TESTED: {server} does not answer on this machine", red=True, bold=True
        )


_missing: set[str] = set()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser last: as long as it is open, its event loop stands in the way of asynchronous tests."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True, scope="session")
def _own_environment() -> None:
    """What this machine sets for a real site is nothing to the tests; log lines go where pytest looks."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(),
        ]
    )
    for name in [name for name in os.environ if name.startswith("PILLNUTS_")]:
        del os.environ[name]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A site of its own in a temporary folder."""
    return Settings(_env_file=None, home=tmp_path / "var", snapshot_poll_seconds=0.2)


@pytest.fixture
def web_app(settings: Settings) -> WebApp:
    """The whole site, on an empty database; nothing is started yet."""
    from pillnuts.main import create_web_app  # noqa: PLC0415 -- the kernel's tests do without the features

    return create_web_app(settings)


@pytest.fixture
async def client(web_app: WebApp) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to `web_app` while it runs, without a network."""
    async with web_app.router.lifespan_context(web_app), talking_to(web_app) as talking:
        yield talking


def talking_to(app: WebApp) -> httpx.AsyncClient:
    """A client that calls an application directly and sends no header by itself but Host."""
    # An exception that ends as a 500 page is an answer like any other.
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://pillnuts.test")
    client.headers.clear()
    return client


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Run applications as they ship, each on a free port: `serve(web_app)` gives the address."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_serving(app))


@pytest.fixture
def live_server(serve: Serve, web_app: WebApp) -> str:
    """The address of the whole site, served as it ships."""
    return serve(web_app)


@contextmanager
def _serving(app: WebApp) -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server = uvicorn.Server(uvicorn.Config(app, **OPTIONS))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture(params=["sqlite", *SERVERS])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, on each kind of server in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    yield from _database_on(request.param)


def _database_on(server: str) -> Iterator[str]:
    address = SERVERS[server]
    if not _answers(address):
        _missing.add(server)
        if IN_CI:
            pytest.fail(f"{server} does not answer, and in CI it must")
        pytest.skip(f"{server} does not answer on this machine")
    name = f"pillnuts_test_{uuid4().hex[:12]}"
    asyncio.run(_administer(address, f"CREATE DATABASE {name}"))
    try:
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
    finally:
        force = " WITH (FORCE)" if server == "postgresql" else ""
        asyncio.run(_administer(address, f"DROP DATABASE {name}{force}"))


def _answers(address: str) -> bool:
    url = make_url(address)
    try:
        socket.create_connection((url.host or "", url.port or 0), timeout=2).close()
    except OSError:
        return False
    return True


async def _administer(address: str, statement: str) -> None:
    engine = create_async_engine(normalised(address), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
