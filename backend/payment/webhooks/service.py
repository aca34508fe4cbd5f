"""Webhooks: stored once by their id, answered at once, and only ever a reason to look.

An event for a session that we do not know is kept and tried again, from a minute to a day later.
"""

from datetime import timedelta
from typing import Any

from backend.contracts.problems import Problem
from backend.kit.database import Connection
from backend.kit.logs import logger
from backend.payment.checkouts import repository as attempts
from backend.payment.checkouts import service as checkouts
from backend.payment.parts import Parts
from backend.payment.stripe.gateway import Declined, Unanswered

_log = logger(__name__)
_LONGEST = timedelta(hours=24)
_TRIES = 12
_TAKE_DUE = """
    UPDATE webhook_event SET due_at = clock_timestamp() + interval '20 seconds', tries = tries + 1
    WHERE id IN (SELECT id FROM webhook_event WHERE due_at <= clock_timestamp()
        ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED)
    RETURNING *
"""


async def store(connection: Connection, event: dict[str, Any]) -> bool:
    """Keep an event; say whether it is news."""
    thing = event["data"]["object"]
    kind = thing.get("object", "")
    session_id = thing["id"] if kind == "checkout.session" else None
    intent_id = thing["id"] if kind == "payment_intent" else thing.get("payment_intent")
    cursor = await connection.execute(
        "INSERT INTO webhook_event (id, type, session_id, intent_id) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (id) DO NOTHING",
        (event["id"], event["type"], session_id, intent_id),
    )
    return cursor.rowcount == 1


async def work(parts: Parts) -> int:
    """Look at what the due events speak of; return how many there were."""
    async with parts.database.transaction() as connection:
        due = await (await connection.execute(_TAKE_DUE)).fetchall()
    for row in due:
        await _handle(parts, row)
    return len(due)


async def _handle(parts: Parts, row: dict[str, Any]) -> None:
    async with parts.database.connection() as connection:
        attempt = await attempts.find_by_provider(connection, row["session_id"], row["intent_id"])
    is_done = False
    if attempt is not None:
        try:
            await checkouts.sync_attempt(parts, attempt.order_id, attempt.attempt)
            is_done = True
        except (Unanswered, Declined, Problem) as error:
            _log.warning("webhook waits", event_id=row["id"], error=repr(error))
    elif row["type"].startswith("payment_intent.") and row["tries"] >= 2:
        # Intents of a session are reached by the session's own events as well.
        is_done = True
    await _mark(parts, row, is_done=is_done or row["tries"] >= _TRIES)


async def _mark(parts: Parts, row: dict[str, Any], *, is_done: bool) -> None:
    pause = min(timedelta(seconds=5) * 3 ** row["tries"], _LONGEST)
    async with parts.database.connection() as connection:
        await connection.execute(
            "UPDATE webhook_event SET handled_at = CASE WHEN %s THEN clock_timestamp() END,"
            " due_at = CASE WHEN %s THEN NULL ELSE clock_timestamp() + %s END WHERE id = %s",
            (is_done, is_done, pause, row["id"]),
        )
