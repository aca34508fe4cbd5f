"""F23: the network is cut between client and service, also after the commit; clients ask again."""

from functools import partial
from urllib.parse import urlsplit

import pytest

from tests.faults.amounts import amount
from tests.faults.rig.buyers import Wires
from tests.faults.rig.house import Show
from tests.faults.rig.proxy import Cut, CuttingProxy
from tests.faults.rig.scenario import Scenario
from tests.faults.rig.wire import Wire

AT_ONCE = 24
CUTS = (Cut.NONE, Cut.NONE, Cut.BEFORE, Cut.AFTER, Cut.AFTER, Cut.WITHIN, Cut.AT_ONCE)


async def ask_again(scenario: Scenario, wires: Wires, show: Show, seat: int) -> bool:
    """Hold, sent up to six times; half of the buyers then let go, as stubbornly."""
    buyer = scenario.buyer(wires)
    held = await buyer.hold(show.id, [seat], tries=1 + scenario.dice.randint(1, 5))
    if held.is_ok and scenario.dice.random() < 0.5:
        await buyer.release(str(held.body["id"]), tries=6)
    return held.is_ok


@pytest.mark.fault("F23")
async def test_request_whose_answer_was_cut_acts_once(scenario: Scenario):
    requests = amount("F23")
    shows = [
        await scenario.house.show(seats=min(500, requests - at)) for at in range(0, requests, 500)
    ]
    port = urlsplit(scenario.cinema.addresses["movies"]).port or 0

    async with CuttingProxy(port, lambda: scenario.dice.choice(CUTS)) as proxy:
        wires = Wires(Wire(proxy.address), scenario.wires.ticket, scenario.wires.simulator)
        told = await scenario.crowd(
            [
                partial(ask_again, scenario, wires, show, seat)
                for show in shows
                for seat in show.seats
            ],
            AT_ONCE,
        )
        await wires.movies.close()
    scenario.tally.runs = len(told)

    assert all(proxy.cuts[cut] > 0 for cut in CUTS)
    assert sum(told) > len(told) // 4
    await scenario.judge()
