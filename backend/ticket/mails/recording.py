"""What buyers are to be told: each fact becomes one mail, recorded with the fact itself."""

from backend.contracts.messages import OrderLapsed, OrderRefunded
from backend.contracts.problems_tickets import MailNeedsAddress
from backend.kit.database import Connection
from backend.ticket.issuing.facts import PaidOrder
from backend.ticket.issuing.locks import lock_order
from backend.ticket.mails import repository


async def on_lapsed(connection: Connection, message: OrderLapsed) -> None:
    """The order ended without tickets although its buyer had begun to pay."""
    if message.email is None:
        return
    await lock_order(connection, message.order_id)
    await repository.record(
        connection,
        message.order_id,
        "lapsed",
        cause=message.reason,
        recipient=message.email,
        facts=message.model_dump(mode="json"),
    )


async def on_refunded(connection: Connection, message: OrderRefunded) -> None:
    """Money went back."""
    if message.email is None:
        return
    await lock_order(connection, message.order_id)
    await repository.record(
        connection,
        message.order_id,
        "refunded",
        cause=str(message.refund_id),
        recipient=message.email,
        facts=message.model_dump(mode="json"),
    )


async def resend(connection: Connection, order: PaidOrder, *, cause: str) -> None:
    """Mail the tickets once more; raises MailNeedsAddress."""
    if order.email is None:
        raise MailNeedsAddress
    await lock_order(connection, order.id)
    await repository.record(
        connection, order.id, "tickets", cause=cause, recipient=order.email, facts={}
    )
