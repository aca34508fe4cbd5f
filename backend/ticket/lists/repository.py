"""Reads a cinema's lists: tickets and version in one statement, so that they belong together."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moviemesh_ticketcode import Move

from backend.kit.database import Connection

# A ticket whose time is over is refused by its code alone; it leaves the list two days later.
_REVOKED = """
    SELECT c.slug, c.revocation_version AS version, clock_timestamp() AS at,
           coalesce(array_agg(t.id ORDER BY t.id) FILTER (WHERE t.id IS NOT NULL), '{}') AS tickets
    FROM cinema c
    LEFT JOIN ticket t ON t.cinema_id = c.id AND t.revocation_version IS NOT NULL
        AND t.not_after_at > clock_timestamp() - interval '2 days'
    WHERE c.id = %s GROUP BY c.id
"""
_MOVED = """
    SELECT c.slug, c.relocation_version AS version, clock_timestamp() AS at,
           r.ticket_id, r.screening_key, r.seat, r.version AS moved_version
    FROM cinema c LEFT JOIN relocation r ON r.cinema_id = c.id
    WHERE c.id = %s
"""


@dataclass(frozen=True, slots=True)
class Revoked:
    """A cinema's revoked tickets, sorted, by the database's time."""

    slug: str
    version: int
    at: datetime
    tickets: list[UUID]


@dataclass(frozen=True, slots=True)
class Moved:
    """A cinema's moved tickets."""

    slug: str
    version: int
    at: datetime
    moves: dict[UUID, Move]


async def revoked(connection: Connection, cinema_id: UUID) -> Revoked | None:
    """Return what is revoked, or None for a cinema that never sold a ticket."""
    row = await (await connection.execute(_REVOKED, (cinema_id,))).fetchone()
    return Revoked(**row) if row else None


async def moved(connection: Connection, cinema_id: UUID) -> Moved | None:
    """Return what was moved, or None for a cinema that never sold a ticket."""
    rows = await (await connection.execute(_MOVED, (cinema_id,))).fetchall()
    if not rows:
        return None
    moves = {
        row["ticket_id"]: Move(row["screening_key"], row["seat"], row["moved_version"])
        for row in rows
        if row["ticket_id"] is not None
    }
    return Moved(rows[0]["slug"], rows[0]["version"], rows[0]["at"], moves)
