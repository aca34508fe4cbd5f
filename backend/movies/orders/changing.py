"""What buyers do with a hold: change its seats, take more time, let it go.

Each function works inside its caller's transaction, which `Once` commits together with the
request's key.
"""

from uuid import UUID

from backend.contracts.orders import OrderRead, OrderState, SeatsChange
from backend.contracts.problems_orders import (
    CarerAlone,
    HoldExpired,
    LoneSeat,
    NoExtensionLeft,
    OrderOver,
    PaymentUnderWay,
    SeatTaken,
    TooManySeats,
)
from backend.kit.database import Connection
from backend.kit.tokens.principal import Principal
from backend.movies.orders import repository
from backend.movies.orders.offers import Offer
from backend.movies.orders.pricing import PricedOrder, priced
from backend.movies.orders.rendering import order_read
from backend.movies.orders.repository import Order
from backend.movies.orders.service import check_on_sale, lock_both, owned
from backend.movies.parts import Parts
from backend.movies.seats import repository as seats
from backend.movies.seats.repository import SeatLock
from backend.movies.seats.rules import leaves_avoidable_gap

_HELD = frozenset({OrderState.HELD})
_RELEASED = frozenset({OrderState.EXPIRED, OrderState.CANCELLED})
_MOST = 10


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
    held, order = await lock_both(connection, order_id)
    _check_held(order, held)
    check_on_sale(order, held)
    offer = await parts.offers.current(connection, row["screening_public_id"])
    chosen = priced(offer, body.lines, row["language"])
    wanted = {line.seat.seat: line.line_no for line in chosen.lines}
    await _check_cap(connection, held, order, len(wanted))
    await _check_carers(connection, held, order, chosen.carers_apart)
    await _check_gap(connection, held, order, offer=offer, chosen=chosen)
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


async def _check_cap(connection: Connection, held: SeatLock, order: Order, wanted: int) -> None:
    """Count what the buyer has in other orders of this screening; raises TooManySeats."""
    cursor = await connection.execute(
        "SELECT seats_of_buyer(%s, %s, %s, %s) AS n",
        (order.row["buyer"], order.screening_id, held.at, order.id),
    )
    row = await cursor.fetchone()
    others = int(row["n"]) if row else 0
    if others + wanted > _MOST:
        raise TooManySeats(seats_left=max(0, _MOST - others))


async def _check_carers(connection: Connection, held: SeatLock, order: Order, apart: int) -> None:
    """Find each carer's wheelchair place among the buyer's other tickets; raises CarerAlone."""
    cursor = await connection.execute(
        "SELECT places_for_carers(%s, %s, %s, %s) AS n",
        (order.row["buyer"], order.screening_id, held.at, order.id),
    )
    row = await cursor.fetchone()
    if apart > (int(row["n"]) if row else 0):
        raise CarerAlone


async def _check_gap(
    connection: Connection, held: SeatLock, order: Order, *, offer: Offer, chosen: PricedOrder
) -> None:
    """Apply the no-lone-seat rule to what others have; the caller's own seats count as free."""
    cursor = await connection.execute(
        "SELECT seat_id FROM seat_claim WHERE screening_id = %s AND order_id <> %s"
        " AND (state <> 'HELD' OR expires_at > %s)",
        (order.screening_id, order.id, held.at),
    )
    taken = frozenset(row["seat_id"] for row in await cursor.fetchall())
    lone = leaves_avoidable_gap(offer.room, taken, chosen.seats)
    if lone and chosen.seats != frozenset(order.seats()):
        raise LoneSeat(seats=lone)


async def extend(connection: Connection, principal: Principal, order_id: UUID) -> OrderRead:
    """Give a live hold half its length more; twice at most."""
    await owned(connection, principal, order_id)
    held, order = await lock_both(connection, order_id)
    _check_held(order, held)
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
    """Let a hold go: its seats are free at once. One that is over already stays as it is."""
    await owned(connection, principal, order_id)
    held, order = await lock_both(connection, order_id)
    if order.state is OrderState.PAYING:
        raise PaymentUnderWay
    if order.state not in _RELEASED | _HELD:
        raise OrderOver(state=order.state)
    if order.state is OrderState.HELD:
        gone = await seats.free(connection, held, order.id, order.seats())
        await seats.log(connection, held, "RELEASE", order.id, seats=gone)
        await repository.change(
            connection, order, OrderState.CANCELLED, before=_HELD, actor=principal.subject
        )
    return order_read(await repository.find(connection, order_id))


def _check_held(order: Order, held: SeatLock) -> None:
    """Refuse what is not a hold, and one whose time is over."""
    if order.state is OrderState.PAYING:
        raise PaymentUnderWay
    if order.state not in {OrderState.HELD, OrderState.EXPIRED}:
        raise OrderOver(state=order.state)
    if order.state is OrderState.EXPIRED or order.row["expires_at"] <= held.at:
        raise HoldExpired
