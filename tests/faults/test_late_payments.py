"""F3: holds of one second, the shortest; buyers pay when theirs is nearly, or just, over."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from tests.faults.amounts import amount
from tests.faults.rig.house import Show
from tests.faults.rig.scenario import Scenario

HOLD_S, PAYING_S = 1.0, 3.0
CONTENDERS = 3
_GROUPS = 300
AT_ONCE = 64


async def contend(scenario: Scenario, show: Show, seats: Sequence[int]) -> str:
    """Get seats as soon as they are free, pay up to 200 ms early or late, say what came of it."""
    buyer, dice = scenario.buyer(), scenario.dice
    for _ in range(10):
        held = await buyer.hold(show.id, seats)
        if held.is_ok:
            break
        await asyncio.sleep(dice.uniform(0.1, 0.35))
    else:
        return "never held"
    order = str(held.body["id"])
    await asyncio.sleep(HOLD_S + dice.uniform(-0.2, 0.2))
    paid = await buyer.pay(order, tries=3)
    url = paid.body.get("checkout_url") if paid.is_ok else None
    if not url:
        return paid.code or "no page"
    whim = dice.random()
    if whim < 0.1:
        # Around the end of the payment's own time.
        await asyncio.sleep(PAYING_S + dice.uniform(-0.3, 0.3))
    press = partial(buyer.press, str(url), order)
    if whim > 0.85:
        await scenario.rivals([press, partial(buyer.close_payment, order)])
    else:
        await press()
    return "paid"


@pytest.mark.fault("F3")
@pytest.mark.settings(MM_MOVIES_HOLD_WEB="PT1S", MM_MOVIES_PAYING="PT3S")
async def test_seats_whose_hold_is_over_are_sold_once(scenario_alone: Scenario):
    scenario, groups = scenario_alone, amount("F3") // CONTENDERS
    # Three seats, and buyers who each want one or two of them: an end may free too much or little.
    shows = [
        await scenario.house.show(seats=3 * min(_GROUPS, groups - at))
        for at in range(0, groups, _GROUPS)
    ]
    wanted = [
        (show, scenario.dice.sample(show.seats[at : at + 3], scenario.dice.choice((1, 2))))
        for show in shows
        for at in range(0, len(show.seats), 3)
        for _ in range(CONTENDERS)
    ]
    # Contenders of a seat come near each other, but not side by side.
    chunks = [wanted[at : at + 10 * CONTENDERS] for at in range(0, len(wanted), 10 * CONTENDERS)]
    for chunk in chunks:
        scenario.dice.shuffle(chunk)

    ends = await scenario.crowd(
        [partial(contend, scenario, show, seats) for chunk in chunks for show, seats in chunk],
        AT_ONCE,
    )
    scenario.tally.runs = len(ends)

    strange = sorted(set(ends) - {"paid", "never held", "HoldExpired", "no page"})
    assert ("paid" in ends, "HoldExpired" in ends) == (True, True)
    await scenario.judge(*(f"a buyer saw {one}" for one in strange))
