"""What the reconciliation looks at."""

from datetime import datetime, timedelta
from uuid import UUID

from backend.kit.database import Connection
from backend.payment.checkouts.repository import Attempt
from backend.payment.checkouts.repository import find as find_attempt

MONEY = "money"
# Refunds and disputes of older payments come by their events; the nightly comparison is wider.
_WINDOW = timedelta(hours=48)
_MOST = 200

_RESERVED = """
    SELECT a.order_id, a.attempt, min(e.at) AS since FROM attempt a
    JOIN attempt_event e ON e.order_id = a.order_id AND e.attempt = a.attempt
    WHERE a.state IN ('AUTHORISED', 'CAPTURING') AND e.state = 'AUTHORISED'
    GROUP BY a.order_id, a.attempt HAVING min(e.at) < clock_timestamp() - %s
"""
_TO_COMPARE = """
    SELECT order_id FROM attempt
    WHERE intent_id IS NOT NULL AND changed_at > clock_timestamp() - %(window)s
      AND (compared_at IS NULL OR compared_at < clock_timestamp() - %(every)s)
    GROUP BY order_id ORDER BY min(coalesce(compared_at, '-infinity')) LIMIT %(most)s
"""
_OPEN_MONEY = "SELECT subject FROM recon_diff WHERE kind = %s AND closed_at IS NULL"
_OF_ORDER = """
    SELECT attempt FROM attempt WHERE order_id = %s AND session_id IS NOT NULL ORDER BY attempt
"""
_COMPARED = "UPDATE attempt SET compared_at = clock_timestamp() WHERE order_id = %s"


async def reserved_since(
    connection: Connection, older_than: timedelta
) -> list[tuple[Attempt, datetime]]:
    """Read attempts whose reservation is older than that and not taken, and since when."""
    rows = await (await connection.execute(_RESERVED, (older_than,))).fetchall()
    return [
        (await find_attempt(connection, row["order_id"], row["attempt"]), row["since"])
        for row in rows
    ]


async def to_compare(connection: Connection, every: timedelta) -> list[UUID]:
    """Return the orders whose money is to be compared: those due, and those that differed."""
    values = {"window": _WINDOW, "every": every, "most": _MOST}
    due = await (await connection.execute(_TO_COMPARE, values)).fetchall()
    differed = await (await connection.execute(_OPEN_MONEY, (MONEY,))).fetchall()
    return list(
        dict.fromkeys([row["order_id"] for row in due] + [UUID(row["subject"]) for row in differed])
    )


async def attempts_of(connection: Connection, order_id: UUID) -> list[Attempt]:
    """Read an order's attempts that have a session, ended or not."""
    rows = await (await connection.execute(_OF_ORDER, (order_id,))).fetchall()
    return [await find_attempt(connection, order_id, row["attempt"]) for row in rows]


async def compared(connection: Connection, order_id: UUID) -> None:
    """Note that an order's money has been compared."""
    await connection.execute(_COMPARED, (order_id,))
