"""A payment service per test, beside its provider."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.backend.payment.rig import Rig, rig_on
from tests.support.postgres import TestServer


@pytest.fixture(scope="session")
def emptied(server: TestServer) -> Iterator[Callable[[str], str]]:
    """Lend one database per package, emptied at each asking: a test may ask many times."""
    lent: dict[str, ExitStack] = {}

    def lend(package: str) -> str:
        lent.setdefault(package, ExitStack()).close()
        return lent[package].enter_context(server.database(package))

    yield lend
    for stack in lent.values():
        stack.close()


@pytest.fixture
async def rig(emptied: Callable[[str], str]) -> AsyncIterator[Rig]:
    async with rig_on(emptied) as made:
        yield made
