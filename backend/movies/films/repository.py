"""Films and posters in the database."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.contracts.catalogue import FilmRead, FilmWrite
from backend.contracts.problems_catalogue import FilmMissing, PosterMissing
from backend.kit.database import Connection
from backend.kit.ids import uuid7

_READ = """
    SELECT f.*, p.version AS poster_version
    FROM film f LEFT JOIN film_poster p ON p.film_id = f.id
"""
_SAVE = """
    INSERT INTO film (id, cinema_id, slug, title, original_title, synopsis, year, runtime_minutes,
        certificate, directors, cast_members, countries, spoken_languages, genres, release_date,
        distributor)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (cinema_id, slug) DO UPDATE SET title = excluded.title,
        original_title = excluded.original_title, synopsis = excluded.synopsis,
        year = excluded.year, runtime_minutes = excluded.runtime_minutes,
        certificate = excluded.certificate, directors = excluded.directors,
        cast_members = excluded.cast_members, countries = excluded.countries,
        spoken_languages = excluded.spoken_languages, genres = excluded.genres,
        release_date = excluded.release_date, distributor = excluded.distributor,
        archived_at = NULL
    RETURNING id
"""
_SAVE_POSTER = """
    INSERT INTO film_poster (film_id, version, media_type, content) VALUES (%s, %s, %s, %s)
    ON CONFLICT (film_id) DO UPDATE SET version = excluded.version,
        media_type = excluded.media_type, content = excluded.content
"""


@dataclass(frozen=True, slots=True)
class Poster:
    """A picture; `version` changes with its content."""

    version: str
    media_type: str
    content: bytes


async def save(connection: Connection, cinema_id: UUID, body: FilmWrite) -> UUID:
    """Make a film, or change the one with this slug; return its id."""
    row = await (
        await connection.execute(
            _SAVE,
            (
                uuid7(),
                cinema_id,
                body.slug,
                Jsonb(body.title),
                body.original_title,
                Jsonb(body.synopsis),
                body.year,
                body.runtime_minutes,
                body.certificate,
                body.directors,
                body.cast,
                body.countries,
                body.spoken_languages,
                body.genres,
                body.release_date,
                body.distributor,
            ),
        )
    ).fetchone()
    film_id: UUID = (row or {})["id"]
    return film_id


async def find(connection: Connection, film_id: UUID) -> dict[str, Any]:
    """Read a film; raises FilmMissing."""
    row = await (await connection.execute(_READ + "WHERE f.id = %s", (film_id,))).fetchone()
    if row is None:
        raise FilmMissing
    return row


async def find_by_slug(connection: Connection, cinema_id: UUID, slug: str) -> dict[str, Any]:
    """Read a film of a cinema; raises FilmMissing."""
    row = await (
        await connection.execute(
            _READ + "WHERE f.cinema_id = %s AND f.slug = %s AND f.archived_at IS NULL",
            (cinema_id, slug),
        )
    ).fetchone()
    if row is None:
        raise FilmMissing
    return row


async def find_all(connection: Connection, cinema_id: UUID) -> list[dict[str, Any]]:
    """Read a cinema's films, by slug."""
    cursor = await connection.execute(
        _READ + "WHERE f.cinema_id = %s AND f.archived_at IS NULL ORDER BY f.slug", (cinema_id,)
    )
    return await cursor.fetchall()


async def save_poster(connection: Connection, film_id: UUID, poster: Poster) -> None:
    """Keep a film's poster."""
    await connection.execute(
        _SAVE_POSTER, (film_id, poster.version, poster.media_type, poster.content)
    )


async def find_poster(connection: Connection, film_id: UUID) -> Poster:
    """Read a film's poster; raises PosterMissing."""
    row = await (
        await connection.execute(
            "SELECT version, media_type, content FROM film_poster WHERE film_id = %s", (film_id,)
        )
    ).fetchone()
    if row is None:
        raise PosterMissing
    return Poster(row["version"], row["media_type"], bytes(row["content"]))


def film_read(row: dict[str, Any], language: str) -> FilmRead:
    """Render a film in a language, or in the one that it has."""
    return FilmRead(
        id=row["id"],
        slug=row["slug"],
        title=row["title"].get(language) or row["original_title"],
        original_title=row["original_title"],
        synopsis=row["synopsis"].get(language) or next(iter(row["synopsis"].values()), ""),
        year=row["year"],
        runtime_minutes=row["runtime_minutes"],
        certificate=row["certificate"],
        directors=row["directors"],
        cast=row["cast_members"],
        countries=row["countries"],
        spoken_languages=row["spoken_languages"],
        genres=row["genres"],
        poster_version=row["poster_version"],
    )
