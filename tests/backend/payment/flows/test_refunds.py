"""Refunds: the ticket dies, then its seat, then the money moves (E15 to E18)."""

import pytest

from tests.backend.payment.flows.rig import Cinema

pytestmark = pytest.mark.integration
LINE = 3350
TOTAL = 2 * LINE


async def in_dashboard(cinema: Cinema, amount: int | None = None) -> None:
    intent = await cinema.provider.only_intent()
    params = {"payment_intent": intent.id} | ({"amount": amount} if amount else {})
    await cinema.provider.stripe.v1.refunds.create_async(params)
    await cinema.settle()


@pytest.mark.parametrize(
    ("seats", "left"), [("free", {14: "SOLD"}), ("keep", {13: "BLOCKED", 14: "SOLD"})]
)
async def test_a_refund_by_line_frees_or_keeps_its_seat(cinema: Cinema, seats, left):
    order = await cinema.bought()

    await cinema.refund(order, 1, seats=seats)
    await cinema.settle()

    assert await cinema.state(order) == "PART_REFUNDED"
    assert await cinema.seats() == left
    assert await cinema.money() == LINE
    assert cinema.tickets.mailed == [f"refunded {LINE}"]
    assert await cinema.reconcile() == []


async def test_a_refund_of_the_whole_order(cinema: Cinema):
    order = await cinema.bought()

    await cinema.refund(order, 1, 2)
    await cinema.settle()

    assert await cinema.state(order) == "REFUNDED"
    assert await cinema.seats() == {}
    assert await cinema.money() == 0
    assert await cinema.reconcile() == []


async def test_an_admitted_guest_keeps_the_seat_and_gets_the_money(cinema: Cinema):
    order = await cinema.bought()
    cinema.tickets.admitted = {1}

    await cinema.refund(order, 1)
    await cinema.settle()

    assert await cinema.seats() == {13: "SOLD", 14: "SOLD"}
    assert await cinema.money() == LINE
    assert await cinema.reconcile() == []


async def test_no_money_moves_before_the_ticket_is_dead(cinema: Cinema):
    order = await cinema.bought()
    cinema.tickets.is_up = False

    await cinema.refund(order, 1)
    await cinema.later()
    before = (await cinema.state(order), await cinema.seats(), await cinema.money())
    cinema.tickets.is_up = True
    await cinema.later()

    assert before == ("REFUNDING", {13: "SOLD", 14: "SOLD"}, TOTAL)
    assert await cinema.state(order) == "PART_REFUNDED"


async def test_a_full_refund_in_the_dashboard_kills_the_tickets_without_a_second_refund(
    cinema: Cinema,
):
    order = await cinema.bought()

    await in_dashboard(cinema)

    assert await cinema.state(order) == "REFUNDED"
    assert await cinema.seats() == {}
    assert await cinema.money() == 0
    rows = await cinema.payment_rows("SELECT origin, amount_minor FROM refund")
    assert rows == [{"origin": "dashboard", "amount_minor": TOTAL}]
    assert await cinema.reconcile() == []


async def test_a_part_refunded_in_the_dashboard_is_for_a_person(cinema: Cinema):
    order = await cinema.bought()

    await in_dashboard(cinema, 1000)

    assert await cinema.state(order) == "REVIEW"
    assert await cinema.seats() == {13: "SOLD", 14: "SOLD"}
    assert await cinema.reconcile() == []


async def test_a_refund_that_fails_is_for_a_person_and_its_seats_stay_free(cinema: Cinema):
    order = await cinema.bought("refund_fails")

    await cinema.refund(order, 1)
    await cinema.settle()
    await cinema.later()

    assert await cinema.state(order) == "REVIEW"
    assert await cinema.seats() == {14: "SOLD"}
    assert await cinema.money() == TOTAL
    assert await cinema.reconcile() == []


async def test_a_disputed_payment_is_not_refunded_as_well(cinema: Cinema):
    order = await cinema.bought("dispute")
    before = await cinema.state(order)

    await cinema.refund(order, 1)
    await cinema.settle()

    assert before == "ISSUED"
    assert await cinema.state(order) == "REVIEW"
    assert cinema.wire.keys("/v1/refunds") == []
