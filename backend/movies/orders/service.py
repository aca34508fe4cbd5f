"""What buyers do with orders: hold seats, look, and look up.

Changing a hold is in `changing.py`, paying in `paying.py`, giving back in `refunds.py`.
"""

from typing import Any
from uuid import UUID

from backend.contracts.orders import (
    Channel,
    LookupAnswer,
    OrderCreate,
    OrderList,
    OrderRead,
)
from backend.contracts.permissions import Role
from backend.contracts.problems import Denied, Problem, Unavailable
from backend.contracts.problems_orders import LoneSeat, OrderMissing, SaleClosed, SeatTaken
from backend.kit.database import Connection
from backend.kit.ids import uuid7
from backend.kit.keys import Intent, Reply, stored
from backend.kit.lookup import code_hash, lookup_code
from backend.kit.tokens.principal import Principal
from backend.movies.orders import repository
from backend.movies.orders.offers import Offer
from backend.movies.orders.pricing import PricedOrder, priced
from backend.movies.orders.reference import new_reference, normalised
from backend.movies.orders.rendering import new_order, order_read
from backend.movies.orders.repository import Order
from backend.movies.parts import Parts
from backend.movies.seats import repository as seats
from backend.movies.seats.feed import topic
from backend.movies.seats.rules import leaves_avoidable_gap

_SELLERS = frozenset({Role.BOX_OFFICE, Role.MANAGER, Role.ADMIN})


async def create(parts: Parts, principal: Principal, body: OrderCreate, intent: Intent) -> Reply:
    """Hold, price and create, in one statement; raises what the buyer can mend."""
    if principal.order_id is not None:
        raise Denied  # a looked-up order's guest may do nothing but with that order
    try:
        return await _create(parts, principal, body, intent)
    except Unavailable:
        raise
    except Problem:
        # What was answered before is answered again, whatever the map or the prices say today.
        async with parts.database.connection() as connection:
            reply = await stored(connection, intent)
        if reply is None:
            raise
        return reply


async def _create(parts: Parts, principal: Principal, body: OrderCreate, intent: Intent) -> Reply:
    for _ in range(2):
        offer = await parts.offers.get(body.screening_id)
        if Role.KIOSK in principal.roles:
            principal.demand_at("orders.create", offer.cinema_slug)
        order = priced(offer, body.lines, body.language)
        await _refuse_early(parts, offer, order)
        result = await parts.placing.place(
            _wanted(parts, principal, body, intent=intent, offer=offer, order=order)
        )
        if result.get("refusal") != "PriceChanged":
            break
        parts.offers.forget(body.screening_id)
    if "refusal" in result:
        raise _refusal(result)
    if not result.get("is_replayed"):
        parts.maps.outdate(offer.screening_id)
        parts.nudges.send(topic(offer.public_id))
    return Reply(
        result.get("status", 201), result["reply"].encode(), result.get("is_replayed", False)
    )


async def _refuse_early(parts: Parts, offer: Offer, order: PricedOrder) -> None:
    """Refuse before any lock what the map already shows; a map just read is enough to let pass."""
    glimpse = parts.maps.glimpse(offer.screening_id)
    if glimpse is not None and _objection(offer, order, glimpse.seats) is None:
        return
    taken = await parts.maps.taken(offer.screening_id)
    objection = _objection(offer, order, taken.seats)
    if objection is not None:
        raise objection


def _objection(offer: Offer, order: PricedOrder, taken: frozenset[int]) -> Problem | None:
    lost = order.seats & taken
    if lost:
        return SeatTaken(seats=sorted(lost))
    lone = leaves_avoidable_gap(offer.room, taken, order.seats)
    return LoneSeat(seats=lone) if lone else None


def _wanted(
    parts: Parts,
    principal: Principal,
    body: OrderCreate,
    *,
    intent: Intent,
    offer: Offer,
    order: PricedOrder,
) -> dict[str, Any]:
    order_id, reference = uuid7(), new_reference()
    channel = channel_of(principal, offer.cinema_slug)
    hold_s = hold_seconds(parts, channel, is_accessible=body.accessible_time)
    secret = parts.settings.lookup_secret.get_secret_value().encode()
    email = body.email or own_email(principal, offer.cinema_slug)
    extensions = parts.settings.extensions
    return {
        "id": str(order_id),
        "reference": reference,
        **_key(intent),
        "screening": offer.screening_id,
        "cinema": str(offer.cinema_id),
        "buyer": None if channel == "staff" else principal.subject,
        "channel": channel,
        "language": body.language,
        "email": email,
        **_prices(offer, order),
        "hold_s": hold_s,
        "extensions": extensions,
        "code_hash": code_hash(lookup_code(secret, order_id)),
        "reply": new_order(
            offer,
            order,
            order_id=order_id,
            reference=reference,
            language=body.language,
            email=email,
            hold_s=hold_s,
            extensions=extensions,
        ),
    }


def _key(intent: Intent) -> dict[str, Any]:
    principal, route, key = intent.identity
    return {"principal": principal, "route": route, "key": key, "digest": intent.digest.hex()}


def _prices(offer: Offer, order: PricedOrder) -> dict[str, Any]:
    return {
        "currency": offer.currency,
        "price_version": offer.card.version_id,
        "total_minor": order.total_minor,
        "fee_minor": order.fee_minor,
        "tax_minor": order.tax_minor,
        "lines": [line.row() for line in order.lines],
        "carers_apart": order.carers_apart,
    }


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


def _refusal(result: dict[str, Any]) -> Problem:
    facts = {name: value for name, value in result.items() if name != "refusal"}
    return Problem.named(result["refusal"])(**facts)


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
