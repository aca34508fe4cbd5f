"""The rows behind issuing; every writer holds the order's lock."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from backend.contracts.messages import OrderPaid
from backend.kit.database import Connection
from backend.kit.messaging.inbox import Poison

# The row is only locked when something about the cinema is new.
_CINEMA = """
    INSERT INTO cinema (id, slug, name) SELECT %(id)s, %(slug)s, %(name)s
    WHERE NOT EXISTS (SELECT 1 FROM cinema
                      WHERE id = %(id)s AND slug = %(slug)s AND name = %(name)s)
    ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name
"""
_ORDER = """
    INSERT INTO paid_order (id, order_version, reference, owner, code_hash, channel, language,
        email, cinema_id, seller_name, seller_address, seller_tax_id, zone, currency, total_minor,
        screening_id, screening_key, film_title, certificate, room_name, starts_at, ends_at,
        paid_at)
    VALUES (%(order_id)s, %(order_version)s, %(reference)s, %(owner)s, %(code_hash)s,
        %(channel)s, %(language)s, %(email)s, %(cinema_id)s, %(seller_name)s,
        %(seller_address)s, %(seller_tax_id)s, %(zone)s, %(currency)s, %(total_minor)s,
        %(screening_id)s, %(screening_key)s, %(film_title)s, %(certificate)s, %(room_name)s,
        %(starts_at)s, %(ends_at)s, %(paid_at)s)
    ON CONFLICT (id) DO NOTHING
"""
_LINE = """
    INSERT INTO paid_line (order_id, line_no, seat, row_label, seat_label, seat_kind, ticket_type,
        ticket_type_name, price_minor, fee_minor, gross_minor, tax_rate_bp, tax_minor)
    VALUES (%(order_id)s, %(line_no)s, %(seat)s, %(row)s, %(label)s, %(kind)s, %(ticket_type)s,
        %(ticket_type_name)s, %(price_minor)s, %(fee_minor)s, %(gross_minor)s, %(tax_rate_bp)s,
        %(tax_minor)s)
    ON CONFLICT DO NOTHING
"""
_DUE = """
    SELECT l.line_no FROM paid_line l
    WHERE l.order_id = %(order_id)s
      AND NOT EXISTS (SELECT 1 FROM ticket t
                      WHERE t.order_id = l.order_id AND t.line_no = l.line_no)
      AND NOT EXISTS (SELECT 1 FROM revoked_line r
                      WHERE r.order_id = l.order_id AND r.line_no = l.line_no)
"""
_TICKET = """
    INSERT INTO ticket (id, order_id, line_no, cinema_id, screening_key, seat, category, key_id,
        not_before_at, not_after_at, code, issued_at)
    VALUES (%(id)s, %(order_id)s, %(line_no)s, %(cinema_id)s, %(screening_key)s, %(seat)s,
        %(category)s, %(key_id)s, %(not_before_at)s, %(not_after_at)s, %(code)s, %(issued_at)s)
"""
_EVENT = """
    INSERT INTO ticket_event (ticket_id, version, status, actor, at)
    VALUES (%(id)s, 1, 'ISSUED', 'ticket', %(issued_at)s)
"""
_STEP = """
    UPDATE paid_order SET version = version + 1, order_version = greatest(order_version, %s)
    WHERE id = %s RETURNING version, clock_timestamp() AS at
"""
_PARKED = """
    SELECT EXISTS (SELECT 1 FROM dead_letter
                   WHERE consumer = 'ticket' AND replayed_at IS NULL AND message_id <> %s
                     AND envelope ->> 'type' = %s AND envelope ->> 'aggregate_id' = %s) AS parked
"""
_IDS = "SELECT line_no, id, issued_at FROM ticket WHERE order_id = %s ORDER BY line_no"


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket about to be written."""

    id: UUID
    order_id: UUID
    line_no: int
    cinema_id: UUID
    screening_key: int
    seat: int
    category: int
    key_id: int
    not_before_at: datetime
    not_after_at: datetime
    code: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A change of an order's tickets: its number, and the database's time."""

    version: int
    at: datetime


async def keep_order(connection: Connection, message: OrderPaid, *, order_version: int) -> bool:
    """Write a paid order down as it was told; False when it is known already."""
    await connection.execute(
        _CINEMA,
        {"id": message.cinema_id, "slug": message.cinema_slug, "name": message.cinema_name},
    )
    values = {**message.model_dump(exclude={"lines"}), "order_version": order_version}
    fresh = await connection.execute(_ORDER, values)
    if fresh.rowcount:
        lines = [
            {**line.model_dump(), **line.seat.model_dump(), "order_id": message.order_id}
            for line in message.lines
        ]
        async with connection.cursor() as cursor:
            await cursor.executemany(_LINE, lines)
    return fresh.rowcount == 1


async def step(connection: Connection, order_id: UUID, *, order_version: int = 0) -> Step | None:
    """Number the next change of an order's tickets; None for an order never paid."""
    row = await (await connection.execute(_STEP, (order_version, order_id))).fetchone()
    return Step(**row) if row else None


async def is_parked(connection: Connection, order_id: UUID, *, message_id: UUID) -> bool:
    """Say whether an earlier telling of this order waits among the dead letters for a person."""
    values = (message_id, OrderPaid.TYPE, str(order_id))
    row = await (await connection.execute(_PARKED, values)).fetchone()
    return bool(row and row["parked"])


async def due_lines(connection: Connection, order_id: UUID) -> frozenset[int]:
    """Return the lines that have no ticket and were not taken back."""
    rows = await (await connection.execute(_DUE, {"order_id": order_id})).fetchall()
    return frozenset(row["line_no"] for row in rows)


async def add(connection: Connection, tickets: Sequence[NewTicket]) -> None:
    """Write new tickets; a seat that has a live ticket already is Poison, never retried."""
    rows: list[dict[str, Any]] = [asdict(ticket) for ticket in tickets]
    try:
        async with connection.transaction(), connection.cursor() as cursor:
            await cursor.executemany(_TICKET, rows)
            await cursor.executemany(_EVENT, rows)
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name != "ticket_seat_once":
            raise
        reason = f"a seat of this order has a live ticket already: {error.diag.message_detail}"
        raise Poison(reason) from error


async def ids(connection: Connection, order_id: UUID) -> tuple[dict[int, UUID], datetime | None]:
    """Return the ticket of each line, and when the last of them was issued."""
    rows = await (await connection.execute(_IDS, (order_id,))).fetchall()
    last = max((row["issued_at"] for row in rows), default=None)
    return {row["line_no"]: row["id"] for row in rows}, last
