"""Wakes the background worker: something became due."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import psycopg

from backend.contracts.problems import Problem
from backend.kit.logs import logger

_log = logger(__name__)


class Work:
    """Runs rounds of due work: when woken, and by itself."""

    def __init__(self, every: timedelta) -> None:
        self._every_s = every.total_seconds()
        self._wake = asyncio.Event()
        self._rounds: list[Callable[[], Awaitable[int]]] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, work: Callable[[], Awaitable[int]]) -> None:
        """Add a kind of work: it does what is due and returns how much it did."""
        self._rounds.append(work)

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    async def start(self) -> None:
        """Begin the rounds."""
        self._task = asyncio.create_task(self._run(), name="payment work")

    async def stop(self) -> None:
        """End the rounds; what was begun is due again at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def round(self) -> int:
        """Do once whatever is due; return how much that was."""
        return sum([await work() for work in self._rounds])

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            done = 0
            try:
                done = await self.round()
            except (psycopg.Error, OSError, Problem) as error:
                _log.warning("round of work failed", error=repr(error))
            if not done:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._every_s)
