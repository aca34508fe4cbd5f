"""What the reconciliation looks at."""

from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.kit.database import Connection
from backend.payment.checkouts.repository import Attempt
from backend.payment.checkouts.repository import find as find_attempt

MONEY = "money"
# Refunds of older payments come by their events; a nightly comparison is wider.
WINDOW = timedelta(hours=48)

_RESERVED = """
    SELECT a.order_id, a.attempt, min(e.at) AS since FROM attempt a
    JOIN attempt_event e ON e.order_id = a.order_id AND e.attempt = a.attempt
    WHERE a.state IN ('AUTHORISED', 'CAPTURING') AND e.state = 'AUTHORISED'
    GROUP BY a.order_id, a.attempt HAVING min(e.at) < clock_timestamp() - %s
"""
# Per attempt: the ledger's sum beside the provider's, where they differ. An attempt is an hour
# inside the window before its charge must be in the list.
_SUSPECTS = """
    SELECT DISTINCT a.order_id FROM attempt a
    LEFT JOIN jsonb_each_text(%(charged)s) AS p (intent_id, net) USING (intent_id)
    LEFT JOIN LATERAL (
        SELECT sum(CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END) AS net
        FROM ledger l WHERE l.order_id = a.order_id AND l.attempt = a.attempt
            AND kind IN ('capture', 'refund')
    ) AS booked ON true
    WHERE a.made_at > clock_timestamp() - %(window)s - interval '1 hour'
      AND (p.net IS NOT NULL OR a.made_at > clock_timestamp() - %(window)s + interval '1 hour')
      AND coalesce(booked.net, 0) <> coalesce(p.net::bigint, 0)
"""
_OPEN_MONEY = "SELECT subject FROM recon_diff WHERE kind = %s AND closed_at IS NULL"
_OF_ORDER = """
    SELECT attempt FROM attempt WHERE order_id = %s AND session_id IS NOT NULL ORDER BY attempt
"""


async def reserved_since(
    connection: Connection, older_than: timedelta
) -> list[tuple[Attempt, datetime]]:
    """Read attempts whose reservation is older than that and not taken, and since when."""
    rows = await (await connection.execute(_RESERVED, (older_than,))).fetchall()
    return [
        (await find_attempt(connection, row["order_id"], row["attempt"]), row["since"])
        for row in rows
    ]


async def suspects(connection: Connection, charged: dict[str, int]) -> list[UUID]:
    """Return the orders whose money is to be looked at: those that differ, and that differed."""
    values = {"window": WINDOW, "charged": Jsonb(charged)}
    differ = await (await connection.execute(_SUSPECTS, values)).fetchall()
    differed = await (await connection.execute(_OPEN_MONEY, (MONEY,))).fetchall()
    return sorted({row["order_id"] for row in differ} | {UUID(row["subject"]) for row in differed})


async def attempts_of(connection: Connection, order_id: UUID) -> list[Attempt]:
    """Read an order's attempts that have a session, ended or not."""
    rows = await (await connection.execute(_OF_ORDER, (order_id,))).fetchall()
    return [await find_attempt(connection, order_id, row["attempt"]) for row in rows]
