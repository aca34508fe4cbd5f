"""Refunds: ours are asked for under a computed key, all are learnt by fetching (E14).

Sums are what counts: every refund of a charge is fetched, and kept by the provider's id.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from backend.contracts.messages import (
    PaymentRefunded,
    PaymentRefundFailed,
    PaymentRefundRequested,
)
from backend.kit.ids import uuid7
from backend.kit.logs import logger
from backend.kit.messaging import outbox
from backend.payment.checkouts import repository as attempts
from backend.payment.ledger import repository as ledger
from backend.payment.stripe.gateway import Declined, Unanswered

if TYPE_CHECKING:
    from uuid import UUID

    from backend.kit.database import Connection
    from backend.payment.checkouts.repository import Attempt
    from backend.payment.parts import Parts

_log = logger(__name__)
_STATES = {
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "canceled": "FAILED",
    "pending": "PENDING",
    "requires_action": "PENDING",
}
_TAKE_DUE = """
    UPDATE refund SET due_at = clock_timestamp() + %s, tries = tries + 1 WHERE id IN (
        SELECT id FROM refund WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT 20
        FOR UPDATE SKIP LOCKED
    ) RETURNING *
"""


async def on_requested(connection: Connection, message: PaymentRefundRequested) -> None:
    """Write a refund down; the work asks the provider."""
    await connection.execute(
        "INSERT INTO refund (id, order_id, attempt, amount_minor, state, origin, reason, due_at)"
        " VALUES (%s, %s, %s, %s, 'REQUESTED', 'us', %s, clock_timestamp())"
        " ON CONFLICT (id) DO NOTHING",
        (
            message.refund_id,
            message.order_id,
            message.attempt,
            message.amount_minor,
            message.reason,
        ),
    )


async def work(parts: Parts) -> int:
    """Ask for the refunds that are due, and look at those that are pending."""
    lease = parts.settings.provider_answers_within * 3
    async with parts.database.transaction() as connection:
        due = await (await connection.execute(_TAKE_DUE, (lease,))).fetchall()
    for row in due:
        await _ask(parts, row)
    return len(due)


async def _ask(parts: Parts, row: dict[str, Any]) -> None:
    async with parts.database.connection() as connection:
        attempt = await attempts.find(connection, row["order_id"], row["attempt"])
    try:
        if row["provider_id"] is None:
            await parts.gateway.refund(
                attempt.intent_id,
                row["amount_minor"],
                metadata={"refund": str(row["id"])},
                key=f"mm-{parts.settings.environment}-{row['id']}-refund",
            )
        await import_all(parts, attempt)
    except Unanswered as error:
        _log.warning("refund waits", refund=str(row["id"]), error=str(error))
    except Declined as error:
        _log.error("refund refused", refund=str(row["id"]), code=error.code)
        await _fail(parts, attempt, row["id"], error.code)


async def _fail(parts: Parts, attempt: Attempt, refund_id: UUID, code: str) -> None:
    async with parts.database.transaction() as connection:
        locked = await attempts.lock(connection, attempt.order_id, attempt.attempt)
        cursor = await connection.execute(
            "UPDATE refund SET state = 'FAILED', failure = %s, due_at = NULL"
            " WHERE id = %s AND state = 'REQUESTED'",
            (code, refund_id),
        )
        if cursor.rowcount:
            await _tell(connection, locked, refund_id, failure=code)
    parts.relay.wake()


async def import_all(parts: Parts, attempt: Attempt) -> None:
    """Fetch every refund of an attempt's charge and keep what is new."""
    if attempt.intent_id is None:
        return
    fetched = await parts.gateway.fetch_refunds(attempt.intent_id)
    if not fetched:
        return
    async with parts.database.transaction() as connection:
        locked = await attempts.lock(connection, attempt.order_id, attempt.attempt)
        for one in fetched:
            locked = await _keep(connection, locked, one)
    parts.relay.wake()


async def _keep(connection: Connection, attempt: Attempt, one: dict[str, Any]) -> Attempt:
    state = _STATES.get(one["status"], "PENDING")
    known = await _known(connection, attempt, one)
    if known["state"] == state:
        return attempt
    refund_id: UUID = known["id"]
    # A pending refund is looked at until the bank has spoken.
    later = timedelta(seconds=10) if state == "PENDING" else None
    await connection.execute(
        "UPDATE refund SET state = %s, provider_id = %s, failure = %s,"
        " due_at = clock_timestamp() + %s WHERE id = %s",
        (state, one["id"], one.get("failure_reason"), later, refund_id),
    )
    if state == "SUCCEEDED":
        await ledger.book_refund(connection, attempt, one["id"], one["amount"])
    sums = await (
        await connection.execute(
            "SELECT coalesce(sum(amount_minor), 0)::integer AS n FROM refund"
            " WHERE order_id = %s AND attempt = %s AND state = 'SUCCEEDED'",
            (attempt.order_id, attempt.attempt),
        )
    ).fetchone()
    total = sums["n"] if sums else 0
    await connection.execute(
        "UPDATE attempt SET refunded_minor = %s WHERE order_id = %s AND attempt = %s",
        (total, attempt.order_id, attempt.attempt),
    )
    if state == "PENDING":
        return attempt
    return await _tell(
        connection,
        attempt,
        refund_id,
        amount_minor=one["amount"],
        total_minor=total,
        origin=known["origin"],
        failure=(one.get("failure_reason") or "failed") if state == "FAILED" else None,
    )


async def _known(connection: Connection, attempt: Attempt, one: dict[str, Any]) -> dict[str, Any]:
    """Return our row of a fetched refund; one that we never asked for is imported (E16)."""
    ours = (one.get("metadata") or {}).get("refund")
    cursor = await connection.execute(
        "SELECT id, state, origin FROM refund WHERE provider_id = %s OR id::text = %s",
        (one["id"], ours),
    )
    row = await cursor.fetchone()
    if row is not None:
        return row
    imported = uuid7()
    await connection.execute(
        "INSERT INTO refund (id, order_id, attempt, amount_minor, state, origin, reason,"
        " provider_id) VALUES (%s, %s, %s, %s, 'REQUESTED', 'dashboard', 'made elsewhere', %s)",
        (imported, attempt.order_id, attempt.attempt, one["amount"], one["id"]),
    )
    return {"id": imported, "state": "REQUESTED", "origin": "dashboard"}


async def _tell(
    connection: Connection,
    attempt: Attempt,
    refund_id: UUID,
    *,
    amount_minor: int = 0,
    total_minor: int = 0,
    origin: Any = "us",
    failure: str | None = None,
) -> Attempt:
    told = await attempts.change(connection, attempt, attempt.state)
    message: PaymentRefunded | PaymentRefundFailed
    if failure is not None:
        message = PaymentRefundFailed(
            order_id=told.order_id,
            attempt=told.attempt,
            attempt_version=told.version,
            refund_id=refund_id,
            failure=failure,
        )
    else:
        message = PaymentRefunded(
            order_id=told.order_id,
            attempt=told.attempt,
            attempt_version=told.version,
            refund_id=refund_id,
            amount_minor=amount_minor,
            refunded_total_minor=total_minor,
            origin=origin,
        )
    await outbox.put(connection, message, version=told.version)
    return told
