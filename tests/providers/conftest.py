import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from pillnuts import main, posting
from pillnuts.accounts.oauth import links
from pillnuts.accounts.oauth.config import Providers as Configured
from pillnuts.settings import Settings
from tests.accounts.conftest import anywhere, clock, empty_file, site, tools  # noqa: F401 -- fixtures
from tests.accounts.site import Clock, People

from .app import Providers
from .registered import Standing, settings
from .serving import Serving, serving
from .visit import Door, Site


@pytest.fixture(scope="session")
def _serving() -> Iterator[Serving]:
    with serving(Providers()) as running:
        yield running


@pytest.fixture
def served(_serving: Serving) -> Iterator[Serving]:
    """The three, as if nobody had ever been there and nothing was broken."""
    providers = _serving.providers
    providers.standing, providers.scopes = Standing(), []
    providers.faults, providers.clock = set(), time.time
    yield _serving
    providers.faults = set()


@pytest.fixture
def configured(served: Serving) -> Configured:
    return configure(served)


def configure(served: Serving, **changes: Any) -> Configured:
    """Tell our site of the three."""
    given = Settings.model_validate({**settings(served.url), **changes})
    return posting.login_providers(given.login_providers)


@pytest.fixture
def open_site(served: Serving, empty_file: Path, tmp_path: Path) -> Door:  # noqa: F811
    """To start the whole site, perhaps with other settings."""

    @asynccontextmanager
    async def opened(**changes: Any) -> AsyncIterator[Site]:
        home = tmp_path / "var"
        home.mkdir()
        shutil.copy(empty_file, home / "pillnuts.db")
        given = Settings(_env_file=None, home=home, **{**settings(served.url), **changes})
        app = main.create_web_app(given)
        async with app.router.lifespan_context(app):
            yield Site(app, served)

    return opened


@pytest.fixture
async def visited(open_site: Door) -> AsyncIterator[Site]:
    """The whole site, as it is set up by default."""
    async with open_site() as opened:
        yield opened


@pytest.fixture
def people(site: People, served: Serving) -> People:  # noqa: F811
    """On SQLite, with a clock that the providers share."""
    return joined(site, served)


@pytest.fixture
def people_anywhere(anywhere: People, served: Serving) -> People:  # noqa: F811
    """The same on each of the servers in turn."""
    return joined(anywhere, served)


def joined(people: People, served: Serving) -> People:
    watch: Clock = people.clock
    served.providers.clock = lambda: watch().timestamp()
    links.register(people.tools)
    return people
