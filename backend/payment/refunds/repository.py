"""Refunds in the database: ours under the id that movies gave, others under one of our own."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from backend.contracts.problems import Missing
from backend.kit.database import Connection
from backend.kit.ids import uuid7
from backend.payment.checkouts.repository import Attempt
from backend.payment.refunds.rules import RefundState

_TAKE_DUE = """
    UPDATE refund SET due_at = clock_timestamp() + %s, tries = tries + 1 WHERE id IN (
        SELECT id FROM refund WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT 20
        FOR UPDATE SKIP LOCKED
    ) RETURNING *
"""
_MOVE = """
    UPDATE refund SET state = %s, failure = %s, provider_id = coalesce(%s, provider_id),
        due_at = CASE WHEN %s = 'PENDING'
            THEN coalesce(due_at, clock_timestamp() + interval '10 seconds') END
    WHERE id = %s AND state = %s
"""
_SUM = """
    UPDATE attempt SET refunded_minor = (
        SELECT coalesce(sum(amount_minor), 0) FROM refund
        WHERE order_id = %(order_id)s AND attempt = %(attempt)s AND state = 'SUCCEEDED')
    WHERE order_id = %(order_id)s AND attempt = %(attempt)s RETURNING refunded_minor
"""


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as read."""

    id: UUID
    order_id: UUID
    attempt: int
    amount_minor: int
    state: RefundState
    origin: Literal["us", "dashboard"]
    provider_id: str | None
    requested_at: datetime
    due_at: datetime | None
    tries: int
    key_turn: int


_FIELDS = [field.name for field in fields(Refund)]


def _refund(row: dict[str, object]) -> Refund:
    return Refund(**{name: row[name] for name in _FIELDS})  # type: ignore[arg-type]  # -- columns


async def request(
    connection: Connection,
    refund_id: UUID,
    *,
    of: tuple[UUID, int],
    amount_minor: int,
    reason: str,
) -> None:
    """Write down a refund of an attempt, once; the work asks the provider."""
    await connection.execute(
        "INSERT INTO refund (id, order_id, attempt, amount_minor, state, origin, reason, due_at)"
        " VALUES (%s, %s, %s, %s, 'REQUESTED', 'us', %s, clock_timestamp())"
        " ON CONFLICT (id) DO NOTHING",
        (refund_id, *of, amount_minor, reason),
    )
    await connection.execute(
        "UPDATE attempt SET is_refunded = true WHERE order_id = %s AND attempt = %s", of
    )


async def adopt(
    connection: Connection, attempt: Attempt, provider_id: str, amount_minor: int
) -> Refund:
    """Write down a refund that we never asked for (E16)."""
    cursor = await connection.execute(
        "INSERT INTO refund (id, order_id, attempt, amount_minor, state, origin, reason,"
        " provider_id) VALUES (%s, %s, %s, %s, 'REQUESTED', 'dashboard', 'made elsewhere', %s)"
        " RETURNING *",
        (uuid7(), *attempt.key, amount_minor, provider_id),
    )
    return _refund(await cursor.fetchone() or {})


async def find(connection: Connection, refund_id: UUID) -> Refund:
    """Read a refund; raises Missing."""
    cursor = await connection.execute("SELECT * FROM refund WHERE id = %s", (refund_id,))
    row = await cursor.fetchone()
    if row is None:
        raise Missing
    return _refund(row)


async def find_shown(
    connection: Connection, attempt: Attempt, provider_id: str, ours: str | None
) -> Refund | None:
    """Read the row of a refund that the provider shows; `ours` is the id that we gave it."""
    cursor = await connection.execute(
        "SELECT * FROM refund WHERE order_id = %s AND attempt = %s"
        " AND (provider_id = %s OR (provider_id IS NULL AND id::text = %s))"
        " ORDER BY provider_id NULLS LAST LIMIT 1",
        (*attempt.key, provider_id, ours),
    )
    row = await cursor.fetchone()
    return None if row is None else _refund(row)


async def take_due(connection: Connection, lease: timedelta) -> list[Refund]:
    """Take refunds that are due; nobody else gets them until the lease ends."""
    cursor = await connection.execute(_TAKE_DUE, (lease,))
    return [_refund(row) for row in await cursor.fetchall()]


async def look_again(connection: Connection, taken: Refund, after: timedelta) -> None:
    """Say when a refund that is still open is due again."""
    await connection.execute(
        "UPDATE refund SET due_at = clock_timestamp() + %s WHERE id = %s AND due_at = %s",
        (after, taken.id, taken.due_at),
    )


async def turn_key(connection: Connection, refund: Refund) -> None:
    """Let the next call for a refund have another key than the one it was read with."""
    await connection.execute(
        "UPDATE refund SET key_turn = %s + 1 WHERE id = %s AND key_turn = %s",
        (refund.key_turn, refund.id, refund.key_turn),
    )


async def move(
    connection: Connection,
    refund: Refund,
    state: RefundState,
    *,
    provider_id: str | None = None,
    failure: str | None = None,
) -> bool:
    """Move a refund on; say whether it was still where it was read. Open ones stay due."""
    cursor = await connection.execute(
        _MOVE, (state, failure, provider_id, state, refund.id, refund.state)
    )
    return cursor.rowcount == 1


async def sum_up(connection: Connection, attempt: Attempt) -> int:
    """Add up what of an attempt has gone back, keep it with the attempt and return it."""
    key = {"order_id": attempt.order_id, "attempt": attempt.attempt}
    row = await (await connection.execute(_SUM, key)).fetchone()
    return int(row["refunded_minor"]) if row else 0
