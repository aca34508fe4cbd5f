"""How much one buyer may hold: ten seats a screening, one hold at a time, a pause after three."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.contracts.orders import LineChoice, LineRefund, OrderState, SeatsChange
from backend.contracts.problems import Denied, Problem
from backend.contracts.problems_orders import BuyerPaused, HoldElsewhere, TooManySeats
from tests.backend.movies.rig import Rig
from tests.support.cinema import small_cinema
from tests.support.keys import guest_token, person_token

pytestmark = pytest.mark.integration
ROW_B, ROW_C = list(range(11, 21)), list(range(21, 31))


async def _lapse(rig: Rig, seats: list[int], token: str, *, ago: timedelta = timedelta()) -> UUID:
    order = await rig.hold(seats, token=token)
    await rig.age(order.id, timedelta(minutes=11) + ago)
    return order.id


async def test_ten_seats_are_enough_for_one_buyer(rig: Rig):
    token = guest_token()
    await rig.paid(ROW_B[:8], token)

    with pytest.raises(TooManySeats) as raised:
        await rig.hold(ROW_C[:3], token=token)

    assert raised.value.facts == {"seats_left": 2}
    assert (await rig.hold(ROW_C[:2], token=token)).state is OrderState.HELD


async def test_seats_in_payment_count(rig: Rig):
    token = guest_token()
    await rig.paying(ROW_B, token)

    with pytest.raises(TooManySeats) as raised:
        await rig.hold([21], token=token)

    assert raised.value.facts == {"seats_left": 0}


async def test_seats_given_back_do_not_count(rig: Rig):
    token, manager = guest_token(), person_token("manager")
    order = await rig.paid(ROW_B, token)
    refund = LineRefund(lines=[1, 2, 3], seats="free", reason="does not come")
    await rig.client.refund(order, refund, token=manager, key=uuid4().hex)
    await rig.run("UPDATE order_line SET state = 'REFUNDED' WHERE state = 'REFUNDING'")

    with pytest.raises(TooManySeats) as raised:
        await rig.hold(ROW_C[:4], token=token)

    assert raised.value.facts == {"seats_left": 3}


async def test_seats_of_another_screening_do_not_count(rig: Rig):
    token = guest_token()
    await rig.paid(ROW_B, token)
    other = await small_cinema(rig.parts.database, "other")
    body = rig.order(ROW_B).model_copy(update={"screening_id": other.screening})

    order = await rig.client.create_order(body, token=token, key=uuid4().hex)
    assert len(order.lines) == 10


async def test_one_hold_at_a_time_and_its_order_is_named(rig: Rig):
    token = guest_token()
    first = await rig.hold([11], token=token)

    with pytest.raises(HoldElsewhere) as raised:
        await rig.hold([21], token=token)

    assert raised.value.facts == {"order_id": str(first.id)}


async def test_buyer_who_hurries_gets_one_hold(rig: Rig, second: Rig):
    other = await small_cinema(rig.parts.database, "other")

    async def attempt(one: Rig, seat: int, screening: UUID, token: str) -> object:
        body = rig.order([seat]).model_copy(update={"screening_id": screening})
        try:
            return (await one.client.create_order(body, token=token, key=uuid4().hex)).state
        except Problem as problem:
            return type(problem)

    # Two screenings in two processes share no lock but the buyer's own; nobody wants one seat.
    for seat in (*ROW_B[::3], *ROW_C[::3]):
        token = guest_token()
        outcomes = await asyncio.gather(
            attempt(rig, seat, rig.cinema.screening, token),
            attempt(second, seat, other.screening, token),
        )
        assert Counter(outcomes) == {OrderState.HELD: 1, HoldElsewhere: 1}


async def test_till_knows_only_the_ten_seats_of_an_order(rig: Rig):
    cashier = person_token("box_office")

    first = await rig.hold(ROW_B, token=cashier)
    other = await rig.hold(ROW_C, token=cashier)

    assert 890 < (first.expires_in_s or 0) <= 900
    rows = await rig.rows("SELECT channel, buyer FROM orders")
    assert rows == [{"channel": "staff", "buyer": None}] * 2
    assert {first.state, other.state} == {OrderState.HELD}


async def test_cashier_of_another_cinema_buys_as_everybody_does(rig: Rig):
    stranger = person_token("box_office", cinemas=("other",), sub="ion")

    await rig.hold([11], token=stranger)

    row = await rig.row("SELECT channel, buyer, hold_s FROM orders")
    assert row == {"channel": "web", "buyer": "ion", "hold_s": 600}


async def test_kiosk_sells_at_its_own_cinema(rig: Rig):
    order = await rig.hold([11], token=person_token("kiosk"))
    assert 230 < (order.expires_in_s or 0) <= 240

    with pytest.raises(Denied):
        await rig.hold([21], token=person_token("kiosk", cinemas=("other",), sub="k2"))


async def test_three_lapses_pause_a_buyer_for_ten_minutes(rig: Rig):
    token = guest_token()
    for seats in ([11], [12], [13]):
        await _lapse(rig, seats, token)

    with pytest.raises(BuyerPaused) as raised:
        await rig.hold([21], token=token)

    assert 530 < raised.value.facts["retry_after_s"] <= 540
    assert (await rig.hold([21])).state is OrderState.HELD  # nobody else waits


async def test_pause_ends_and_comes_again_with_the_next_lapse(rig: Rig):
    token = guest_token()
    for seats in ([11], [12], [13]):
        await _lapse(rig, seats, token)
    await rig.run("UPDATE orders SET expires_at = expires_at - interval '10 minutes'")

    await _lapse(rig, [14], token)

    with pytest.raises(BuyerPaused):
        await rig.hold([21], token=token)


async def test_lapses_of_an_hour_ago_are_forgotten(rig: Rig):
    token = guest_token()
    for seats in ([11], [12], [13]):
        await _lapse(rig, seats, token)
    await rig.run("UPDATE orders SET expires_at = expires_at - interval '1 hour'")

    await _lapse(rig, [14], token)

    assert (await rig.hold([21], token=token)).state is OrderState.HELD


async def test_own_lapsed_hold_ends_with_the_next_and_cannot_go_past_the_ten(rig: Rig):
    token = guest_token()
    first = await _lapse(rig, ROW_B, token)

    await rig.hold(ROW_C, token=token)

    assert await rig.state(first) == "EXPIRED"
    assert await rig.claims(first) == []


async def test_change_of_seats_obeys_the_ten_too(rig: Rig):
    token = guest_token()
    await rig.paid(ROW_B[:8], token)
    order = await rig.hold(ROW_C[:2], token=token)
    change = SeatsChange(lines=[LineChoice(seat=seat) for seat in ROW_C[:3]])

    with pytest.raises(TooManySeats) as raised:
        await rig.client.change_seats(order.id, change, token=token, key=uuid4().hex)

    assert raised.value.facts == {"seats_left": 2}
    assert await rig.claims(order.id) == [(21, "HELD"), (22, "HELD")]
