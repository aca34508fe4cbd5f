"""Who sent a webhook: the provider, if one of the accepted secrets signed it just now.

An event of the other mode (test events here, live ones there) is none of ours either.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from backend.contracts.problems_payment import WebhookRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

_TOLERANCE_S = 300


def read_event(
    payload: bytes, signature: str, secrets: Sequence[SecretStr], *, is_live: bool
) -> dict[str, Any]:
    """Check a webhook and return its event; raises WebhookRefused."""
    if not any(_is_signed(payload, signature, secret) for secret in secrets):
        raise WebhookRefused
    try:
        event = json.loads(payload)
    except ValueError:
        raise WebhookRefused from None
    if not isinstance(event, dict) or not isinstance(event.get("id"), str):
        raise WebhookRefused
    if event.get("livemode", is_live) is not is_live:
        raise WebhookRefused
    return event


def _is_signed(payload: bytes, signature: str, secret: SecretStr) -> bool:
    import stripe  # noqa: PLC0415 -- half a second, at first use only

    try:
        return bool(
            stripe.WebhookSignature.verify_header(  # type: ignore[no-untyped-call,unused-ignore]  # -- the SDK's
                payload, signature, secret.get_secret_value(), _TOLERANCE_S
            )
        )
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
