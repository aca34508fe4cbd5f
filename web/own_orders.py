"""Opens an order with whichever of the visitor's tokens it belongs to.

An order can be theirs by their account, by an earlier visit as a guest in the same browser, or
for a quarter of an hour because they looked it up.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request

from backend.contracts.orders import OrderRead
from backend.contracts.problems import Missing, Unsigned
from backend.contracts.problems_orders import OrderMissing
from web.visitors import Visitor, visitor_of

if TYPE_CHECKING:
    from web.parts import Parts


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order and the token that opens it."""

    order: OrderRead
    token: str


async def own_order(request: Request, order_id: UUID | None = None) -> OwnOrder:
    """Return the order of the address, or another one; raises OrderMissing for a stranger's."""
    wanted: UUID = order_id or request.path_params["order_id"]
    visitor = await visitor_of(request)
    parts: Parts = request.app.state.parts
    for token in tokens_for(visitor, wanted):
        try:
            return OwnOrder(await parts.movies.order(wanted, token=token), token)
        except (Missing, Unsigned):
            continue
    raise OrderMissing


def tokens_for(visitor: Visitor, order_id: UUID) -> list[str]:
    """Return the tokens that may open an order, the most likely one first."""
    session = visitor.session
    tokens = (session.order_tokens.get(order_id), session.access_token, session.guest_token)
    return [token for token in dict.fromkeys(tokens) if token is not None]
