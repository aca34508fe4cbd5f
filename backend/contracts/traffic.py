"""Who sends each message and who hears it: one table, read by the checker and by the documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from backend.contracts.messages import (
    Message,
    OrderLapsed,
    OrderPaid,
    OrderRefunded,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentCaptureRequested,
    PaymentClosed,
    PaymentCloseRequested,
    PaymentFailed,
    PaymentOpened,
    PaymentOpenRequested,
    PaymentRefunded,
    PaymentRefundFailed,
    PaymentRefundRequested,
    PaymentReview,
    TicketRevokeRequested,
    TicketsIssued,
    TicketsRevoked,
)

Service = Literal["movies", "payment", "ticket"]


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a message. A hearer's name is that of its consumer and of its database."""

    sender: Service
    hearers: tuple[Service, ...]


_WAYS: Mapping[tuple[Service, Service], tuple[type[Message], ...]] = {
    ("movies", "payment"): (
        PaymentOpenRequested,
        PaymentCaptureRequested,
        PaymentCloseRequested,
        PaymentRefundRequested,
    ),
    ("payment", "movies"): (
        PaymentOpened,
        PaymentAuthorised,
        PaymentCaptured,
        PaymentClosed,
        PaymentFailed,
        PaymentReview,
        PaymentRefunded,
        PaymentRefundFailed,
    ),
    ("movies", "ticket"): (OrderPaid, OrderLapsed, OrderRefunded, TicketRevokeRequested),
    ("ticket", "movies"): (TicketsIssued, TicketsRevoked),
}
ROUTES: Mapping[str, Route] = {
    kind.TYPE: Route(sender, (hearer,))
    for (sender, hearer), kinds in _WAYS.items()
    for kind in kinds
}
