"""The exact body with which a hosted page is opened; committed before it is sent."""

from typing import Any

from backend.contracts.payments import CheckoutOpen

_LONGEST_NAME = 250


def session_request(checkout: CheckoutOpen, *, expires_at: int, environment: str) -> dict[str, Any]:
    """Return the parameters of a Checkout Session with manual capture, by card or wallet."""
    metadata = _metadata(checkout, environment)
    request: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": reference_of(checkout),
        "locale": checkout.language,
        "success_url": checkout.return_url,
        "cancel_url": checkout.cancel_url,
        "expires_at": expires_at,
        # Wallets are cards here. Other ways to pay cannot reserve, and another currency than ours
        # would not be what was asked for.
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": False},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": checkout.currency.lower(),
                    "unit_amount": line.gross_minor,
                    "product_data": {"name": line.name[:_LONGEST_NAME]},
                },
            }
            for line in checkout.lines
            # A ticket that costs nothing is in the metadata; the provider's page lists prices.
            if line.gross_minor
        ],
        "metadata": metadata,
        "payment_intent_data": {"capture_method": "manual", "metadata": metadata},
    }
    if checkout.email is not None:
        request["customer_email"] = checkout.email
    return request


def _metadata(checkout: CheckoutOpen, environment: str) -> dict[str, str]:
    """Return what the provider keeps with the payment and shows again."""
    return {
        "environment": environment,
        "order": str(checkout.order_id),
        "attempt": str(checkout.attempt),
        "reference": checkout.reference,
        "screening": str(checkout.screening_key),
        "seats": ",".join(str(seat) for seat in checkout.seats),
        "prices": ",".join(str(line.gross_minor) for line in checkout.lines),
    }


def reference_of(checkout: CheckoutOpen) -> str:
    """Return what the provider knows the attempt by."""
    return f"{checkout.order_id}.{checkout.attempt}"
