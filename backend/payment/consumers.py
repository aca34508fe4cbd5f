"""What payment hears: movies' commands."""

from backend.contracts.messages import (
    Envelope,
    Message,
    PaymentCaptureRequested,
    PaymentCloseRequested,
    PaymentOpenRequested,
    PaymentRefundRequested,
)
from backend.kit.database import Connection
from backend.kit.messaging.inbox import Consumer, Handler, handler
from backend.payment.checkouts import commands
from backend.payment.parts import Parts
from backend.payment.refunds import service as refunds


def consumer(parts: Parts) -> Consumer:
    """Make the service's consumer."""

    async def opened(connection: Connection, message: PaymentOpenRequested) -> None:
        await commands.on_open(parts, connection, message)

    handlers: dict[type[Message], Handler] = {
        PaymentOpenRequested: handler(PaymentOpenRequested, opened),
        PaymentCaptureRequested: handler(PaymentCaptureRequested, commands.on_capture),
        PaymentCloseRequested: handler(PaymentCloseRequested, commands.on_close),
        PaymentRefundRequested: handler(PaymentRefundRequested, refunds.on_requested),
    }

    def after(_envelope: Envelope) -> None:
        parts.work.wake()

    return Consumer(parts.database, "payment", handlers, after=after)
