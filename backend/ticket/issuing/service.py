"""Issues the tickets of paid orders: one for each line, however often the order is told.

Movies repeats order.paid until it hears tickets.issued, so each one is answered: the tickets are
the same, only the version of the answer grows, and an older or repeated message heals a lost one.
"""

from datetime import timedelta
from uuid import uuid4

from moviemesh_ticketcode import TicketFields

from backend.contracts.messages import Envelope, OrderPaid, PaidLine, TicketsIssued
from backend.kit.database import Connection
from backend.kit.logs import logger
from backend.kit.messaging import outbox
from backend.ticket.issuing import repository, rules
from backend.ticket.issuing.repository import NewTicket
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
        tickets = [self._ticket(message, line) for line in message.lines]
        issued = await repository.issue(connection, message, envelope, tickets)
        # Movies tells it each minute: one dead letter is enough, and a person decides.
        if issued is None:
            _log.warning("paid order waits among the dead letters", order=str(message.order_id))
            return
        if issued.is_first and message.email is not None:
            await mails.record(
                connection,
                message.order_id,
                "tickets",
                cause=OrderPaid.TYPE,
                recipient=message.email,
                facts={},
            )
        if issued.issued_at is not None:
            answer = TicketsIssued(
                order_id=message.order_id, tickets=issued.ids, issued_at=issued.issued_at
            )
            await outbox.put(connection, answer, version=issued.version)

    def _ticket(self, message: OrderPaid, line: PaidLine) -> NewTicket:
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
            line_no=line.line_no,
            seat=fields.seat,
            category=fields.category,
            key_id=self._keys.current_id,
            not_before_at=opens_at,
            not_after_at=closes_at,
            code=self._keys.sign(fields),
        )
