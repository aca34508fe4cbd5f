"""What payment answers, rows E4 to E12: only these messages move an order that is PAYING.

Each handler runs in its message's transaction, locks the screening and then the order, asks
`rules.py` for the step, and takes it.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from psycopg import Rollback

from backend.contracts.messages import (
    AttemptEvent,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentCaptureRequested,
    PaymentClosed,
    PaymentFailed,
    PaymentOpened,
    PaymentRefundRequested,
    PaymentReview,
)
from backend.contracts.orders import OrderState
from backend.kit.database import Connection
from backend.kit.ids import uuid7
from backend.kit.messaging import outbox
from backend.kit.messaging.inbox import Poison
from backend.movies.orders import attempts, refund_rows, repository, rules
from backend.movies.orders.paying import ask_close, mark_paid, sell
from backend.movies.orders.rendering import order_lapsed
from backend.movies.orders.repository import Order
from backend.movies.orders.rules import Step
from backend.movies.orders.service import lock_both
from backend.movies.seats import repository as seats
from backend.movies.seats.repository import SeatLock

_PAYMENT = "payment"
S = OrderState


async def on_opened(connection: Connection, event: PaymentOpened) -> None:
    """Keep the address of the provider's page."""

    async def act(held: SeatLock, order: Order) -> None:
        del held
        step = rules.on_opened(order.state, is_current=_is_current(order, event))
        if step is Step.OPENED and await attempts.set_url(
            connection, order.id, event.attempt, event.url
        ):
            await repository.change(
                connection, order, order.state, before={S.PAYING}, actor=_PAYMENT
            )

    await _heard(connection, event, act)


async def on_authorised(connection: Connection, event: PaymentAuthorised) -> None:
    """E4: the seats become SOLD and the money is taken; E5: nobody waits for it, it is let go."""

    async def act(held: SeatLock, order: Order) -> None:
        step = rules.on_authorised(order.state, is_current=_is_current(order, event))
        if step is Step.SELL_AND_CAPTURE:
            await sell(connection, held, order, before=("PAYING",))
            await repository.change(
                connection, order, S.CONFIRMING, before={S.PAYING}, actor=_PAYMENT, closing=None
            )
        if step in {Step.SELL_AND_CAPTURE, Step.CAPTURE}:
            await outbox.put(
                connection,
                PaymentCaptureRequested(
                    order_id=order.id, attempt=event.attempt, amount_minor=event.amount_minor
                ),
                version=order.version,
            )
        elif step is Step.VOID:
            await ask_close(connection, order, event.attempt, "void")

    await _heard(connection, event, act, state="AUTHORISED")


async def on_captured(connection: Connection, event: PaymentCaptured) -> None:
    """E7 to E10: the money is ours; the order is paid, or the money goes back."""

    async def act(held: SeatLock, order: Order) -> None:
        step = rules.on_captured(
            order.state,
            is_current=_is_current(order, event),
            is_paid_by_it=_is_current(order, event) and order.state in rules.SOLD,
        )
        if step is Step.PAY:
            if order.state is S.PAYING:
                await sell(connection, held, order, before=("PAYING",))
            await mark_paid(connection, order, event.captured_at, actor=_PAYMENT)
        elif step is Step.REINSTATE_OR_REFUND:
            await _reinstate_or_refund(connection, held, order, event)
        elif step is Step.REFUND_ATTEMPT:
            await _refund_attempt(connection, order, event)

    await _heard(connection, event, act, state="CAPTURED")


async def on_closed(connection: Connection, event: PaymentClosed, least: timedelta) -> None:
    """The attempt ended without money: back to the hold (the buyer's wish) or over."""

    async def act(held: SeatLock, order: Order) -> None:
        wish = order.row["closing"] == "buyer" and event.reason == "buyer"
        step = rules.on_closed(order.state, is_current=_is_current(order, event), is_buyers=wish)
        if step is Step.REOPEN:
            await _reopen(connection, held, order, least)
        elif step is Step.EXPIRE:
            await _expire(connection, held, order, "nothing_charged")

    await _heard(connection, event, act, state="CLOSED")


async def on_failed(connection: Connection, event: PaymentFailed) -> None:
    """E6: the attempt can never succeed."""

    async def act(held: SeatLock, order: Order) -> None:
        step = rules.on_failed(order.state, is_current=_is_current(order, event))
        if step is Step.EXPIRE:
            await _expire(connection, held, order, "payment_failed")

    await _heard(connection, event, act, state="FAILED")


async def on_review(connection: Connection, event: PaymentReview) -> None:
    """E12: the provider's figures differ; seats are kept and a person must look."""

    async def act(held: SeatLock, order: Order) -> None:
        if rules.on_review(order.state) is Step.REVIEW:
            if order.state is S.HELD:
                # A hold would run out; what is under review is never taken over by time.
                kept = await seats.move(
                    connection, held, order.id, before=("HELD",), after="PAYING", expires_at=None
                )
                await seats.log(connection, held, "PAY", order.id, seats=kept)
            await repository.change(
                connection,
                order,
                S.REVIEW,
                before={order.state},
                actor=_PAYMENT,
                facts={"reason": event.reason},
            )

    await _heard(connection, event, act)


async def _heard(
    connection: Connection,
    event: AttemptEvent,
    act: Callable[[SeatLock, Order], Awaitable[None]],
    *,
    state: str | None = None,
) -> None:
    """Act on an event unless a newer one of its attempt was acted on already."""
    held, order = await lock_both(connection, event.order_id)
    attempt = await attempts.find(connection, order.id, event.attempt)
    if attempt is None:
        raise Poison("no such attempt was ever begun here")
    if attempt.seen_version >= event.attempt_version:
        return
    order.heard = {"attempt": event.attempt, "attempt_version": event.attempt_version}
    await act(held, order)
    await attempts.saw(
        connection, order.id, event.attempt, version=event.attempt_version, state=state
    )


def _is_current(order: Order, event: AttemptEvent) -> bool:
    is_current: bool = order.row["attempt"] == event.attempt
    return is_current


async def _reopen(connection: Connection, held: SeatLock, order: Order, least: timedelta) -> None:
    attempt = await attempts.find(connection, order.id, order.row["attempt"])
    left = timedelta(seconds=attempt.hold_left_s if attempt else 0)
    expires_at = held.at + max(left, least)
    moved = await seats.move(
        connection, held, order.id, before=("PAYING",), after="HELD", expires_at=expires_at
    )
    await seats.log(connection, held, "REOPEN", order.id, seats=moved, expires_at=expires_at)
    await repository.change(
        connection,
        order,
        S.HELD,
        before={S.PAYING},
        actor=_PAYMENT,
        expires_at=expires_at,
        closing=None,
    )


async def _expire(connection: Connection, held: SeatLock, order: Order, reason: str) -> None:
    gone = await seats.free(connection, held, order.id, order.seats())
    await seats.log(connection, held, "RELEASE", order.id, seats=gone)
    await repository.change(
        connection,
        order,
        S.EXPIRED,
        before={S.PAYING, S.CONFIRMING},
        actor=_PAYMENT,
        facts={"reason": reason},
        closing=None,
        expires_at=None,
    )
    await outbox.put(connection, order_lapsed(order.row, reason), version=order.version)


async def _reinstate_or_refund(
    connection: Connection, held: SeatLock, order: Order, event: PaymentCaptured
) -> None:
    """E8: the very same seats again, in this transaction, or all the money back."""
    if _is_current(order, event) and order.row["screening_state"] == "on_sale":
        async with connection.transaction() as attempt:
            lost = await seats.claim(
                connection, held, order.id, seats=order.seats(), state="SOLD", expires_at=None
            )
            if lost:
                raise Rollback(attempt)
            await seats.log(connection, held, "SELL", order.id, seats=order.seats())
            await mark_paid(connection, order, event.captured_at, actor=_PAYMENT)
            return
    await _refund_attempt(connection, order, event)


async def _refund_attempt(connection: Connection, order: Order, event: PaymentCaptured) -> None:
    """Give a whole attempt's money back: its order did not wait for it, or was paid already."""
    refund_id = uuid7()
    is_news = await refund_rows.begin_whole(
        connection, order.id, event.attempt, refund_id=refund_id, amount_minor=event.amount_minor
    )
    if not is_news:
        return
    await outbox.put(
        connection,
        PaymentRefundRequested(
            order_id=order.id,
            attempt=event.attempt,
            refund_id=refund_id,
            amount_minor=event.amount_minor,
            currency=order.row["currency"],
            lines=[],
            reason="the seats were gone, or the order was paid already",
        ),
        version=order.version,
    )
    if order.state in rules.ENDED:
        await outbox.put(connection, order_lapsed(order.row, "refunded"), version=order.version)
