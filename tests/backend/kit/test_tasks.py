"""Tasks end although they lose a cancellation."""

import asyncio

from backend.kit.tasks import end


async def test_task_that_loses_its_cancellations_ends_at_the_next():
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)

    await end(task)

    assert (task.done(), lost) == (True, 3)


async def test_tasks_that_failed_or_ended_before_are_no_trouble():
    async def fail() -> None:
        raise RuntimeError("ended by itself")

    tasks = [asyncio.create_task(fail()), asyncio.create_task(asyncio.sleep(0))]
    await asyncio.wait(tasks)

    await end(*tasks)

    assert [task.done() for task in tasks] == [True, True]


async def test_nothing_to_end_is_no_trouble():
    await end()
