from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import talking_to
from tests.kernel.toy import Toy


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path)


@pytest.fixture
async def ask(toy: Toy) -> AsyncIterator[httpx.AsyncClient]:
    async with talking_to(toy.app) as client:
        yield client
