"""The provider's webhooks over HTTP. The signature is the key; no token, no idempotency header."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import APIKeyHeader
from starlette.responses import JSONResponse, Response

from backend.contracts.problems_payment import WebhookRefused
from backend.payment.figures import Figures
from backend.payment.parts import Parts
from backend.payment.stripe.signatures import read_event
from backend.payment.webhooks import repository, service

router = APIRouter(tags=["webhooks"])
_SIGNATURE = APIKeyHeader(
    name="Stripe-Signature",
    scheme_name="signature",
    description="The provider's signature over the body and the time.",
    auto_error=False,
)


@router.post("/webhooks/stripe", response_class=JSONResponse)
async def receive(
    request: Request, signature: Annotated[str | None, Depends(_SIGNATURE)]
) -> Response:
    """Store an event and answer at once; refused only when its signature is not good."""
    parts: Parts = request.app.state.parts
    figures: Figures = request.app.state.figures
    payload = await request.body()
    try:
        settings = parts.settings
        body = read_event(
            payload, signature or "", settings.webhook_secrets, is_live=settings.is_live
        )
    except WebhookRefused:
        figures.webhooks.labels("refused").inc()
        raise
    async with parts.database.connection() as connection:
        is_news = await repository.store(connection, service.event_of(body))
    figures.webhooks.labels("stored" if is_news else "repeated").inc()
    parts.work.wake()
    return JSONResponse({})
