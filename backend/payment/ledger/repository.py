"""The ledger: one append-only row for each movement of money, whatever is heard how often.

The natural key says which movement it is; the provider's own record of it is found by the same.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.kit.database import Connection
from backend.payment.checkouts.repository import Attempt

_BOOK = """
    INSERT INTO ledger (kind, natural_key, order_id, attempt, currency, amount_minor)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (natural_key) DO NOTHING
"""
_BALANCE = """
    SELECT coalesce(sum(CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END), 0)
        ::bigint AS balance
    FROM ledger WHERE order_id = %s AND kind IN ('capture', 'refund')
"""
_SINCE = "SELECT natural_key, amount_minor FROM ledger WHERE at >= %s"
_OF_KEYS = "SELECT natural_key, amount_minor FROM ledger WHERE natural_key = ANY(%s)"


async def book_capture(connection: Connection, attempt: Attempt, amount_minor: int) -> None:
    """Book what was taken."""
    await _book(connection, attempt, "capture", of=attempt.reference, amount_minor=amount_minor)


async def book_fee(connection: Connection, attempt: Attempt, amount_minor: int) -> None:
    """Book what the provider keeps for the capture."""
    await _book(connection, attempt, "fee", of=attempt.reference, amount_minor=amount_minor)


async def book_refund(
    connection: Connection, attempt: Attempt, provider_id: str, amount_minor: int
) -> None:
    """Book what was given back."""
    await _book(connection, attempt, "refund", of=provider_id, amount_minor=amount_minor)


async def book_refund_fee(
    connection: Connection, attempt: Attempt, provider_id: str, amount_minor: int
) -> None:
    """Book what the provider keeps for a refund; most cost nothing."""
    if amount_minor:
        await _book(connection, attempt, "fee", of=provider_id, amount_minor=amount_minor)


async def unbook_refund(
    connection: Connection, attempt: Attempt, provider_id: str, amount_minor: int
) -> None:
    """Book that a refund came back: it had succeeded, and failed later (E17)."""
    await _book(
        connection, attempt, "refund", of=f"{provider_id}:failed", amount_minor=-amount_minor
    )


async def book_dispute(
    connection: Connection, attempt: Attempt, dispute_id: str, *, amount_minor: int, fee_minor: int
) -> None:
    """Book what the buyer's bank took, or gave back again (then it is negative), with the fee."""
    of = dispute_id if amount_minor > 0 else f"{dispute_id}:returned"
    await _book(connection, attempt, "dispute", of=of, amount_minor=amount_minor)
    if fee_minor:
        await _book(connection, attempt, "fee", of=of, amount_minor=fee_minor)


async def booked_since(connection: Connection, since: datetime) -> dict[str, int]:
    """Return the amount of each row since a time by its natural key."""
    cursor = await connection.execute(_SINCE, (since,))
    return {row["natural_key"]: row["amount_minor"] for row in await cursor.fetchall()}


async def booked(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Return the amounts of the rows that there are of these natural keys."""
    cursor = await connection.execute(_OF_KEYS, (list(keys),))
    return {row["natural_key"]: row["amount_minor"] for row in await cursor.fetchall()}


async def balance(connection: Connection, order_id: UUID) -> int:
    """Return what the provider took for an order, less what it gave back."""
    row = await (await connection.execute(_BALANCE, (order_id,))).fetchone()
    return int(row["balance"]) if row else 0


async def _book(
    connection: Connection, attempt: Attempt, kind: str, *, of: str, amount_minor: int
) -> None:
    await connection.execute(
        _BOOK, (kind, f"{kind}:{of}", *attempt.key, attempt.currency, amount_minor)
    )
