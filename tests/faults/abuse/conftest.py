"""The world that is abused: made once in the run's shared cinema, and whole at the end."""

from collections.abc import Iterator

import pytest

from tests.faults.abuse.world import World, made
from tests.faults.rig.cinema import Cinema
from tests.faults.rig.history import History


@pytest.fixture(scope="session")
def world(shared_cinema: Cinema, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """What there is to abuse."""
    history = History(tmp_path_factory.mktemp("abuse") / "history.jsonl")
    try:
        yield made(shared_cinema, history)
    finally:
        history.close()
