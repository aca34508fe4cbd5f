"""Sends scans to the database: those that arrive while a commit runs share the next one.

The statement is keyed, so sending it again after a lost answer is always safe.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

import psycopg
from psycopg_pool import PoolTimeout

from backend.contracts.problems import Unavailable
from backend.kit.database import Database, retrying
from backend.kit.logs import logger
from backend.ticket.admissions import repository
from backend.ticket.admissions.repository import Answered, Wanted

_log = logger(__name__)
# While one batch commits, the next one is collected and the one before is answered.
_AT_ONCE = 2
# Without batches every scan is a call of its own: as many at once as the pool bears.
_AT_ONCE_ALONE = 8

_Waiting = tuple[Wanted, asyncio.Future[Answered]]


class Scanning:
    """Collects the scans of one process into calls of admit_scans."""

    def __init__(self, database: Database, *, largest: int) -> None:
        self._database = database
        self._largest = largest
        self._at_once = _AT_ONCE if largest > 1 else _AT_ONCE_ALONE
        self._queue: list[_Waiting] = []
        self._running: set[asyncio.Task[None]] = set()
        self._is_due = False

    async def answer(self, wanted: Wanted) -> Answered:
        """Return the answer to a scan once it is committed; raises Unavailable."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answered] = loop.create_future()
        self._queue.append((wanted, future))
        if not self._is_due:
            # Not at once: requests that came in the same moment go together.
            self._is_due = True
            loop.call_soon(self._begin)
        return await future

    def _begin(self) -> None:
        self._is_due = False
        while self._queue and len(self._running) < self._at_once:
            batch, self._queue = self._queue[: self._largest], self._queue[self._largest :]
            task = asyncio.create_task(self._run(batch), name="scanning")
            self._running.add(task)
            task.add_done_callback(partial(self._ended, batch))

    def _ended(self, batch: Sequence[_Waiting], task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("batch of scans lost", error=repr(error))
        # Whatever happened, nobody waits for good; the keys tell later what became of it.
        for _, future in batch:
            if not future.done():
                future.set_exception(Unavailable())
        self._begin()

    async def _run(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._send(batch)
        except PoolTimeout:
            _log.warning("no connection for a batch of scans", size=len(batch))
        except (psycopg.Error, OSError) as error:
            _log.warning("batch of scans split", size=len(batch), error=type(error).__name__)
            await asyncio.gather(*(self._alone(waiting) for waiting in batch))

    async def _alone(self, waiting: _Waiting) -> None:
        """Send one scan of a failed batch: a bad one must not refuse the others."""
        try:
            await self._send([waiting])
        except (psycopg.Error, OSError) as error:
            _log.warning("scan not answered", error=type(error).__name__)

    async def _send(self, batch: Sequence[_Waiting]) -> None:
        async def once() -> list[Answered]:
            async with self._database.connection() as connection:
                return await repository.admit(connection, [wanted for wanted, _ in batch])

        # A refund may hold a ticket's row for a moment; the same scan may be answered elsewhere.
        for (_, future), answered in zip(batch, await retrying(once), strict=True):
            if not future.done():
                future.set_result(answered)
