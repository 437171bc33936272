import asyncio
import itertools

import pytest
from structlog.testing import capture_logs

from pillnuts.kernel import tasks
from pillnuts.kernel.tasks import Job, repeating


async def test_a_job_is_done_again_and_again_until_the_end() -> None:
    done = 0

    async def count() -> None:
        nonlocal done
        done += 1

    async with repeating(Job("count", count, 0.01)):
        await asyncio.sleep(0.2)
    counted = done
    await asyncio.sleep(0.05)

    assert counted > 1
    assert done == counted


async def test_a_job_that_fails_is_tried_again_later_and_later() -> None:
    tried: list[float] = []

    async def fail() -> None:
        tried.append(asyncio.get_running_loop().time())
        raise OSError("gone")

    with capture_logs() as lines:
        async with repeating(Job("fail", fail, 0.02)):
            await asyncio.sleep(0.5)

    pauses = [after - before for before, after in itertools.pairwise(tried)]
    assert 2 <= len(pauses) <= 4
    assert pauses == sorted(pauses)
    assert {(line["job"], line["error"], line["kind"]) for line in lines} == {("fail", "gone", "OSError")}


async def test_at_the_end_a_job_may_finish() -> None:
    finished = asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0.1)
        finished.set()

    async with repeating(Job("work", work, 1)):
        await asyncio.sleep(0.01)

    assert finished.is_set()


async def test_a_job_without_end_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "GRACE", 0.05)

    async with repeating(Job("endless", asyncio.Event().wait, 1)):  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
