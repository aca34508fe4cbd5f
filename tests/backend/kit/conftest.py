"""A database with the tables that every service has."""

from collections.abc import AsyncIterator, Callable

import pytest

from backend.kit.database import Database


@pytest.fixture
async def database(database_of: Callable[[str], str]) -> AsyncIterator[Database]:
    """An open database; movies' schema stands for any service's."""
    database = Database(database_of("backend.movies"))
    await database.open()
    yield database
    await database.close()
