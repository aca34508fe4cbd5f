"""What the services tell each other through the broker; a changed shape is a new version.

A message's name is `aggregate.event.vN`; its queue is `consumer.name`. Commands are imperative
requests (`…_requested`), events are facts.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.contracts.orders import Channel, SeatRead
from backend.contracts.payments import CheckoutOpen, CloseReason
from backend.contracts.schema import Currency, Language, Minor


class Message(BaseModel):
    """The payload of a message; subclasses name their type."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    TYPE: ClassVar[str] = ""

    order_id: UUID


class Envelope(BaseModel):
    """How a message travels. `version` counts the changes of its aggregate."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    type: str
    aggregate_id: UUID
    version: int
    occurred_at: AwareDatetime
    trace_id: str
    payload: dict[str, Any]


class PaymentOpenRequested(Message):
    """Movies asks for a checkout; the twin of `PUT /checkouts/{order}/{attempt}`."""

    TYPE: ClassVar[str] = "payment.open_requested.v1"
    checkout: CheckoutOpen


class AttemptMessage(Message):
    """A message about one attempt of an order."""

    attempt: Annotated[int, Field(ge=1, le=99)]


class PaymentCaptureRequested(AttemptMessage):
    """The seats are SOLD: take the money."""

    TYPE: ClassVar[str] = "payment.capture_requested.v1"
    amount_minor: Minor


class PaymentCloseRequested(AttemptMessage):
    """End an attempt: expire its session or void its authorisation."""

    TYPE: ClassVar[str] = "payment.close_requested.v1"
    reason: CloseReason


class PaymentRefundRequested(AttemptMessage):
    """Give back money of a captured attempt."""

    TYPE: ClassVar[str] = "payment.refund_requested.v1"
    refund_id: UUID
    amount_minor: Minor
    currency: Currency
    lines: list[int]
    reason: str


class AttemptEvent(AttemptMessage):
    """A fact about an attempt; `attempt_version` only grows."""

    attempt_version: int


class PaymentOpened(AttemptEvent):
    """The provider's page is ready."""

    TYPE: ClassVar[str] = "payment.opened.v1"
    url: str


class PaymentAuthorised(AttemptEvent):
    """The money is reserved, not taken."""

    TYPE: ClassVar[str] = "payment.authorised.v1"
    amount_minor: Minor


class PaymentCaptured(AttemptEvent):
    """The money is taken."""

    TYPE: ClassVar[str] = "payment.captured.v1"
    amount_minor: Minor
    captured_at: AwareDatetime


class PaymentClosed(AttemptEvent):
    """The attempt is over and nothing was taken."""

    TYPE: ClassVar[str] = "payment.closed.v1"
    reason: CloseReason


class PaymentFailed(AttemptEvent):
    """The attempt cannot succeed any more (its authorisation lapsed, the provider refused)."""

    TYPE: ClassVar[str] = "payment.failed.v1"
    failure: str


class PaymentRefunded(AttemptEvent):
    """Money went back; `origin` says whether we asked or the provider's dashboard did."""

    TYPE: ClassVar[str] = "payment.refunded.v1"
    refund_id: UUID
    amount_minor: Minor
    refunded_total_minor: Minor
    origin: Literal["us", "dashboard"]


class PaymentRefundFailed(AttemptEvent):
    """A refund that had been accepted did not arrive."""

    TYPE: ClassVar[str] = "payment.refund_failed.v1"
    refund_id: UUID
    failure: str


class PaymentReview(AttemptEvent):
    """The provider's figures differ from ours: a person must look."""

    TYPE: ClassVar[str] = "payment.review.v1"
    reason: str


class PaidLine(BaseModel):
    """A line for which a ticket is due."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    line_no: int
    seat: SeatRead
    ticket_type: str
    ticket_type_name: str
    price_minor: Minor
    fee_minor: Minor
    gross_minor: Minor
    tax_rate_bp: int
    tax_minor: Minor


class OrderPaid(Message):
    """An order is paid; ticket issues from this alone, so it carries all that a ticket shows."""

    TYPE: ClassVar[str] = "order.paid.v1"
    reference: str
    owner: str
    code_hash: str
    channel: Channel
    language: Language
    email: str | None
    cinema_id: UUID
    cinema_slug: str
    cinema_name: str
    seller_name: str
    seller_address: str
    seller_tax_id: str
    zone: str
    currency: Currency
    total_minor: Minor
    screening_id: UUID
    screening_key: int
    film_title: str
    certificate: str
    room_name: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    paid_at: AwareDatetime
    lines: list[PaidLine]


class OrderLapsed(Message):
    """An order ended without tickets although its buyer had begun to pay: tell them."""

    TYPE: ClassVar[str] = "order.lapsed.v1"
    reference: str
    language: Language
    email: str | None
    cinema_name: str
    film_title: str
    starts_at: AwareDatetime
    zone: str
    reason: Literal["nothing_charged", "payment_failed", "refunded"]


class OrderRefunded(Message):
    """Lines of an order were paid back: ticket tells the buyer."""

    TYPE: ClassVar[str] = "order.refunded.v1"
    refund_id: UUID
    reference: str
    language: Language
    email: str | None
    cinema_name: str
    film_title: str
    currency: Currency
    amount_minor: Minor


class TicketRevokeRequested(Message):
    """Revoke the tickets of these lines before their seats and money move."""

    TYPE: ClassVar[str] = "ticket.revoke_requested.v1"
    refund_id: UUID
    cinema_id: UUID
    lines: list[int]


class RevokedLine(BaseModel):
    """What became of the ticket of a line."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    line_no: int
    outcome: Literal["revoked", "admitted"]


class TicketsRevoked(Message):
    """The answer to a revocation, line by line."""

    TYPE: ClassVar[str] = "tickets.revoked.v1"
    refund_id: UUID
    lines: list[RevokedLine]


class TicketsIssued(Message):
    """Each line of an order has its ticket."""

    TYPE: ClassVar[str] = "tickets.issued.v1"
    tickets: dict[int, UUID]
    issued_at: datetime


MESSAGES: dict[str, type[Message]] = {
    kind.TYPE: kind
    for kind in (
        PaymentOpenRequested,
        PaymentCaptureRequested,
        PaymentCloseRequested,
        PaymentRefundRequested,
        PaymentOpened,
        PaymentAuthorised,
        PaymentCaptured,
        PaymentClosed,
        PaymentFailed,
        PaymentRefunded,
        PaymentRefundFailed,
        PaymentReview,
        OrderPaid,
        OrderLapsed,
        OrderRefunded,
        TicketRevokeRequested,
        TicketsRevoked,
        TicketsIssued,
    )
}
