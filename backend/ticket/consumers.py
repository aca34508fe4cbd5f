"""What ticket hears: paid orders, revocations, and news for buyers."""

from backend.contracts.messages import (
    Envelope,
    Message,
    OrderLapsed,
    OrderPaid,
    OrderRefunded,
    TicketRevokeRequested,
)
from backend.kit.database import Connection
from backend.kit.messaging.inbox import Consumer, Handler, handler
from backend.ticket.issuing.revoking import on_revoke_requested
from backend.ticket.issuing.service import Issuing
from backend.ticket.mails import recording
from backend.ticket.parts import Parts


def consumer(parts: Parts) -> Consumer:
    """Make the service's consumer."""
    issuing = Issuing(
        parts.keys,
        before=parts.settings.doors_open_before,
        after=parts.settings.valid_after_end,
    )

    async def paid(connection: Connection, message: Message, envelope: Envelope) -> None:
        assert isinstance(message, OrderPaid)
        await issuing.on_paid(connection, message, envelope)

    handlers: dict[type[Message], Handler] = {
        OrderPaid: paid,
        TicketRevokeRequested: handler(TicketRevokeRequested, on_revoke_requested),
        OrderLapsed: handler(OrderLapsed, recording.on_lapsed),
        OrderRefunded: handler(OrderRefunded, recording.on_refunded),
    }

    def after(_envelope: Envelope) -> None:
        parts.sender.wake()

    return Consumer(parts.database, "ticket", handlers, after=after)
