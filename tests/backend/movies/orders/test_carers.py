"""A carer's free ticket goes with a wheelchair place that the same buyer has at the screening."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.contracts.orders import LineChoice, OrderCreate, OrderRead, OrderState, SeatsChange
from backend.contracts.problems import Problem
from backend.contracts.problems_orders import CarerAlone
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration
PLACE, BESIDE, ELSEWHERE = 1, 2, 15


@pytest.fixture
async def visitor(rig: Rig) -> str:
    """The token of somebody who has a ticket for a wheelchair place."""
    token = guest_token()
    await rig.paid([PLACE], token)
    return token


async def test_carer_who_comes_later_needs_no_card(rig: Rig, visitor: str):
    order = await rig.hold([BESIDE], token=visitor, ticket_type="carer")

    answer = await rig.pay(order.id, visitor)

    assert (order.total_minor, answer.state, answer.checkout_url) == (0, OrderState.PAID, None)
    assert await rig.claims(order.id) == [(BESIDE, "SOLD")]
    assert [one["amount_minor"] for one in rig.neighbours.opened] == [3350]


async def test_one_place_is_for_one_carer(rig: Rig, visitor: str):
    first = await rig.hold([BESIDE], token=visitor, ticket_type="carer")
    await rig.pay(first.id, visitor)

    with pytest.raises(CarerAlone):
        await rig.hold([ELSEWHERE], token=visitor, ticket_type="carer")

    assert await rig.rows("SELECT 1 FROM seat_claim WHERE seat_id = %s", ELSEWHERE) == []


async def test_two_carers_at_once_for_one_place_are_one(rig: Rig, visitor: str):
    async def come(seat: int) -> OrderRead | Problem:
        try:
            return await rig.hold([seat], token=visitor, ticket_type="carer")
        except Problem as problem:
            return problem

    came = await asyncio.gather(come(BESIDE), come(ELSEWHERE))

    assert sum(isinstance(one, OrderRead) for one in came) == 1


@pytest.mark.parametrize("state", ["HELD", "PAYING", "REFUNDED"])
async def test_a_place_without_a_ticket_brings_no_carer(rig: Rig, visitor: str, state: str):
    await rig.run("UPDATE orders SET state = %s, expires_at = clock_timestamp()", state)

    with pytest.raises(CarerAlone):
        await rig.hold([BESIDE], token=visitor, ticket_type="carer")


async def test_a_place_that_was_given_back_brings_no_carer(rig: Rig, visitor: str):
    await rig.run("UPDATE order_line SET state = 'REFUNDED'")

    with pytest.raises(CarerAlone):
        await rig.hold([BESIDE], token=visitor, ticket_type="carer")


async def test_a_carers_hold_that_ran_out_does_not_count(rig: Rig, visitor: str):
    lapsed = await rig.hold([BESIDE], token=visitor, ticket_type="carer")
    await rig.age(lapsed.id, timedelta(minutes=11))

    again = await rig.hold([BESIDE], token=visitor, ticket_type="carer")

    assert again.total_minor == 0


async def test_a_pair_under_payment_takes_no_other_place(rig: Rig, visitor: str):
    await rig.run("UPDATE layout_seat SET kind = 'wheelchair' WHERE seat_id = %s", ELSEWHERE)
    rig.parts.offers.forget(rig.cinema.screening)
    rig.parts.offers._layouts.clear()
    pair = OrderCreate(
        screening_id=rig.cinema.screening,
        lines=[LineChoice(seat=ELSEWHERE), LineChoice(seat=16, ticket_type="carer")],
    )
    order = await rig.client.create_order(pair, token=visitor, key=uuid4().hex)
    await rig.pay(order.id, visitor)

    carer = await rig.hold([BESIDE], token=visitor, ticket_type="carer")

    assert carer.total_minor == 0


async def test_somebody_elses_place_brings_no_carer(rig: Rig, visitor: str):
    del visitor
    with pytest.raises(CarerAlone):
        await rig.hold([BESIDE], token=guest_token(), ticket_type="carer")


async def test_a_hold_may_become_a_carers_only_beside_a_place(rig: Rig, visitor: str):
    carer = SeatsChange(lines=[LineChoice(seat=BESIDE, ticket_type="carer")])
    own, strange = guest_token(), await rig.hold([BESIDE], token=visitor)
    alone = await rig.hold([ELSEWHERE], token=own)

    changed = await rig.client.change_seats(strange.id, carer, token=visitor, key=uuid4().hex)
    with pytest.raises(CarerAlone):
        await rig.client.change_seats(
            alone.id,
            SeatsChange(lines=[LineChoice(seat=ELSEWHERE, ticket_type="carer")]),
            token=own,
            key=uuid4().hex,
        )

    assert changed.total_minor == 0
    assert (await rig.client.order(alone.id, token=own)).total_minor == 3350
