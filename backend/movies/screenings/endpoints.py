"""The programme and its screenings over HTTP."""

from functools import lru_cache
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from backend.contracts.catalogue import (
    Programme,
    ProgrammeAsked,
    ScreeningDetail,
    ScreeningMade,
    ScreeningWrite,
)
from backend.contracts.schema import Language
from backend.kit.bodies import query_of
from backend.kit.database import Connection
from backend.kit.keys import intent_of
from backend.kit.openapi import answers
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.movies.cinemas import repository as cinemas
from backend.movies.parts import Parts
from backend.movies.screenings import repository, service

router = APIRouter(tags=["screenings"])
Writer = Annotated[Principal, allowed("catalogue.write")]


@router.get(
    "/cinemas/{cinema}/programme",  # noqa: FAST003 -- a hot route takes a Request
    openapi_extra=answers(Programme, path={"cinema": str}, query=ProgrammeAsked),
)
async def read_programme(request: Request) -> Response:
    """Return what is on, on a business day; never older than the last commit before the request."""
    parts: Parts = request.app.state.parts
    asked = _asked(request.scope["query_string"])
    page = await parts.programmes.page(request.path_params["cinema"], asked.day, asked.language)
    headers = {"ETag": page.etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == page.etag:
        return Response(status_code=304, headers=headers)
    return Response(page.body, headers=headers, media_type="application/json")


@lru_cache(maxsize=256)
def _asked(query: bytes) -> ProgrammeAsked:
    """Read which programme is asked for; raises Malformed, which is not remembered."""
    return query_of(query, ProgrammeAsked)


@router.get("/screenings/{screening_id}")
async def read_screening(
    request: Request, screening_id: UUID, language: Language = "en"
) -> ScreeningDetail:
    """Return a screening with its layout and prices."""
    return await service.detail(request.app.state.parts, screening_id, language)


@router.post("/cinemas/{cinema}/screenings", openapi_extra=answers(ScreeningMade, is_keyed=True))
async def make_screening(
    request: Request, cinema: str, body: ScreeningWrite, principal: Writer
) -> Response:
    """Schedule a screening."""
    parts: Parts = request.app.state.parts
    principal.demand_at("catalogue.write", cinema)

    async def effect(connection: Connection) -> BaseModel:
        found = await cinemas.find(connection, cinema)
        return ScreeningMade(id=await service.make(connection, found, body))

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    return reply.response()


@router.post(
    "/cinemas/{cinema}/screenings/{screening_id}/close",
    openapi_extra=answers(ScreeningMade, is_keyed=True),
)
async def close_screening(
    request: Request, cinema: str, screening_id: UUID, principal: Writer
) -> Response:
    """End the sale of a screening; what is sold stays sold."""
    parts: Parts = request.app.state.parts
    principal.demand_at("catalogue.write", cinema)

    async def effect(connection: Connection) -> BaseModel:
        await repository.find_in(connection, cinema, screening_id)
        await repository.close(connection, screening_id)
        return ScreeningMade(id=screening_id)

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    parts.offers.forget(screening_id)
    return reply.response()
