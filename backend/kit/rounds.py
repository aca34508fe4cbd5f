"""Work that comes round by itself, every so often, until the service stops."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import psycopg

from backend.contracts.problems import Problem
from backend.kit.logs import logger
from backend.kit.tasks import end

_log = logger(__name__)


class Rounds:
    """Repeats one piece of work; a round that fails is logged and the next one comes."""

    def __init__(self, name: str, work: Callable[[], Awaitable[object]], every: timedelta) -> None:
        self._name = name
        self._work = work
        self._every_s = every.total_seconds()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with a round at once."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End; a round in hand is given up, and its transaction rolled back."""
        if self._task is not None:
            await end(self._task)
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._work()
            except (psycopg.Error, OSError, Problem) as error:
                _log.warning("round failed", rounds=self._name, error=repr(error))
            # The guard of the loop: one bad round must not end all later ones.
            except Exception:  # noqa: BLE001 -- the guard of the loop
                _log.exception("round failed", rounds=self._name)
            await asyncio.sleep(self._every_s)
