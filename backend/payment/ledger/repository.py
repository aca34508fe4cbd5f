"""The ledger: one append-only row for each movement of money, whatever is heard how often."""

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
