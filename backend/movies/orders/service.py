"""What buyers do with orders: hold seats, change them, take more time, let them go, look.

Paying is in `payments.py`, giving back in `refunds.py`. Each function that changes something
works inside its caller's transaction, which `Once` commits together with the request's key.
"""

from typing import Any
from uuid import UUID

from backend.contracts.orders import (
    Channel,
    LookupAnswer,
    OrderCreate,
    OrderList,
    OrderRead,
    OrderState,
    SeatsChange,
)
from backend.contracts.permissions import Role
from backend.contracts.problems import Problem
from backend.contracts.problems_orders import (
    HoldExpired,
    LoneSeat,
    NoExtensionLeft,
    OrderMissing,
    OrderOver,
    PaymentUnderWay,
    SeatTaken,
)
from backend.kit.database import Connection
from backend.kit.ids import uuid7
from backend.kit.keys import Intent, Reply
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
from backend.movies.seats.repository import SeatLock
from backend.movies.seats.rules import leaves_avoidable_gap

_HELD = frozenset({OrderState.HELD})


async def create(parts: Parts, principal: Principal, body: OrderCreate, intent: Intent) -> Reply:
    """Hold, price and create, in one statement; raises what the buyer can mend."""
    for _ in range(2):
        offer = await parts.offers.get(body.screening_id)
        order = priced(offer, body.lines, body.language)
        early = _early_refusal(parts, offer, order)
        if early is not None and not await _is_known(parts, intent):
            raise early
        result = await parts.placing.place(
            _wanted(parts, principal, body, intent=intent, offer=offer, order=order)
        )
        if result.get("refusal") != "PriceChanged":
            break
        parts.offers.forget(body.screening_id)
    if "refusal" in result:
        raise _refusal(result)
    if not result.get("is_replayed"):
        parts.nudges.send(topic(offer.public_id))
    return Reply(
        result.get("status", 201), result["reply"].encode(), result.get("is_replayed", False)
    )


def _early_refusal(parts: Parts, offer: Offer, order: PricedOrder) -> Problem | None:
    """Refuse before any lock what the last known map already shows to be taken."""
    known = parts.maps.glimpse(offer.screening_id)
    taken = frozenset[int]() if known is None else known.seats
    lost = order.seats & taken
    if lost:
        return SeatTaken(seats=sorted(lost))
    lone = leaves_avoidable_gap(offer.room, taken, order.seats)
    return LoneSeat(seats=lone) if lone else None


async def _is_known(parts: Parts, intent: Intent) -> bool:
    """Say whether the key was used: then the stored answer counts, not today's map."""
    async with parts.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT 1 FROM idempotency WHERE principal = %s AND route = %s AND key = %s",
            intent.identity,
        )
        return await cursor.fetchone() is not None


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
    channel = channel_of(principal)
    hold_s = hold_seconds(parts, channel, is_accessible=body.accessible_time)
    secret = parts.settings.lookup_secret.get_secret_value().encode()
    email = body.email or own_email(principal)
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
    }


def channel_of(principal: Principal) -> Channel:
    """Return where a caller sells."""
    if Role.KIOSK in principal.roles:
        return "kiosk"
    sells = {Role.BOX_OFFICE, Role.MANAGER, Role.ADMIN}
    return "staff" if principal.roles & sells else "web"


def own_email(principal: Principal) -> str | None:
    """Return the address that a buyer's tickets go to; a cashier does not buy for themselves."""
    return principal.email if channel_of(principal) == "web" else None


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


async def change_seats(
    parts: Parts,
    connection: Connection,
    principal: Principal,
    *,
    order_id: UUID,
    body: SeatsChange,
) -> OrderRead:
    """Swap the whole hold for other seats or ticket types, or keep the old one."""
    row = await owned(connection, principal, order_id)
    offer = await parts.offers.get(row["screening_public_id"])
    chosen = priced(offer, body.lines, row["language"])
    held, order = await lock_both(connection, order_id)
    _check_held(order, held)
    wanted = {line.seat.seat: line.line_no for line in chosen.lines}
    await _check_gap(connection, offer, order, chosen)
    await _swap(connection, held, order, wanted)
    await repository.replace_lines(connection, order.id, [line.row() for line in chosen.lines])
    await repository.change(
        connection,
        order,
        OrderState.HELD,
        before=_HELD,
        actor=principal.subject,
        facts={"seats": sorted(wanted)},
        total_minor=chosen.total_minor,
        fee_minor=chosen.fee_minor,
        tax_minor=chosen.tax_minor,
        seats=len(wanted),
        price_version_id=offer.card.version_id,
    )
    return order_read(await repository.find(connection, order_id))


async def _swap(
    connection: Connection, held: SeatLock, order: Order, wanted: dict[int, int]
) -> None:
    """Free the order's seats and claim the wanted ones (seat to line); raises SeatTaken."""
    before, expires_at = order.seats(), order.row["expires_at"]
    await seats.free(connection, held, order.id, before)
    lost = await seats.claim(
        connection, held, order.id, seats=wanted, state="HELD", expires_at=expires_at
    )
    if lost:
        raise SeatTaken(seats=lost)
    gone = before.keys() - wanted.keys()
    if gone:
        await seats.log(connection, held, "RELEASE", order.id, seats=gone)
    if wanted.keys() - before.keys():
        await seats.log(connection, held, "HOLD", order.id, seats=wanted, expires_at=expires_at)


async def _check_gap(
    connection: Connection, offer: Offer, order: Order, chosen: PricedOrder
) -> None:
    """Apply the no-lone-seat rule to what others have; the caller's own seats count as free."""
    cursor = await connection.execute(
        "SELECT seat_id FROM seat_claim WHERE screening_id = %s AND order_id <> %s",
        (order.screening_id, order.id),
    )
    taken = frozenset(row["seat_id"] for row in await cursor.fetchall())
    lone = leaves_avoidable_gap(offer.room, taken, chosen.seats)
    if lone and chosen.seats != frozenset(order.seats()):
        raise LoneSeat(seats=lone)


async def extend(connection: Connection, principal: Principal, order_id: UUID) -> OrderRead:
    """Give a live hold half its length more; twice at most."""
    await owned(connection, principal, order_id)
    held, order = await lock_both(connection, order_id)
    _check_held(order, held, must_live=True)
    if not order.row["extensions_left"]:
        raise NoExtensionLeft
    cursor = await connection.execute(
        "UPDATE seat_claim SET expires_at = expires_at + make_interval(secs => %s)"
        " WHERE screening_id = %s AND order_id = %s AND state = 'HELD'"
        " RETURNING seat_id, expires_at",
        (order.row["hold_s"] / 2, order.screening_id, order.id),
    )
    rows = await cursor.fetchall()
    if len(rows) != len(order.lines):
        raise HoldExpired
    expires_at = rows[0]["expires_at"]
    await seats.log(
        connection, held, "EXTEND", order.id, seats=order.seats(), expires_at=expires_at
    )
    await repository.change(
        connection,
        order,
        OrderState.HELD,
        before=_HELD,
        actor=principal.subject,
        expires_at=expires_at,
        extensions_left=order.row["extensions_left"] - 1,
    )
    return order_read(await repository.find(connection, order_id))


async def release(connection: Connection, principal: Principal, order_id: UUID) -> OrderRead:
    """Let a hold go: its seats are free at once."""
    await owned(connection, principal, order_id)
    held, order = await lock_both(connection, order_id)
    if order.state is OrderState.PAYING:
        raise PaymentUnderWay
    if order.state is OrderState.HELD:
        gone = await seats.free(connection, held, order.id, order.seats())
        await seats.log(connection, held, "RELEASE", order.id, seats=gone)
        await repository.change(
            connection, order, OrderState.CANCELLED, before=_HELD, actor=principal.subject
        )
    return order_read(await repository.find(connection, order_id))


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


def _check_held(order: Order, held: seats.SeatLock, *, must_live: bool = False) -> None:
    """Refuse what is not a hold; one whose time is over still counts while its seats are owned."""
    if order.state is OrderState.EXPIRED:
        raise HoldExpired
    if order.state is OrderState.PAYING:
        raise PaymentUnderWay
    if order.state is not OrderState.HELD:
        raise OrderOver(state=order.state)
    if must_live and order.row["expires_at"] <= held.at:
        raise HoldExpired
