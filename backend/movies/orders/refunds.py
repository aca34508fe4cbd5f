"""Giving money back, row E15: the ticket dies first, then its seat is free, then the money moves.

A seat is never free before its ticket is dead, and a kept seat goes from SOLD to BLOCKED in the
same transaction.
"""

from uuid import UUID

from backend.contracts.messages import (
    OrderRefunded,
    PaymentRefunded,
    PaymentRefundFailed,
    PaymentRefundRequested,
    TicketRevokeRequested,
    TicketsRevoked,
)
from backend.contracts.orders import LineRefund, OrderRead, OrderState
from backend.contracts.problems import Denied
from backend.contracts.problems_orders import LineMissing, OrderOver
from backend.kit.database import Connection
from backend.kit.ids import uuid7
from backend.kit.logs import logger
from backend.kit.messaging import outbox
from backend.kit.tokens.principal import Principal
from backend.movies.orders import refund_rows, repository, rules
from backend.movies.orders.refund_rows import Refund
from backend.movies.orders.rendering import order_read
from backend.movies.orders.repository import Order
from backend.movies.orders.service import lock_both, owned
from backend.movies.seats import repository as seats
from backend.movies.seats.repository import SeatLock

_log = logger(__name__)

S = OrderState
_REFUNDABLE = frozenset({S.PAID, S.ISSUED, S.PART_REFUNDED, S.REFUNDING})


class TooEarly(Exception):  # noqa: N818 -- a fact about a message, which is tried again
    """News of money going back came before the news that it was taken."""


async def refund(
    connection: Connection, principal: Principal, order_id: UUID, body: LineRefund
) -> OrderRead:
    """Begin the refund of some lines; a manager of the cinema may."""
    row = await owned(connection, principal, order_id)
    if not principal.is_at(row["cinema_slug"]):
        raise Denied
    _, order = await lock_both(connection, order_id)
    if order.state not in _REFUNDABLE:
        raise OrderOver(state=order.state)
    await begin(
        connection,
        order,
        lines=body.lines,
        seats_become=body.seats,
        actor=principal.subject,
        reason=body.reason,
    )
    return order_read(await repository.find(connection, order_id))


async def begin(
    connection: Connection,
    order: Order,
    *,
    lines: list[int],
    seats_become: str,
    actor: str,
    reason: str,
    origin: str = "us",
) -> None:
    """Write the refund down and ask ticket to revoke; raises LineMissing."""
    live = await repository.set_lines(connection, order.id, lines, before="LIVE", after="REFUNDING")
    if live != sorted(set(lines)):
        raise LineMissing(lines=sorted(set(lines) - set(live)))
    amount = sum(line["gross_minor"] for line in order.lines if line["line_no"] in live)
    this = Refund(
        id=uuid7(),
        order_id=order.id,
        attempt=order.row["attempt"],
        lines=live,
        amount_minor=amount,
        seats="free" if seats_become == "free" else "keep",
        state="REVOKING",
        origin="dashboard" if origin == "dashboard" else "us",
    )
    await refund_rows.begin(connection, this, actor=actor, reason=reason)
    await repository.change(
        connection,
        order,
        S.REFUNDING,
        before=_REFUNDABLE,
        actor=actor,
        facts={"refund": str(this.id), "lines": live, "reason": reason},
    )
    await ask_revoke(connection, order, this)


async def ask_revoke(connection: Connection, order: Order, this: Refund) -> None:
    """Ask ticket to revoke the tickets of a refund's lines; safe to ask again."""
    await outbox.put(
        connection,
        TicketRevokeRequested(
            order_id=order.id,
            refund_id=this.id,
            cinema_id=order.row["cinema_id"],
            lines=this.lines,
        ),
        version=order.version,
    )


async def on_revoked(connection: Connection, event: TicketsRevoked) -> None:
    """The tickets are dead: their seats are free or blocked, and the money is asked for."""
    held, order = await lock_both(connection, event.order_id)
    this = await refund_rows.find(connection, event.refund_id)
    if this is None or not await refund_rows.move(
        connection, this.id, before=("REVOKING",), after="REQUESTED"
    ):
        return
    admitted = [line.line_no for line in event.lines if line.outcome == "admitted"]
    await connection.execute(
        "UPDATE order_line SET was_admitted = true WHERE order_id = %s AND line_no = ANY(%s)",
        (order.id, admitted),
    )
    # Somebody sits on an admitted seat: it stays SOLD although its money goes back.
    leaving = {
        seat: line
        for seat, line in order.seats("REFUNDING").items()
        if line in this.lines and line not in admitted
    }
    await _leave(connection, held, order, numbers=sorted(leaving), become=this.seats)
    if this.amount_minor == 0 or this.origin == "dashboard":
        await _finish(connection, order, this)
        return
    await outbox.put(
        connection,
        PaymentRefundRequested(
            order_id=order.id,
            attempt=this.attempt,
            refund_id=this.id,
            amount_minor=this.amount_minor,
            currency=order.row["currency"],
            lines=this.lines,
            reason="requested by the cinema",
        ),
        version=order.version,
    )


async def on_refunded(connection: Connection, event: PaymentRefunded) -> None:
    """The money went back: ours is finished; one from the provider's dashboard begins (E16)."""
    _, order = await lock_both(connection, event.order_id)
    this = await refund_rows.find(connection, event.refund_id)
    if this is not None:
        if not this.lines:
            await refund_rows.move(connection, this.id, before=("REQUESTED",), after="DONE")
        elif this.state == "REQUESTED":
            await _finish(connection, order, this)
        return
    if event.origin == "dashboard" and order.state in {S.PAYING, S.CONFIRMING}:
        raise TooEarly
    if event.origin != "dashboard" or order.state not in rules.SOLD:
        return
    live = [line["line_no"] for line in order.lines if line["state"] == "LIVE"]
    if event.refunded_total_minor == order.row["total_minor"] and live:
        await begin(
            connection,
            order,
            lines=live,
            seats_become="free",
            actor="payment",
            reason="refunded in the provider's dashboard",
            origin="dashboard",
        )
    else:
        await _review(connection, order, "part refunded in the provider's dashboard")


async def on_refund_failed(connection: Connection, event: PaymentRefundFailed) -> None:
    """E17: the money did not arrive; a person must look, the seats are not taken back.

    An order that has ended keeps its state: it owns no seats, and its refund's row says the rest.
    """
    _, order = await lock_both(connection, event.order_id)
    await refund_rows.move(
        connection, event.refund_id, before=("REQUESTED", "DONE"), after="FAILED"
    )
    _log.error("refund failed", order=str(order.id), refund=str(event.refund_id))
    if order.state not in {S.EXPIRED, S.CANCELLED}:
        await _review(connection, order, f"a refund failed: {event.failure}")


async def _leave(
    connection: Connection, held: SeatLock, order: Order, *, numbers: list[int], become: str
) -> None:
    if not numbers:
        return
    if become == "free":
        gone = await seats.free(connection, held, order.id, numbers)
        await seats.log(connection, held, "RELEASE", order.id, seats=gone)
        return
    await connection.execute(
        "UPDATE seat_claim SET state = 'BLOCKED', expires_at = NULL"
        " WHERE screening_id = %s AND order_id = %s AND seat_id = ANY(%s) AND state = 'SOLD'",
        (order.screening_id, order.id, numbers),
    )
    await seats.log(connection, held, "BLOCK", order.id, seats=numbers)


async def _finish(connection: Connection, order: Order, this: Refund) -> None:
    await refund_rows.move(connection, this.id, before=("REQUESTED",), after="DONE")
    await repository.set_lines(
        connection, order.id, this.lines, before="REFUNDING", after="REFUNDED"
    )
    fresh = await repository.find(connection, order.id)
    states = {line["state"] for line in fresh["lines"]}
    after = S.REFUNDING if "REFUNDING" in states else S.PART_REFUNDED
    if states == {"REFUNDED"}:
        after = S.REFUNDED
    if order.state is S.REVIEW:
        after = S.REVIEW  # only a person ends a review
    await repository.change(
        connection, order, after, before={S.REFUNDING, S.REVIEW}, actor="payment"
    )
    await outbox.put(
        connection,
        OrderRefunded(
            order_id=order.id,
            refund_id=this.id,
            reference=fresh["reference"],
            language=fresh["language"],
            email=fresh["email"],
            cinema_name=fresh["cinema_name"],
            film_title=fresh["title"][fresh["language"]],
            currency=fresh["currency"],
            amount_minor=this.amount_minor,
        ),
        version=order.version,
    )


async def _review(connection: Connection, order: Order, reason: str) -> None:
    if order.state is S.REVIEW:
        return
    await repository.change(
        connection,
        order,
        S.REVIEW,
        before={order.state},
        actor="payment",
        facts={"reason": reason},
    )
