"""What the tests of the gateway share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway import KEY, Ministry, Options, Serving, invented, real, serving
from tests.gateway.operations import Operation

REAL = Path(__file__).resolve().parents[3] / "shared" / "mfds"

Ask = Callable[..., httpx.Response]


@pytest.fixture
def options() -> Options:
    """How `served` behaves; a test may change it at any time."""
    return Options()


@pytest.fixture
def served(options: Options) -> Iterator[Serving]:
    with serving(invented(), options) as running:
        yield running


@pytest.fixture
def ask(served: Serving) -> Iterator[Ask]:
    """Call an operation over HTTP, with the right key unless another is named: `ask(EASY, type="json")`."""
    with httpx.Client(trust_env=False, timeout=5, base_url=served.url) as client:

        def asking(operation: Operation, **parameters: str | int) -> httpx.Response:
            return client.get(operation.path, params={"serviceKey": KEY, **parameters})

        yield asking


@pytest.fixture(scope="session")
def real_ministry() -> Ministry:
    if not REAL.is_dir():
        pytest.skip("the ministry's files are not on this machine")
    return real(REAL)


def body(answer: httpx.Response) -> Any:
    """Give the body of a sound JSON answer."""
    assert answer.json()["header"] == {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}
    return answer.json()["body"]


def total(answer: httpx.Response) -> int:
    return int(body(answer)["totalCount"])
