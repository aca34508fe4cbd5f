"""F15: clocks that are wrong. Only the clock of movies' database decides about holds.

That clock is moved here, for movies alone: a function of the same name stands before the server's
own on the search path of its role. So everybody else's clock is two hours off, and it jumps.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import psycopg
import pytest

from backend.kit.tasks import end
from tests.faults.amounts import amount
from tests.faults.rig.cinema import Cinema
from tests.faults.rig.house import Show
from tests.faults.rig.scenario import Scenario

AT_ONCE, HOLD_S, JUMP_S = 12, 2.0, 1.0
HOURS = timedelta(hours=2)
_CLOCK = """
    CREATE SCHEMA wrong;
    CREATE TABLE wrong.clock (ahead interval NOT NULL);
    INSERT INTO wrong.clock VALUES ('0');
    CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
        'SELECT pg_catalog.clock_timestamp() + ahead FROM wrong.clock';
    ALTER ROLE movies SET search_path = wrong, pg_catalog, public;
    -- A default knows its function, not the function's name.
    DO $$ DECLARE kept record; BEGIN
        FOR kept IN SELECT d.adrelid::regclass AS owner, a.attname AS name FROM pg_attrdef d
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE pg_get_expr(d.adbin, d.adrelid) = 'clock_timestamp()'
        LOOP
            EXECUTE format('ALTER TABLE %s ALTER %I SET DEFAULT wrong.clock_timestamp()',
                           kept.owner, kept.name);
        END LOOP;
    END $$;
"""


def set_clock(cinema: Cinema, ahead: timedelta) -> None:
    with psycopg.connect(cinema.dsns()["movies"], autocommit=True) as connection:
        connection.execute("UPDATE wrong.clock SET ahead = %s", (ahead,))


@asynccontextmanager
async def jumping(scenario: Scenario, around: timedelta) -> AsyncIterator[None]:
    """Let the database's clock jump by up to a second, to and fro, ten times a second."""

    async def jump() -> None:
        while True:
            ahead = around + timedelta(seconds=scenario.dice.uniform(-JUMP_S, JUMP_S))
            await asyncio.to_thread(set_clock, scenario.cinema, ahead)
            await asyncio.sleep(0.1)

    task = asyncio.create_task(jump())
    try:
        yield
    finally:
        await end(task)
        set_clock(scenario.cinema, around + timedelta(seconds=JUMP_S))


async def buy_at_once_or_late(scenario: Scenario, show: Show, seat: int, *, is_steady: bool) -> str:
    """Hold a seat that another one wants too, and pay before or after the hold's end."""
    buyer = scenario.buyer()
    held = await buyer.hold(show.id, [seat])
    if not held.is_ok:
        return held.code
    told_s = float(held.body["expires_in_s"])
    if not 0 < told_s <= HOLD_S:
        return f"the hold was told to last {told_s} s"
    began = time.monotonic()
    await asyncio.sleep(scenario.dice.choice((0.0, HOLD_S / 2, HOLD_S + 0.5)))
    paid = await buyer.pay(str(held.body["id"]))
    url = paid.body.get("checkout_url") if paid.is_ok else None
    if not url:
        is_early = is_steady and time.monotonic() - began < HOLD_S - 0.1
        return f"{paid.code} before its time" if is_early else paid.code or "no page"
    await buyer.press(str(url), str(held.body["id"]))
    return await buyer.until_over(str(held.body["id"]))


async def rivals(scenario: Scenario, *, is_steady: bool = True) -> list[str]:
    """Let two buyers come for each seat of a new screening."""
    show = await scenario.house.show(seats=amount("F15") // 6, starts_in=timedelta(hours=8))
    # Its sale opens when it is made, by a clock that may jump back.
    await asyncio.sleep(2 * JUMP_S)
    wanted = [seat for seat in show.seats for _ in range(2)]
    return await scenario.crowd(
        [
            partial(buy_at_once_or_late, scenario, show, seat, is_steady=is_steady)
            for seat in wanted
        ],
        AT_ONCE,
    )


@pytest.mark.fault("F15")
@pytest.mark.settings(MM_MOVIES_HOLD_WEB="PT2S")
async def test_wrong_clocks_sell_no_seat_twice_and_end_no_hold_early(scenario_alone: Scenario):
    scenario = scenario_alone
    with psycopg.connect(scenario.cinema.dsns()["movies"], autocommit=True) as connection:
        connection.execute(_CLOCK)
    set_clock(scenario.cinema, -HOURS)
    scenario.cinema.reopen()
    differ = [await clocks_differ(scenario)]
    ends = await rivals(scenario)
    # Never back by hours: what was committed would lie in the future.
    set_clock(scenario.cinema, HOURS)
    differ.append(await clocks_differ(scenario))
    ends += await rivals(scenario)
    async with jumping(scenario, HOURS):
        ends += await rivals(scenario, is_steady=False)

    scenario.tally.runs = len(ends)
    assert differ == [-2, 2]
    strange = sorted(set(ends) - {"ISSUED", "SeatTaken", "HoldExpired", "EXPIRED"})
    assert ("ISSUED" in ends, "SeatTaken" in ends) == (True, True)
    await scenario.judge(*(f"an order ended {one!r}" for one in strange))


async def clocks_differ(scenario: Scenario) -> int:
    """Return by how many hours movies' clock is ahead of the server's own: the rig's own proof."""
    async with await psycopg.AsyncConnection.connect(scenario.cinema.dsns()["movies"]) as movies:
        row = await (
            await movies.execute(
                "SELECT round(extract(epoch FROM clock_timestamp()"
                " - pg_catalog.clock_timestamp()) / 3600)"
            )
        ).fetchone()
    return int(row[0]) if row else 99
