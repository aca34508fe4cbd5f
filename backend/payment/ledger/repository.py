"""The ledger: one append-only row for each movement of money, whatever is heard how often."""

from datetime import datetime
from uuid import UUID

from backend.kit.database import Connection
from backend.payment.checkouts.repository import Attempt

_BOOK = """
    INSERT INTO ledger (kind, natural_key, order_id, attempt, currency, amount_minor)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (natural_key) DO NOTHING
"""


async def book_capture(
    connection: Connection, attempt: Attempt, provider_fee_minor: int | None
) -> None:
    """Book what was taken, and the provider's fee once it is known."""
    captured = (await _captured(connection, attempt)) or 0
    place = (attempt.order_id, attempt.attempt, attempt.currency)
    if captured:
        await connection.execute(
            _BOOK, ("capture", f"capture:{attempt.reference}", *place, captured)
        )
    if provider_fee_minor is not None:
        await connection.execute(
            _BOOK, ("fee", f"fee:{attempt.reference}", *place, provider_fee_minor)
        )


async def book_refund(
    connection: Connection, attempt: Attempt, provider_id: str, amount_minor: int
) -> None:
    """Book what was given back."""
    await connection.execute(
        _BOOK,
        (
            "refund",
            f"refund:{provider_id}",
            attempt.order_id,
            attempt.attempt,
            attempt.currency,
            amount_minor,
        ),
    )


async def balance(connection: Connection, order_id: UUID) -> int:
    """Return captures less refunds of an order."""
    row = await (
        await connection.execute(
            "SELECT coalesce(sum(CASE kind WHEN 'capture' THEN amount_minor WHEN 'taking' THEN"
            " amount_minor WHEN 'refund' THEN -amount_minor ELSE 0 END), 0)::bigint AS n"
            " FROM ledger WHERE order_id = %s",
            (order_id,),
        )
    ).fetchone()
    return int(row["n"]) if row else 0


async def orders_since(connection: Connection, since: datetime) -> list[UUID]:
    """Return the orders with movements since a time."""
    cursor = await connection.execute(
        "SELECT DISTINCT order_id FROM ledger WHERE at >= %s", (since,)
    )
    return [row["order_id"] for row in await cursor.fetchall()]


async def _captured(connection: Connection, attempt: Attempt) -> int | None:
    row = await (
        await connection.execute(
            "SELECT captured_minor FROM attempt WHERE order_id = %s AND attempt = %s",
            (attempt.order_id, attempt.attempt),
        )
    ).fetchone()
    return int(row["captured_minor"]) if row else None
