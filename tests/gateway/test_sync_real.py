"""A sync of the ministry's own rows takes no more calls than it says beforehand."""

from collections import Counter
from pathlib import Path

import pytest

from pillnuts.catalogue import fetch as fetching
from pillnuts.catalogue.budget import Budget
from pillnuts.catalogue.operations import OPERATIONS, chosen, configured
from tests.gateway import Ministry, Options, serving
from tests.synced import TODAY, reaching

MOST = ("dur_product", "dur_ingredient", "easy", "recall", "daily_maximum")
"""All but the long lists, in which nothing stands twice; `make bench` reads everything."""


@pytest.mark.real_data
async def test_no_more_calls_are_made_than_were_planned(real_ministry: Ministry, tmp_path: Path) -> None:
    with serving(real_ministry, Options()) as served:
        async with reaching(served, Budget(tmp_path / "budget", default=10_000)) as gateway:
            operations = chosen(configured({}), MOST)
            planned = await fetching.plan(gateway, operations, tmp_path / "1", TODAY)
            outcome = await fetching.fetch(gateway, planned)
        calls, each = served.gateway.calls, Counter(served.gateway.today())

    assert outcome.complete
    paths = {operation.name: operation.path.rpartition("/")[2] for operation in OPERATIONS}
    for part in planned.parts:
        assert calls[paths[part.operation.name]] <= part.made + part.calls + part.spare
        assert outcome.done[part.operation.name].short == 0
    assert planned.made + planned.calls <= calls.total() <= planned.most
    assert calls.total() <= 1.05 * (planned.made + planned.calls)
    assert each.total() == calls.total()
