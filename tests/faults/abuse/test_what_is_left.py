"""After all the abuse every order, seat, ticket and penny is in its place, says the checker."""

import pytest

from tests.faults.rig.scenario import Scenario


@pytest.mark.fault("A0")
async def test_abuse_left_nothing_wrong(scenario: Scenario):
    await scenario.judge()
