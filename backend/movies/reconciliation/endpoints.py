"""The open differences over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request

from backend.contracts.reconciliation import DifferenceList
from backend.kit.differences import read_open
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.movies.parts import Parts

router = APIRouter(tags=["reconciliation"])
Manager = Annotated[Principal, allowed("recon.read")]


@router.get("/reconciliation")
async def read_differences(request: Request, principal: Manager) -> DifferenceList:
    """Return where orders, seats and tickets of the caller's cinemas differ."""
    parts: Parts = request.app.state.parts
    async with parts.database.connection() as connection:
        every = await read_open(connection)
    return DifferenceList(
        differences=[one for one in every if principal.is_at(one.facts["cinema"])]
    )
