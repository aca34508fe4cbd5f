"""Refunds over HTTP, for the services that asked for them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from backend.contracts.payments import RefundRead
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.payment.parts import Parts
from backend.payment.refunds import repository

router = APIRouter(tags=["refunds"])


@router.get("/refunds/{refund_id}")
async def read_refund(
    request: Request, refund_id: UUID, _: Annotated[Principal, allowed("refunds.read")]
) -> RefundRead:
    """Return a refund as it stands at the provider."""
    parts: Parts = request.app.state.parts
    async with parts.database.connection() as connection:
        refund = await repository.find(connection, refund_id)
    return RefundRead(
        refund_id=refund.id,
        order_id=refund.order_id,
        attempt=refund.attempt,
        amount_minor=refund.amount_minor,
        state=refund.state,
        requested_at=refund.requested_at,
    )
