"""Sales from the hold to the tickets, with everything that may happen on the way."""

import pytest

from tests.backend.payment.flows.rig import Cinema
from tests.backend.payment.wire import (
    answers,
    killed_after,
    killed_before,
    lost_answer,
    lost_request,
)

pytestmark = pytest.mark.integration
TOTAL = 2 * 3350
SOLD = {13: "SOLD", 14: "SOLD"}


async def sold(cinema: Cinema, order) -> None:
    """Check that an order is sold: its seats, its tickets, its money, and nothing twice."""
    assert await cinema.state(order) == "ISSUED"
    assert await cinema.seats() == SOLD
    assert cinema.tickets.issued == [order]
    assert await cinema.money() == TOTAL
    assert (await cinema.attempts(order))[-1] == "CAPTURED"
    assert await cinema.reconcile() == []


async def test_a_sale(cinema: Cinema):
    await sold(cinema, await cinema.bought())


async def test_a_sale_without_webhooks(cinema: Cinema):
    cinema.provider.hooks.are_on = False
    order = await cinema.bought()
    await cinema.later()

    await sold(cinema, order)


async def test_the_return_page_moves_the_sale_on(cinema: Cinema):
    cinema.provider.hooks.are_on = False
    order = await cinema.bought()
    shown = await cinema.client.sync(order, token=cinema.token)
    await cinema.settle()

    assert shown.state == "AUTHORISED"
    await sold(cinema, order)


async def test_a_decline_and_then_a_good_card(cinema: Cinema):
    order = await cinema.hold()
    paying = await cinema.pay(order)

    await cinema.provider.press(paying.checkout_url, "decline")
    await cinema.settle()
    declined = await cinema.state(order)
    await cinema.provider.press((await cinema.pay(order)).checkout_url)
    await cinema.settle()

    assert declined == "PAYING"
    await sold(cinema, order)
    assert len(await cinema.provider.sessions()) == 1


async def test_a_card_that_must_be_proven(cinema: Cinema):
    order = await cinema.hold()

    await cinema.provider.prove((await cinema.pay(order)).checkout_url)
    await cinema.settle()

    await sold(cinema, order)


async def test_a_slow_bank(cinema: Cinema):
    await sold(cinema, await cinema.bought("slow"))


async def test_pay_in_two_tabs_is_one_page(cinema: Cinema):
    order = await cinema.hold()

    first, second = await cinema.pay(order), await cinema.pay(order)
    await cinema.provider.press(first.checkout_url)
    await cinema.provider.press(second.checkout_url)
    await cinema.settle()

    assert first == second
    await sold(cinema, order)


async def test_pay_while_payment_is_down_opens_by_the_message(cinema: Cinema):
    order = await cinema.hold()
    away = cinema.wire.apps.pop("payment.test")
    unanswered = await cinema.pay(order)

    cinema.wire.apps["payment.test"] = away
    await cinema.settle()
    await cinema.later()
    opened = await cinema.pay(order)
    await cinema.provider.press(opened.checkout_url)
    await cinema.settle()

    assert (unanswered.state, unanswered.checkout_url) == ("PAYING", None)
    await sold(cinema, order)


async def test_pay_while_the_provider_is_down_keeps_the_seats(cinema: Cinema):
    order = await cinema.hold()
    cinema.wire.is_cut = True
    unanswered = await cinema.pay(order)
    await cinema.later()
    await cinema.deadline()
    held = (await cinema.state(order), await cinema.seats())

    cinema.wire.is_cut = False
    await cinema.later()

    assert unanswered.checkout_url is None
    assert held == ("PAYING", {13: "PAYING", 14: "PAYING"})
    assert await cinema.state(order) == "EXPIRED"
    assert [each.status for each in await cinema.provider.sessions()] == ["expired"]


async def test_a_sale_while_the_bus_is_down_is_confirmed_when_it_returns(cinema: Cinema):
    await cinema.broker.stop()
    order = await cinema.hold()
    await cinema.provider.press((await cinema.pay(order)).checkout_url)
    await cinema.settle()
    waiting = await cinema.state(order)

    await cinema.broker.start()
    await cinema.later()

    assert waiting == "PAYING"
    await sold(cinema, order)


async def test_tickets_come_when_the_ticket_service_returns(cinema: Cinema):
    cinema.tickets.is_up = False
    order = await cinema.bought()
    waiting = await cinema.state(order)

    cinema.tickets.is_up = True
    await cinema.later()

    assert waiting == "PAID"
    await sold(cinema, order)


@pytest.mark.parametrize("fault", [lost_request, lost_answer, answers(500)])
@pytest.mark.parametrize("path", ["/v1/checkout/sessions", "/capture"])
async def test_a_call_that_goes_wrong_costs_time_and_nothing_else(cinema: Cinema, path, fault):
    cinema.wire.next(path, fault)
    order = await cinema.hold()
    url = (await cinema.pay(order)).checkout_url
    await cinema.later()

    await cinema.provider.press(url or (await cinema.pay(order)).checkout_url)
    await cinema.later()
    await cinema.later()

    await sold(cinema, order)


@pytest.mark.parametrize("fault", [killed_before, killed_after])
async def test_payment_dies_while_it_takes_the_money(cinema: Cinema, fault):
    order = await cinema.hold()
    await cinema.provider.press((await cinema.pay(order)).checkout_url)
    cinema.wire.next("/capture", fault)

    await cinema.dies()

    await sold(cinema, order)
