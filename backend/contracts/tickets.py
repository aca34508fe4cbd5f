"""Tickets and admissions on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from backend.contracts.schema import Read, Strict

TicketStatus = Literal["ISSUED", "ADMITTED", "REVOKED"]
Door = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
ScreeningKey = Annotated[int, Field(ge=1, le=2**63 - 1)]


class TicketRead(Read):
    """A ticket with its code: 244 digits that the door reads."""

    id: UUID
    line_no: int
    status: TicketStatus
    ticket_type_name: str
    row: str
    label: str
    seat_kind: str
    room_name: str
    film_title: str
    starts_at: datetime
    zone: str
    code: str
    admitted_at: datetime | None
    admitted_door: str | None


class TicketList(Read):
    """The tickets of an order; `is_ready` is false while they are being made."""

    order_id: UUID
    is_ready: bool
    mailed_at: datetime | None
    mail_problem: str | None
    tickets: list[TicketRead]


class AdmissionCreate(Strict):
    """A scan: what the scanner read, where, and for which screenings the door is open."""

    code: Annotated[str, StringConstraints(max_length=4096)]
    door: Door
    cinema_id: UUID
    screening_keys: Annotated[list[ScreeningKey], Field(max_length=50, default_factory=list)]


class AdmissionRead(Read):
    """The door's answer; `outcome` is one of moviemesh_ticketcode's outcomes."""

    outcome: str
    ticket_id: UUID | None
    row: str | None
    label: str | None
    seat_kind: str | None
    ticket_type_name: str | None
    room_name: str | None
    film_title: str | None
    starts_at: datetime | None
    zone: str | None
    admitted_at: datetime | None
    admitted_door: str | None


class AdmissionCounts(Read):
    """How many tickets of a screening are good or were good at the door, and how many came in."""

    screening_key: int
    sold: int
    admitted: int


class TicketKey(Read):
    """A public Ed25519 key of tickets, base64url without padding, by the id that codes carry."""

    id: int
    ed25519: str


class KeysRead(Read):
    """The keys that doors need; `lists` is the public key of the sealed lists."""

    format: Literal["MM1"]
    keys: list[TicketKey]
    lists: str
