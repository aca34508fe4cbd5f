"""Reads paid orders with their lines and tickets."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from backend.kit.database import Connection
from backend.ticket.issuing.facts import Line, PaidOrder, Ticket

_ORDER = """
    SELECT o.id, o.version, o.reference, o.owner, o.code_hash, o.language, o.email, o.cinema_id,
           c.slug AS cinema_slug, c.name AS cinema_name, o.seller_name, o.seller_address,
           o.seller_tax_id, o.zone, o.currency, o.total_minor, o.screening_key, o.film_title,
           o.certificate, o.room_name, o.starts_at, o.ends_at, o.paid_at
    FROM paid_order o JOIN cinema c ON c.id = o.cinema_id WHERE o.id = %s
"""
_LINES = """
    SELECT line_no, seat, row_label AS row, seat_label AS label, seat_kind AS kind, ticket_type,
           ticket_type_name AS type_name, price_minor, fee_minor, gross_minor, tax_rate_bp,
           tax_minor
    FROM paid_line WHERE order_id = %s ORDER BY line_no
"""
_TICKETS = """
    SELECT t.id, t.line_no, t.status, t.code, a.admitted_at, a.door AS admitted_door,
           r.seat, r.row_label, r.seat_label, r.room_name
    FROM ticket t
    LEFT JOIN admission a ON a.ticket_id = t.id
    LEFT JOIN relocation r ON r.ticket_id = t.id
    WHERE t.order_id = %s ORDER BY t.line_no
"""


async def find(connection: Connection, order_id: UUID) -> PaidOrder | None:
    """Return an order as it is now, or None before it was paid."""
    order = await (await connection.execute(_ORDER, (order_id,))).fetchone()
    if order is None:
        return None
    lines = await (await connection.execute(_LINES, (order_id,))).fetchall()
    tickets = await (await connection.execute(_TICKETS, (order_id,))).fetchall()
    by_number = {line["line_no"]: Line(**line) for line in lines}
    return PaidOrder(
        **order,
        lines=tuple(by_number.values()),
        tickets=tuple(
            _ticket(row, by_number[row["line_no"]], order["room_name"]) for row in tickets
        ),
    )


def _ticket(row: dict[str, Any], line: Line, room: str) -> Ticket:
    if row["seat"] is not None:
        line = replace(line, seat=row["seat"], row=row["row_label"], label=row["seat_label"])
        room = row["room_name"]
    return Ticket(
        id=row["id"],
        line=line,
        room=room,
        status=row["status"],
        code=row["code"],
        admitted_at=row["admitted_at"],
        admitted_door=row["admitted_door"],
    )
