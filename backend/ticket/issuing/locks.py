"""The order of events within an order: whoever changes its tickets or mails holds its lock."""

from uuid import UUID

from backend.kit.database import Connection

SPACE = 0x4D4D5443


async def lock_order(connection: Connection, order_id: UUID) -> None:
    """Wait until nobody else changes this order's tickets; held until the transaction ends."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", (str(order_id), SPACE)
    )
