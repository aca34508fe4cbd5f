"""Issues the tickets of paid orders: one for each line, however often the order is told.

Movies repeats order.paid until it hears tickets.issued, so each one is answered: the tickets are
the same, only the version of the answer grows, and an older or repeated message heals a lost one.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from moviemesh_ticketcode import TicketFields

from backend.contracts.messages import Envelope, OrderPaid, PaidLine, TicketsIssued
from backend.kit.database import Connection
from backend.kit.logs import logger
from backend.kit.messaging import outbox
from backend.ticket.issuing import repository, rules
from backend.ticket.issuing.locks import lock_order
from backend.ticket.issuing.repository import NewTicket, Step
from backend.ticket.keys.signing import SigningKeys
from backend.ticket.mails import repository as mails

_log = logger(__name__)


class Issuing:
    """Makes tickets with the keys and times of the settings."""

    def __init__(self, keys: SigningKeys, *, before: timedelta, after: timedelta) -> None:
        self._keys = keys
        self._before = before
        self._after = after

    async def on_paid(self, connection: Connection, message: OrderPaid, envelope: Envelope) -> None:
        """Issue what is missing, record the mail, answer movies; raises Poison."""
        order_id, order_version = message.order_id, envelope.version
        await lock_order(connection, order_id)
        # Movies tells it each minute: one dead letter is enough, and a person decides.
        if await repository.is_parked(connection, order_id, message_id=envelope.id):
            _log.warning("paid order waits among the dead letters", order=str(order_id))
            return
        is_new = await repository.keep_order(connection, message, order_version=order_version)
        step = await repository.step(connection, order_id, order_version=order_version)
        assert step is not None
        due = await repository.due_lines(connection, order_id)
        lines = [line for line in message.lines if line.line_no in due]
        await repository.add(connection, [self._ticket(message, line, step) for line in lines])
        if is_new and lines and message.email is not None:
            await mails.record(
                connection,
                order_id,
                "tickets",
                cause=OrderPaid.TYPE,
                recipient=message.email,
                facts={},
            )
        await _answer(connection, order_id, step)

    def _ticket(self, message: OrderPaid, line: PaidLine, step: Step) -> NewTicket:
        opens_at, closes_at = rules.validity(
            message.starts_at, message.ends_at, before=self._before, after=self._after
        )
        fields = TicketFields(
            ticket_id=uuid4(),
            screening_key=message.screening_key,
            seat=line.seat.seat,
            category=rules.category(line.ticket_type),
            not_before_at=opens_at,
            not_after_at=closes_at,
        )
        return NewTicket(
            id=fields.ticket_id,
            order_id=message.order_id,
            line_no=line.line_no,
            cinema_id=message.cinema_id,
            screening_key=fields.screening_key,
            seat=fields.seat,
            category=fields.category,
            key_id=self._keys.current_id,
            not_before_at=opens_at,
            not_after_at=closes_at,
            code=self._keys.sign(fields),
            issued_at=step.at,
        )


async def _answer(connection: Connection, order_id: UUID, step: Step) -> None:
    tickets, issued_at = await repository.ids(connection, order_id)
    if issued_at is not None:
        answer = TicketsIssued(order_id=order_id, tickets=tickets, issued_at=issued_at)
        await outbox.put(connection, answer, version=step.version)
