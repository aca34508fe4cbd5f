"""Screenings in the database."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import ExclusionViolation
from psycopg.types.range import TimestamptzRange

from backend.contracts.problems_catalogue import ScreeningOverlap
from backend.contracts.problems_orders import ScreeningMissing
from backend.kit.database import Connection
from backend.kit.ids import uuid7

_MAKE = """
    INSERT INTO screening (public_id, cinema_id, film_id, room_id, layout_id, price_card_id,
        starts_at, ends_at, occupied, business_day, format, spoken_language, subtitles,
        trailers_minutes, state, sale_opens_at, sale_closes_at)
    VALUES (%(public_id)s, %(cinema_id)s, %(film_id)s, %(room_id)s, %(layout_id)s,
        %(price_card_id)s, %(starts_at)s, %(ends_at)s, %(occupied)s, %(business_day)s, %(format)s,
        %(spoken_language)s, %(subtitles)s, %(trailers_minutes)s, %(state)s,
        coalesce(%(sale_opens_at)s, clock_timestamp()), %(sale_closes_at)s)
    RETURNING id, public_id
"""
_READ = """
    SELECT s.id, s.public_id, s.film_id, r.public_id AS room_public_id, r.name AS room_name,
           s.starts_at, s.ends_at, s.business_day, s.format, s.spoken_language, s.subtitles,
           s.state, l.capacity, s.layout_id, c.currency, v.id AS price_version, v.rules,
           v.fee_minor, v.tax_rate_bp, c.zone, s.sale_opens_at, s.sale_closes_at,
           s.state = 'on_sale' AND clock_timestamp() >= s.sale_opens_at
               AND clock_timestamp() < s.sale_closes_at AS is_on_sale
    FROM screening s
    JOIN room r ON r.id = s.room_id
    JOIN layout l ON l.id = s.layout_id
    JOIN cinema c ON c.id = s.cinema_id
    JOIN price_card p ON p.id = s.price_card_id
    JOIN price_card_version v ON v.id = p.version_id
"""
_SHOWN = "s.state IN ('on_sale', 'closed') "


async def make(connection: Connection, screening: dict[str, Any]) -> UUID:
    """Make a screening and the lock of its seats; raises ScreeningOverlap."""
    busy_until = screening["ends_at"] + timedelta(minutes=screening.pop("cleaning_minutes"))
    values = {
        **screening,
        "public_id": uuid7(),
        "occupied": TimestamptzRange(screening["starts_at"], busy_until),
    }
    try:
        row = await (await connection.execute(_MAKE, values)).fetchone()
    except ExclusionViolation:
        raise ScreeningOverlap from None
    made = row or {}
    await connection.execute(
        "INSERT INTO screening_seats (screening_id) VALUES (%s)", (made["id"],)
    )
    public_id: UUID = made["public_id"]
    return public_id


async def find(connection: Connection, public_id: UUID) -> dict[str, Any]:
    """Read a screening that the public may see; raises ScreeningMissing."""
    row = await (
        await connection.execute(
            _READ + "WHERE s.public_id = %s AND s.state <> 'draft'", (public_id,)
        )
    ).fetchone()
    if row is None:
        raise ScreeningMissing
    return row


async def find_of_day(connection: Connection, cinema_id: UUID, day: date) -> list[dict[str, Any]]:
    """Read a business day's screenings by start."""
    cursor = await connection.execute(
        _READ
        + "WHERE s.cinema_id = %s AND s.business_day = %s AND "
        + _SHOWN
        + "ORDER BY s.starts_at, r.name",
        (cinema_id, day),
    )
    return await cursor.fetchall()


async def find_of_film(connection: Connection, film_id: UUID) -> list[dict[str, Any]]:
    """Read a film's coming screenings by start."""
    cursor = await connection.execute(
        _READ + "WHERE s.film_id = %s AND s.starts_at > clock_timestamp() - interval '20 minutes'"
        " AND " + _SHOWN + "ORDER BY s.starts_at LIMIT 100",
        (film_id,),
    )
    return await cursor.fetchall()


async def find_days(connection: Connection, cinema_id: UUID, since: date) -> list[date]:
    """Read the business days from `since` on that have screenings."""
    cursor = await connection.execute(
        "SELECT DISTINCT business_day FROM screening WHERE cinema_id = %s"
        " AND business_day >= %s AND state IN ('on_sale', 'closed') ORDER BY 1 LIMIT 14",
        (cinema_id, since),
    )
    return [row["business_day"] for row in await cursor.fetchall()]


async def count_taken(connection: Connection, screenings: list[int]) -> dict[int, int]:
    """Count the seats of each screening that are not free."""
    cursor = await connection.execute(
        "SELECT screening_id, count(*) AS n FROM seat_claim WHERE screening_id = ANY(%s)"
        " AND (state <> 'HELD' OR expires_at > clock_timestamp()) GROUP BY screening_id",
        (screenings,),
    )
    return {row["screening_id"]: row["n"] for row in await cursor.fetchall()}


async def now(connection: Connection) -> datetime:
    """Read the database's clock."""
    row = await (await connection.execute("SELECT clock_timestamp() AS t")).fetchone()
    at: datetime = (row or {})["t"]
    return at


async def close(connection: Connection, public_id: UUID) -> bool:
    """End the sale of a screening, under its seats' lock; say whether it was on sale."""
    locked = await connection.execute(
        "UPDATE screening_seats SET version = version + 1 WHERE screening_id ="
        " (SELECT id FROM screening WHERE public_id = %s) RETURNING version",
        (public_id,),
    )
    row = await locked.fetchone()
    cursor = await connection.execute(
        "UPDATE screening SET state = 'closed', closed_version = %s"
        " WHERE public_id = %s AND state = 'on_sale'",
        (row and row["version"], public_id),
    )
    return cursor.rowcount == 1


async def find_in(connection: Connection, cinema: str, public_id: UUID) -> None:
    """Raise ScreeningMissing unless the screening is this cinema's."""
    cursor = await connection.execute(
        "SELECT 1 FROM screening s JOIN cinema c ON c.id = s.cinema_id"
        " WHERE s.public_id = %s AND c.slug = %s",
        (public_id, cinema),
    )
    if await cursor.fetchone() is None:
        raise ScreeningMissing
