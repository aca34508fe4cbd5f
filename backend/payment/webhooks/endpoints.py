"""The provider's webhooks over HTTP. The signature is the key; no token, no idempotency header."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.contracts.problems_payment import WebhookRefused
from backend.payment.figures import Figures
from backend.payment.parts import Parts
from backend.payment.stripe.signatures import read_event
from backend.payment.webhooks import repository, service

router = APIRouter(tags=["webhooks"])


@router.post("/webhooks/stripe", response_class=Response)
async def receive(request: Request) -> Response:
    """Store an event and answer at once; refused only when its signature is not good."""
    parts: Parts = request.app.state.parts
    figures: Figures = request.app.state.figures
    payload = await request.body()
    signature = request.headers.get("stripe-signature", "")
    try:
        body = read_event(payload, signature, parts.settings.webhook_secrets)
    except WebhookRefused:
        figures.webhooks.labels("refused").inc()
        raise
    async with parts.database.connection() as connection:
        is_news = await repository.store(connection, service.event_of(body))
    figures.webhooks.labels("stored" if is_news else "repeated").inc()
    parts.work.wake()
    return Response(b"{}", media_type="application/json")
