"""F0: nothing goes wrong. Whatever is found here is found everywhere, and a control begins here."""

from functools import partial

import pytest

from tests.faults.amounts import amount
from tests.faults.rig.buyers import Buyer
from tests.faults.rig.house import Show
from tests.faults.rig.refunding import give_back, until_given_back
from tests.faults.rig.scenario import Scenario

AT_ONCE = 8


async def sold(scenario: Scenario, show: Show, pair: tuple[int, int]) -> tuple[Buyer, str, str]:
    buyer = scenario.buyer()
    order = await buyer.buy(show.id, pair)
    assert order is not None
    return buyer, order, await buyer.until_over(order)


async def refunded(scenario: Scenario, order: str, lines: list[int]) -> str:
    await give_back(scenario, order, lines)
    return await until_given_back(scenario, order)


@pytest.mark.fault("F0")
async def test_a_sale_without_faults_leaves_nothing_to_find(scenario: Scenario):
    orders = amount("F0")
    show = await scenario.house.show(seats=2 * orders)
    pairs = [(show.seats[at], show.seats[at + 1]) for at in range(0, 2 * orders, 2)]

    bought = await scenario.crowd([partial(sold, scenario, show, pair) for pair in pairs], AT_ONCE)
    strangers = [await scenario.buyer().read(order) for _, order, _ in bought]
    ends = [
        await refunded(scenario, bought[0][1], [1]),
        await refunded(scenario, bought[1][1], [1, 2]),
    ]
    # What was given back is sold again, to somebody else.
    again = await sold(scenario, show, pairs[1])
    scenario.tally.runs = orders + 1

    assert [state for _, _, state in bought] == ["ISSUED"] * orders
    assert ends == ["PART_REFUNDED", "REFUNDED"]
    assert again[2] == "ISSUED"
    seen = [f"a stranger reads order {one['id']}" for one in strangers if one is not None]
    await scenario.judge(*seen)
