"""What movies is told about attempts: into the outbox, in the transaction of the change.

A stray payment is told to nobody: movies never began it.
"""

from typing import Any, assert_never

from backend.contracts.messages import (
    Message,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentClosed,
    PaymentFailed,
    PaymentOpened,
    PaymentReview,
)
from backend.contracts.payments import AttemptState as S
from backend.kit.database import Connection
from backend.kit.messaging import outbox
from backend.payment.checkouts import repository
from backend.payment.checkouts.repository import Attempt

_REFUSED = "refused"


async def tell(connection: Connection, attempt: Attempt) -> None:
    """Tell the state that an attempt has just come to."""
    message = None if attempt.is_stray else _news(attempt)
    if message is not None:
        await outbox.put(connection, message, version=attempt.version)


async def tell_again(connection: Connection, attempt: Attempt) -> None:
    """Tell a state once more, as a new version: movies asked about what it should know."""
    told = await repository.change(connection, attempt, attempt.state)
    await tell(connection, told)


async def tell_review(connection: Connection, attempt: Attempt) -> None:
    """Tell that the provider's figures are not ours."""
    reason = f"the provider's {attempt.review} differs"
    await outbox.put(
        connection, PaymentReview(**head(attempt), reason=reason), version=attempt.version
    )


def head(attempt: Attempt) -> dict[str, Any]:
    """Return what every message about an attempt begins with."""
    return {
        "order_id": attempt.order_id,
        "attempt": attempt.attempt,
        "attempt_version": attempt.version,
    }


def _news(attempt: Attempt) -> Message | None:
    match attempt.state:
        case S.AT_PROVIDER:
            return PaymentOpened(**head(attempt), url=attempt.url) if attempt.url else None
        case S.AUTHORISED:
            return PaymentAuthorised(**head(attempt), amount_minor=attempt.amount_minor)
        case S.CAPTURED:
            return PaymentCaptured(
                **head(attempt),
                amount_minor=attempt.captured_minor,
                captured_at=attempt.changed_at,
            )
        case S.CANCELED:
            return PaymentClosed(**head(attempt), reason=attempt.wants_close or "deadline")
        case S.FAILED:
            return PaymentFailed(**head(attempt), failure=attempt.failure or _REFUSED)
        case S.CREATED | S.CAPTURING | S.UNKNOWN:
            return None
        case _:
            assert_never(attempt.state)
