"""A paid order with its tickets, as documents, mails and answers show it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.contracts.schema import Language
from backend.contracts.tickets import TicketStatus


@dataclass(frozen=True, slots=True)
class Line:
    """What was bought, as the receipt lists it; `gross_minor` has fee and tax inside."""

    line_no: int
    seat: int
    row: str
    label: str
    kind: str
    ticket_type: str
    type_name: str
    price_minor: int
    fee_minor: int
    gross_minor: int
    tax_rate_bp: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket of a line; `room` and `line` already follow a relocation."""

    id: UUID
    line: Line
    room: str
    status: TicketStatus
    code: str
    admitted_at: datetime | None
    admitted_door: str | None


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """Everything that ticket knows of an order. `version` grows with each change of a ticket."""

    id: UUID
    version: int
    reference: str
    owner: str
    code_hash: str
    language: Language
    email: str | None
    cinema_id: UUID
    cinema_slug: str
    cinema_name: str
    seller_name: str
    seller_address: str
    seller_tax_id: str
    zone: str
    currency: str
    total_minor: int
    screening_key: int
    film_title: str
    certificate: str
    room_name: str
    starts_at: datetime
    ends_at: datetime
    paid_at: datetime
    lines: tuple[Line, ...]
    tickets: tuple[Ticket, ...]

    @property
    def live_tickets(self) -> tuple[Ticket, ...]:
        """The tickets that still open a door or did so."""
        return tuple(ticket for ticket in self.tickets if ticket.status != "REVOKED")

    @property
    def live_lines(self) -> frozenset[int]:
        """The lines whose money was not given back."""
        return frozenset(ticket.line.line_no for ticket in self.live_tickets)
