"""Cinemas in the database."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.contracts.catalogue import CinemaRead, CinemaWrite
from backend.contracts.problems_catalogue import CinemaMissing
from backend.kit.database import Connection
from backend.kit.ids import uuid7

_SAVE = """
    INSERT INTO cinema (id, slug, name, zone, currency, languages, seller, day_change_hour)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (slug) DO UPDATE SET name = excluded.name, zone = excluded.zone,
        currency = excluded.currency, languages = excluded.languages, seller = excluded.seller,
        day_change_hour = excluded.day_change_hour
    RETURNING *
"""


async def save(connection: Connection, body: CinemaWrite) -> CinemaRead:
    """Make a cinema, or change the one with this slug."""
    row = await (
        await connection.execute(
            _SAVE,
            (
                uuid7(),
                body.slug,
                body.name,
                body.zone,
                body.currency,
                list(body.languages),
                Jsonb(body.seller.model_dump()),
                body.day_change_hour,
            ),
        )
    ).fetchone()
    return cinema_read(row or {})


async def find(connection: Connection, slug: str) -> CinemaRead:
    """Read a cinema; raises CinemaMissing."""
    row = await (
        await connection.execute("SELECT * FROM cinema WHERE slug = %s", (slug,))
    ).fetchone()
    if row is None:
        raise CinemaMissing
    return cinema_read(row)


async def find_by_id(connection: Connection, cinema_id: UUID) -> CinemaRead:
    """Read a cinema; raises CinemaMissing."""
    row = await (
        await connection.execute("SELECT * FROM cinema WHERE id = %s", (cinema_id,))
    ).fetchone()
    if row is None:
        raise CinemaMissing
    return cinema_read(row)


async def find_all(connection: Connection) -> list[CinemaRead]:
    """Read every cinema, by name."""
    cursor = await connection.execute("SELECT * FROM cinema ORDER BY name")
    return [cinema_read(row) for row in await cursor.fetchall()]


def cinema_read(row: dict[str, Any]) -> CinemaRead:
    """Render a cinema."""
    return CinemaRead.model_validate(row)
