"""The provider's webhooks over HTTP. The signature is the key; no token, no idempotency header."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.payment.parts import Parts
from backend.payment.stripe.gateway import read_event
from backend.payment.webhooks import service

router = APIRouter(tags=["webhooks"])


@router.post("/webhooks/stripe", response_class=Response)
async def receive(request: Request) -> Response:
    """Store an event and answer at once; refused only when its signature is not good."""
    parts: Parts = request.app.state.parts
    payload = await request.body()
    signature = request.headers.get("stripe-signature", "")
    event = read_event(payload, signature, parts.settings.webhook_secrets)
    async with parts.database.transaction() as connection:
        await service.store(connection, event)
    parts.work.wake()
    return Response(b"{}", media_type="application/json")
