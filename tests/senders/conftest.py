import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.senders.fake_sens import FakeSens, fake_sens
from tests.senders.fake_smtp import make_certificate


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    """What a client needs to believe the local server."""
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
async def sens_server() -> AsyncIterator[FakeSens]:
    async with fake_sens() as fake:
        yield fake
