"""Rooms and the versions of their layouts in the database."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.contracts.catalogue import RoomRead, RoomWrite
from backend.contracts.problems_catalogue import RoomMissing
from backend.kit.database import Connection
from backend.kit.ids import uuid7

_SAVE = """
    INSERT INTO room (public_id, cinema_id, name, cleaning_minutes) VALUES (%s, %s, %s, %s)
    ON CONFLICT (cinema_id, name) DO UPDATE SET cleaning_minutes = excluded.cleaning_minutes,
        archived_at = NULL RETURNING id
"""
_NEXT_LAYOUT = """
    INSERT INTO layout (room_id, version, capacity)
    SELECT %s, coalesce(max(version), 0) + 1, %s FROM layout WHERE room_id = %s RETURNING id
"""
_SEATS = """
    INSERT INTO layout_seat (layout_id, seat_id, ordinal, row_label, seat_label, kind, x, y, block,
        position, pair, is_broken)
    SELECT %s, s.seat, s.ordinal, s."row", s.label, s.kind, s.x, s.y, s.block, s.position, s.pair,
           s.broken
    FROM jsonb_to_recordset(%s) AS s (seat smallint, ordinal smallint, "row" text, label text,
        kind text, x real, y real, block smallint, position smallint, pair smallint,
        broken boolean)
"""
_READ = """
    SELECT r.id, r.public_id, r.name, r.cleaning_minutes, r.cinema_id, r.layout_id,
           l.version, l.capacity
    FROM room r JOIN layout l ON l.id = r.layout_id
"""


async def save(connection: Connection, cinema_id: UUID, body: RoomWrite) -> int:
    """Make a room, or the next version of one's layout; return the room's key."""
    row = await (
        await connection.execute(_SAVE, (uuid7(), cinema_id, body.name, body.cleaning_minutes))
    ).fetchone()
    room: int = (row or {})["id"]
    capacity = sum(not seat.broken for seat in body.seats)
    row = await (await connection.execute(_NEXT_LAYOUT, (room, capacity, room))).fetchone()
    layout = (row or {})["id"]
    seats = [
        {"ordinal": ordinal, **seat.model_dump(mode="json")}
        for ordinal, seat in enumerate(body.seats)
    ]
    await connection.execute(_SEATS, (layout, Jsonb(seats)))
    await connection.execute("UPDATE room SET layout_id = %s WHERE id = %s", (layout, room))
    return room


async def find(connection: Connection, public_id: UUID) -> dict[str, Any]:
    """Read a room with its newest layout; raises RoomMissing."""
    row = await (
        await connection.execute(_READ + "WHERE r.public_id = %s", (public_id,))
    ).fetchone()
    if row is None:
        raise RoomMissing
    return row


async def find_by_key(connection: Connection, room: int) -> dict[str, Any]:
    """Read a room with its newest layout; raises RoomMissing."""
    row = await (await connection.execute(_READ + "WHERE r.id = %s", (room,))).fetchone()
    if row is None:
        raise RoomMissing
    return row


async def find_all(connection: Connection, cinema_id: UUID) -> list[dict[str, Any]]:
    """Read a cinema's rooms, by name."""
    cursor = await connection.execute(
        _READ + "WHERE r.cinema_id = %s AND r.archived_at IS NULL ORDER BY r.name", (cinema_id,)
    )
    return await cursor.fetchall()


def room_read(row: dict[str, Any]) -> RoomRead:
    """Render a room."""
    return RoomRead(
        id=row["public_id"],
        name=row["name"],
        layout_version=row["version"],
        capacity=row["capacity"],
    )
