"""What payment answers: rows E4 to E10, E12 and E24, by its own messages."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.contracts.messages import (
    OrderLapsed,
    OrderPaid,
    PaymentCaptureRequested,
    PaymentCloseRequested,
    PaymentRefunded,
    PaymentRefundFailed,
    PaymentRefundRequested,
)
from backend.contracts.orders import OrderState
from backend.contracts.problems_orders import PaymentUnderWay
from backend.movies.orders.reaper import Reaper, expire_holds
from tests.backend.movies.payment import (
    authorised,
    captured,
    closed,
    envelope,
    failed,
    opened,
    page,
    review,
)
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration
SOLD = [(11, "SOLD"), (12, "SOLD")]


async def close(rig: Rig, order: UUID, token: str):
    return await rig.client.close_payment(order, token=token, key=uuid4().hex)


async def test_reserved_money_sells_the_seats_and_is_taken(rig: Rig):
    order = await rig.paying([11, 12])

    await rig.hear(authorised(order))
    assert (await rig.state(order), await rig.claims(order)) == ("CONFIRMING", SOLD)
    [request] = await rig.told(order, PaymentCaptureRequested)
    assert (request.attempt, request.amount_minor) == (1, 6700)

    await rig.hear(captured(order))
    assert (await rig.state(order), await rig.claims(order)) == ("PAID", SOLD)
    [paid] = await rig.told(order, OrderPaid)
    assert (paid.email, paid.total_minor, paid.cinema_slug) == ("ana@example.org", 6700, "mesh")
    assert [(line.line_no, line.seat.seat) for line in paid.lines] == [(1, 11), (2, 12)]
    states = await rig.rows("SELECT state, actor FROM order_event ORDER BY version")
    assert [row["state"] for row in states] == ["HELD", "PAYING", "CONFIRMING", "PAID"]
    assert states[-1]["actor"] == "payment"


async def test_the_log_names_the_news_that_changed_the_order(rig: Rig):
    order = await rig.paying([11, 12])

    await rig.hear(authorised(order, version=3))
    await rig.hear(captured(order, version=5))

    rows = await rig.rows("SELECT facts FROM order_event WHERE actor = 'payment' ORDER BY version")
    assert [row["facts"] for row in rows] == [
        {"attempt": 1, "attempt_version": 3},
        {"attempt": 1, "attempt_version": 5},
    ]


async def test_money_taken_without_a_word_before_is_taken_as_payment(rig: Rig):
    order = await rig.paying([11, 12])

    await rig.hear(captured(order))
    await rig.hear(authorised(order))

    assert (await rig.state(order), await rig.claims(order)) == ("PAID", SOLD)
    assert await rig.told(order, PaymentCaptureRequested) == []


async def test_payment_is_decided_by_ownership_not_by_the_clock(rig: Rig):
    order = await rig.paying([11, 12])
    await rig.age(order, timedelta(hours=3))

    await rig.hear(authorised(order))

    assert (await rig.state(order), await rig.claims(order)) == ("CONFIRMING", SOLD)


@pytest.mark.parametrize("is_reserved", [True, False])
async def test_payment_that_failed_for_good_frees_the_seats_and_tells(rig: Rig, is_reserved):
    order = await rig.paying([11, 12])
    if is_reserved:
        await rig.hear(authorised(order))

    await rig.hear(failed(order))

    assert (await rig.state(order), await rig.claims(order)) == ("EXPIRED", [])
    [lapsed] = await rig.told(order, OrderLapsed)
    assert (lapsed.reason, lapsed.email) == ("payment_failed", "ana@example.org")


async def test_close_by_the_buyer_gives_the_hold_back_and_the_next_pay_is_anew(rig: Rig):
    token = guest_token()
    order = await rig.paying([11, 12], token)

    waiting = await close(rig, order, token)
    await close(rig, order, token)
    assert (waiting.state, waiting.closing) == (OrderState.PAYING, True)
    [request] = await rig.told(order, PaymentCloseRequested)
    assert (request.attempt, request.reason) == (1, "buyer")
    with pytest.raises(PaymentUnderWay):
        await rig.pay(order, token)

    await rig.hear(closed(order))
    held = await rig.client.order(order, token=token)
    assert (held.state, held.closing) == (OrderState.HELD, False)
    assert 590 < (held.expires_in_s or 0) <= 600

    assert (await rig.pay(order, token)).checkout_url == page(2)
    await rig.hear(captured(order, 2))
    assert await rig.state(order) == "PAID"


async def test_hold_given_back_lasts_two_minutes_at_least(rig: Rig):
    token = guest_token()
    held = await rig.hold([11, 12], token=token)
    await rig.age(held.id, timedelta(minutes=9, seconds=50))
    await rig.pay(held.id, token)
    await close(rig, held.id, token)

    await rig.hear(closed(held.id))

    left = (await rig.client.order(held.id, token=token)).expires_in_s or 0
    assert 110 < left <= 120


async def test_deadline_asks_to_close_and_ends_the_order(rig: Rig):
    order = await rig.paying([11, 12])
    await rig.age(order, timedelta(minutes=13))

    await Reaper(rig.parts).round()
    await Reaper(rig.parts).round()

    assert await rig.state(order) == "PAYING"  # the answer decides, not the clock
    [request] = await rig.told(order, PaymentCloseRequested)
    assert request.reason == "deadline"
    await rig.hear(closed(order, reason="deadline"))
    assert (await rig.state(order), await rig.claims(order)) == ("EXPIRED", [])
    assert [one.reason for one in await rig.told(order, OrderLapsed)] == ["nothing_charged"]


async def test_close_that_comes_too_late_loses_to_the_money(rig: Rig):
    token = guest_token()
    order = await rig.paying([11, 12], token)
    await close(rig, order, token)

    await rig.hear(captured(order))

    assert (await rig.state(order), await rig.claims(order)) == ("PAID", SOLD)


async def test_reservation_that_was_let_go_meanwhile_ends_the_order(rig: Rig):
    token = guest_token()
    order = await rig.paying([11, 12], token)
    await close(rig, order, token)
    await rig.hear(authorised(order))

    await rig.hear(closed(order))

    assert (await rig.state(order), await rig.claims(order)) == ("EXPIRED", [])


async def _expired(rig: Rig) -> UUID:
    order = await rig.paying([11, 12])
    await rig.hear(closed(order, version=3, reason="deadline"))
    return order


async def test_reservation_that_nobody_awaits_is_let_go(rig: Rig):
    order = await _expired(rig)

    await rig.hear(authorised(order, version=4))

    assert await rig.state(order) == "EXPIRED"
    [request] = await rig.told(order, PaymentCloseRequested)
    assert request.reason == "void"


async def test_money_for_an_ended_order_gets_the_very_same_seats_back(rig: Rig):
    order = await _expired(rig)

    await rig.hear(captured(order, version=5))

    assert (await rig.state(order), await rig.claims(order)) == ("PAID", SOLD)
    assert len(await rig.told(order, OrderPaid)) == 1
    assert await rig.told(order, PaymentRefundRequested) == []


async def test_money_for_an_ended_order_goes_back_whole_when_one_seat_is_gone(rig: Rig):
    order = await _expired(rig)
    rival = await rig.hold([12])

    await rig.hear(captured(order, version=5))

    assert (await rig.state(order), await rig.claims(order)) == ("EXPIRED", [])
    assert await rig.claims(rival.id) == [(12, "HELD")]
    [refund] = await rig.told(order, PaymentRefundRequested)
    assert (refund.attempt, refund.amount_minor, refund.currency) == (1, 6700, "RON")
    reasons = [one.reason for one in await rig.told(order, OrderLapsed)]
    assert reasons == ["nothing_charged", "refunded"]


async def test_seats_of_a_lapsed_hold_count_as_free_for_the_money(rig: Rig):
    order = await _expired(rig)
    over = await rig.hold([12])
    await rig.age(over.id, timedelta(minutes=11))

    await rig.hear(captured(order, version=5))

    assert (await rig.state(order), await rig.state(over.id)) == ("PAID", "EXPIRED")


@pytest.mark.parametrize("state", ["CANCELLED", "closed screening"])
async def test_money_for_what_is_cancelled_goes_back(rig: Rig, state):
    order = await _expired(rig)
    if state == "CANCELLED":
        await rig.run("UPDATE orders SET state = 'CANCELLED'")
    else:
        await rig.run("UPDATE screening SET state = 'cancelled'")

    await rig.hear(captured(order, version=5))

    assert await rig.claims(order) == []
    assert len(await rig.told(order, PaymentRefundRequested)) == 1
    assert await rig.told(order, OrderPaid) == []


async def test_second_payment_of_a_paid_order_goes_back_and_the_order_stays(rig: Rig):
    token = guest_token()
    order = await rig.paying([11, 12], token)
    await close(rig, order, token)
    await rig.hear(closed(order, version=3))
    await rig.pay(order, token)
    await rig.hear(captured(order, 2))
    version = await rig.row("SELECT version FROM orders")

    await rig.hear(captured(order, 1, version=9))  # it was closed, they said

    assert (await rig.state(order), await rig.claims(order)) == ("PAID", SOLD)
    [refund] = await rig.told(order, PaymentRefundRequested)
    assert refund.attempt == 1
    assert await rig.row("SELECT version FROM orders") == version
    await rig.hear(
        PaymentRefunded(
            order_id=order,
            attempt=1,
            attempt_version=10,
            refund_id=refund.refund_id,
            amount_minor=6700,
            refunded_total_minor=6700,
            origin="us",
        )
    )
    assert await rig.rows("SELECT state FROM order_refund") == [{"state": "DONE"}]
    assert await rig.state(order) == "PAID"


async def test_refund_of_an_ended_order_that_fails_leaves_it_ended(rig: Rig):
    order = await _expired(rig)
    await rig.hold([12])
    await rig.hear(captured(order, version=5))
    [refund] = await rig.told(order, PaymentRefundRequested)

    await rig.hear(
        PaymentRefundFailed(
            order_id=order,
            attempt=1,
            attempt_version=6,
            refund_id=refund.refund_id,
            failure="account closed",
        )
    )

    assert await rig.state(order) == "EXPIRED"
    assert await rig.rows("SELECT state FROM order_refund") == [{"state": "FAILED"}]


@pytest.mark.parametrize("is_reserved", [True, False])
async def test_figures_that_differ_stop_the_order_and_keep_its_seats(rig: Rig, is_reserved):
    order = await rig.paying([11, 12])
    if is_reserved:
        await rig.hear(authorised(order))
    claims = await rig.claims(order)

    await rig.hear(review(order))
    await rig.hear(captured(order, version=7))
    await rig.hear(closed(order, version=8, reason="deadline"))

    assert (await rig.state(order), await rig.claims(order)) == ("REVIEW", claims)
    assert await rig.told(order, OrderPaid) == []


async def test_hold_under_review_is_never_taken_over(rig: Rig):
    token = guest_token()
    order = await rig.paying([11, 12], token)
    await close(rig, order, token)
    await rig.hear(closed(order))

    await rig.hear(review(order))
    screening = (await rig.row("SELECT screening_id FROM orders"))["screening_id"]
    await expire_holds(rig.parts.database, screening)

    assert await rig.claims(order) == [(11, "PAYING"), (12, "PAYING")]
    assert await rig.app.state.reconciler.round()
    assert await rig.rows("SELECT kind FROM recon_diff WHERE closed_at IS NULL") == []


async def test_older_news_changes_nothing(rig: Rig):
    order = await rig.paid([11, 12])
    version = await rig.row("SELECT version FROM orders")

    for news in (opened(order), authorised(order), captured(order), closed(order, version=1)):
        await rig.hear(news)
    await rig.hear(failed(order, version=9))
    await rig.hear(closed(order, version=10, reason="deadline"))

    assert await rig.row("SELECT version FROM orders") == version
    assert await rig.claims(order) == SOLD


async def test_news_of_no_attempt_is_kept_for_a_person(rig: Rig):
    order = await rig.hold([11, 12])
    assert (await rig.deliver(envelope(captured(order.id)))).is_accepted

    rows = await rig.rows("SELECT error FROM dead_letter")
    assert rows == [{"error": "Poison('no such attempt was ever begun here')"}]
    assert await rig.state(order.id) == "HELD"
