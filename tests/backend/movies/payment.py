"""Payment as movies meets it: the direct command over HTTP, and the messages that follow."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2

from backend.contracts.messages import (
    AttemptEvent,
    Envelope,
    Message,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentClosed,
    PaymentFailed,
    PaymentOpened,
    PaymentReview,
)
from tests.support import keys


class Neighbours:
    """Answers for payment and for the identity provider; `is_away` makes payment silent."""

    def __init__(self) -> None:
        self.is_away = False
        self.opened: list[dict[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/certs"):
            return httpx2.Response(200, json=keys.certs())
        if self.is_away:
            raise httpx2.ConnectError("nobody there")
        _, _, order, attempt, *rest = request.url.path.split("/")
        if not rest:
            self.opened.append(json.loads(request.content))
        return httpx2.Response(200, json=checkout(order, int(attempt)))


def checkout(order: str, attempt: int) -> dict[str, Any]:
    return {
        "order_id": order,
        "attempt": attempt,
        "state": "AT_PROVIDER",
        "version": 2,
        "url": page(attempt),
        "failure": None,
        "captured_minor": 0,
        "refunded_minor": 0,
    }


def page(attempt: int = 1) -> str:
    return f"https://pay.example/{attempt}"


def envelope(message: Message, version: int = 1) -> Envelope:
    return Envelope(
        id=uuid4(),
        type=message.TYPE,
        aggregate_id=message.order_id,
        version=version,
        occurred_at=datetime.now(UTC),
        trace_id="ab" * 16,
        payload=message.model_dump(mode="json"),
    )


# The versions follow the life of an attempt: opened, reserved, taken; it may end after each.
def opened(order: UUID, attempt: int = 1, *, version: int = 2) -> AttemptEvent:
    return PaymentOpened(
        order_id=order, attempt=attempt, attempt_version=version, url=page(attempt)
    )


def authorised(
    order: UUID, attempt: int = 1, *, version: int = 3, amount: int = 6700
) -> AttemptEvent:
    return PaymentAuthorised(
        order_id=order, attempt=attempt, attempt_version=version, amount_minor=amount
    )


def captured(
    order: UUID, attempt: int = 1, *, version: int = 4, amount: int = 6700
) -> AttemptEvent:
    return PaymentCaptured(
        order_id=order,
        attempt=attempt,
        attempt_version=version,
        amount_minor=amount,
        captured_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
    )


def closed(
    order: UUID, attempt: int = 1, *, version: int = 5, reason: str = "buyer"
) -> AttemptEvent:
    return PaymentClosed.model_validate(
        {"order_id": order, "attempt": attempt, "attempt_version": version, "reason": reason}
    )


def failed(order: UUID, attempt: int = 1, *, version: int = 5) -> AttemptEvent:
    return PaymentFailed(
        order_id=order, attempt=attempt, attempt_version=version, failure="authorisation_expired"
    )


def review(order: UUID, attempt: int = 1, *, version: int = 6) -> AttemptEvent:
    return PaymentReview(
        order_id=order, attempt=attempt, attempt_version=version, reason="amount differs"
    )
