"""The exact body with which a hosted page is opened; committed before it is sent."""

import time
from datetime import timedelta
from typing import Any

from backend.contracts.payments import CheckoutOpen


def session_request(checkout: CheckoutOpen, lasts: timedelta) -> dict[str, Any]:
    """Return the parameters of a Checkout Session with manual capture."""
    reference = f"{checkout.order_id}.{checkout.attempt}"
    metadata = {
        "order": str(checkout.order_id),
        "attempt": str(checkout.attempt),
        "reference": checkout.reference,
        "screening": str(checkout.screening_key),
        "seats": ",".join(str(seat) for seat in checkout.seats),
        "prices": ",".join(str(line.gross_minor) for line in checkout.lines),
    }
    # A ticket that costs nothing is in the metadata, but the provider's page lists only prices.
    paid = [line for line in checkout.lines if line.gross_minor]
    request: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": reference,
        "locale": checkout.language,
        "success_url": checkout.return_url,
        "cancel_url": checkout.cancel_url,
        "expires_at": int(time.time() + lasts.total_seconds()),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": checkout.currency.lower(),
                    "unit_amount": line.gross_minor,
                    "product_data": {"name": line.name[:250]},
                },
            }
            for line in paid
        ],
        "metadata": metadata,
        "payment_intent_data": {"capture_method": "manual", "metadata": metadata},
    }
    if checkout.email is not None:
        request["customer_email"] = checkout.email
    return request
