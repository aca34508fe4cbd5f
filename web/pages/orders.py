"""The page of an order, the same address in every state, and what its buyer does before paying."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from backend.contracts.orders import OrderState, SeatsChange
from backend.contracts.problems import Problem, Unavailable
from backend.contracts.problems_tickets import TicketsMissing
from backend.contracts.tickets import TicketList
from brand.texts import texts
from web.forms import intent_key, posted
from web.languages import language_of
from web.own_orders import OwnOrder, own_order
from web.parts import parts_of
from web.purchase.choices import lines_of, types_of
from web.purchase.order_views import (
    PASSING,
    WITH_TICKETS,
    View,
    given_back,
    live_lines,
    passes_of,
    view_of,
)
from web.purchase.picker import picker_of
from web.purchase.refusals import explain, is_explained
from web.rendering import page
from web.visitors import visitor_of

# A script hears of changes at once; without one a page that only waits loads itself again.
LOOK_AGAIN_S = 3


@dataclass(frozen=True, slots=True)
class Typed:
    """What the buyer typed on the page and has not lost by what went wrong."""

    email: str | None = None
    types: Mapping[int, str] = field(default_factory=dict)
    problem: Problem | None = None
    is_repriced: bool = False


def routes() -> list[Route]:
    """Return the addresses of this module."""
    order = "/{language:language}/orders/{order_id:uuid}"
    return [
        Route(order, show, methods=["GET"]),
        Route(order + "/types", change_types, methods=["POST"]),
        Route(order + "/extend", extend, methods=["POST"]),
        Route(order + "/release", release, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    """Show an order as it stands."""
    return await order_page(request, await own_order(request))


async def extend(request: Request) -> Response:
    """Give the hold more time; what was typed stays typed."""
    form = await posted(request)
    own = await own_order(request)
    try:
        order = await parts_of(request).movies.extend(
            own.order.id, token=own.token, key=intent_key(form)
        )
    except Problem as problem:
        return await refused(request, own, form, problem)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(
            {
                "expires_in_s": order.expires_in_s,
                "extensions_left": order.extensions_left,
                "version": order.version,
            },
            headers={"Cache-Control": "no-store"},
        )
    typed = typed_in(form, own)
    if typed.email or typed.types != own_types(own):
        return await order_page(request, OwnOrder(order, own.token), typed=typed)
    return to_order(request, own)


async def change_types(request: Request) -> Response:
    """Change who sits on the seats; the seats stay."""
    form = await posted(request)
    own = await own_order(request)
    try:
        changed = await with_types(request, own, form)
    except Problem as problem:
        return await refused(request, own, form, problem)
    return await order_page(request, changed, typed=Typed(typed_in(form, changed).email))


async def release(request: Request) -> Response:
    """Let the seats go."""
    form = await posted(request)
    own = await own_order(request)
    try:
        await parts_of(request).movies.release(own.order.id, token=own.token, key=intent_key(form))
    except Problem as problem:
        return await refused(request, own, form, problem)
    return to_order(request, own)


async def with_types(request: Request, own: OwnOrder, form: FormData) -> OwnOrder:
    """Return the order with the ticket types that the form says, changed if need be."""
    wanted = typed_in(form, own).types
    if own.order.state is not OrderState.HELD or wanted == own_types(own):
        return own
    changed = await parts_of(request).movies.change_seats(
        own.order.id,
        SeatsChange(lines=lines_of(list(wanted), dict(wanted))),
        token=own.token,
        key=f"{intent_key(form)}-types",
    )
    return OwnOrder(changed, own.token)


def typed_in(form: FormData, own: OwnOrder) -> Typed:
    """Return what a form of this page says; a type that it leaves out stays as it is."""
    now = own_types(own)
    return Typed(email=str(form.get("email", "")).strip(), types={**now, **types_of(form, now)})


def own_types(own: OwnOrder) -> dict[int, str]:
    """Return the ticket type of each seat as it is held."""
    return {line.seat.seat: line.ticket_type for line in own.order.lines}


async def refused(request: Request, own: OwnOrder, form: FormData, problem: Problem) -> Response:
    """Show the page again with what went wrong and all that was typed; the state may be new."""
    if not is_explained(problem):
        raise problem
    typed = typed_in(form, own)
    return await order_page(
        request, await own_order(request), typed=Typed(typed.email, typed.types, problem)
    )


def to_order(request: Request, own: OwnOrder) -> Response:
    """Lead on to the order's page."""
    return RedirectResponse(f"/{language_of(request)}/orders/{own.order.id}", 303)


async def order_page(
    request: Request, own: OwnOrder, *, typed: Typed | None = None, view: View | None = None
) -> Response:
    """Show an order; `view` says otherwise than its state, `typed` what its buyer typed."""
    typed = typed or Typed()
    order, view = own.order, view or view_of(own.order)
    problem = typed.problem
    context: dict[str, Any] = {}
    if view == "held":
        context = await _held(request, own, typed)
    elif view == "expired":
        context = await _expired(request, own)
    elif view in WITH_TICKETS:
        context = {"tickets": await _tickets(request, own)}
    elif view == "review":
        detail = await parts_of(request).movies.screening(order.screening.id, language_of(request))
        context = {"seller": detail.cinema.seller}
    tickets = context.get("tickets")
    response = page(
        request,
        "order.html",
        status=HTTPStatus.OK if problem is None else problem.status,
        order=order,
        view=view,
        lines=live_lines(order) or order.lines,
        given_back=given_back(order),
        passes=passes_of(tickets) if tickets is not None else [],
        refusal=explain(problem, texts(language_of(request)), context.get("layout", ()))
        if problem is not None
        else None,
        is_repriced=typed.is_repriced,
        **{"tickets": None, **context},
    )
    if view in PASSING:
        response.headers["Refresh"] = f"{LOOK_AGAIN_S}"
    return response


async def _held(request: Request, own: OwnOrder, typed: Typed) -> dict[str, Any]:
    order, visitor = own.order, await visitor_of(request)
    parts = parts_of(request)
    detail = await parts.movies.screening(order.screening.id, language_of(request))
    types = {**own_types(own), **typed.types}
    quotes = parts.prices.find(detail)
    kinds = {seat.seat: seat.kind for seat in detail.layout}
    seats = [line.seat.seat for line in order.lines]
    return {
        "quotes": quotes,
        "types": types,
        "totals": quotes.totals([(types[seat], kinds[seat]) for seat in seats]),
        "email": typed.email if typed.email is not None else order.email or visitor.session.email,
        "layout": detail.layout,
    }


async def _expired(request: Request, own: OwnOrder) -> dict[str, Any]:
    """Find out whether the very same seats can be had again."""
    parts, order = parts_of(request), own.order
    detail, seat_map = await asyncio.gather(
        parts.movies.screening(order.screening.id, language_of(request)),
        parts.movies.seat_map(order.screening.id),
    )
    types = own_types(own)
    picker = picker_of(
        detail,
        parts.rooms.find(detail.screening.room_id, detail.layout),
        parts.prices.find(detail),
        seat_map,
        seats=list(types),
        types=types,
        order=None,
        now=datetime.now(UTC),
    )
    return {
        "again": picker,
        "is_whole": len(picker.chosen) == len(types),
        "layout": detail.layout,
    }


async def _tickets(request: Request, own: OwnOrder) -> TicketList | None:
    """Return the tickets, or None while they cannot be had."""
    with suppress(TicketsMissing, Unavailable):
        return await parts_of(request).tickets.tickets(own.order.id, token=own.token)
    return None
