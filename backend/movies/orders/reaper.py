"""Tidies what time has ended: holds that ran out, payments past their deadline, late tickets.

It only tidies: claims and payments decide by ownership, so a dead reaper can neither block a seat
nor sell one twice.
"""

from collections.abc import Awaitable
from uuid import UUID

from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from backend.kit.database import Database, retrying
from backend.kit.logs import logger
from backend.movies.orders import issued, paying, refund_rows, refunds, repository
from backend.movies.parts import Parts
from backend.movies.seats import repository as seats
from backend.movies.seats.feed import topic

_log = logger(__name__)

_LAPSED = """
    SELECT DISTINCT o.screening_id, s.public_id FROM orders o
    JOIN screening s ON s.id = o.screening_id
    WHERE o.state = 'HELD' AND o.expires_at <= clock_timestamp() ORDER BY o.screening_id
"""
_OF_SCREENING = """
    SELECT id FROM orders
    WHERE state = 'HELD' AND screening_id = %s AND expires_at <= %s ORDER BY id
"""
_OVERDUE = """
    SELECT id FROM orders WHERE state = 'PAYING' AND expires_at <= clock_timestamp()
    AND closing IS NULL ORDER BY expires_at LIMIT 100
"""


class Reaper:
    """The background round of movies."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def round(self) -> None:
        """Tidy once."""
        database = self._parts.database
        async with database.connection() as connection:
            lapsed = await (await connection.execute(_LAPSED)).fetchall()
            overdue = await (await connection.execute(_OVERDUE)).fetchall()
        for row in lapsed:
            if await _done(expire_holds(database, row["screening_id"])):
                self._parts.nudges.send(topic(row["public_id"]))
        for row in overdue:
            await _done(self._close(row["id"]))
        await self._remind()

    async def _close(self, order_id: UUID) -> None:
        async def once() -> None:
            async with self._parts.database.transaction() as connection:
                await paying.request_close(connection, order_id, reason="deadline", actor="clock")

        await retrying(once)

    async def _remind(self) -> None:
        settings = self._parts.settings
        async with self._parts.database.transaction() as connection:
            reminded = await issued.remind(connection, settings.reemit_after)
        if reminded:
            _log.warning("paid orders still without tickets", orders=len(reminded))
        async with self._parts.database.transaction() as connection:
            for this in await refund_rows.stuck(connection, settings.reemit_after):
                # Not locked: whoever answers has locked the order and waits for the refund's row.
                order = await repository.snapshot(connection, this.order_id)
                await refunds.ask_revoke(connection, order, this)


async def _done(work: Awaitable[object]) -> bool:
    """Say whether a piece was done; what others hold locked waits for the next round."""
    try:
        await work
    except (DeadlockDetected, LockNotAvailable, SerializationFailure) as error:
        _log.warning("tidied later", error=type(error).__name__)
        return False
    return True


async def expire_holds(database: Database, screening_id: int) -> int:
    """End every hold of a screening whose time is over; return how many."""

    async def once() -> int:
        async with database.transaction() as connection:
            held = await seats.lock(connection, screening_id)
            cursor = await connection.execute(_OF_SCREENING, (screening_id, held.at))
            lapsed = await cursor.fetchall()
            for row in lapsed:
                await seats.expire(connection, held, row["id"], reason="EXPIRE")
            return len(lapsed)

    return await retrying(once)
