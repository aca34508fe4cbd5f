"""Ends background tasks for certain."""

import asyncio

_AGAIN_S = 0.2


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until each has ended; whatever they raise at the end is dropped.

    Once is not enough: on Python 3.11 `asyncio.wait_for`, which the database's pool uses, loses a
    cancellation that comes together with what it waits for.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
