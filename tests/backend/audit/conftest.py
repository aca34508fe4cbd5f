"""One house per worker, sold in every way; each test plants its own damage and takes it back."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from backend.audit.checker import INVARIANTS, Verdict, judge
from backend.audit.invariant import Look
from backend.audit.sources import Snapshot
from tests.backend.audit.house import PACKAGES, house_on, sell_in_every_way
from tests.backend.audit.planting import Damage
from tests.support.postgres import TestServer

Connection = psycopg.AsyncConnection[DictRow]
MESSAGE = "SELECT id AS fact FROM outbox WHERE aggregate_id = %(issued)s AND type = '{}'"
FACTS = {
    "buyer": ("movies", "SELECT buyer AS fact FROM orders WHERE id = %(issued)s"),
    "held_version": ("movies", "SELECT version AS fact FROM orders WHERE id = %(held)s"),
    "admitted": ("ticket", "SELECT ticket_id AS fact FROM admission"),
    "scan": ("ticket", "SELECT id AS fact FROM scan WHERE outcome = 'VALID'"),
    "refund": ("payment", "SELECT provider_id AS fact FROM refund WHERE order_id = %(refunded)s"),
    "our_refund": ("payment", "SELECT id AS fact FROM refund WHERE order_id = %(refunded)s"),
    "second_scan": ("ticket", "SELECT id AS fact FROM scan WHERE outcome = 'DUPLICATE'"),
    "cancelled_owner": ("movies", "SELECT owner AS fact FROM orders WHERE id = %(cancelled)s"),
    "paid_message": ("movies", MESSAGE.format("order.paid.v1")),
    "capture_message": ("movies", MESSAGE.format("payment.capture_requested.v1")),
}


@dataclass(frozen=True)
class Sold:
    """The databases after the sales, and the orders by what became of them."""

    dsns: Mapping[str, str]
    orders: Mapping[str, UUID]
    access_log: Path


@pytest.fixture(scope="session")
def sold(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sold]:
    folder = tmp_path_factory.mktemp("house")
    with ExitStack() as stack:
        dsns = {
            name: stack.enter_context(server.database(package))
            for name, package in PACKAGES.items()
        }
        orders = asyncio.run(_sell(dsns, folder))
        yield Sold(dsns, orders, folder / "access")


async def _sell(dsns: Mapping[str, str], folder: Path) -> dict[str, UUID]:
    async with house_on(dsns, folder / "documents", access_log=folder / "access") as house:
        return await sell_in_every_way(house)


class Damaged:
    """The databases within transactions that are taken back at the end."""

    def __init__(self, connections: dict[str, Connection], sold: Sold) -> None:
        self._connections = connections
        self.orders = {name: str(order) for name, order in sold.orders.items()}
        self.access_log = sold.access_log

    async def finds(self, damage: Damage) -> None:
        """Plant the damage; its invariant must find that, and nothing else."""
        facts = await self.facts()
        statements = [
            (database, statement.format(**facts) if "{" in statement else statement)
            for database, statement in damage.statements
        ]
        await self.plant(*statements)
        sentences = sorted(sentence.format(**facts) for sentence in damage.says)
        assert sorted(await self.found(damage.invariant)) == sentences

    async def plant(self, *damage: tuple[str, str]) -> None:
        """Run statements (database, SQL)."""
        for database, statement in damage:
            await self._connections[database].execute(statement, self.orders)

    async def facts(self) -> dict[str, object]:
        """Return what sentences may name: the orders, and what the tests ask of them."""
        rows = {name: await self.row(database, query) for name, (database, query) in FACTS.items()}
        return {**self.orders, **{name: row["fact"] for name, row in rows.items()}}

    async def row(self, database: str, statement: str) -> DictRow:
        """Return the only row."""
        cursor = await self._connections[database].execute(statement, self.orders)
        [row] = await cursor.fetchall()
        return row

    async def verdict(self, name: str, **changes: Any) -> Verdict:
        """Judge one invariant on what there is now."""
        taken = {}
        for database, connection in self._connections.items():
            cursor = await connection.execute("SELECT clock_timestamp() AS at")
            [now] = await cursor.fetchall()
            taken[database] = Snapshot(connection, now["at"])
        [invariant] = [each for each in INVARIANTS if each.name == name]
        [verdict] = await judge(replace(Look(taken, timedelta(0)), **changes), [invariant])
        assert verdict.skipped is None, verdict.skipped
        return verdict

    async def found(self, name: str, **changes: Any) -> list[str]:
        """Return the sentences that an invariant's verdict is made of."""
        return [each.what for each in (await self.verdict(name, **changes)).findings]


@pytest.fixture
async def damaged(sold: Sold) -> AsyncIterator[Damaged]:
    async with AsyncExitStack() as stack:
        connections = {}
        for name, dsn in sold.dsns.items():
            connection = await psycopg.AsyncConnection.connect(dsn, row_factory=dict_row)
            stack.push_async_callback(connection.close)
            # Rules that the databases keep themselves: what if they were gone?
            await connection.execute("SET session_replication_role = replica")
            connections[name] = connection
        yield Damaged(connections, sold)
        for connection in connections.values():
            await connection.rollback()
