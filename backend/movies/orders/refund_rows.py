"""Refunds in the database: which lines, how much, what becomes of the seats, how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from backend.kit.database import Connection


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund. No lines means a whole attempt that the order did not wait for."""

    id: UUID
    order_id: UUID
    attempt: int
    lines: list[int]
    amount_minor: int
    seats: Literal["free", "keep"]
    state: Literal["REVOKING", "REQUESTED", "DONE", "FAILED"]
    origin: Literal["us", "dashboard"]


async def begin(connection: Connection, refund: Refund, *, actor: str, reason: str) -> None:
    """Write down a refund before anything of it happens."""
    await connection.execute(
        "INSERT INTO order_refund (id, order_id, attempt, lines, amount_minor, seats, state,"
        " origin, actor, reason, made_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp())",
        (
            refund.id,
            refund.order_id,
            refund.attempt,
            refund.lines,
            refund.amount_minor,
            refund.seats,
            refund.state,
            refund.origin,
            actor,
            reason,
        ),
    )


async def begin_whole(
    connection: Connection, order_id: UUID, attempt: int, *, refund_id: UUID, amount_minor: int
) -> bool:
    """Write down the refund of a whole attempt, unless there is one; the order is locked."""
    cursor = await connection.execute(
        "INSERT INTO order_refund (id, order_id, attempt, lines, amount_minor, seats, state,"
        " origin, actor, reason, made_at) SELECT %s, %s, %s, '{}', %s, 'free', 'REQUESTED', 'us',"
        " 'payment', 'the order did not wait for this payment', clock_timestamp()"
        " WHERE NOT EXISTS (SELECT 1 FROM order_refund"
        " WHERE order_id = %s AND attempt = %s AND lines = '{}')",
        (refund_id, order_id, attempt, amount_minor, order_id, attempt),
    )
    return cursor.rowcount == 1


async def find(connection: Connection, refund_id: UUID) -> Refund | None:
    """Read a refund; its order is locked by the caller."""
    row = await (
        await connection.execute(
            "SELECT id, order_id, attempt, lines, amount_minor, seats, state, origin"
            " FROM order_refund WHERE id = %s",
            (refund_id,),
        )
    ).fetchone()
    return None if row is None else Refund(**row)


async def move(
    connection: Connection, refund_id: UUID, *, before: Sequence[str], after: str
) -> bool:
    """Move a refund on; say whether it was in one of the states before."""
    cursor = await connection.execute(
        "UPDATE order_refund SET state = %s,"
        " done_at = CASE WHEN %s IN ('DONE', 'FAILED') THEN clock_timestamp() END"
        " WHERE id = %s AND state = ANY(%s)",
        (after, after, refund_id, list(before)),
    )
    return cursor.rowcount == 1


async def stuck(connection: Connection, after: timedelta) -> list[Refund]:
    """Return refunds that have waited longer than `after` for their tickets' revocation.

    Asking marks them as asked, so the next round leaves them alone for as long again.
    """
    cursor = await connection.execute(
        "UPDATE order_refund SET asked_at = clock_timestamp()"
        " WHERE state = 'REVOKING' AND asked_at < clock_timestamp() - %s"
        " RETURNING id, order_id, attempt, lines, amount_minor, seats, state, origin",
        (after,),
    )
    return [Refund(**row) for row in await cursor.fetchall()]
