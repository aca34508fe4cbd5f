"""Cinemas over HTTP."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from backend.contracts.catalogue import CinemaList, CinemaRead, CinemaWrite
from backend.contracts.problems_catalogue import ZoneUnknown
from backend.kit.database import Connection
from backend.kit.keys import intent_of
from backend.kit.openapi import answers
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.movies.cinemas import repository
from backend.movies.parts import Parts

router = APIRouter(tags=["cinemas"])
Admin = Annotated[Principal, allowed("cinemas.write")]


@router.get("/cinemas")
async def read_cinemas(request: Request) -> CinemaList:
    """Return every cinema."""
    parts: Parts = request.app.state.parts
    async with parts.database.connection() as connection:
        return CinemaList(cinemas=await repository.find_all(connection))


@router.get("/cinemas/{cinema}")
async def read_cinema(request: Request, cinema: str) -> CinemaRead:
    """Return one cinema."""
    parts: Parts = request.app.state.parts
    async with parts.database.connection() as connection:
        return await repository.find(connection, cinema)


@router.post("/cinemas", openapi_extra=answers(CinemaRead, is_keyed=True))
async def save_cinema(request: Request, body: CinemaWrite, principal: Admin) -> Response:
    """Make a cinema, or change the one with this slug."""
    parts: Parts = request.app.state.parts
    check_zone(body.zone)

    async def effect(connection: Connection) -> BaseModel:
        return await repository.save(connection, body)

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    return reply.response()


def check_zone(name: str) -> None:
    """Raise ZoneUnknown for a name that is no IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ZoneUnknown from None
