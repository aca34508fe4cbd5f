"""One simulator with an empty database per test."""

from collections.abc import AsyncIterator

import pytest

from tests.backend.onebox.stripe_simulator.rig import Rig, rig_on

PACKAGE = "backend.onebox.stripe_simulator"


@pytest.fixture
async def rig(database_of) -> AsyncIterator[Rig]:
    async with rig_on(database_of(PACKAGE)) as made:
        yield made
