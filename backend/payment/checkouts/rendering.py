"""How an attempt looks to movies."""

from backend.contracts.payments import AttemptState, CheckoutRead
from backend.payment.checkouts.repository import Attempt


def checkout_read(attempt: Attempt) -> CheckoutRead:
    """Render an attempt; only a page that can still be used has its address."""
    is_open = attempt.state is AttemptState.AT_PROVIDER
    return CheckoutRead(
        order_id=attempt.order_id,
        attempt=attempt.attempt,
        state=attempt.state,
        version=attempt.version,
        url=attempt.url if is_open else None,
        failure=attempt.failure,
        captured_minor=attempt.captured_minor,
        refunded_minor=attempt.refunded_minor,
    )
