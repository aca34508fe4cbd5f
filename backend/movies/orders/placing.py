"""Places orders in batches: those that arrive while a commit runs share the next one.

The statement is keyed, so sending it again after a lost answer is always safe.
"""

import asyncio
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout
from pydantic_core import from_json, to_json

from backend.contracts.problems import Unavailable
from backend.kit.database import Database, retrying
from backend.kit.logs import logger

_log = logger(__name__)
_PLACE = "SELECT place_orders(%s::jsonb)::text AS results"
_LARGEST = 32
_AT_ONCE = 2
_Waiting = tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]


class Placing:
    """Collects the orders of one process into calls of place_orders."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: list[_Waiting] = []
        self._running: set[asyncio.Task[None]] = set()

    async def place(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Return the function's result for one order; raises Unavailable."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._queue.append((wanted, future))
        self._begin()
        return await future

    def _begin(self) -> None:
        if self._queue and len(self._running) < _AT_ONCE:
            batch, self._queue = self._queue[:_LARGEST], self._queue[_LARGEST:]
            task = asyncio.create_task(self._run(batch), name="placing orders")
            self._running.add(task)
            task.add_done_callback(lambda ended: self._ended(ended, batch))

    def _ended(self, task: asyncio.Task[None], batch: list[_Waiting]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("batch of orders lost", error=repr(error))
        # Whatever happened, nobody waits for good; the keys tell later what became of it.
        _refuse(batch)
        self._begin()

    async def _run(self, batch: list[_Waiting]) -> None:
        try:
            results = await self._send([wanted for wanted, _ in batch])
        except PoolTimeout:
            _log.warning("no connection for a batch of orders", size=len(batch))
            return
        except (psycopg.Error, OSError) as error:
            _log.warning("batch of orders split", size=len(batch), error=type(error).__name__)
            await asyncio.gather(*(self._alone(wanted, future) for wanted, future in batch))
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)

    async def _alone(self, wanted: dict[str, Any], future: asyncio.Future[dict[str, Any]]) -> None:
        """Send one order of a failed batch: a bad one must not refuse the others."""
        try:
            [result] = await self._send([wanted])
        except (psycopg.Error, OSError) as error:
            _log.warning("order not placed", error=type(error).__name__)
            return
        if not future.done():
            future.set_result(result)

    async def _send(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        payload = to_json(batch).decode()

        async def once() -> list[dict[str, Any]]:
            async with self._database.connection() as connection:
                row = await (await connection.execute(_PLACE, (payload,))).fetchone()
            results: list[dict[str, Any]] = from_json(row["results"]) if row else []
            return results

        return await retrying(once)


def _refuse(batch: list[_Waiting]) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(Unavailable())
