"""Webhook events in the database: kept once by their id, due until their attempt was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.kit.database import Connection

_LEASE = timedelta(seconds=30)
_TAKE_DUE = """
    UPDATE webhook_event SET due_at = clock_timestamp() + %s, tries = tries + 1
    WHERE id IN (SELECT id FROM webhook_event WHERE due_at <= clock_timestamp()
        ORDER BY due_at LIMIT 50 FOR UPDATE SKIP LOCKED)
    RETURNING id, type, session_id, intent_id, reference, tries
"""
_WAKE = """
    UPDATE webhook_event SET due_at = clock_timestamp()
    WHERE handled_at IS NULL AND (reference = %s OR session_id = %s)
"""


@dataclass(frozen=True, slots=True)
class Event:
    """An event: what it is about. What happened is asked of the provider, never read here."""

    id: str
    type: str
    session_id: str | None
    intent_id: str | None
    reference: str | None
    tries: int = 0

    @property
    def is_ours(self) -> bool:
        """Say whether it is about a payment at all."""
        return bool(self.session_id or self.intent_id or self.reference)

    @property
    def attempt(self) -> tuple[UUID, int] | None:
        """Return order and number of the attempt that it claims to be about."""
        order, _, number = (self.reference or "").partition(".")
        try:
            return UUID(order), int(number)
        except ValueError:
            return None


async def store(connection: Connection, event: Event) -> bool:
    """Keep an event; say whether it is news (E19)."""
    cursor = await connection.execute(
        "INSERT INTO webhook_event (id, type, session_id, intent_id, reference)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        (event.id, event.type, event.session_id, event.intent_id, event.reference),
    )
    return cursor.rowcount == 1


async def take_due(connection: Connection) -> list[Event]:
    """Take events that are due; nobody else gets them until the lease ends."""
    cursor = await connection.execute(_TAKE_DUE, (_LEASE,))
    return [Event(**row) for row in await cursor.fetchall()]


async def done(connection: Connection, events: Sequence[Event]) -> None:
    """Note that what events are about has been looked at."""
    await connection.execute(
        "UPDATE webhook_event SET handled_at = clock_timestamp(), due_at = NULL WHERE id = ANY(%s)",
        ([event.id for event in events],),
    )


async def park(connection: Connection, event: Event, pause: timedelta | None) -> None:
    """Try an event again after a pause; None: no more by the clock."""
    await connection.execute(
        "UPDATE webhook_event SET due_at = clock_timestamp() + %s WHERE id = %s",
        (pause, event.id),
    )


async def wake(connection: Connection, reference: str, session_id: str | None) -> None:
    """Try the parked events of a new attempt now (E13)."""
    await connection.execute(_WAKE, (reference, session_id))
