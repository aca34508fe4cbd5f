"""Sales that do not go through, or too late, or twice: no money without a seat or a refund."""

import pytest

from tests.backend.payment.flows.rig import Cinema
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration
TOTAL = 2 * 3350


async def paying(cinema: Cinema):
    order = await cinema.hold()
    return order, (await cinema.pay(order)).checkout_url


async def lose(cinema: Cinema, order, state: str = "EXPIRED") -> None:
    """Make movies believe that an order is over although its payment goes on."""
    await cinema.change_movies("DELETE FROM seat_claim WHERE order_id = %s", order)
    await cinema.change_movies(
        "UPDATE orders SET state = %s, expires_at = NULL WHERE id = %s", state, order
    )


async def taken_in_dashboard(cinema: Cinema) -> None:
    intent = await cinema.provider.only_intent()
    await cinema.provider.stripe.v1.payment_intents.capture_async(intent.id)
    await cinema.later()


async def test_a_buyer_who_wanders_off_loses_the_hold_and_no_money(cinema: Cinema):
    order, url = await paying(cinema)
    await cinema.provider.press(url, "abandon")

    await cinema.deadline()

    assert await cinema.state(order) == "EXPIRED"
    assert await cinema.seats() == {}
    assert cinema.tickets.mailed == ["nothing_charged"]
    assert await cinema.money() == 0
    assert await cinema.reconcile() == []


async def test_a_buyer_who_comes_back_to_the_seats_pays_with_the_next_attempt(cinema: Cinema):
    order, _ = await paying(cinema)
    await cinema.close(order)
    await cinema.settle()
    again = await cinema.order(order)

    await cinema.provider.press((await cinema.pay(order)).checkout_url)
    await cinema.settle()

    assert again.state == "HELD"
    assert again.expires_in_s is not None
    assert again.expires_in_s > 100
    assert await cinema.state(order) == "ISSUED"
    assert await cinema.attempts(order) == ["CANCELED", "CAPTURED"]
    assert await cinema.money() == TOTAL


@pytest.mark.parametrize("by", ["buyer", "deadline"])
async def test_who_pays_while_it_is_being_closed_has_bought(cinema: Cinema, by):
    cinema.provider.hooks.are_on = False
    order, url = await paying(cinema)
    await cinema.provider.press(url)

    if by == "buyer":
        await cinema.close(order)
        await cinema.settle()
    else:
        await cinema.deadline()
    await cinema.later()

    assert await cinema.state(order) == "ISSUED"
    assert await cinema.money() == TOTAL
    assert await cinema.reconcile() == []


async def test_money_for_lost_seats_is_never_taken(cinema: Cinema):
    """E5."""
    order, url = await paying(cinema)
    await lose(cinema, order)

    await cinema.provider.press(url)
    await cinema.settle()

    assert await cinema.attempts(order) == ["CANCELED"]
    assert (await cinema.provider.only_intent()).status == "canceled"
    assert await cinema.money() == 0
    assert await cinema.reconcile() == []


async def test_a_reservation_that_lapses_ends_the_order(cinema: Cinema):
    """E6: payment was away for a week between the sale and the capture."""
    cinema.provider.hooks.are_on = False
    order, url = await paying(cinema)
    await cinema.provider.press(url)
    cinema.wire.next("/capture", _cut(cinema))
    await cinema.later()
    confirming = await cinema.state(order)

    cinema.wire.is_cut = False
    await cinema.provider.pass_by(days=8)
    await cinema.later()

    assert confirming == "CONFIRMING"
    assert await cinema.state(order) == "EXPIRED"
    assert await cinema.seats() == {}
    assert cinema.tickets.mailed == ["payment_failed"]
    assert await cinema.money() == 0


def _cut(cinema: Cinema):
    async def cut(request, _send):
        cinema.wire.is_cut = True
        return await cinema.wire.handle_async_request(request)

    return cut


async def test_money_that_comes_late_gets_the_very_same_seats(cinema: Cinema):
    """E8, the seats are still free."""
    cinema.provider.hooks.are_on = False
    order, url = await paying(cinema)
    await cinema.provider.press(url)
    await lose(cinema, order)

    await taken_in_dashboard(cinema)

    assert await cinema.state(order) == "ISSUED"
    assert await cinema.seats() == {13: "SOLD", 14: "SOLD"}
    assert await cinema.money() == TOTAL


@pytest.mark.parametrize("state", ["EXPIRED", "CANCELLED"])
async def test_money_that_comes_too_late_goes_back(cinema: Cinema, state):
    """E8, somebody has the seats; E9, the order was cancelled."""
    cinema.provider.hooks.are_on = False
    order, url = await paying(cinema)
    await cinema.provider.press(url)
    await lose(cinema, order, state)
    await cinema.hold(token=guest_token())

    await taken_in_dashboard(cinema)
    await cinema.later()

    assert await cinema.state(order) == state
    assert await cinema.seats() == {13: "HELD", 14: "HELD"}
    assert cinema.tickets.issued == []
    assert cinema.tickets.mailed == ["refunded"]
    assert await cinema.money() == 0
    assert await cinema.reconcile() == []


async def test_of_two_attempts_that_were_both_taken_the_later_goes_back(cinema: Cinema):
    """E10. The rules never let two be open: both records are bent to make it happen."""
    cinema.provider.hooks.are_on = False
    order, first = await paying(cinema)
    await cinema.change_payment("DROP INDEX attempt_open")
    await cinema.change_movies("UPDATE orders SET state = 'HELD' WHERE id = %s", order)
    await cinema.change_movies("UPDATE seat_claim SET state = 'HELD'")
    second = (await cinema.pay(order)).checkout_url
    await cinema.provider.press(second)
    await cinema.later()
    await cinema.provider.press(first)
    intent = await cinema.provider.intent((await cinema.provider.sessions())[1])

    await cinema.provider.stripe.v1.payment_intents.capture_async(intent.id)
    await cinema.later()
    await cinema.later()
    await cinema.change_payment(
        "CREATE UNIQUE INDEX attempt_open ON attempt (order_id)"
        " WHERE state NOT IN ('CAPTURED', 'CANCELED', 'FAILED')"
    )

    assert await cinema.attempts(order) == ["CAPTURED", "CAPTURED"]
    assert await cinema.state(order) == "ISSUED"
    assert cinema.tickets.issued == [order]
    refunds = await cinema.payment_rows("SELECT attempt, amount_minor, state FROM refund")
    assert refunds == [{"attempt": 1, "amount_minor": TOTAL, "state": "SUCCEEDED"}]
    assert await cinema.money() == TOTAL
    assert await cinema.reconcile() == []


async def test_an_amount_that_differs_is_never_a_ticket(cinema: Cinema):
    """E12."""
    cinema.provider.hooks.are_on = False
    order, url = await paying(cinema)
    await cinema.change_payment("UPDATE attempt SET amount_minor = 1")

    await cinema.provider.press(url)
    await cinema.later()

    assert await cinema.state(order) == "REVIEW"
    assert await cinema.seats() == {13: "PAYING", 14: "PAYING"}
    assert cinema.tickets.issued == []


async def test_a_reservation_left_lying_is_captured_by_the_reconciliation(cinema: Cinema):
    """2.6 (e): the command to capture was lost for good; movies is asked again."""
    order, url = await paying(cinema)
    await cinema.provider.press(url)
    await cinema.provider.settle()
    await cinema.payment.round()
    await cinema.change_movies("UPDATE outbox SET published_at = clock_timestamp()")
    await cinema.settle()
    stuck = (await cinema.state(order), await cinema.attempts(order))
    await cinema.change_payment("UPDATE attempt_event SET at = at - interval '16 minutes'")

    found = await cinema.reconcile()
    after = await cinema.reconcile()

    assert stuck == ("CONFIRMING", ["AUTHORISED"])
    assert found == ["authorisation"]
    assert await cinema.state(order) == "ISSUED"
    assert after == []
