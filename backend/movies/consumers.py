"""What movies hears: payment's answers and ticket's."""

from backend.contracts.messages import (
    Envelope,
    Message,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentClosed,
    PaymentFailed,
    PaymentOpened,
    PaymentRefunded,
    PaymentRefundFailed,
    PaymentReview,
    TicketsIssued,
    TicketsRevoked,
)
from backend.kit.database import Connection
from backend.kit.messaging.inbox import Consumer, Handler, handler
from backend.movies.orders import following, issued, payments, refunds
from backend.movies.parts import Parts


def consumer(parts: Parts) -> Consumer:
    """Make the service's consumer."""

    async def closed(connection: Connection, event: PaymentClosed) -> None:
        await payments.on_closed(connection, event, parts.settings.reopened_hold)

    handlers: dict[type[Message], Handler] = {
        PaymentOpened: handler(PaymentOpened, payments.on_opened),
        PaymentAuthorised: handler(PaymentAuthorised, payments.on_authorised),
        PaymentCaptured: handler(PaymentCaptured, payments.on_captured),
        PaymentClosed: handler(PaymentClosed, closed),
        PaymentFailed: handler(PaymentFailed, payments.on_failed),
        PaymentReview: handler(PaymentReview, payments.on_review),
        PaymentRefunded: handler(PaymentRefunded, refunds.on_refunded),
        PaymentRefundFailed: handler(PaymentRefundFailed, refunds.on_refund_failed),
        TicketsIssued: handler(TicketsIssued, issued.on_issued),
        TicketsRevoked: handler(TicketsRevoked, refunds.on_revoked),
    }

    def after(envelope: Envelope) -> None:
        parts.nudges.send(following.topic(envelope.aggregate_id))

    return Consumer(parts.database, "movies", handlers, after=after)
