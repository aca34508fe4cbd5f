"""What the reconciliation looks at: screenings that have not ended since yesterday.

Each statement sees one moment, and every change of seats is one transaction: what differs in it
differs for good.
"""

from datetime import timedelta
from typing import Any

from backend.kit.database import Connection

_UNTICKETED = """
    SELECT o.id::text AS subject, c.slug AS cinema, o.reference, o.paid_at::text AS paid_at
    FROM orders o JOIN cinema c ON c.id = o.cinema_id
    WHERE o.state = 'PAID' AND o.paid_at < clock_timestamp() - %s
"""
# What the claim of a line's seat must be, by the state of its order. A line whose refund is under
# way may have left its seat already; an admitted guest keeps it.
_UNOWNED = """
    SELECT s.public_id || '/' || k.seat_id AS subject, c.slug AS cinema, k.state AS claim,
           k.order_id::text AS order_id, o.state AS order_state
    FROM seat_claim k
    JOIN screening s ON s.id = k.screening_id
    JOIN cinema c ON c.id = s.cinema_id
    LEFT JOIN orders o ON o.id = k.order_id AND o.screening_id = k.screening_id
    LEFT JOIN order_line l ON l.order_id = o.id AND l.seat_id = k.seat_id
    WHERE k.state <> 'BLOCKED' AND s.ends_at > clock_timestamp() - interval '1 day'
      AND NOT coalesce(CASE
        WHEN l.was_admitted OR l.state = 'REFUNDING' THEN k.state = 'SOLD'
        WHEN l.state <> 'LIVE' THEN false
        WHEN o.state IN ('HELD', 'PAYING') THEN k.state = o.state
        WHEN o.state = 'REVIEW' THEN k.state IN ('PAYING', 'SOLD')
        WHEN o.state IN ('CONFIRMING', 'PAID', 'ISSUED', 'REFUNDING', 'PART_REFUNDED')
            THEN k.state = 'SOLD'
      END, false)
"""
_SEATLESS = """
    SELECT o.id::text AS subject, c.slug AS cinema, o.reference, o.state AS order_state,
           array_agg(l.seat_id ORDER BY l.seat_id) AS seats
    FROM orders o
    JOIN screening s ON s.id = o.screening_id
    JOIN cinema c ON c.id = o.cinema_id
    JOIN order_line l ON l.order_id = o.id AND (l.state = 'LIVE' OR l.was_admitted)
    LEFT JOIN seat_claim k ON k.screening_id = o.screening_id AND k.seat_id = l.seat_id
        AND k.order_id = o.id AND k.state <> 'BLOCKED'
    WHERE o.state NOT IN ('EXPIRED', 'CANCELLED') AND k.seat_id IS NULL
      AND s.ends_at > clock_timestamp() - interval '1 day'
    GROUP BY o.id, c.slug
"""

Rows = dict[str, dict[str, Any]]


async def unticketed(connection: Connection, after: timedelta) -> Rows:
    """Return orders that were paid longer ago than that and have no tickets."""
    return _by_subject(await (await connection.execute(_UNTICKETED, (after,))).fetchall())


async def unowned(connection: Connection) -> Rows:
    """Return claimed seats that no order accounts for."""
    return _by_subject(await (await connection.execute(_UNOWNED)).fetchall())


async def seatless(connection: Connection) -> Rows:
    """Return orders that do not have all the seats of their lines."""
    return _by_subject(await (await connection.execute(_SEATLESS)).fetchall())


def _by_subject(rows: list[dict[str, Any]]) -> Rows:
    return {row.pop("subject"): row for row in rows}
