"""F5: the process is killed (kill -9) at random points of many purchases, and opened again."""

import asyncio

import pytest

from tests.faults.amounts import amount
from tests.faults.rig.purchases import Schedule, purchases, visit
from tests.faults.rig.scenario import Scenario


@pytest.mark.fault("F5")
async def test_purchases_survive_kills_of_the_process(scenario_alone: Scenario):
    scenario, count = scenario_alone, amount("F5")
    schedule = Schedule(scenario, beginnings=count, times=amount("F5 kills"))

    async def kill() -> None:
        scenario.cinema.kill()
        scenario.tally.kills += 1
        if scenario.dice.random() < 0.15:
            # Once more, while it is opening.
            await scenario.cinema.begin_and_kill(scenario.dice.uniform(0.2, 2.5))
            scenario.tally.kills += 1
        await asyncio.to_thread(scenario.cinema.open)

    orders = await purchases(scenario, count, lambda number: schedule.due(number, kill))
    scenario.tally.runs = len(orders) + 1
    await visit(scenario)

    assert sum(order is not None for order in orders) > count // 2
    await scenario.judge()
    assert await ended(scenario, [order for order in orders if order]) > 0


async def ended(scenario: Scenario, orders: list[str]) -> int:
    """Count the orders that got their tickets."""
    return await scenario.count("movies", "orders WHERE state = 'ISSUED' AND id = ANY(%s)", orders)
