"""Tickets are there: the last step of a sale, and the reminder when they do not come."""

from datetime import timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.contracts.messages import TicketsIssued
from backend.contracts.orders import OrderState
from backend.kit.database import Connection
from backend.kit.messaging import outbox
from backend.movies.orders import repository
from backend.movies.orders.rendering import order_paid

S = OrderState
# Only an order that was paid was ever emitted; a line under review or given back is owed nothing.
_REMIND = """
    UPDATE orders SET emitted_at = clock_timestamp() WHERE id IN (
        SELECT o.id FROM orders o
        WHERE o.state IN ('PAID', 'REFUNDING', 'PART_REFUNDED')
          AND o.emitted_at < clock_timestamp() - %s
          AND EXISTS (SELECT FROM order_line l
                      WHERE l.order_id = o.id AND l.state = 'LIVE' AND l.ticket_id IS NULL)
        ORDER BY o.emitted_at LIMIT 100 FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""


async def on_issued(connection: Connection, event: TicketsIssued) -> None:
    """PAID becomes ISSUED; each line learns its ticket."""
    order = await repository.lock(connection, event.order_id)
    await connection.execute(
        "UPDATE order_line l SET ticket_id = t.value::uuid"
        " FROM jsonb_each_text(%s) AS t WHERE l.order_id = %s AND l.line_no = t.key::smallint",
        (Jsonb({str(line): str(ticket) for line, ticket in event.tickets.items()}), order.id),
    )
    if order.state is S.PAID:
        await repository.change(connection, order, S.ISSUED, before={S.PAID}, actor="ticket")


async def remind(connection: Connection, after: timedelta) -> list[UUID]:
    """Send order.paid again for orders that have waited longer than `after` (E22).

    Also of one that is given back in part: its other lines' tickets are owed all the same.
    """
    cursor = await connection.execute(_REMIND, (after,))
    reminded = [row["id"] for row in await cursor.fetchall()]
    for order_id in reminded:
        row = await repository.find(connection, order_id)
        owed = row | {"lines": [line for line in row["lines"] if line["state"] == "LIVE"]}
        await outbox.put(connection, order_paid(owed), version=row["version"])
    return reminded
