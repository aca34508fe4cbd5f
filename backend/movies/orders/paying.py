"""Pressing Pay, and asking to stop: an order enters payment here and leaves it only by messages.

Each function locks the screening and then the order, in the caller's transaction.
"""

from datetime import datetime
from uuid import UUID

from backend.contracts.messages import PaymentCloseRequested, PaymentOpenRequested
from backend.contracts.orders import OrderPay, OrderState, PayAnswer
from backend.contracts.payments import CheckoutLine, CheckoutOpen, CloseReason
from backend.contracts.problems_orders import (
    EmailNeeded,
    HoldElsewhere,
    HoldExpired,
    OrderOver,
    PaymentUnderWay,
)
from backend.kit.database import Connection
from backend.kit.messaging import outbox
from backend.kit.tokens.principal import Principal
from backend.movies.orders import attempts, repository, rules
from backend.movies.orders.rendering import order_paid
from backend.movies.orders.repository import Order
from backend.movies.orders.service import check_on_sale, lock_both, own_email, owned
from backend.movies.parts import Parts
from backend.movies.seats import repository as seats
from backend.movies.seats.repository import SeatLock

S = OrderState


async def pay(
    parts: Parts,
    connection: Connection,
    principal: Principal,
    *,
    order_id: UUID,
    body: OrderPay,
) -> PayAnswer:
    """Press Pay: HELD becomes PAYING, or PAID at once when there is nothing to pay."""
    await owned(connection, principal, order_id)
    held, order = await lock_both(connection, order_id)
    if order.state in rules.SOLD | {S.CONFIRMING, S.REVIEW}:
        return PayAnswer(state=order.state, checkout_url=None)
    if order.state is S.PAYING:
        if order.row["closing"] is not None:
            raise PaymentUnderWay
        return PayAnswer(state=order.state, checkout_url=order.row["attempt_url"])
    _check_payable(order, held)
    email = body.email or order.row["email"] or own_email(principal, order.row["cinema_slug"])
    if email is None and order.row["channel"] == "web":
        raise EmailNeeded
    if order.row["total_minor"] == 0:
        await sell(connection, held, order, before=("HELD",))
        await mark_paid(connection, order, held.at, actor=principal.subject, email=email)
        return PayAnswer(state=order.state, checkout_url=None)
    await _begin_attempt(parts, connection, held, order=order, actor=principal.subject, email=email)
    return PayAnswer(state=order.state, checkout_url=None)


async def under_way(connection: Connection, principal: Principal, order_id: UUID) -> PayAnswer:
    """Return the page of the payment that is under way; none once it is over or being closed."""
    row = await owned(connection, principal, order_id)
    is_open = row["state"] == S.PAYING and row["closing"] is None
    return PayAnswer(state=row["state"], checkout_url=row["attempt_url"] if is_open else None)


def _check_payable(order: Order, held: SeatLock) -> None:
    if order.state is not S.HELD:
        raise HoldExpired if order.state is S.EXPIRED else OrderOver(state=order.state)
    check_on_sale(order, held)


async def _begin_attempt(
    parts: Parts,
    connection: Connection,
    held: SeatLock,
    *,
    order: Order,
    actor: str,
    email: str | None,
) -> None:
    lasts = parts.settings.paying
    await _keep_seats(connection, held, order, until=held.at + lasts)
    number = order.row["attempt"] + 1
    hold_left_s = (order.row["expires_at"] - held.at).total_seconds()
    await attempts.begin(
        connection,
        order.id,
        number,
        amount_minor=order.row["total_minor"],
        hold_left_s=hold_left_s,
        at=held.at,
        lasts=lasts,
    )
    await repository.change(
        connection,
        order,
        S.PAYING,
        before={S.HELD},
        actor=actor,
        facts={"attempt": number},
        attempt=number,
        email=email,
        expires_at=held.at + lasts,
        closing=None,
    )
    checkout = checkout_of(order, parts.settings.public_url)
    await outbox.put(
        connection,
        PaymentOpenRequested(order_id=order.id, checkout=checkout),
        version=order.version,
    )


async def _keep_seats(
    connection: Connection, held: SeatLock, order: Order, *, until: datetime
) -> None:
    """Move the whole hold to PAYING, or none of it; raises HoldExpired."""
    moved = await seats.move(
        connection, held, order.id, before=("HELD",), after="PAYING", expires_at=until
    )
    if moved != sorted(order.seats()):
        raise HoldExpired
    await seats.log(connection, held, "PAY", order.id, seats=moved, expires_at=until)


def checkout_of(order: Order, public_url: str) -> CheckoutOpen:
    """Return all that payment needs to open the order's current attempt."""
    row = order.row
    page = f"{public_url}/{row['language']}/orders/{order.id}"
    return CheckoutOpen(
        order_id=order.id,
        attempt=row["attempt"],
        reference=row["reference"],
        cinema_id=row["cinema_id"],
        screening_key=order.screening_id,
        seats=sorted(order.seats()),
        language=row["language"],
        currency=row["currency"],
        amount_minor=row["total_minor"],
        lines=[
            CheckoutLine(
                line_no=line["line_no"],
                name=f"{row['title'][row['language']]} · {line['ticket_type_name']}"
                f" · {line['row_label']}{line['seat_label']}",
                gross_minor=line["gross_minor"],
            )
            for line in order.lines
        ],
        email=row["email"],
        return_url=f"{page}/return",
        cancel_url=f"{page}/cancel-payment",
    )


async def request_close(
    connection: Connection, order_id: UUID, *, reason: CloseReason, actor: str
) -> Order:
    """Ask payment to end the open attempt (E24); the order waits for its answer.

    Closed at the buyer's wish it is a hold again, and a buyer has one: raises HoldElsewhere.
    """
    held, order = await lock_both(connection, order_id)
    if order.state is S.PAYING and order.row["closing"] is None:
        if reason == "buyer" and order.row["buyer"] is not None:
            await _check_only_hold(connection, held, order)
        await repository.change(
            connection,
            order,
            S.PAYING,
            before={S.PAYING},
            actor=actor,
            facts={"closing": reason},
            closing=reason,
        )
        await ask_close(connection, order, order.row["attempt"], reason)
    return order


async def _check_only_hold(connection: Connection, held: SeatLock, order: Order) -> None:
    """Keep a buyer from a second hold, also one that is being placed now."""
    who = order.row["buyer"]
    await connection.execute("SELECT pg_advisory_xact_lock(buyer_lock(%s))", (who,))
    row = await (
        await connection.execute("SELECT live_hold(%s, %s, %s) AS other", (who, held.at, order.id))
    ).fetchone()
    if row is not None and row["other"] is not None:
        raise HoldElsewhere(order_id=str(row["other"]))


async def sell(
    connection: Connection, held: SeatLock, order: Order, *, before: tuple[str, ...]
) -> None:
    """Mark every seat SOLD: ownership decides, not the clock."""
    sold = await seats.move(
        connection, held, order.id, before=before, after="SOLD", expires_at=None
    )
    if sold != sorted(order.seats()):
        raise HoldExpired
    await seats.log(connection, held, "SELL", order.id, seats=sold)


async def mark_paid(
    connection: Connection, order: Order, at: datetime, *, actor: str, email: str | None = None
) -> None:
    await repository.change(
        connection,
        order,
        S.PAID,
        before={S.HELD, S.PAYING, S.CONFIRMING, S.EXPIRED},
        actor=actor,
        paid_at=at,
        emitted_at=at,
        closing=None,
        expires_at=None,
        email=email or order.row["email"],
    )
    await outbox.put(connection, order_paid(order.row), version=order.version)


async def ask_close(
    connection: Connection, order: Order, attempt: int, reason: CloseReason
) -> None:
    """Tell payment to end an attempt, if it can still be ended."""
    await outbox.put(
        connection,
        PaymentCloseRequested(order_id=order.id, attempt=attempt, reason=reason),
        version=order.version,
    )
