"""Who may read an order's tickets, and how they read them."""

from uuid import UUID

from backend.contracts.problems_tickets import TicketsMissing
from backend.contracts.tickets import TicketList, TicketRead
from backend.kit.database import Connection
from backend.kit.tokens.principal import Principal
from backend.ticket.issuing import orders
from backend.ticket.issuing.facts import PaidOrder, Ticket
from backend.ticket.mails import repository as mails


def may_see(principal: Principal, order: PaidOrder) -> bool:
    """Say whether an order is the caller's, was looked up by them, or is of their cinema."""
    if principal.order_id is not None:
        return principal.order_id == order.id
    return order.owner == principal.subject or principal.is_staff_at(order.cinema_slug)


async def owned(connection: Connection, principal: Principal, order_id: UUID) -> PaidOrder:
    """Return an order that the caller may see; anybody else's is missing."""
    order = await orders.find(connection, order_id)
    if order is None or not may_see(principal, order):
        raise TicketsMissing
    return order


async def ticket_list(connection: Connection, order: PaidOrder) -> TicketList:
    """Render an order's tickets and what became of their mail."""
    mail = await mails.state(connection, order.id)
    return TicketList(
        order_id=order.id,
        is_ready=bool(order.tickets),
        mailed_at=mail.sent_at,
        mail_problem=mail.problem,
        tickets=[_ticket(order, ticket) for ticket in order.tickets],
    )


def _ticket(order: PaidOrder, ticket: Ticket) -> TicketRead:
    return TicketRead(
        id=ticket.id,
        line_no=ticket.line.line_no,
        status=ticket.status,
        ticket_type_name=ticket.line.type_name,
        row=ticket.line.row,
        label=ticket.line.label,
        seat_kind=ticket.line.kind,
        room_name=ticket.room,
        film_title=order.film_title,
        starts_at=order.starts_at,
        zone=order.zone,
        code=ticket.code,
        admitted_at=ticket.admitted_at,
        admitted_door=ticket.admitted_door,
    )
