"""A cinema per test."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.backend.payment.flows.opening import cinema_on
from tests.backend.payment.flows.rig import Cinema


@pytest.fixture
async def cinema(emptied: Callable[[str], str]) -> AsyncIterator[Cinema]:
    async with cinema_on(emptied) as made:
        yield made
