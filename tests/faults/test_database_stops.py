"""F7: PostgreSQL loses its power (immediate stop) under load; what was acknowledged stays."""

import asyncio

import pytest

from tests.faults.amounts import amount
from tests.faults.rig.purchases import Schedule, purchases, visit
from tests.faults.rig.scenario import Scenario


@pytest.mark.fault("F7")
async def test_nothing_acknowledged_is_lost_when_postgresql_stops(scenario_alone: Scenario):
    scenario, count = scenario_alone, amount("F7 purchases")
    durable = [await scenario.setting(name) for name in ("fsync", "synchronous_commit")]
    schedule = Schedule(scenario, beginnings=count, times=amount("F7"))

    async def stop() -> None:
        await asyncio.to_thread(scenario.cinema.stop_postgres_at_once)
        scenario.tally.kills += 1
        await scenario.until_postgres_is_back()

    orders = await purchases(scenario, count, lambda number: schedule.due(number, stop))
    scenario.tally.runs = len(orders) + 1
    await visit(scenario)

    assert durable == ["on", "on"]
    assert sum(order is not None for order in orders) > count // 2
    assert scenario.cinema.is_open, "the process ended with its database"
    await scenario.judge()
