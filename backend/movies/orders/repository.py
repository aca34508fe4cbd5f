"""Orders in the database. A change names the states it may start from, and writes its event."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from backend.contracts.orders import OrderState
from backend.contracts.problems_orders import OrderMissing, OrderOver
from backend.kit.database import Connection

_READ = """
    SELECT o.*, s.public_id AS screening_public_id, s.starts_at, s.ends_at,
           s.state AS screening_state, s.sale_closes_at, s.film_id,
           f.title, f.certificate, r.name AS room_name,
           c.name AS cinema_name, c.slug AS cinema_slug, c.zone, c.seller,
           extract(epoch FROM o.expires_at - clock_timestamp())::float8 AS expires_in_s,
           a.url AS attempt_url,
           (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.line_no) FROM order_line l
            WHERE l.order_id = o.id) AS lines
    FROM orders o
    JOIN screening s ON s.id = o.screening_id
    JOIN film f ON f.id = s.film_id
    JOIN room r ON r.id = s.room_id
    JOIN cinema c ON c.id = o.cinema_id
    LEFT JOIN order_attempt a ON a.order_id = o.id AND a.attempt = o.attempt
"""
_EVENT = """
    INSERT INTO order_event (order_id, version, state, actor, at, facts)
    VALUES (%s, %s, %s, %s, %s, %s)
"""
_CHANGEABLE = frozenset(
    {
        "attempt", "closing", "currency", "email", "emitted_at", "expires_at", "extensions_left",
        "fee_minor", "paid_at", "price_version_id", "seats", "tax_minor", "total_minor",
    }
)  # fmt: skip


@dataclass(slots=True)
class Order:
    """An order as read under its row lock."""

    id: UUID
    screening_id: int
    state: OrderState
    version: int
    row: dict[str, Any]
    # Which news of a payment is being acted on; logged with what it changes.
    heard: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its lines, in order."""
        lines: list[dict[str, Any]] = self.row["lines"]
        return lines

    def seats(self, state: str | None = None) -> dict[int, int]:
        """Return seat number → line number of all lines, or of those in a state."""
        return {
            line["seat_id"]: line["line_no"]
            for line in self.lines
            if state is None or line["state"] == state
        }


async def find(connection: Connection, order_id: UUID) -> dict[str, Any]:
    """Read an order with all that it shows; raises OrderMissing."""
    row = await (await connection.execute(_READ + "WHERE o.id = %s", (order_id,))).fetchone()
    if row is None:
        raise OrderMissing
    return row


async def find_of(connection: Connection, owner: str, most: int = 50) -> list[dict[str, Any]]:
    """Read an owner's newest orders."""
    cursor = await connection.execute(
        _READ + "WHERE o.owner = %s ORDER BY o.placed_at DESC LIMIT %s", (owner, most)
    )
    return await cursor.fetchall()


async def find_by_reference(connection: Connection, reference: str) -> dict[str, Any] | None:
    """Read id and code hash of the order with this reference."""
    cursor = await connection.execute(
        "SELECT id, code_hash FROM orders WHERE reference = %s", (reference,)
    )
    return await cursor.fetchone()


async def lock(connection: Connection, order_id: UUID) -> Order:
    """Lock an order's row and read it; the screening's lock must be held before."""
    await connection.execute("SELECT 1 FROM orders WHERE id = %s FOR UPDATE", (order_id,))
    return await snapshot(connection, order_id)


async def snapshot(connection: Connection, order_id: UUID) -> Order:
    """Read an order without locking it."""
    row = await find(connection, order_id)
    return Order(row["id"], row["screening_id"], OrderState(row["state"]), row["version"], row)


async def change(
    connection: Connection,
    order: Order,
    state: OrderState,
    *,
    before: Collection[OrderState],
    actor: str,
    facts: dict[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Move an order to a state, with other columns, and log it; raises OrderOver."""
    if not columns.keys() <= _CHANGEABLE:
        message = f"not columns that change: {sorted(columns.keys() - _CHANGEABLE)}"
        raise ValueError(message)
    row = await (
        await connection.execute(
            _change_with(columns),
            {"state": state, "id": order.id, "before": [str(s) for s in before], **columns},
        )
    ).fetchone()
    if row is None:
        raise OrderOver(state=order.state)
    order.state, order.version = state, row["version"]
    order.row |= {"state": str(state), "version": row["version"], **columns}
    logged = order.heard | (facts or {})
    await connection.execute(
        _EVENT,
        (
            order.id,
            row["version"],
            state,
            actor,
            row["changed_at"],
            Jsonb(logged) if logged else None,
        ),
    )


def _change_with(columns: Collection[str]) -> sql.Composed:
    """Return the statement that also sets these columns; their names were checked."""
    assignments = sql.SQL("").join(
        sql.SQL(", {} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in columns
    )
    return sql.SQL(
        "UPDATE orders SET state = %(state)s, version = version + 1,"
        " changed_at = clock_timestamp(){} WHERE id = %(id)s AND state = ANY(%(before)s)"
        " RETURNING version, changed_at"
    ).format(assignments)


async def replace_lines(
    connection: Connection, order_id: UUID, lines: list[dict[str, Any]]
) -> None:
    """Write an order's lines anew."""
    await connection.execute("DELETE FROM order_line WHERE order_id = %s", (order_id,))
    await connection.execute(
        "INSERT INTO order_line (order_id, line_no, seat_id, row_label, seat_label, seat_kind,"
        " ticket_type, ticket_type_name, price_minor, fee_minor, gross_minor, tax_rate_bp,"
        " tax_minor) SELECT %s, l.line_no, l.seat, l.row_label, l.seat_label, l.seat_kind,"
        " l.ticket_type, l.ticket_type_name, l.price_minor, l.fee_minor, l.gross_minor,"
        " l.tax_rate_bp, l.tax_minor FROM jsonb_to_recordset(%s) AS l (line_no smallint,"
        " seat smallint, row_label text, seat_label text, seat_kind text, ticket_type text,"
        " ticket_type_name text, price_minor integer, fee_minor integer, gross_minor integer,"
        " tax_rate_bp integer, tax_minor integer)",
        (order_id, Jsonb(lines)),
    )


async def set_lines(
    connection: Connection, order_id: UUID, lines: Collection[int], *, before: str, after: str
) -> list[int]:
    """Move lines from one state to another; return those that were in the first."""
    cursor = await connection.execute(
        "UPDATE order_line SET state = %s WHERE order_id = %s AND line_no = ANY(%s)"
        " AND state = %s RETURNING line_no",
        (after, order_id, list(lines), before),
    )
    return sorted(row["line_no"] for row in await cursor.fetchall())


@dataclass(frozen=True, slots=True)
class ScreeningKeys:
    """A screening as the database and as others name it."""

    key: int
    public_id: UUID


async def keys_of_screening(connection: Connection, order_id: UUID) -> ScreeningKeys:
    """Return both names of an order's screening; raises OrderMissing."""
    row = await (
        await connection.execute(
            "SELECT s.id, s.public_id FROM orders o JOIN screening s ON s.id = o.screening_id"
            " WHERE o.id = %s",
            (order_id,),
        )
    ).fetchone()
    if row is None:
        raise OrderMissing
    return ScreeningKeys(row["id"], row["public_id"])


async def screening_of(connection: Connection, order_id: UUID) -> int:
    """Return the screening of an order, which never changes; raises OrderMissing."""
    row = await (
        await connection.execute("SELECT screening_id FROM orders WHERE id = %s", (order_id,))
    ).fetchone()
    if row is None:
        raise OrderMissing
    screening_id: int = row["screening_id"]
    return screening_id
