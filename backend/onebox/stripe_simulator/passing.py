"""What time brings: sessions end, slow banks answer, reservations lapse, refunds come through.

Each is a row in `due`, taken out in the transaction of its effect.
"""

import logging
from collections.abc import Awaitable, Callable

from backend.kit.database import Database
from backend.onebox.stripe_simulator import (
    confirmation,
    disputes,
    idempotency,
    refunds,
    sessions,
)
from backend.onebox.stripe_simulator.settings import SimulatorSettings
from backend.onebox.stripe_simulator.work import Work

_log = logging.getLogger(__name__)

_TAKE = """
DELETE FROM due WHERE id = (
    SELECT id FROM due WHERE due_at <= %s ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING action, object_id
"""
_POSTPONE = """
UPDATE due SET due_at = %(now)s + interval '2 s' WHERE id = (
    SELECT id FROM due WHERE due_at <= %(now)s ORDER BY due_at, id LIMIT 1
)
"""


async def expire_session(work: Work, identity: str) -> None:
    session, _hidden = await sessions.locked(work, identity)
    if session["status"] == "open" and not await sessions.end(work, session):
        await work.later(work.settings.slow_card_takes, "expire", identity)


async def settle_intent(work: Work, identity: str) -> None:
    session, intent = await sessions.locked_intent(work, identity)
    if intent["status"] == "processing":
        await confirmation.settle(work, intent)
        await sessions.follow(work, session, intent)


async def lapse_intent(work: Work, identity: str) -> None:
    _session, intent = await sessions.locked_intent(work, identity)
    if intent["status"] == "requires_capture":
        await confirmation.cancel(work, intent, "automatic")


_ACTIONS: dict[str, Callable[[Work, str], Awaitable[None]]] = {
    "dispute": disputes.open_for,
    "expire": expire_session,
    "fail_refund": refunds.fail,
    "finish_refund": refunds.finish,
    "lapse": lapse_intent,
    "settle": settle_intent,
}


class Passing:
    """Does what has become due."""

    def __init__(self, settings: SimulatorSettings, database: Database) -> None:
        self._settings = settings
        self._database = database

    async def do_due(self) -> int:
        """Do everything that is due, and return how much it was."""
        count = 0
        while await self._do_one():
            count += 1
        return count

    async def _do_one(self) -> bool:
        now = self._settings.clock()
        try:
            async with self._database.transaction() as connection:
                row = await (await connection.execute(_TAKE, (now,))).fetchone()
                if row is None:
                    return False
                work = Work(connection, self._settings, now)
                await _ACTIONS[row["action"]](work, row["object_id"])
        except Exception:  # noqa: BLE001 -- guard of the loop: one bad row must not stop the others
            _log.exception("what was due could not be done")
            async with self._database.connection() as connection:
                await connection.execute(_POSTPONE, {"now": now})
        return True

    async def forget(self) -> int:
        """Drop idempotency keys that are over, and return how many."""
        async with self._database.connection() as connection:
            work = Work(connection, self._settings, self._settings.clock())
            return await idempotency.forget_old(work)
