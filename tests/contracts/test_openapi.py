"""The API does what its description says, whatever it is asked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from pillnuts.main import create_web_app
from pillnuts.settings import Settings
from tests.browser.serving import serving

if TYPE_CHECKING:
    from schemathesis.checks import CheckFunction

schema = schemathesis.openapi.from_dict(create_web_app(Settings(_env_file=None)).openapi())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running site with the demo catalogue."""
    with serving(tmp_path_factory.mktemp("api")) as address:
        yield address


@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_answer_is_one_that_the_description_allows(case: Case[Any], site: str) -> None:
    # Whether a number exists, a password is weak or a code was sent is no matter of form.
    beyond_form: list[CheckFunction] | None = [positive_data_acceptance] if "/account" in case.path else []
    case.call_and_validate(base_url=site, timeout=20, excluded_checks=beyond_form)
