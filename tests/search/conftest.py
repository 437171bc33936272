import pytest

from pillnuts.search.index import Index
from tests.search.medicines import index_of


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The small catalogue; nobody changes its popularity."""
    return index_of(tmp_path_factory.mktemp("search"))
