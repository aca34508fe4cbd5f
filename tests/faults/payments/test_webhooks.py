"""F17: no webhooks at all, five of each, in reverse, days late, before their order's payment."""

import asyncio
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import psycopg
import pytest

from tests.faults.amounts import SEED, amount, is_full
from tests.faults.payments.ends import End, until_they_are
from tests.faults.payments.provider import Provider, rows_of
from tests.faults.payments.visits import Early, Visit, kinds
from tests.faults.rig.scenario import Scenario

AT_ONCE = 16
# Neither a webhook nor the list of those that did not come.
SILENCE: dict[str, Any] = {
    "webhooks": {"held": True},
    "calls": [{"fault": "503", "operations": ["event.list"]}],
}
_WEATHERS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "clean": {},
        "five of each": {"copies": 5},
        "reversed": {"order": "reversed"},
        "shuffled": {"order": "shuffled"},
        "five of each, shuffled": {"order": "shuffled", "copies": 5},
    }
)
WEATHERS = tuple(_WEATHERS) if is_full() else ("five of each, shuffled",)


async def play(
    scenario: Scenario, provider: Provider, *, early: Early | None = None
) -> tuple[dict[str, End], dict[str, End]]:
    """Let some orders of each kind happen; return how they ended, and how they should have."""
    every = kinds()
    names = [name for name in every for _ in range(amount("F17"))]
    show = await scenario.house.show(seats=2 * len(names))

    async def one(place: int, name: str) -> str:
        visit = Visit(scenario, provider, show, early=early)
        await visit.hold(place)
        await every[name][0](visit)
        return visit.order

    orders = await scenario.crowd(
        [partial(one, place, name) for place, name in enumerate(names)], AT_ONCE
    )
    scenario.tally.runs += len(orders)
    wanted = {order: every[name][1] for order, name in zip(orders, names, strict=True)}
    return await until_they_are(scenario, provider, wanted), wanted


@pytest.mark.fault("F17")
async def test_orders_end_alike_in_any_weather_of_webhooks(scenario: Scenario, provider: Provider):
    """Webhooks come often, in any order, before what they tell of, not at all, and days late."""
    disputed = await scenario.count("payment", "attempt WHERE is_disputed")
    for name in WEATHERS:
        await provider.fault(seed=SEED, webhooks=_WEATHERS[name])
        found, wanted = await play(scenario, provider)
        assert found == wanted, name
    await provider.fault(seed=SEED, webhooks={"order": "reversed"})
    found, wanted = await play(scenario, provider, early=partial(tell_early, provider))
    assert found == wanted, "before the payment"

    began = await scenario.count("payment", "webhook_event")
    await provider.fault(seed=SEED, **SILENCE)
    found, wanted = await play(scenario, provider)
    assert await scenario.count("payment", "webhook_event") == began
    assert found == wanted, "silence"

    await let_days_pass(scenario)
    await provider.fault(seed=SEED, webhooks={"order": "reversed"})
    await all_came(scenario)
    late = await until_they_are(scenario, provider, wanted)
    assert await scenario.count("payment", "webhook_event") - began > 4 * len(wanted)
    assert late == wanted, "days late"

    await scenario.judge()
    plays = len(WEATHERS) + 2
    learnt = await scenario.count("payment", "attempt WHERE is_disputed") - disputed
    assert learnt == plays * amount("F17")


async def tell_early(provider: Provider, order: str) -> None:
    """Post an event of a payment that nobody has begun."""
    thing = {
        "id": "cs_test_of_tomorrow",
        "object": "checkout.session",
        "client_reference_id": f"{order}.1",
        "payment_status": "paid",
    }
    told = await provider.act(
        "event", type="checkout.session.completed", object=thing, is_made=True
    )
    assert set(told["answers"].values()) == {"200"}


async def let_days_pass(scenario: Scenario) -> None:
    """Make what has ended three days old, as far as payment can tell."""
    async with await psycopg.AsyncConnection.connect(
        scenario.cinema.dsns()["payment"], autocommit=True
    ) as connection:
        await connection.execute(
            "UPDATE attempt SET made_at = made_at - interval '3 days',"
            " changed_at = changed_at - interval '3 days' WHERE due_at IS NULL"
        )


async def all_came(scenario: Scenario) -> None:
    """Wait until every webhook was delivered and looked at; whoever judges sees what is left."""
    for _ in range(300):
        waiting = await rows_of(
            scenario, "simulator", "SELECT 1 FROM delivery WHERE state IN ('HELD', 'PENDING')"
        )
        waiting += await rows_of(
            scenario, "payment", "SELECT 1 FROM webhook_event WHERE handled_at IS NULL"
        )
        if not waiting:
            return
        await asyncio.sleep(0.2)
