"""Checkouts over HTTP, for movies alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from backend.contracts.payments import CheckoutOpen, CheckoutRead
from backend.contracts.problems import Denied, Malformed, Unavailable
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.payment.checkouts import repository, service
from backend.payment.checkouts.repository import checkout_read
from backend.payment.parts import Parts
from backend.payment.stripe.gateway import Declined, Unanswered

router = APIRouter(prefix="/checkouts/{order_id}/{attempt}", tags=["checkouts"])
Caller = Annotated[Principal, Depends(allowed("checkouts.write"))]


def _parts(request: Request, principal: Principal) -> Parts:
    if principal.subject != "service:movies":
        raise Denied
    parts: Parts = request.app.state.parts
    return parts


@router.put("")
async def open_checkout(
    request: Request, order_id: UUID, attempt: int, *, body: CheckoutOpen, principal: Caller
) -> CheckoutRead:
    """Open an attempt, or return the one that is open; (order, attempt) is its key."""
    parts = _parts(request, principal)
    if (body.order_id, body.attempt) != (order_id, attempt):
        raise Malformed(fields=[{"field": "order_id", "problem": "differs from the address"}])
    return await service.open_checkout(parts, body)


@router.get("")
async def read_checkout(
    request: Request, order_id: UUID, attempt: int, principal: Caller
) -> CheckoutRead:
    """Return an attempt."""
    parts = _parts(request, principal)
    async with parts.database.connection() as connection:
        return checkout_read(await repository.find(connection, order_id, attempt))


@router.post("/sync")
async def sync_checkout(
    request: Request, order_id: UUID, attempt: int, principal: Caller
) -> CheckoutRead:
    """Look at the provider now."""
    parts = _parts(request, principal)
    try:
        return checkout_read(await service.sync_attempt(parts, order_id, attempt))
    except (Unanswered, Declined):
        raise Unavailable from None
