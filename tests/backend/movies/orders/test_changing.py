"""A hold changed by its buyer: more time, other seats or none; what is over stays over."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.contracts.orders import LineChoice, OrderState, SeatsChange
from backend.contracts.problems_orders import (
    HoldExpired,
    LoneSeat,
    NoExtensionLeft,
    OrderOver,
    PaymentUnderWay,
    SaleClosed,
    SeatTaken,
    SeatTwice,
    SeatUnknown,
)
from backend.movies.orders.reaper import Reaper, expire_holds
from backend.movies.prices import repository as prices
from tests.backend.movies.rig import Rig
from tests.support.cinema import price_card
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration
OVER = timedelta(minutes=11)


def wish(*seats: int, ticket_type: str = "adult") -> SeatsChange:
    return SeatsChange(lines=[LineChoice(seat=s, ticket_type=ticket_type) for s in seats])


async def change(rig: Rig, order: UUID, token: str, *seats: int, ticket_type: str = "adult"):
    body = wish(*seats, ticket_type=ticket_type)
    return await rig.client.change_seats(order, body, token=token, key=uuid4().hex)


async def extend(rig: Rig, order: UUID, token: str):
    return await rig.client.extend(order, token=token, key=uuid4().hex)


async def release(rig: Rig, order: UUID, token: str):
    return await rig.client.release(order, token=token, key=uuid4().hex)


async def test_hold_is_extended_twice_by_half_its_length(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)

    first = await extend(rig, order.id, token)
    second = await extend(rig, order.id, token)

    assert 890 < (first.expires_in_s or 0) <= 900
    assert 1190 < (second.expires_in_s or 0) <= 1200
    assert (first.extensions_left, second.extensions_left) == (1, 0)
    with pytest.raises(NoExtensionLeft):
        await extend(rig, order.id, token)
    ends = await rig.row(
        "SELECT c.expires_at = o.expires_at AS is_same FROM seat_claim c JOIN orders o"
        " ON o.id = c.order_id"
    )
    assert ends == {"is_same": True}


async def test_only_a_live_hold_is_extended(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)
    await rig.age(order.id, OVER)

    with pytest.raises(HoldExpired):
        await extend(rig, order.id, token)
    await expire_holds(rig.parts.database, order.screening.key)
    with pytest.raises(HoldExpired):
        await extend(rig, order.id, token)


async def test_hold_that_is_over_can_be_paid_while_nobody_took_its_seats(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)
    await rig.age(order.id, OVER)

    answer = await rig.pay(order.id, token)

    assert answer.state is OrderState.PAYING
    assert await rig.claims(order.id) == [(11, "PAYING"), (12, "PAYING")]


async def test_hold_that_was_taken_over_is_gone_whole(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)
    await rig.age(order.id, OVER)

    rival = await rig.hold([11])

    with pytest.raises(HoldExpired):
        await rig.pay(order.id, token)
    assert await rig.state(order.id) == "EXPIRED"
    assert await rig.claims(order.id) == []
    assert await rig.claims(rival.id) == [(11, "HELD")]
    kinds = await rig.rows("SELECT kind, order_id, seats FROM seat_event ORDER BY version, step")
    assert [(row["kind"], row["order_id"], row["seats"]) for row in kinds] == [
        ("HOLD", order.id, [11, 12]),
        ("TAKE_OVER", order.id, [11, 12]),
        ("HOLD", rival.id, [11]),
    ]


async def test_live_hold_and_payment_are_never_taken_over(rig: Rig):
    paying = await rig.paying([13, 14])
    await rig.age(paying, timedelta(hours=5))
    await rig.hold([11, 12])

    for seats in ([11], [13]):
        with pytest.raises(SeatTaken):
            await rig.hold(seats)


async def test_reaper_frees_what_is_over_and_nothing_else(rig: Rig):
    over, live = await rig.hold([11]), await rig.hold([15])
    paying = await rig.paying([18])
    for order in (over.id, paying):
        await rig.age(order, OVER)

    await Reaper(rig.parts).round()

    assert await rig.state(over.id) == "EXPIRED"
    assert await rig.claims(over.id) == []
    assert await rig.claims(live.id) == [(15, "HELD")]
    assert await rig.claims(paying) == [(18, "PAYING")]


async def test_released_seats_are_free_at_once_and_releasing_again_changes_nothing(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)

    first = await release(rig, order.id, token)
    again = await release(rig, order.id, token)

    assert (first.state, again.state) == (OrderState.CANCELLED, OrderState.CANCELLED)
    assert first.version == again.version
    assert (await rig.hold([11, 12])).state is OrderState.HELD


async def test_what_is_being_paid_or_was_paid_is_not_released_or_changed(rig: Rig):
    token, other = guest_token(), guest_token()
    paying, paid = await rig.paying([11, 12], token), await rig.paid([15, 16], other)

    for act in (release, extend):
        with pytest.raises(PaymentUnderWay):
            await act(rig, paying, token)
        with pytest.raises(OrderOver):
            await act(rig, paid, other)
    with pytest.raises(PaymentUnderWay):
        await change(rig, paying, token, 13)
    with pytest.raises(OrderOver):
        await change(rig, paid, other, 13)
    assert await rig.claims(paid) == [(15, "SOLD"), (16, "SOLD")]


async def test_seats_and_types_are_swapped_whole_and_priced_anew(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)

    changed = await change(rig, order.id, token, 12, 13, 14, ticket_type="child")

    assert [line.seat.seat for line in changed.lines] == [12, 13, 14]
    assert changed.total_minor == 3 * 2350
    assert await rig.claims(order.id) == [(12, "HELD"), (13, "HELD"), (14, "HELD")]
    row = await rig.row("SELECT seats, total_minor, tax_minor FROM orders")
    assert (row["seats"], row["total_minor"], row["tax_minor"]) == (3, 7050, changed.tax_minor)
    ends = await rig.rows("SELECT DISTINCT expires_at FROM seat_claim")
    assert len(ends) == 1
    assert (changed.expires_in_s or 0) <= (order.expires_in_s or 0)


async def test_swap_that_loses_one_seat_keeps_the_old_hold(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)
    await rig.hold([15, 16])
    before = await rig.rows("SELECT * FROM seat_event")

    with pytest.raises(SeatTaken) as raised:
        await change(rig, order.id, token, 12, 13, 14, 15)

    assert raised.value.facts == {"seats": [15]}
    assert await rig.claims(order.id) == [(11, "HELD"), (12, "HELD")]
    assert (await rig.client.order(order.id, token=token)).total_minor == order.total_minor
    assert await rig.rows("SELECT * FROM seat_event") == before


async def test_swap_takes_over_what_is_over(rig: Rig):
    token = guest_token()
    order, over = await rig.hold([11], token=token), await rig.hold([14, 15])
    await rig.age(over.id, OVER)

    await change(rig, order.id, token, 14)

    assert await rig.claims(order.id) == [(14, "HELD")]
    assert await rig.state(over.id) == "EXPIRED"


async def test_swap_to_seats_that_cannot_be_is_refused(rig: Rig):
    token = guest_token()
    await rig.hold([11, 12])
    order = await rig.hold([15], token=token)

    with pytest.raises(SeatUnknown):
        await change(rig, order.id, token, 999)
    with pytest.raises(SeatTwice):
        await change(rig, order.id, token, 21, 21)
    with pytest.raises(LoneSeat) as raised:
        await change(rig, order.id, token, 14)
    assert raised.value.facts == {"seats": [13]}
    assert await rig.claims(order.id) == [(15, "HELD")]


async def test_own_seats_count_as_free_and_keeping_them_is_never_refused(rig: Rig):
    token = guest_token()
    await rig.hold([11])
    order = await rig.hold([12, 13], token=token)

    assert (await change(rig, order.id, token, 12)).lines
    assert (await change(rig, order.id, token, 12, ticket_type="child")).lines


async def test_swap_uses_the_prices_of_the_moment(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)
    async with rig.parts.database.transaction() as connection:
        await prices.save_card(connection, rig.cinema.cinema.id, price_card(adult=4000))

    changed = await change(rig, order.id, token, 12)

    assert changed.total_minor == 4150
    row = await rig.row(
        "SELECT v.version FROM orders o JOIN price_card_version v ON v.id = o.price_version_id"
    )
    assert row == {"version": 2}


async def test_nothing_is_swapped_after_the_sale_or_the_hold(rig: Rig):
    token, other = guest_token(), guest_token()
    order, over = await rig.hold([11], token=token), await rig.hold([15], token=other)
    await rig.age(over.id, OVER)
    with pytest.raises(HoldExpired):
        await change(rig, over.id, other, 16)

    await rig.run("UPDATE screening SET sale_closes_at = clock_timestamp()")
    with pytest.raises(SaleClosed):
        await change(rig, order.id, token, 12)
    assert await rig.claims(order.id) == [(11, "HELD")]
    assert await rig.claims(over.id) == [(15, "HELD")]


async def test_each_change_writes_its_event(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)
    await extend(rig, order.id, token)
    await change(rig, order.id, token, 12)
    await release(rig, order.id, token)

    events = await rig.rows("SELECT version, state FROM order_event ORDER BY version")
    assert [(row["version"], row["state"]) for row in events] == [
        (1, "HELD"),
        (2, "HELD"),
        (3, "HELD"),
        (4, "CANCELLED"),
    ]
    log = await rig.rows("SELECT kind, seats FROM seat_event ORDER BY version, step")
    assert [(row["kind"], row["seats"]) for row in log] == [
        ("HOLD", [11]),
        ("EXTEND", [11]),
        ("RELEASE", [11]),
        ("HOLD", [12]),
        ("RELEASE", [12]),
    ]
