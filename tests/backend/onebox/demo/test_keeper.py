"""The cinema comes alive by sales that the services made, and a restart goes on where it was."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from backend.contracts.orders import LineChoice, OrderCreate
from backend.onebox.demo import crowd as crowds
from backend.onebox.demo.keeper import Keeper
from tests.backend.onebox.demo.rig import PORTS, Rig

pytestmark = pytest.mark.integration

_SOLD = """
    SELECT s.starts_at, s.state, count(c.seat_id) FILTER (WHERE c.state = 'SOLD') AS sold,
           count(c.seat_id) AS taken
    FROM screening s LEFT JOIN seat_claim c ON c.screening_id = s.id
    GROUP BY s.id ORDER BY s.starts_at
"""
_ORDERS = "SELECT state, count(*) AS n FROM orders GROUP BY state"


class Enough(Exception):  # noqa: N818 -- a fact: the watch has done its round
    """Ends a watch that would go on for ever."""


async def _sold(rig: Rig) -> list[int]:
    return [row["sold"] for row in await rig.rows("movies", _SOLD)]


async def _orders(rig: Rig) -> dict[str, int]:
    return {row["state"]: row["n"] for row in await rig.rows("movies", _ORDERS)}


async def test_every_seat_is_sold_through_to_its_ticket(small: Rig):
    await small.keeper.enliven()

    yesterday, now, tomorrow = await small.rows("movies", _SOLD)
    # One screening a day is the day's least: a tenth of 64 seats, less when it is not tonight's.
    assert (yesterday["sold"] >= 3, now["sold"] >= 6, tomorrow["sold"] >= 3) == (True,) * 3
    assert all(row["sold"] == row["taken"] <= 12 for row in (yesterday, now, tomorrow))
    assert (yesterday["state"], now["state"], tomorrow["state"]) == (
        "closed",
        "on_sale",
        "on_sale",
    )
    assert (await _orders(small)).keys() == {"ISSUED"}
    tickets = await small.rows("ticket", "SELECT count(*) AS n FROM ticket")
    assert tickets[0]["n"] == sum(row["sold"] for row in (yesterday, now, tomorrow))
    attempts = await small.rows("payment", "SELECT DISTINCT state FROM attempt")
    assert attempts == [{"state": "CAPTURED"}]


async def test_a_second_time_nobody_comes_because_everybody_is_there(small: Rig):
    await small.keeper.enliven()
    before, orders = await _sold(small), await _orders(small)

    await small.keeper.enliven()

    assert (await _sold(small), await _orders(small)) == (before, orders)


async def test_progress_is_told_up_to_the_end(small: Rig):
    small.reports.clear()

    await small.keeper.enliven()

    last = {name: (done, total) for name, done, total in small.reports}
    assert last.keys() == {"tonight's seats", "the coming days' seats", "the past days' seats"}
    assert all(done == total for done, total in last.values())


async def test_a_hold_of_an_earlier_run_is_paid_and_issued(small: Rig):
    screening = (await small.movies.programme("mesh", None, "en")).films[0].screenings[0]
    begun = await small.movies.create_order(
        OrderCreate(screening_id=screening.id, lines=[LineChoice(seat=60), LineChoice(seat=61)]),
        token=await small.staff_token(),
        key="an-earlier-run",
    )

    await small.keeper.enliven()

    read = await small.movies.order(begun.id, token=await small.staff_token())
    assert read.state == "ISSUED"
    assert (await _orders(small)).keys() == {"ISSUED"}


async def test_a_crowd_leaves_no_hold_behind_and_gets_what_it_paid_for(
    small: Rig, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(crowds, "_THINKS_S", (0.05, 0.2))
    told: list[tuple[int, int]] = []

    tally = await crowds.crowd(
        small.addresses,
        small.http,
        small.guest,
        seconds=3,
        report=lambda _what, done, total: told.append((done, total)),
    )

    orders = await _orders(small)
    assert orders.keys() <= {"ISSUED", "CANCELLED"}
    assert tally["held"] == sum(orders.values()) > 0
    assert tally["bought"] == orders.get("ISSUED", 0)
    assert tally["let go"] <= orders.get("CANCELLED", 0)
    assert told[-1] == (3, 3)
    states = Counter(
        row["state"] for row in await small.rows("movies", "SELECT state FROM seat_claim")
    )
    assert states.keys() <= {"SOLD"}


async def test_a_new_day_is_planned_and_visited_even_if_the_service_was_away(small: Rig):
    """Midnight passes between two looks while movies is away; the last look ends the test."""
    movies = small.wires.apps.pop(PORTS.port("movies"))
    clock, looks = [datetime.now(UTC)], []

    async def pause(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            clock[0] += timedelta(days=1)
        if len(looks) == 3:
            small.wires.apps[PORTS.port("movies")] = movies
        if len(looks) == 4:
            raise Enough

    keeper = Keeper(
        small.addresses,
        small.http,
        small.staff_token,
        lambda *_what: None,
        now=lambda: clock[0],
        pause=pause,
    )

    with pytest.raises(Enough):
        await keeper.watch()

    _yesterday, _now, tomorrow = await _sold(small)
    assert tomorrow >= 6
