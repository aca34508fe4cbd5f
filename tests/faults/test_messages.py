"""F10 and F12: messages that come three times and shuffled, and messages that nobody can take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from backend.kit.tasks import end
from tests.faults.amounts import amount, is_full
from tests.faults.rig.house import Show
from tests.faults.rig.refunding import give_back, until_given_back
from tests.faults.rig.scenario import Scenario

AT_ONCE = 40
SPREAD_S = 20.0 if is_full() else 0.7
TIMES = 3
SERVICES = ("movies", "payment", "ticket")
# In the outbox itself, so that no message and no delivery is left out. A new row looks as if it
# were sent; RELEASE gives each a time of chance, and the trigger another one when it was sent,
# until it was sent three times.
_SHAKE = """
    ALTER TABLE outbox ADD COLUMN times integer NOT NULL DEFAULT 0;
    ALTER TABLE outbox ADD COLUMN is_kept boolean NOT NULL DEFAULT true;
    CREATE FUNCTION shake() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            NEW.published_at := clock_timestamp();
        ELSIF NEW.published_at IS NOT NULL AND OLD.published_at IS NULL THEN
            NEW.times := OLD.times + 1;
            IF NEW.times < {times} THEN
                NEW.published_at := NULL;
                NEW.not_before := clock_timestamp() + random() * make_interval(secs => {spread});
            END IF;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER shake BEFORE INSERT OR UPDATE ON outbox
        FOR EACH ROW EXECUTE FUNCTION shake();
"""
_RELEASE = """
    UPDATE outbox SET is_kept = false, published_at = NULL,
        not_before = clock_timestamp() + random() * make_interval(secs => %s)
    WHERE is_kept
"""
_RELEASE_S = 0.1
_POISON = """
    INSERT INTO outbox (id, type, aggregate_id, version, trace_id, payload)
    VALUES (%s, %s, %s, 1, 'poison', %s)
"""
_LONG, _LONG_ONES = 5_000_000, 20


async def buy_to_the_end(scenario: Scenario, show: Show, seat: int) -> str:
    """Buy a seat and return what became of the order."""
    buyer = scenario.buyer()
    order = await buyer.buy(show.id, [seat], tries=20)
    return "not bought" if order is None else await buyer.until_over(order, looks=1_500)


async def sale(scenario: Scenario, count: int) -> list[str]:
    show = await scenario.house.show(seats=count)
    doings = [partial(buy_to_the_end, scenario, show, seat) for seat in show.seats]
    return await scenario.crowd(doings, AT_ONCE)


@pytest.mark.fault("F10")
@pytest.mark.settings(MM_MOVIES_PAYING="PT10M")
async def test_messages_that_come_three_times_and_shuffled_act_once(scenario_alone: Scenario):
    scenario = scenario_alone
    async with shaken(scenario):
        states = await sale(scenario, amount("F10"))
        show = await scenario.house.show(seats=amount("F10 refunds"))
        hasty = await scenario.crowd(
            [partial(sold_again, scenario, show, seat) for seat in show.seats], AT_ONCE
        )
        scenario.tally.runs = len(states) + len(hasty)
        strange = sorted({state for state in states if state != "ISSUED"})
        wrong = [f"an order ended {state!r}" for state in strange] + [one for one in hasty if one]
        await scenario.judge(*wrong)
    for service in SERVICES:
        assert await scenario.count(service, "outbox WHERE times <> %s", TIMES) == 0
        assert await scenario.count(service, "outbox") > 0


@asynccontextmanager
async def shaken(scenario: Scenario) -> AsyncIterator[None]:
    """Let every message come three times, each time at a moment of chance."""
    for service in SERVICES:
        with psycopg.connect(scenario.cinema.dsns()[service], autocommit=True) as connection:
            connection.execute(_SHAKE.format(spread=SPREAD_S, times=TIMES))

    async def release() -> None:
        async with AsyncExitStack() as stack:
            opened = [
                await psycopg.AsyncConnection.connect(
                    scenario.cinema.dsns()[service], autocommit=True
                )
                for service in SERVICES
            ]
            for connection in opened:
                await stack.enter_async_context(connection)
            while True:
                for connection in opened:
                    await connection.execute(_RELEASE, (SPREAD_S,))
                await asyncio.sleep(_RELEASE_S)

    task = asyncio.create_task(release(), name="release of shaken messages")
    try:
        yield
    finally:
        await end(task)


async def sold_again(scenario: Scenario, show: Show, seat: int) -> str:
    """Give a sold seat back while somebody else waits for it; say what is wrong then, if anything.

    The old ticket must be dead before anybody can hold the seat (I17).
    """
    first, second = scenario.buyer(), scenario.buyer()
    old = await first.buy(show.id, [seat], tries=20)
    assert old is not None
    assert await first.until_over(old, looks=1_500) == "ISSUED"
    await give_back(scenario, old, [1])
    for _ in range(3_000):
        held = await second.hold(show.id, [seat])
        if held.is_ok:
            break
        await asyncio.sleep(0.03)
    good = await scenario.count(
        "ticket", "ticket WHERE order_id = %s AND status <> 'REVOKED'", UUID(old)
    )
    await until_given_back(scenario, old)
    return f"I17: seat {seat} could be held, and its old ticket was good" if good else ""


def _kinds(order: str, length: int) -> list[tuple[str, str, Any]]:
    """Return sender, type and payload of each kind of poison."""
    return [
        ("movies", "order.paid.v1", "bad JSON: not even an object"),
        ("movies", "order.paid.v1", {"order_id": order, "lines": "none"}),
        ("movies", "order.paid.v9", {"order_id": order}),
        ("payment", "payment.opened.v1", {"order_id": order, "attempt": 1, "url": "x" * length}),
        ("ticket", "tickets.issued.v1", ["not", "an", "object"]),
        ("payment", "payment.captured.v2", {"order_id": order}),
    ]


def poison(scenario: Scenario, count: int) -> int:
    """Put messages that no consumer can take into the outboxes; return how many."""
    for number in range(count):
        order, message = str(uuid4()), uuid4()
        kinds = _kinds(order, _LONG if number < 6 * _LONG_ONES else 1_000)
        service, kind, payload = kinds[number % len(kinds)]
        scenario.poison.add(message)
        with psycopg.connect(scenario.cinema.dsns()[service], autocommit=True) as connection:
            connection.execute(_POISON, (message, kind, order, Jsonb(payload)))
    return count


@pytest.mark.fault("F12")
async def test_messages_that_nobody_can_take_are_kept_and_the_others_flow(scenario_alone: Scenario):
    scenario = scenario_alone
    planted = poison(scenario, amount("F12"))

    states = await sale(scenario, 12)

    scenario.tally.runs = planted
    assert states == ["ISSUED"] * 12
    await scenario.judge()
    dead = [await scenario.count(service, "dead_letter") for service in SERVICES]
    assert sum(dead) == planted
    assert await scenario.count("movies", "dead_letter WHERE error = 'nobody hears it'") > 0
