"""The two statements of a scan: what is known of the ticket, and the writing down of the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.contracts.tickets import AdmissionCounts, TicketStatus
from backend.kit.database import Connection

_FACTS = """
    SELECT c.slug AS cinema_slug, clock_timestamp() AS now, t.id, t.cinema_id, t.status,
           coalesce(r.screening_key, t.screening_key) AS screening_key,
           coalesce(r.seat, t.seat) AS seat, r.version AS relocation_version,
           coalesce(r.row_label, l.row_label) AS row,
           coalesce(r.seat_label, l.seat_label) AS label, l.seat_kind, l.ticket_type_name,
           coalesce(r.room_name, o.room_name) AS room_name, o.film_title, o.starts_at, o.zone,
           a.admitted_at, a.door AS admitted_door
    FROM cinema c
    LEFT JOIN ticket t ON t.id = %s
    LEFT JOIN paid_line l ON l.order_id = t.order_id AND l.line_no = t.line_no
    LEFT JOIN paid_order o ON o.id = t.order_id
    LEFT JOIN relocation r ON r.ticket_id = t.id
    LEFT JOIN admission a ON a.ticket_id = t.id
    WHERE c.id = %s
"""
_COUNTS = """
    SELECT count(*) AS sold, count(*) FILTER (WHERE t.status = 'ADMITTED') AS admitted
    FROM ticket t JOIN cinema c ON c.id = t.cinema_id LEFT JOIN relocation r ON r.ticket_id = t.id
    WHERE t.status IN ('ISSUED', 'ADMITTED') AND (%(everywhere)s OR c.slug = ANY(%(slugs)s))
      AND (t.screening_key = %(key)s AND r.ticket_id IS NULL OR r.screening_key = %(key)s)
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """The cinema of the door and the ticket that a code names, if there is one."""

    cinema_slug: str
    now: datetime
    id: UUID | None
    cinema_id: UUID | None
    status: TicketStatus | None
    screening_key: int | None
    seat: int | None
    relocation_version: int | None
    row: str | None
    label: str | None
    seat_kind: str | None
    ticket_type_name: str | None
    room_name: str | None
    film_title: str | None
    starts_at: datetime | None
    zone: str | None
    admitted_at: datetime | None
    admitted_door: str | None

    @property
    def shown(self) -> dict[str, object]:
        """Return what the door's screen shows of the ticket."""
        return {
            "ticket_id": self.id and str(self.id),
            "row": self.row,
            "label": self.label,
            "seat_kind": self.seat_kind,
            "ticket_type_name": self.ticket_type_name,
            "room_name": self.room_name,
            "film_title": self.film_title,
            "starts_at": self.starts_at and self.starts_at.isoformat(),
            "zone": self.zone,
        }


NOTHING_SHOWN: Mapping[str, object] = dict.fromkeys(
    (
        "ticket_id",
        "row",
        "label",
        "seat_kind",
        "ticket_type_name",
        "room_name",
        "film_title",
        "starts_at",
        "zone",
    )
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to a scan as it was stored, or why its key was refused."""

    reply: str = ""
    is_replayed: bool = False
    outcome: str | None = None
    refusal: Literal["IdempotencyKeyReused"] | None = None


async def facts(connection: Connection, cinema_id: UUID, ticket_id: UUID | None) -> Facts | None:
    """Return what is known, or None for a cinema that never sold a ticket."""
    row = await (await connection.execute(_FACTS, (ticket_id, cinema_id))).fetchone()
    return Facts(**row) if row else None


async def record(connection: Connection, wanted: Mapping[str, Any]) -> Recorded:
    """Write a scan down and admit; the answer is final and stored under the caller's key."""
    cursor = await connection.execute("SELECT record_scan(%s) AS result", (Jsonb(wanted),))
    row = await cursor.fetchone()
    return Recorded(**(row or {})["result"])


async def counts(
    connection: Connection, screening_key: int, *, slugs: frozenset[str], everywhere: bool
) -> AdmissionCounts:
    """Count a screening's tickets at the cinemas where the caller works."""
    values = {"key": screening_key, "slugs": sorted(slugs), "everywhere": everywhere}
    row = await (await connection.execute(_COUNTS, values)).fetchone()
    return AdmissionCounts.model_validate({"screening_key": screening_key, **(row or {})})
