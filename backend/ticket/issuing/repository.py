"""The statements behind issuing; every writer holds the order's lock."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from pydantic_core import to_json

from backend.contracts.messages import Envelope, OrderPaid
from backend.kit.database import Connection
from backend.kit.messaging.inbox import Poison
from backend.ticket.issuing.locks import SPACE

_ISSUE = "SELECT * FROM issue_tickets(%s, %s, %s, %s::jsonb, %s::jsonb)"
_STEP = "UPDATE paid_order SET version = version + 1 WHERE id = %s RETURNING version"


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket made and signed, to be written if its line is due one."""

    id: UUID
    line_no: int
    seat: int
    category: int
    key_id: int
    not_before_at: datetime
    not_after_at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class Issued:
    """An order after it was told: the number of this change, and the ticket of each line.

    `is_first` says that the order was new and has tickets now, so its buyer must hear of them.
    """

    version: int
    is_first: bool
    ids: dict[int, UUID]
    issued_at: datetime | None


async def issue(
    connection: Connection, message: OrderPaid, envelope: Envelope, tickets: Sequence[NewTicket]
) -> Issued | None:
    """Write the order and the tickets that it lacks; None if a person must look at it first.

    A seat that has a live ticket already is Poison, never retried.
    """
    signed = to_json([asdict(ticket) for ticket in tickets]).decode()
    values = (envelope.id, SPACE, envelope.version, message.model_dump_json(), signed)
    try:
        row = await (await connection.execute(_ISSUE, values)).fetchone()
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name != "ticket_seat_once":
            raise
        reason = f"a seat of this order has a live ticket already: {error.diag.message_detail}"
        raise Poison(reason) from error
    return None if row is None else _issued(row)


async def step(connection: Connection, order_id: UUID) -> int | None:
    """Number the next change of an order's tickets; None for an order never paid."""
    row = await (await connection.execute(_STEP, (order_id,))).fetchone()
    return row["version"] if row else None


def _issued(row: dict[str, Any]) -> Issued:
    ids = {int(line_no): UUID(ticket) for line_no, ticket in (row["ids"] or {}).items()}
    return Issued(row["version"], row["is_first"], ids, row["issued_at"])
