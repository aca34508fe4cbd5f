"""Money given back, rows E15 to E17: first the ticket dies, then the seat is free."""

from uuid import UUID, uuid4

import pytest

from backend.contracts.messages import (
    OrderPaid,
    OrderRefunded,
    PaymentRefunded,
    PaymentRefundFailed,
    PaymentRefundRequested,
    RevokedLine,
    TicketRevokeRequested,
    TicketsIssued,
    TicketsRevoked,
)
from backend.contracts.orders import LineRefund
from backend.contracts.problems_orders import LineMissing, OrderOver
from backend.movies.orders.reaper import Reaper
from tests.backend.movies.payment import authorised, captured, envelope
from tests.backend.movies.rig import Rig
from tests.support.keys import person_token

pytestmark = pytest.mark.integration
SOLD = [(11, "SOLD"), (12, "SOLD")]


async def refund(rig: Rig, order: UUID, *lines: int, seats: str = "free"):
    body = LineRefund.model_validate({"lines": lines, "seats": seats, "reason": "does not come"})
    token = person_token("manager")
    return await rig.client.refund(order, body, token=token, key=uuid4().hex)


async def revoked(rig: Rig, order: UUID, **outcomes: str) -> UUID:
    """Answer the newest revocation: each of its lines is revoked, or as told (`l2="admitted"`)."""
    request = (await rig.told(order, TicketRevokeRequested))[-1]
    lines = [
        RevokedLine.model_validate({"line_no": n, "outcome": outcomes.get(f"l{n}", "revoked")})
        for n in request.lines
    ]
    await rig.hear(TicketsRevoked(order_id=order, refund_id=request.refund_id, lines=lines))
    return request.refund_id


def arrived(
    order: UUID, refund_id: UUID, amount: int, *, total: int = 0, origin: str = "us"
) -> PaymentRefunded:
    return PaymentRefunded.model_validate(
        {
            "order_id": order,
            "attempt": 1,
            "attempt_version": 9,
            "refund_id": refund_id,
            "amount_minor": amount,
            "refunded_total_minor": total or amount,
            "origin": origin,
        }
    )


async def issued(rig: Rig) -> UUID:
    order = await rig.paid([11, 12])
    tickets = {1: uuid4(), 2: uuid4()}
    event = TicketsIssued.model_validate(
        {"order_id": order, "tickets": tickets, "issued_at": "2026-05-01T12:00:00Z"}
    )
    await rig.hear(event)
    return order


async def test_tickets_end_the_sale_and_each_line_learns_its_own(rig: Rig):
    order = await issued(rig)

    assert await rig.state(order) == "ISSUED"
    rows = await rig.rows("SELECT ticket_id FROM order_line ORDER BY line_no")
    assert len({row["ticket_id"] for row in rows} - {None}) == 2


async def test_seat_is_free_only_when_its_ticket_is_dead(rig: Rig):
    order = await issued(rig)

    answer = await refund(rig, order, 1)

    assert (answer.state, [line.state for line in answer.lines]) == (
        "REFUNDING",
        ["REFUNDING", "LIVE"],
    )
    assert await rig.claims(order) == SOLD
    assert await rig.told(order, PaymentRefundRequested) == []

    refund_id = await revoked(rig, order)
    assert await rig.claims(order) == [(12, "SOLD")]
    [request] = await rig.told(order, PaymentRefundRequested)
    assert (request.refund_id, request.amount_minor, request.lines) == (refund_id, 3350, [1])

    await rig.hear(arrived(order, refund_id, 3350))
    assert await rig.state(order) == "PART_REFUNDED"
    [told] = await rig.told(order, OrderRefunded)
    assert (told.amount_minor, told.email) == (3350, "ana@example.org")
    assert (await rig.hold([11])).lines  # somebody else sits there now


async def test_whole_order_given_back_in_two_steps_ends_refunded(rig: Rig):
    order = await issued(rig)

    for line in (1, 2):
        await refund(rig, order, line)
        await rig.hear(arrived(order, await revoked(rig, order), 3350))

    assert (await rig.state(order), await rig.claims(order)) == ("REFUNDED", [])
    with pytest.raises(OrderOver):
        await refund(rig, order, 1)


async def test_two_refunds_at_once_finish_in_any_order(rig: Rig):
    order = await issued(rig)
    await refund(rig, order, 1)
    first = await revoked(rig, order)
    await refund(rig, order, 2)
    second = await revoked(rig, order)

    await rig.hear(arrived(order, second, 3350))
    assert await rig.state(order) == "REFUNDING"
    await rig.hear(arrived(order, first, 3350))
    assert await rig.state(order) == "REFUNDED"


async def test_kept_seat_is_blocked_in_the_same_step(rig: Rig):
    order = await issued(rig)
    await refund(rig, order, 1, 2, seats="keep")

    await revoked(rig, order)

    assert await rig.claims(order) == [(11, "BLOCKED"), (12, "BLOCKED")]
    log = await rig.rows("SELECT kind, seats FROM seat_event ORDER BY version DESC, step LIMIT 1")
    assert log == [{"kind": "BLOCK", "seats": [11, 12]}]
    seen = await rig.client.seat_map(rig.cinema.screening)
    assert seen.bitmap[:8] == "AAAPAAAA"  # seats 11 and 12: both bits set


async def test_guest_who_sits_there_keeps_the_seat(rig: Rig):
    order = await issued(rig)
    await refund(rig, order, 1, 2)

    refund_id = await revoked(rig, order, l2="admitted")

    assert await rig.claims(order) == [(12, "SOLD")]
    await rig.hear(arrived(order, refund_id, 6700))
    assert await rig.state(order) == "REFUNDED"
    rows = await rig.rows("SELECT line_no FROM order_line WHERE was_admitted")
    assert rows == [{"line_no": 2}]


async def test_free_ticket_given_back_moves_no_money(rig: Rig):
    await rig.run(
        "UPDATE price_card_version SET rules = %s", '[{"ticket_type":"adult","price_minor":0}]'
    )
    token = person_token("customer", email="a@b.example", email_verified=True)
    held = await rig.hold([11], token=token)
    await rig.pay(held.id, token)
    await refund(rig, held.id, 1)

    await revoked(rig, held.id)

    assert (await rig.state(held.id), await rig.claims(held.id)) == ("REFUNDED", [])
    assert await rig.told(held.id, PaymentRefundRequested) == []


async def test_line_is_given_back_once(rig: Rig):
    order = await issued(rig)
    await refund(rig, order, 1)

    for lines in ((1,), (1, 2), (7,)):
        with pytest.raises(LineMissing) as raised:
            await refund(rig, order, *lines)
        assert raised.value.facts["lines"] == [n for n in lines if n != 2]
    assert len(await rig.told(order, TicketRevokeRequested)) == 1


@pytest.mark.parametrize("state", ["HELD", "PAYING"])
async def test_what_is_not_paid_is_not_given_back(rig: Rig, state):
    order = (await rig.hold([11])).id if state == "HELD" else await rig.paying([11])

    with pytest.raises(OrderOver):
        await refund(rig, order, 1)


async def test_answers_that_come_again_or_late_change_nothing_more(rig: Rig):
    order = await issued(rig)
    await refund(rig, order, 1)
    refund_id = await revoked(rig, order)
    rival = await rig.hold([11])
    money = envelope(arrived(order, refund_id, 3350))

    for _ in range(3):
        assert (await rig.deliver(money)).is_accepted
    await rig.hear(arrived(order, refund_id, 3350))
    lines = [RevokedLine(line_no=1, outcome="revoked")]
    await rig.hear(TicketsRevoked(order_id=order, refund_id=refund_id, lines=lines))

    assert await rig.state(order) == "PART_REFUNDED"
    assert len(await rig.told(order, PaymentRefundRequested)) == 1
    assert len(await rig.told(order, OrderRefunded)) == 1
    assert await rig.claims(rival.id) == [(11, "HELD")]


async def test_answer_that_does_not_come_is_asked_for_again(rig: Rig):
    order = await issued(rig)
    await refund(rig, order, 1)
    await rig.run("UPDATE order_refund SET asked_at = asked_at - interval '2 minutes'")

    await Reaper(rig.parts).round()
    await Reaper(rig.parts).round()

    assert len(await rig.told(order, TicketRevokeRequested)) == 2


async def test_tickets_that_do_not_come_are_asked_for_again(rig: Rig):
    order = await rig.paid([11, 12])
    await rig.run("UPDATE orders SET emitted_at = clock_timestamp() - interval '61 seconds'")

    await Reaper(rig.parts).round()
    await Reaper(rig.parts).round()

    first, again = await rig.told(order, OrderPaid)
    assert first == again


async def test_whole_refund_in_the_dashboard_revokes_without_paying_again(rig: Rig):
    order = await issued(rig)

    await rig.hear(arrived(order, uuid4(), 6700, origin="dashboard"))
    assert await rig.state(order) == "REFUNDING"
    assert await rig.claims(order) == SOLD
    await revoked(rig, order)

    assert (await rig.state(order), await rig.claims(order)) == ("REFUNDED", [])
    assert await rig.told(order, PaymentRefundRequested) == []


async def test_part_refund_in_the_dashboard_is_for_a_person(rig: Rig):
    order = await issued(rig)

    await rig.hear(arrived(order, uuid4(), 1000, origin="dashboard"))

    assert (await rig.state(order), await rig.claims(order)) == ("REVIEW", SOLD)


async def test_dashboard_refund_waits_for_the_news_that_money_was_taken(rig: Rig):
    order = await rig.paying([11, 12])
    await rig.hear(authorised(order))
    early = envelope(arrived(order, uuid4(), 6700, origin="dashboard"))

    assert not (await rig.deliver(early)).is_accepted
    await rig.hear(captured(order))
    assert (await rig.deliver(early)).is_accepted

    assert await rig.state(order) == "REFUNDING"


async def test_refund_that_failed_is_for_a_person_and_stays_so(rig: Rig):
    order = await issued(rig)
    await refund(rig, order, 1)
    first = await revoked(rig, order)
    await refund(rig, order, 2)
    second = await revoked(rig, order)

    await rig.hear(
        PaymentRefundFailed(
            order_id=order, attempt=1, attempt_version=9, refund_id=first, failure="closed"
        )
    )
    assert await rig.state(order) == "REVIEW"
    await rig.hear(arrived(order, second, 3350))

    assert (await rig.state(order), await rig.claims(order)) == ("REVIEW", [])
    states = await rig.rows("SELECT state FROM order_refund ORDER BY made_at")
    assert [row["state"] for row in states] == ["FAILED", "DONE"]
