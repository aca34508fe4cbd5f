"""F16: the provider answers late, with errors of its own, with refusals, or not at all."""

from functools import partial
from typing import Any

import pytest

from tests.faults.amounts import SEED, amount
from tests.faults.payments.ends import PAID, End, ends_of, give_back, until_over
from tests.faults.payments.provider import Provider
from tests.faults.payments.visits import Visit
from tests.faults.rig.house import Show
from tests.faults.rig.scenario import Scenario

AT_ONCE, ROOM = 24, 100
# Longer than the cinema waits for the provider.
LATE_S = 1.3
ODDS = 0.05
FAULTS: list[dict[str, Any]] = [
    {"fault": "reset", "when": "before", "delay_s": LATE_S},  # timed out, and nothing happened
    {"fault": "delay", "when": "after", "delay_s": LATE_S},  # timed out, and it happened
    {"fault": "500", "when": "before"},
    {"fault": "500", "when": "after"},
    {"fault": "429"},
    {"fault": "reset", "when": "before"},
    {"fault": "reset", "when": "after"},
]


async def buy(scenario: Scenario, provider: Provider, show: Show, number: int) -> str:
    """Buy seats; some change their mind while they pay, some get their money back later."""
    visit = Visit(scenario, provider, show)
    await visit.hold(number)
    if number % 10 == 3:
        await visit.leave_page()
    else:
        await visit.press()
    state = await visit.until_over()
    if number % 5 == 0 and state == "ISSUED":
        assert await give_back(scenario, visit.order, [1, 2]) == 200
    return visit.order


def wrong(order: str, end: End) -> str | None:
    """Say what is wrong with an order: one capture if it is paid, else none."""
    if end.state in PAID:
        is_good = end.captures == 1 and end.tickets == 2
    else:
        is_good = end.captures == 0 and end.tickets == 0
    return None if is_good else f"{order} is {end}"


@pytest.mark.fault("F16")
async def test_a_paid_order_is_charged_once_and_any_other_not_at_all(
    scenario: Scenario, provider: Provider
):
    count = amount("F16")
    rooms = [await scenario.house.show(seats=2 * ROOM) for _ in range(-(-count // ROOM))]
    await provider.fault(seed=SEED, calls=[one | {"probability": ODDS} for one in FAULTS])

    orders = await scenario.crowd(
        [
            partial(buy, scenario, provider, rooms[number // ROOM], number % ROOM)
            for number in range(count)
        ],
        AT_ONCE,
    )
    await until_over(scenario, orders)
    strikes = await provider.strikes()
    await provider.end()
    scenario.tally.runs = count
    scenario.tally.note = f", {sum(strikes)} faults"

    ends = await ends_of(scenario, provider, orders)
    paid = [end for end in ends.values() if end.state == "ISSUED"]
    assert min(strikes) > 0
    assert len(paid) > count // 2
    await scenario.judge(*filter(None, (wrong(order, end) for order, end in sorted(ends.items()))))
