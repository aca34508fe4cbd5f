"""Films over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from backend.contracts.catalogue import FilmList, FilmPage, FilmRead, FilmWrite
from backend.contracts.problems import Malformed
from backend.contracts.schema import Language
from backend.kit.database import Connection
from backend.kit.keys import intent_of
from backend.kit.openapi import answers
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.movies.cinemas import repository as cinemas
from backend.movies.films import posters, repository
from backend.movies.parts import Parts
from backend.movies.screenings import service as screenings

router = APIRouter(tags=["films"])
Writer = Annotated[Principal, allowed("catalogue.write")]
_CONTENT: dict[str, dict[str, Any]] = {
    kind: {} for kind in ("image/svg+xml", "image/png", "image/jpeg", "image/webp")
}
_PICTURE = {"requestBody": {"required": True, "content": _CONTENT}}


@router.get("/cinemas/{cinema}/films")
async def read_films(request: Request, cinema: str, language: Language = "en") -> FilmList:
    """Return a cinema's films."""
    parts: Parts = request.app.state.parts
    async with parts.database.connection() as connection:
        found = await cinemas.find(connection, cinema)
        rows = await repository.find_all(connection, found.id)
    return FilmList(films=[repository.film_read(row, language) for row in rows])


@router.get("/cinemas/{cinema}/films/{slug}")
async def read_film(
    request: Request, cinema: str, slug: str, language: Language = "en"
) -> FilmPage:
    """Return a film and its coming screenings."""
    parts: Parts = request.app.state.parts
    return await screenings.film_page(parts, cinema, slug, language)


@router.put("/cinemas/{cinema}/films/{slug}", openapi_extra=answers(FilmRead, is_keyed=True))
async def save_film(
    request: Request, cinema: str, slug: str, *, body: FilmWrite, principal: Writer
) -> Response:
    """Make a film, or change the one with this slug."""
    parts: Parts = request.app.state.parts
    principal.demand_at("catalogue.write", cinema)
    if body.slug != slug:
        raise Malformed(fields=[{"field": "slug", "problem": "differs from the address"}])

    async def effect(connection: Connection) -> BaseModel:
        found = await cinemas.find(connection, cinema)
        film_id = await repository.save(connection, found.id, body)
        return repository.film_read(await repository.find(connection, film_id), "en")

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    return reply.response()


@router.get(
    "/films/{film_id}/poster", response_class=Response, responses={200: {"content": _CONTENT}}
)
async def read_poster(request: Request, film_id: UUID) -> Response:
    """Return a film's poster; its address carries the version, so it is kept for a year."""
    parts: Parts = request.app.state.parts
    async with parts.database.connection() as connection:
        poster = await repository.find_poster(connection, film_id)
    return Response(
        poster.content,
        media_type=poster.media_type,
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "ETag": f'"{poster.version}"',
        },
    )


@router.put("/films/{film_id}/poster", openapi_extra=answers(FilmRead, is_keyed=True) | _PICTURE)
async def save_poster(request: Request, film_id: UUID, principal: Writer) -> Response:
    """Keep a film's poster."""
    parts: Parts = request.app.state.parts
    content = await request.body()
    poster = posters.checked(content, request.headers.get("content-type", ""))

    async def effect(connection: Connection) -> BaseModel:
        row = await repository.find(connection, film_id)
        cinema = await cinemas.find_by_id(connection, row["cinema_id"])
        principal.demand_at("catalogue.write", cinema.slug)
        await repository.save_poster(connection, film_id, poster)
        return repository.film_read(await repository.find(connection, film_id), "en")

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    return reply.response()
