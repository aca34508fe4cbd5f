"""The door to an order's tickets."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from backend.contracts.tickets import TicketList
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.ticket.issuing.reading import owned, ticket_list
from backend.ticket.parts import parts_of

router = APIRouter(tags=["tickets"])
Reader = Annotated[Principal, allowed("tickets.read")]


@router.get("/orders/{order_id}/tickets")
async def read_tickets(request: Request, order_id: UUID, principal: Reader) -> TicketList:
    """Return the tickets of an order with their codes, and what became of their mail."""
    async with parts_of(request).database.connection() as connection:
        return await ticket_list(connection, await owned(connection, principal, order_id))
