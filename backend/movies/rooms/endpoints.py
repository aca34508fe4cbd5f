"""Rooms over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from backend.contracts.catalogue import RoomList, RoomRead, RoomWrite
from backend.kit.database import Connection
from backend.kit.keys import intent_of
from backend.kit.openapi import answers
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.movies.cinemas import repository as cinemas
from backend.movies.parts import Parts
from backend.movies.rooms import repository
from backend.movies.rooms.rules import check_layout

router = APIRouter(tags=["rooms"])
Writer = Annotated[Principal, allowed("catalogue.write")]


@router.get("/cinemas/{cinema}/rooms")
async def read_rooms(request: Request, cinema: str) -> RoomList:
    """Return a cinema's rooms."""
    parts: Parts = request.app.state.parts
    async with parts.database.connection() as connection:
        found = await cinemas.find(connection, cinema)
        rows = await repository.find_all(connection, found.id)
    return RoomList(rooms=[repository.room_read(row) for row in rows])


@router.post("/cinemas/{cinema}/rooms", openapi_extra=answers(RoomRead, is_keyed=True))
async def save_room(request: Request, cinema: str, body: RoomWrite, principal: Writer) -> Response:
    """Make a room, or the next version of the layout of the one with this name."""
    parts: Parts = request.app.state.parts
    principal.demand_at("catalogue.write", cinema)
    check_layout(body.seats)

    async def effect(connection: Connection) -> BaseModel:
        found = await cinemas.find(connection, cinema)
        room = await repository.save(connection, found.id, body)
        return repository.room_read(await repository.find_by_key(connection, room))

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    return reply.response()
