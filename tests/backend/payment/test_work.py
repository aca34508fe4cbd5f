"""The loops of the background work."""

import asyncio
from datetime import timedelta

from backend.payment.work import Work


async def test_work_runs_when_woken_and_again_while_there_is_some():
    done, left = asyncio.Event(), [2, 1, 0]

    async def act() -> int:
        count = left.pop(0) if left else 0
        if not left:
            done.set()
        return count

    work = Work(timedelta(hours=1))
    work.add("some", act)
    await work.start()
    await asyncio.wait_for(done.wait(), 5)
    done.clear()
    left.append(0)
    work.wake()
    await asyncio.wait_for(done.wait(), 5)
    await work.stop()

    assert left == []


async def test_a_kind_that_is_slow_or_fails_does_not_hold_up_the_others():
    runs, failures = asyncio.Event(), []

    async def stuck() -> int:
        await asyncio.Event().wait()
        return 0

    async def failing() -> int:
        failures.append(1)
        raise KeyError("odd")

    async def good() -> int:
        if len(failures) >= 2:
            runs.set()
        return 0

    work = Work(timedelta(milliseconds=1))
    work.add("stuck", stuck)
    work.add("failing", failing)
    work.add("good", good)
    await work.start()
    await asyncio.wait_for(runs.wait(), 5)
    await work.stop()

    assert len(failures) >= 2
