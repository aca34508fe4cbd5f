"""Choosing seats: for a new order, and to change the seats of a hold.

The same form works as a plain list of checkboxes and as a map; a refusal comes back on the page
with everything that was chosen.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from backend.contracts.orders import LineChoice, OrderCreate, OrderRead, OrderState, SeatsChange
from backend.contracts.problems import Problem, TooMany
from backend.contracts.problems_orders import HoldElsewhere
from brand.texts import texts
from web.forms import intent_key, posted
from web.languages import language_of
from web.own_orders import own_order
from web.parts import parts_of
from web.purchase.choices import MOST, lines_of, seats_of, types_of
from web.purchase.drawn_rooms import drawn_room
from web.purchase.picker import Picker, picker_of
from web.purchase.refusals import explain, is_explained
from web.rendering import page
from web.visitors import visitor_of

_NO_STORE = {"Cache-Control": "no-store"}
_LONGEST_PARTY = 9


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor has chosen so far; `order` is the hold whose seats are being changed."""

    seats: Sequence[int] = ()
    types: Mapping[int, str] = field(default_factory=dict)
    is_accessible: bool = False
    order: OrderRead | None = None
    party: int | None = None


def routes() -> list[Route]:
    """Return the addresses of this module."""
    screening = "/{language:language}/screenings/{screening_id:uuid}"
    change = "/{language:language}/orders/{order_id:uuid}/seats"
    return [
        Route(screening, show, methods=["GET"]),
        Route(screening, hold, methods=["POST"]),
        Route(screening + "/map", read_map, methods=["GET"]),
        Route(screening + "/best", read_best, methods=["GET"]),
        Route(change, show_change, methods=["GET"]),
        Route(change, change_seats, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    """Show the room; `?party=3` chooses the best three seats, `?seat=7&seat=8` those."""
    screening_id = request.path_params["screening_id"]
    try:
        wish = Wish(seats=seats_of(request.query_params)[:MOST])
    except Problem:
        wish = Wish()
    party = _party(request)
    if party is not None:
        best = await parts_of(request).movies.best_seats(screening_id, party)
        wish = Wish(seats=best.seats, party=party)
    return await _shown(request, screening_id, wish)


async def hold(request: Request) -> Response:
    """Hold the chosen seats and go on to their order."""
    form = await posted(request)
    screening_id = request.path_params["screening_id"]
    wish = Wish()
    try:
        seats = seats_of(form)
        wish = Wish(seats, types_of(form, seats), form.get("accessible_time") == "on")
        if form.get("step") == "price":
            return await _shown(request, screening_id, wish)
        order_id = await _held(
            request, screening_id, wish, key=intent_key(form), instead=str(form.get("instead", ""))
        )
    except Problem as problem:
        if not is_explained(problem):
            raise
        return await _shown(request, screening_id, wish, problem=problem)
    return _to_order(request, order_id)


async def _held(
    request: Request, screening_id: UUID, wish: Wish, *, key: str, instead: str
) -> UUID:
    """Hold the seats; `instead` is the buyer's other hold, which is given up for these."""
    visitor, movies = await visitor_of(request), parts_of(request).movies
    lines = lines_of(list(wish.seats), dict(wish.types))
    if instead:
        other = await movies.order(_uuid(instead), token=visitor.token)
        if other.screening.id == screening_id and other.state is OrderState.HELD:
            await movies.change_seats(
                other.id, SeatsChange(lines=lines), token=visitor.token, key=key
            )
            return other.id
        await movies.release(other.id, token=visitor.token, key=f"{key}-let-go")
    body = OrderCreate(
        screening_id=screening_id,
        lines=lines,
        language=language_of(request),
        accessible_time=wish.is_accessible,
    )
    order = await movies.create_order(body, token=visitor.token, key=key)
    return order.id


async def read_map(request: Request) -> Response:
    """Return the map as it is now, for pages whose stream does not come through."""
    seat_map = await parts_of(request).movies.seat_map(request.path_params["screening_id"])
    return Response(seat_map.model_dump_json(), media_type="application/json", headers=_NO_STORE)


async def read_best(request: Request) -> Response:
    """Return the best seats for a party, for the page's script."""
    party = _party(request) or 1
    best = await parts_of(request).movies.best_seats(request.path_params["screening_id"], party)
    return JSONResponse({"seats": best.seats}, headers=_NO_STORE)


async def show_change(request: Request) -> Response:
    """Show the room with the hold's own seats chosen."""
    order = (await own_order(request)).order
    if order.state is not OrderState.HELD:
        return _to_order(request, order.id)
    types = {line.seat.seat: line.ticket_type for line in order.lines}
    return await _shown(
        request, order.screening.id, Wish(seats=list(types), types=types, order=order)
    )


async def change_seats(request: Request) -> Response:
    """Swap the hold's seats, all or none of them; the old ones stay where it cannot be done."""
    form = await posted(request)
    own = await own_order(request)
    order = own.order
    wish = Wish(order=order)
    try:
        seats = seats_of(form)
        wish = Wish(seats, types_of(form, seats), order=order)
        if form.get("step") == "price":
            return await _shown(request, order.screening.id, wish)
        lines: list[LineChoice] = lines_of(seats, dict(wish.types))
        await parts_of(request).movies.change_seats(
            order.id, SeatsChange(lines=lines), token=own.token, key=intent_key(form)
        )
    except Problem as problem:
        if not is_explained(problem):
            raise
        return await _shown(request, order.screening.id, wish, problem=problem)
    return _to_order(request, order.id)


async def _shown(
    request: Request, screening_id: UUID, wish: Wish, *, problem: Problem | None = None
) -> Response:
    await visitor_of(request)
    parts, language = parts_of(request), language_of(request)
    detail, seat_map = await asyncio.gather(
        parts.movies.screening(screening_id, language), parts.movies.seat_map(screening_id)
    )
    room = parts.rooms.find(detail.screening.room_id, detail.layout)
    picker = picker_of(
        detail,
        room,
        parts.prices.find(detail),
        seat_map,
        seats=wish.seats,
        types=wish.types,
        order=wish.order,
        now=datetime.now(UTC),
    )
    refusal = None if problem is None else explain(problem, texts(language), detail.layout)
    response = page(
        request,
        "seats.html",
        status=problem.status if problem is not None else HTTPStatus.OK,
        picker=picker,
        drawn=drawn_room(room, picker.quotes, parts.pages.templates(language)),
        refusal=refusal,
        order=wish.order,
        party=wish.party,
        is_accessible=wish.is_accessible,
        action=_action(request, picker, wish),
    )
    return _waiting(response, problem)


def _action(request: Request, picker: Picker, wish: Wish) -> str:
    language = language_of(request)
    if wish.order is not None:
        return f"/{language}/orders/{wish.order.id}/seats"
    return f"/{language}/screenings/{picker.detail.screening.id}"


def _waiting(response: Response, problem: Problem | None) -> Response:
    if isinstance(problem, TooMany) and "retry_after_s" in problem.facts:
        response.headers["Retry-After"] = str(round(problem.facts["retry_after_s"]))
    return response


def _to_order(request: Request, order_id: UUID) -> Response:
    return RedirectResponse(f"/{language_of(request)}/orders/{order_id}", 303)


def _party(request: Request) -> int | None:
    wanted = request.query_params.get("party", "")
    # Numbers of thousands of digits are refused by int() itself.
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) <= _LONGEST_PARTY
    return min(int(wanted), MOST) or None if is_number else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise HoldElsewhere from None
