"""F1 and F2: many want the same seats at the same time."""

from functools import partial

import pytest

from tests.faults.amounts import amount
from tests.faults.rig.scenario import Scenario

BUYERS = 50


@pytest.mark.fault("F1")
async def test_one_of_fifty_buyers_gets_the_seat(scenario: Scenario):
    rounds = amount("F1")
    show = await scenario.house.show(seats=rounds)
    wrong = []
    for number, seat in enumerate(show.seats):
        buyers = [scenario.buyer() for _ in range(BUYERS)]
        seen = await scenario.rivals([partial(one.hold, show.id, [seat]) for one in buyers])
        statuses = sorted(str(one.status) for one in seen)
        if statuses != ["201", *["409"] * (BUYERS - 1)]:
            wrong.append(f"seat {seat}: {statuses}")
            break
        scenario.progress(number + 1, rounds)
    scenario.tally.runs = rounds

    await scenario.judge(*wrong)


@pytest.mark.fault("F2")
async def test_claims_of_several_seats_are_whole_or_nothing(scenario: Scenario):
    claims, rooms = amount("F2"), max(1, amount("F2") // 400)
    shows = [await scenario.house.show(seats=60) for _ in range(rooms)]

    async def claim(number: int) -> str:
        show = shows[number % rooms]
        seats = scenario.dice.sample(show.seats, scenario.dice.randint(1, 6))
        buyer = scenario.buyer()
        held = await buyer.hold(show.id, seats)
        if held.is_ok and scenario.dice.random() < 0.7:
            # Let go again, so that there is always something to fight for.
            await buyer.release(str(held.body["id"]))
        return f"{held.status} {held.code}".strip()

    seen = await scenario.crowd([partial(claim, number) for number in range(claims)], 64)
    scenario.tally.runs = claims

    strange = sorted({one for one in seen if one not in {"201", "409 SeatTaken"}})
    assert (seen.count("201") > 0, seen.count("409 SeatTaken") > 0) == (True, True)
    await scenario.judge(*(f"a buyer saw {one}" for one in strange))
