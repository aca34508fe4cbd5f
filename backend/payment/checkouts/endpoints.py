"""Checkouts over HTTP, for movies alone.

An attempt is its own idempotency key: its row (order, attempt) is written in the transaction of
the effect, and a repeated PUT finds it, however old. The header is demanded as of every write,
and another amount under the same attempt is refused like another body under the same key.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request

from backend.contracts.payments import CheckoutOpen, CheckoutRead
from backend.contracts.problems import Denied, Malformed, Unavailable
from backend.kit.keys import intent_of
from backend.kit.openapi import answers
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.payment.checkouts import service
from backend.payment.checkouts.rendering import checkout_read
from backend.payment.parts import Parts
from backend.payment.stripe.gateway import Declined, Unanswered

router = APIRouter(prefix="/checkouts/{order_id}/{attempt}", tags=["checkouts"])
Caller = Annotated[Principal, allowed("checkouts.write")]
Number = Annotated[int, Path(ge=1, le=99)]


def _parts(request: Request, principal: Principal) -> Parts:
    if principal.subject != "service:movies":
        raise Denied
    parts: Parts = request.app.state.parts
    return parts


@router.put("", openapi_extra=answers(CheckoutRead, is_keyed=True))
async def open_checkout(
    request: Request, order_id: UUID, attempt: Number, *, body: CheckoutOpen, principal: Caller
) -> CheckoutRead:
    """Open an attempt, or return it as it is."""
    parts = _parts(request, principal)
    await intent_of(request, principal.subject)
    if (body.order_id, body.attempt) != (order_id, attempt):
        raise Malformed(fields=[{"field": "order_id", "problem": "differs from the address"}])
    return checkout_read(await service.open_checkout(parts, body))


@router.get("")
async def read_checkout(
    request: Request, order_id: UUID, attempt: Number, principal: Caller
) -> CheckoutRead:
    """Return an attempt."""
    parts = _parts(request, principal)
    return checkout_read(await service.read(parts, order_id, attempt))


@router.post("/sync")
async def sync_checkout(
    request: Request, order_id: UUID, attempt: Number, principal: Caller
) -> CheckoutRead:
    """Look at the provider now. Looking twice is looking once, so it needs no key."""
    parts = _parts(request, principal)
    try:
        return checkout_read(await service.sync_attempt(parts, order_id, attempt))
    except (Unanswered, Declined):
        raise Unavailable from None
