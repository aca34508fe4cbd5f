"""One simulator with an empty database per test."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.backend.onebox.stripe_simulator.rig import Rig, rig_on

PACKAGE = "backend.onebox.stripe_simulator"


@pytest.fixture
def dsn(database_of) -> str:
    """Return the address of an empty database with the simulator's tables."""
    return str(database_of(PACKAGE))


@pytest.fixture
async def rig(dsn: str) -> AsyncIterator[Rig]:
    async with rig_on(dsn) as made:
        yield made


@pytest.fixture
def loop_rig(dsn: str) -> Iterator[tuple[asyncio.Runner, Rig]]:
    """Give a simulator and the loop it lives in: hypothesis calls plain functions only."""
    with asyncio.Runner() as runner:
        manager = rig_on(dsn)
        made = runner.run(manager.__aenter__())
        yield runner, made
        runner.run(manager.__aexit__(None, None, None))
