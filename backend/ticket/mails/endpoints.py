"""The desk's way to mail an order's tickets once more."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.contracts.problems_tickets import TicketsMissing
from backend.contracts.tickets import TicketList
from backend.kit.database import Connection
from backend.kit.keys import intent_of
from backend.kit.openapi import answers
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.ticket.issuing import orders
from backend.ticket.issuing.reading import ticket_list
from backend.ticket.mails.recording import resend
from backend.ticket.parts import parts_of

router = APIRouter(tags=["mails"])
Sender = Annotated[Principal, allowed("tickets.resend")]


@router.post("/orders/{order_id}/resend", openapi_extra=answers(TicketList, is_keyed=True))
async def send_again(request: Request, order_id: UUID, principal: Sender) -> Response:
    """Mail the tickets of an order of the caller's cinema once more."""
    parts = parts_of(request)
    intent = await intent_of(request, principal.subject)

    async def effect(connection: Connection) -> TicketList:
        order = await orders.find(connection, order_id)
        if order is None or not principal.is_at(order.cinema_slug):
            raise TicketsMissing
        await resend(connection, order, cause=f"resend {intent.principal} {intent.key}")
        return await ticket_list(connection, order)

    reply = await parts.once.run(intent, effect)
    parts.sender.wake()
    return reply.response()
