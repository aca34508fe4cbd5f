"""What movies knows of an order's payment attempts: which is current, and what it last heard."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.kit.database import Connection


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt; `hold_left_s` is what the hold still had when Pay was pressed."""

    order_id: UUID
    attempt: int
    state: str
    seen_version: int
    amount_minor: int
    url: str | None
    hold_left_s: float


async def begin(
    connection: Connection,
    order_id: UUID,
    attempt: int,
    *,
    amount_minor: int,
    hold_left_s: float,
    at: datetime,
    lasts: timedelta,
) -> None:
    """Number a new attempt."""
    await connection.execute(
        "INSERT INTO order_attempt (order_id, attempt, state, amount_minor, hold_left_s,"
        " began_at, ends_at) VALUES (%s, %s, 'OPENING', %s, %s, %s, %s)",
        (order_id, attempt, amount_minor, hold_left_s, at, at + lasts),
    )


async def find(connection: Connection, order_id: UUID, attempt: int) -> Attempt | None:
    """Read an attempt; the order's row is locked by the caller."""
    row = await (
        await connection.execute(
            "SELECT order_id, attempt, state, seen_version, amount_minor, url, hold_left_s"
            " FROM order_attempt WHERE order_id = %s AND attempt = %s",
            (order_id, attempt),
        )
    ).fetchone()
    return None if row is None else Attempt(**row)


async def saw(
    connection: Connection, order_id: UUID, attempt: int, *, version: int, state: str | None = None
) -> None:
    """Note the newest version heard of, and the state that it brought."""
    await connection.execute(
        "UPDATE order_attempt SET seen_version = greatest(seen_version, %s),"
        " state = coalesce(%s, state) WHERE order_id = %s AND attempt = %s",
        (version, state, order_id, attempt),
    )


async def set_url(connection: Connection, order_id: UUID, attempt: int, url: str) -> bool:
    """Keep the address of the provider's page; say whether it is news."""
    cursor = await connection.execute(
        "UPDATE order_attempt SET url = %s, state = 'OPEN'"
        " WHERE order_id = %s AND attempt = %s AND url IS NULL AND state = 'OPENING'",
        (url, order_id, attempt),
    )
    return cursor.rowcount == 1
