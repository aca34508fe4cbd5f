"""The open differences over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request

from backend.contracts.reconciliation import DifferenceList
from backend.kit.differences import read_open
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.payment.parts import Parts

router = APIRouter(tags=["reconciliation"])


@router.get("/reconciliation")
async def read_differences(
    request: Request, _: Annotated[Principal, allowed("recon.read")]
) -> DifferenceList:
    """Return where the provider and we differ; it names attempts, sums and nobody."""
    parts: Parts = request.app.state.parts
    async with parts.database.connection() as connection:
        return DifferenceList(differences=await read_open(connection))
