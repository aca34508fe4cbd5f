"""What buyers do with orders: hold seats, look, and look up.

Changing a hold is in `changing.py`, paying in `paying.py`, giving back in `refunds.py`.
"""

from typing import Any
from uuid import UUID

from backend.contracts.orders import (
    Channel,
    LookupAnswer,
    OrderList,
    OrderRead,
)
from backend.contracts.permissions import Role
from backend.contracts.problems_orders import OrderMissing, SaleClosed
from backend.kit.database import Connection
from backend.kit.lookup import code_hash
from backend.kit.tokens.principal import Principal
from backend.movies.orders import repository
from backend.movies.orders.reference import normalised
from backend.movies.orders.rendering import order_read
from backend.movies.orders.repository import Order
from backend.movies.parts import Parts
from backend.movies.seats import repository as seats

_SELLERS = frozenset({Role.BOX_OFFICE, Role.MANAGER, Role.ADMIN})


def channel_of(principal: Principal, cinema: str) -> Channel:
    """Return where a caller buys or sells; staff of another cinema buy as everybody does."""
    if Role.KIOSK in principal.roles:
        return "kiosk"
    is_till = bool(principal.roles & _SELLERS) and principal.is_at(cinema)
    return "staff" if is_till else "web"


def own_email(principal: Principal, cinema: str) -> str | None:
    """Return the address that a buyer's tickets go to; a cashier does not buy for themselves."""
    return principal.email if channel_of(principal, cinema) == "web" else None


def hold_seconds(parts: Parts, channel: Channel, *, is_accessible: bool = False) -> int:
    """Return how long a channel holds seats; the accessible mode starts with double time."""
    settings = parts.settings
    hold = {"web": settings.hold_web, "kiosk": settings.hold_kiosk, "staff": settings.hold_staff}
    return int(hold[channel].total_seconds()) * (2 if is_accessible else 1)


async def read(connection: Connection, principal: Principal, order_id: UUID) -> OrderRead:
    """Return an order to its owner or to the cinema's staff; raises OrderMissing."""
    return order_read(await owned(connection, principal, order_id))


async def owned(connection: Connection, principal: Principal, order_id: UUID) -> dict[str, Any]:
    """Read an order that the caller may see; anybody else's is missing."""
    row = await repository.find(connection, order_id)
    if not may_see(principal, row):
        raise OrderMissing
    return row


def may_see(principal: Principal, row: dict[str, Any]) -> bool:
    """Say whether an order is the caller's, was looked up by them, or is of their cinema."""
    if principal.order_id is not None:
        return bool(principal.order_id == row["id"])
    return bool(row["owner"] == principal.subject) or principal.is_staff_at(row["cinema_slug"])


async def read_mine(connection: Connection, principal: Principal) -> OrderList:
    """Return the caller's newest orders."""
    if principal.order_id is not None:
        return OrderList(orders=[await read(connection, principal, principal.order_id)])
    rows = await repository.find_of(connection, principal.subject)
    return OrderList(orders=[order_read(row) for row in rows])


async def look_up(connection: Connection, reference: str, code: str) -> LookupAnswer:
    """Return the order that a reference and code open; a wrong one of either is OrderMissing."""
    row = await repository.find_by_reference(connection, normalised(reference))
    wanted = code_hash("" if row is None else code)
    if row is None or row["code_hash"] != wanted:
        raise OrderMissing
    return LookupAnswer(order_id=row["id"])


async def lock_both(connection: Connection, order_id: UUID) -> tuple[seats.SeatLock, Order]:
    """Lock the screening, then the order: always in this order."""
    screening_id = await repository.screening_of(connection, order_id)
    held = await seats.lock(connection, screening_id)
    return held, await repository.lock(connection, order_id)


def check_on_sale(order: Order, held: seats.SeatLock) -> None:
    """Refuse what would be sold after the sale, or to a guest after the end; raises SaleClosed."""
    row = order.row
    is_over = row["buyer"] is not None and held.at >= row["ends_at"]
    if row["screening_state"] != "on_sale" or held.at >= row["sale_closes_at"] or is_over:
        raise SaleClosed
