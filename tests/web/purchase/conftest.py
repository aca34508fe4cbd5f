"""A browser on the site, over services that answer what each test says."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.web.purchase import rig
from tests.web.purchase.rig import Services


@pytest.fixture
def said() -> Services:
    """The pretended services."""
    return rig.services()


@pytest.fixture
async def browser(said: Services) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser without scripts, on a visit as a guest."""
    async with rig.site(said) as client:
        yield client
