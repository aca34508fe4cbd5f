"""A sale window that closes between the hold and Pay: nothing is sold after it."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.contracts.catalogue import ScreeningWrite
from backend.contracts.orders import LineChoice, OrderCreate, OrderPay, OrderRead, OrderState
from backend.contracts.problems_orders import SaleClosed
from backend.movies.screenings import service as screenings
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token, person_token

pytestmark = pytest.mark.integration

_BUYER = OrderPay(email="ana@example.org")


async def test_pay_is_refused_once_the_window_has_closed(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)
    await rig.rows(
        "UPDATE screening SET sale_closes_at = clock_timestamp() WHERE public_id = %s RETURNING id",
        rig.cinema.screening,
    )

    with pytest.raises(SaleClosed):
        await rig.client.pay(order.id, _BUYER, token=token, key="pay-too-late")

    assert (await rig.client.order(order.id, token=token)).state is OrderState.HELD
    assert await rig.claims(order.id) == [(11, "HELD"), (12, "HELD")]


async def test_pay_is_refused_once_the_screening_was_closed(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)
    await rig.rows(
        "UPDATE screening SET state = 'closed' WHERE public_id = %s RETURNING id",
        rig.cinema.screening,
    )

    with pytest.raises(SaleClosed):
        await rig.client.pay(order.id, _BUYER, token=token, key="pay-too-late")

    assert (await rig.client.order(order.id, token=token)).state is OrderState.HELD


async def test_the_window_decides_and_not_the_start(rig: Rig):
    token = guest_token()
    order = await _hold(rig, token, began=timedelta(minutes=30))

    answer = await rig.client.pay(order.id, _BUYER, token=token, key="pay-in-time")

    assert answer.state is OrderState.PAYING
    assert await rig.claims(order.id) == [(11, "PAYING"), (12, "PAYING")]


async def test_what_is_over_is_settled_at_the_till_alone(rig: Rig):
    till = person_token("box_office", cinemas=("mesh",))

    with pytest.raises(SaleClosed):
        await _hold(rig, guest_token(), began=timedelta(days=1))

    assert (await _hold(rig, till, began=timedelta(days=2))).state is OrderState.HELD


async def test_a_hold_is_not_paid_after_the_end(rig: Rig):
    token = guest_token()
    order = await _hold(rig, token, began=timedelta(minutes=30))
    await rig.run(
        "UPDATE screening SET ends_at = greatest(starts_at + interval '1 second',"
        " clock_timestamp() - interval '1 second')"
    )

    with pytest.raises(SaleClosed):
        await rig.client.pay(order.id, _BUYER, token=token, key="pay-too-late")


async def _hold(rig: Rig, token: str, *, began: timedelta) -> OrderRead:
    """Hold seats of a screening that began so long ago and is sold for another hour."""
    now = datetime.now(UTC)
    async with rig.parts.database.transaction() as connection:
        screening = await screenings.make(
            connection,
            rig.cinema.cinema,
            ScreeningWrite(
                film_id=rig.cinema.film,
                room_id=rig.cinema.room,
                price_card_id=rig.cinema.card,
                starts_at=now - began,
                sale_closes_at=now + timedelta(hours=1),
            ),
        )
    body = OrderCreate(
        screening_id=screening, lines=[LineChoice(seat=11), LineChoice(seat=12)], language="en"
    )
    return await rig.client.create_order(body, token=token, key="hold-yesterday")
