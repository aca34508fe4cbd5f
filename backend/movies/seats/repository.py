"""The claims on a screening's seats. Every change takes the screening's lock first.

`lock` is that lock: it bumps the version of the map and reads the database's clock after waiting,
so whatever follows in the transaction sees what the lock waited for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.kit.database import Connection

_LOCK = """
    UPDATE screening_seats SET version = version + 1 WHERE screening_id = %s
    RETURNING version, clock_timestamp() AS at
"""
_LOG = """
    INSERT INTO seat_event (screening_id, version, step, kind, order_id, seats, expires_at, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_MOVE = """
    UPDATE seat_claim SET state = %s, expires_at = %s
    WHERE screening_id = %s AND order_id = %s AND state = ANY(%s) RETURNING seat_id
"""
_FREE = """
    DELETE FROM seat_claim
    WHERE screening_id = %s AND order_id = %s AND seat_id = ANY(%s) AND state <> 'BLOCKED'
    RETURNING seat_id
"""
_LAPSED = """
    SELECT DISTINCT order_id FROM seat_claim
    WHERE screening_id = %s AND seat_id = ANY(%s) AND state = 'HELD' AND expires_at <= %s
      AND order_id <> %s
"""
_CLAIM = """
    INSERT INTO seat_claim (screening_id, seat_id, layout_id, order_id, line_no, state, expires_at)
    SELECT s.id, wanted.seat_id, s.layout_id, %s, wanted.line_no, %s, %s
    FROM screening s, unnest(%s::smallint[], %s::smallint[]) AS wanted (seat_id, line_no)
    WHERE s.id = %s ON CONFLICT DO NOTHING RETURNING seat_id
"""
_EXPIRE = "SELECT expire_order(%s, %s, %s, %s::integer, %s, %s)"


@dataclass(slots=True)
class SeatLock:
    """The lock of one screening within one transaction; `step` numbers its log rows."""

    screening_id: int
    version: int
    at: datetime
    step: int = 0


async def lock(connection: Connection, screening_id: int) -> SeatLock:
    """Take the screening's lock; held until the transaction ends."""
    row = await (await connection.execute(_LOCK, (screening_id,))).fetchone()
    if row is None:
        message = f"screening {screening_id} has no row in screening_seats"
        raise LookupError(message)
    return SeatLock(screening_id, row["version"], row["at"])


async def log(
    connection: Connection,
    held: SeatLock,
    kind: str,
    order_id: UUID,
    *,
    seats: Iterable[int],
    expires_at: datetime | None = None,
) -> None:
    """Append what happened to seats."""
    numbers = sorted(seats)
    await connection.execute(
        _LOG,
        (
            held.screening_id,
            held.version,
            held.step,
            kind,
            order_id,
            numbers,
            expires_at,
            held.at,
        ),
    )
    held.step += 1


async def move(
    connection: Connection,
    held: SeatLock,
    order_id: UUID,
    *,
    before: Sequence[str],
    after: str,
    expires_at: datetime | None,
) -> list[int]:
    """Give the order's claims another state; return the seats that were in one of `before`."""
    rows = await connection.execute(
        _MOVE, (after, expires_at, held.screening_id, order_id, list(before))
    )
    return sorted(row["seat_id"] for row in await rows.fetchall())


async def free(
    connection: Connection, held: SeatLock, order_id: UUID, seats: Iterable[int]
) -> list[int]:
    """Drop the order's claims on these seats; return those that it had."""
    rows = await connection.execute(_FREE, (held.screening_id, order_id, list(seats)))
    return sorted(row["seat_id"] for row in await rows.fetchall())


async def claim(
    connection: Connection,
    held: SeatLock,
    order_id: UUID,
    *,
    seats: dict[int, int],
    state: str,
    expires_at: datetime | None,
) -> list[int]:
    """Claim seats (seat number → line number); return those that others have.

    When others have some, the caller must leave the transaction or the savepoint.
    """
    lapsed = await connection.execute(_LAPSED, (held.screening_id, list(seats), held.at, order_id))
    for row in await lapsed.fetchall():
        await expire(connection, held, row["order_id"], reason="TAKE_OVER")
    rows = await connection.execute(
        _CLAIM,
        (
            order_id,
            state,
            expires_at,
            list(seats),
            list(seats.values()),
            held.screening_id,
        ),
    )
    got = {row["seat_id"] for row in await rows.fetchall()}
    return sorted(set(seats) - got)


async def expire(connection: Connection, held: SeatLock, order_id: UUID, *, reason: str) -> None:
    """End a hold whose time is over, with its seats and its log."""
    await connection.execute(
        _EXPIRE, (order_id, held.screening_id, held.version, held.step, held.at, reason)
    )
    held.step += 1
