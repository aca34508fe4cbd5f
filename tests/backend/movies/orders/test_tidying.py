"""What the rounds tidy: each thing for itself, so that one in the way holds up no other."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from backend.contracts.catalogue import ScreeningWrite
from backend.contracts.messages import OrderPaid
from backend.contracts.orders import LineChoice, LineRefund, OrderCreate, OrderRead, OrderState
from backend.contracts.problems_orders import HoldElsewhere
from backend.movies.orders.reaper import Reaper
from backend.movies.orders.retention import Retention
from backend.movies.screenings import service as screenings
from tests.backend.movies.payment import closed
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token, person_token

pytestmark = pytest.mark.integration
OVER = timedelta(minutes=11)


async def at_another_screening(rig: Rig, seat: int) -> OrderRead:
    """Hold a seat at a later screening of the same room."""
    async with rig.parts.database.transaction() as connection:
        later = await screenings.make(
            connection,
            rig.cinema.cinema,
            ScreeningWrite(
                film_id=rig.cinema.film,
                room_id=rig.cinema.room,
                price_card_id=rig.cinema.card,
                starts_at=datetime.now(UTC) + timedelta(hours=9),
            ),
        )
    order = OrderCreate(screening_id=later, lines=[LineChoice(seat=seat)])
    return await rig.client.create_order(order, token=guest_token(), key=uuid4().hex)


async def test_locked_screening_does_not_hold_up_the_others(rig: Rig):
    first, second = await rig.hold([11]), await at_another_screening(rig, 11)
    for order in (first, second):
        await rig.age(order.id, OVER)

    async with rig.parts.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM screening_seats WHERE screening_id = 1 FOR UPDATE")
        await Reaper(rig.parts).round()
    states = [await rig.state(order.id) for order in (first, second)]
    await Reaper(rig.parts).round()

    assert states == ["HELD", "EXPIRED"]
    assert await rig.state(first.id) == "EXPIRED"


async def test_payment_is_not_closed_into_a_second_hold(rig: Rig):
    token = guest_token()
    paying = await rig.paying([11, 12], token)
    newer = await rig.hold([15], token=token)

    with pytest.raises(HoldElsewhere) as refused:
        await rig.client.close_payment(paying, token=token, key=uuid4().hex)
    assert refused.value.facts["order_id"] == str(newer.id)
    assert (await rig.client.order(paying, token=token)).closing is False

    await rig.client.release(newer.id, token=token, key=uuid4().hex)
    await rig.client.close_payment(paying, token=token, key=uuid4().hex)
    with pytest.raises(HoldElsewhere) as refused:
        await rig.hold([17], token=token)
    assert refused.value.facts["order_id"] == str(paying)
    await rig.hear(closed(paying))

    orders = (await rig.client.orders(token=token)).orders
    assert {order.id: order.state for order in orders} == {
        paying: OrderState.HELD,
        newer.id: OrderState.CANCELLED,
    }


async def test_payment_past_its_deadline_is_closed_whatever_its_buyer_holds(rig: Rig):
    token = guest_token()
    paying = await rig.paying([11, 12], token)
    newer = await rig.hold([15], token=token)
    await rig.age(paying, timedelta(minutes=13))

    await Reaper(rig.parts).round()
    await rig.hear(closed(paying, reason="deadline"))

    assert [await rig.state(order) for order in (paying, newer.id)] == ["EXPIRED", "HELD"]


async def test_tickets_of_the_lines_that_are_kept_are_asked_for_again(rig: Rig):
    order = await rig.paid([11, 12])
    body = LineRefund(lines=[1], seats="free", reason="does not come")
    await rig.client.refund(order, body, token=person_token("manager"), key=uuid4().hex)
    await rig.run("UPDATE orders SET emitted_at = clock_timestamp() - interval '61 seconds'")

    await Reaper(rig.parts).round()

    first, again = await rig.told(order, OrderPaid)
    assert [line.line_no for line in first.lines] == [1, 2]
    assert [line.line_no for line in again.lines] == [2]


async def test_nobody_is_reminded_of_tickets_that_are_there(rig: Rig):
    order = await rig.paid([11, 12])
    await rig.run("UPDATE order_line SET ticket_id = gen_random_uuid()")
    await rig.run("UPDATE orders SET emitted_at = clock_timestamp() - interval '61 seconds'")

    await Reaper(rig.parts).round()

    assert len(await rig.told(order, OrderPaid)) == 1


async def test_addresses_are_forgotten_ninety_days_after_the_film(rig: Rig):
    later = await at_another_screening(rig, 11)
    old = await rig.paid([11, 12])
    await rig.run("UPDATE orders SET email = 'ana@example.org' WHERE id = %s", later.id)
    for screening, days in ((2, 89), (1, 91)):
        await rig.run(
            "UPDATE screening SET starts_at = clock_timestamp() - make_interval(days => %s)"
            " - interval '2 hours', ends_at = clock_timestamp() - make_interval(days => %s)"
            " WHERE id = %s",
            days,
            days,
            screening,
        )
    retention = Retention(rig.parts.database, rig.parts.settings.contacts_keep)

    erased = [await retention.round(), await retention.round()]

    assert erased == [1, 0]
    rows = await rig.rows("SELECT id, email, total_minor FROM orders")
    assert {row["id"]: row["email"] for row in rows} == {later.id: "ana@example.org", old: None}
    assert all(row["total_minor"] for row in rows)
