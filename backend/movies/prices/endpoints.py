"""Ticket types and price cards over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from backend.contracts.catalogue import (
    PriceCardList,
    PriceCardRead,
    PriceCardWrite,
    TicketTypeSaved,
    TicketTypeWrite,
)
from backend.contracts.problems import Malformed
from backend.contracts.problems_catalogue import PriceTooLow
from backend.kit.database import Connection
from backend.kit.keys import intent_of
from backend.kit.openapi import answers
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.movies.cinemas import repository as cinemas
from backend.movies.parts import Parts
from backend.movies.prices import repository

router = APIRouter(tags=["prices"])
Writer = Annotated[Principal, allowed("catalogue.write")]


@router.put(
    "/cinemas/{cinema}/ticket-types/{code}", openapi_extra=answers(TicketTypeSaved, is_keyed=True)
)
async def save_ticket_type(
    request: Request, cinema: str, code: str, *, body: TicketTypeWrite, principal: Writer
) -> Response:
    """Make a ticket type, or change the one with this code."""
    parts: Parts = request.app.state.parts
    principal.demand_at("catalogue.write", cinema)
    if body.code != code:
        raise Malformed(fields=[{"field": "code", "problem": "differs from the address"}])

    async def effect(connection: Connection) -> BaseModel:
        found = await cinemas.find(connection, cinema)
        await repository.save_ticket_type(connection, found.id, body)
        return TicketTypeSaved(code=body.code)

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    return reply.response()


@router.get("/cinemas/{cinema}/price-cards")
async def read_price_cards(request: Request, cinema: str, principal: Writer) -> PriceCardList:
    """Return a cinema's price cards."""
    parts: Parts = request.app.state.parts
    principal.demand_at("catalogue.write", cinema)
    async with parts.database.connection() as connection:
        found = await cinemas.find(connection, cinema)
        rows = await repository.find_cards(connection, found.id)
    return PriceCardList(price_cards=[repository.card_read(row) for row in rows])


@router.post("/cinemas/{cinema}/price-cards", openapi_extra=answers(PriceCardRead, is_keyed=True))
async def save_price_card(
    request: Request, cinema: str, body: PriceCardWrite, principal: Writer
) -> Response:
    """Make a price card, or the next version of the one with this name."""
    parts: Parts = request.app.state.parts
    principal.demand_at("catalogue.write", cinema)
    check_prices(body, least_minor=parts.settings.least_charge_minor)

    async def effect(connection: Connection) -> BaseModel:
        found = await cinemas.find(connection, cinema)
        card = await repository.save_card(connection, found.id, body)
        return repository.card_read(await repository.find_card(connection, card))

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    return reply.response()


def check_prices(body: PriceCardWrite, *, least_minor: int) -> None:
    """Raise PriceTooLow for a price that is not free and that no card can pay."""
    low = [
        rule.ticket_type
        for rule in body.rules
        if rule.price_minor > 0 and rule.price_minor + body.fee_minor < least_minor
    ]
    if low:
        raise PriceTooLow(ticket_types=low, least_minor=least_minor)
