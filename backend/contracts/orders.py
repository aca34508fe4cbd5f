"""An order: seats of one screening, held, priced, paid and turned into tickets."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from backend.contracts.schema import Clean, Currency, Email, Language, Minor, Read, Strict

SeatNo = Annotated[int, Field(ge=1, le=32767)]
# Else `true` would be seat 1.
Strictly = Field(strict=True)
TicketTypeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Channel = Literal["web", "kiosk", "staff"]


class OrderState(StrEnum):
    """Where an order stands; RELIABILITY of the sale is this machine."""

    HELD = "HELD"
    PAYING = "PAYING"
    CONFIRMING = "CONFIRMING"
    PAID = "PAID"
    ISSUED = "ISSUED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    REFUNDING = "REFUNDING"
    REFUNDED = "REFUNDED"
    PART_REFUNDED = "PART_REFUNDED"
    REVIEW = "REVIEW"


class LineState(StrEnum):
    """Whether a line is still sold."""

    LIVE = "LIVE"
    REFUNDING = "REFUNDING"
    REFUNDED = "REFUNDED"


class LineChoice(Strict):
    """One seat and who sits on it."""

    seat: Annotated[SeatNo, Strictly]
    ticket_type: TicketTypeCode = "adult"


class OrderCreate(Strict):
    """Hold these seats, all or none of them."""

    screening_id: UUID
    lines: Annotated[list[LineChoice], Field(min_length=1, max_length=10)]
    language: Language = "en"
    email: Email | None = None
    accessible_time: bool = False


class SeatsChange(Strict):
    """Swap the whole hold for these seats and ticket types, or keep the old one."""

    lines: Annotated[list[LineChoice], Field(min_length=1, max_length=10)]


class OrderPay(Strict):
    """Pay for a hold; a guest's tickets go to `email`."""

    email: Email | None = None


class LineRefund(Strict):
    """Give back the money of these lines, and free or keep their seats."""

    lines: Annotated[
        list[Annotated[int, Field(ge=1, le=10), Strictly]], Field(min_length=1, max_length=10)
    ]
    seats: Literal["free", "keep"]
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200), Clean
    ]


class SeatRead(Read):
    """A seat as people call it."""

    seat: int
    row: str
    label: str
    kind: str


class OrderLineRead(Read):
    """A line with what was frozen at the hold; `gross_minor` = price + fee, tax included."""

    line_no: int
    seat: SeatRead
    ticket_type: str
    ticket_type_name: str
    price_minor: Minor
    fee_minor: Minor
    gross_minor: Minor
    tax_rate_bp: int
    tax_minor: Minor
    state: LineState


class OrderScreening(Read):
    """What an order is for, as its pages and mails show it."""

    id: UUID
    key: int
    film_id: UUID
    film_title: str
    room_name: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    cinema_id: UUID
    cinema_name: str


class OrderRead(Read):
    """An order as its owner sees it. `expires_in_s` counts by the database's clock."""

    id: UUID
    reference: str
    state: OrderState
    version: int
    language: Language
    email: str | None
    currency: Currency
    total_minor: Minor
    fee_minor: Minor
    tax_minor: Minor
    lines: list[OrderLineRead]
    screening: OrderScreening
    expires_in_s: float | None
    extensions_left: int
    attempt: int
    closing: bool
    placed_at: datetime
    paid_at: datetime | None


class PayAnswer(Read):
    """What Pay led to: the provider's page, an order without payment, or 'being confirmed'."""

    state: OrderState
    checkout_url: str | None


class OrderList(Read):
    """A person's orders, newest first."""

    orders: list[OrderRead]


class Lookup(Strict):
    """The reference and the mailed code of one order."""

    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)]
    code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)]


class LookupAnswer(Read):
    """The order that a reference and code open."""

    order_id: UUID
