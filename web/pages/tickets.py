"""My tickets: the visitor's orders, the next film first."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.client.movies import MoviesClient
from backend.contracts.orders import OrderRead, OrderState
from backend.contracts.problems import Missing, Unsigned
from web.parts import parts_of
from web.rendering import page
from web.visitors import Visitor, visitor_of

_LAPSED = frozenset({OrderState.EXPIRED, OrderState.CANCELLED, OrderState.REFUNDED})


@dataclass(frozen=True, slots=True)
class MyOrders:
    """Orders for films to come, the next one first; then the others, the latest first."""

    coming: tuple[OrderRead, ...]
    past: tuple[OrderRead, ...]


def routes() -> list[Route]:
    """Return the address of my tickets."""
    return [Route("/{language:language}/tickets", show)]


async def show(request: Request) -> Response:
    """List the visitor's orders; a guest's are those of this browser."""
    visitor = await visitor_of(request)
    orders = await _orders(parts_of(request).movies, visitor)
    return page(request, "tickets.html", orders=sorted_orders(orders, datetime.now(UTC)))


def sorted_orders(orders: list[OrderRead], now: datetime) -> MyOrders:
    """Return orders as the page lists them; what lapsed unpaid is past at once."""
    by_start = sorted(orders, key=lambda order: (order.screening.starts_at, order.placed_at))
    coming = [o for o in by_start if o.screening.ends_at > now and o.state not in _LAPSED]
    past = [order for order in reversed(by_start) if order not in coming]
    return MyOrders(tuple(coming), tuple(past))


async def _orders(movies: MoviesClient, visitor: Visitor) -> list[OrderRead]:
    """Ask with each of the visitor's tokens: the account's, this browser's, looked-up orders'."""
    session = visitor.session
    tokens = [token for token in (session.access_token, session.guest_token) if token]
    lists = await asyncio.gather(*(movies.orders(token=token) for token in tokens))
    found = {order.id: order for listed in lists for order in listed.orders}
    others = [(id_, token) for id_, token in session.order_tokens.items() if id_ not in found]
    opened = await asyncio.gather(*(_opened(movies, id_, token) for id_, token in others))
    return [*found.values(), *(order for order in opened if order is not None)]


async def _opened(movies: MoviesClient, order_id: UUID, token: str) -> OrderRead | None:
    try:
        return await movies.order(order_id, token=token)
    except (Missing, Unsigned):
        return None
