"""A payment service per test, beside its provider."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
from psycopg import sql

from tests.backend.payment.rig import Rig, rig_on
from tests.support.postgres import TestServer

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture(scope="session")
def emptied(server: TestServer) -> Iterator[Callable[[str], str]]:
    """Lend databases that are emptied before each use: quicker than a new one per test."""
    made: dict[str, str] = {}
    with ExitStack() as stack:

        def lend(package: str) -> str:
            if package not in made:
                made[package] = stack.enter_context(server.database(package))
            with psycopg.connect(made[package], autocommit=True) as connection:
                # The ledger's own trigger would refuse, as it should.
                connection.execute("SET session_replication_role = replica")
                tables = [
                    sql.Identifier(row[0])
                    for row in connection.execute(_TABLES)
                    if row[0] != "alembic_version"
                ]
                connection.execute(
                    sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(
                        sql.SQL(", ").join(tables)
                    )
                )
            return made[package]

        yield lend


@pytest.fixture
async def rig(emptied: Callable[[str], str]) -> AsyncIterator[Rig]:
    async with rig_on(emptied) as made:
        yield made
