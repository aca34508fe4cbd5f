"""One ticket service with an empty database per test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.backend.ticket.rig import Rig, rig_on

PACKAGE = "backend.ticket"


@pytest.fixture
async def rig(database_of, tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig_on(database_of(PACKAGE), tmp_path / "documents") as made:
        yield made
