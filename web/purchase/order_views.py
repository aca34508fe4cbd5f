"""Which page an order shows: one address, a view for each state."""

from dataclasses import dataclass
from typing import Literal

from backend.contracts.orders import LineState, OrderLineRead, OrderRead, OrderState
from backend.contracts.payments import AttemptState
from backend.contracts.tickets import TicketList, TicketRead
from web.purchase.qr import qr_path

View = Literal[
    "held",
    "paying",
    "closing",
    "checking",
    "confirming",
    "preparing",
    "tickets",
    "refunding",
    "refunded",
    "expired",
    "cancelled",
    "review",
]
S = OrderState
_VIEWS: dict[OrderState, View] = {
    S.HELD: "held",
    S.PAYING: "paying",
    S.CONFIRMING: "confirming",
    S.PAID: "preparing",
    S.ISSUED: "tickets",
    S.PART_REFUNDED: "tickets",
    S.REFUNDING: "refunding",
    S.REFUNDED: "refunded",
    S.EXPIRED: "expired",
    S.CANCELLED: "cancelled",
    S.REVIEW: "review",
}
# Views that end by themselves: the page looks again until they do.
PASSING: frozenset[View] = frozenset({"closing", "checking", "confirming", "preparing"})
# Views that show tickets, as far as there are any.
WITH_TICKETS: frozenset[View] = frozenset({"tickets", "refunding"})
_RECEIVED = frozenset({AttemptState.AUTHORISED, AttemptState.CAPTURING, AttemptState.CAPTURED})
_OPEN = frozenset({AttemptState.CREATED, AttemptState.AT_PROVIDER})


@dataclass(frozen=True, slots=True)
class Pass:
    """A ticket as it is shown at the door: its code as a drawing."""

    ticket: TicketRead
    qr: str


def view_of(order: OrderRead) -> View:
    """Return the view of an order."""
    if order.state is S.PAYING and order.closing:
        return "closing"
    return _VIEWS[order.state]


def view_after_return(state: AttemptState | None) -> View | None:
    """Return what to show somebody who comes back from the card page while the order still pays.

    None when the payment is simply not finished: the order's own page says how to go on.
    """
    if state in _RECEIVED:
        return "confirming"
    return None if state in _OPEN else "checking"


def live_lines(order: OrderRead) -> list[OrderLineRead]:
    """Return the lines that are still sold."""
    return [line for line in order.lines if line.state is LineState.LIVE]


def given_back(order: OrderRead) -> list[OrderLineRead]:
    """Return the lines whose money goes back or went back."""
    return [line for line in order.lines if line.state is not LineState.LIVE]


def passes_of(tickets: TicketList) -> list[Pass]:
    """Return the tickets that open the door or did, with their codes drawn."""
    return [
        Pass(ticket, qr_path(ticket.code))
        for ticket in tickets.tickets
        if ticket.status != "REVOKED"
    ]
