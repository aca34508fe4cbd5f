"""Sessions as the provider shows them, with dull defaults."""

from typing import Any

from backend.payment.checkouts.rules import Wanted

METADATA = {"order": "o", "attempt": "1", "seats": "24,25"}
WANTED = Wanted("o.1", 5700, "RON", is_live=False, metadata=METADATA)


def intent(status: str, **changes: Any) -> dict[str, Any]:
    captured = status == "succeeded"
    return {
        "id": "pi_1",
        "status": status,
        "amount": 5700,
        "amount_received": 5700 if captured else 0,
        "currency": "ron",
        "livemode": False,
        "metadata": dict(METADATA),
        "cancellation_reason": None,
        "last_payment_error": None,
        "latest_charge": {
            "id": "ch_1",
            "disputed": False,
            "balance_transaction": {"fee": 171} if captured else None,
        },
        **changes,
    }


def session(
    payment_intent: dict[str, Any] | str | None = None, status: str = "open", **changes: Any
) -> dict[str, Any]:
    return {
        "id": "cs_1",
        "status": status,
        "url": "http://pay.test/cs_1" if status == "open" else None,
        "client_reference_id": "o.1",
        "amount_total": 5700,
        "currency": "ron",
        "livemode": False,
        "metadata": dict(METADATA),
        "payment_intent": payment_intent,
        **changes,
    }
