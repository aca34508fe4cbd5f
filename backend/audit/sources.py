"""What the checker reads, and how: a read-only snapshot of each database, and the access log."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, AsyncServerCursor, IsolationLevel, OperationalError
from psycopg.rows import DictRow, dict_row
from psycopg.sql import Composed

Row = dict[str, Any]
Query = LiteralString | Composed
DATABASES = ("movies", "payment", "ticket", "simulator")
# A plain read waits for nobody but a change of the schema, and then gives way; nor may a checker
# that was left behind keep old rows alive.
_SESSION = (
    "SELECT set_config('timezone', 'UTC', false), set_config('lock_timeout', '1s', false),"
    " set_config('statement_timeout', %s, false), set_config('application_name', %s, false),"
    " set_config('idle_in_transaction_session_timeout', '10min', false)"
)
_NAME = "moviemesh audit"
_FETCHED = 2_000


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look. `dsns` has any of DATABASES; `access_log` is a file or a folder of them.

    `poison` names messages that a test spoilt on purpose: they must be dead letters, and no others.
    """

    dsns: Mapping[str, str]
    access_log: Path | None = None
    poison: frozenset[UUID] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The sources that an invariant may need."""
        return frozenset(self.dsns) | ({"access log"} if self.access_log else frozenset())


class Snapshot:
    """One database as it was at one instant; `at` is that instant by its own clock."""

    def __init__(self, connection: AsyncConnection[DictRow], at: datetime) -> None:
        self._connection = connection
        self.at = at
        self._cursors = 0

    async def rows(self, statement: Query, values: Mapping[str, object] | None = None) -> list[Row]:
        """Read all rows of a statement."""
        cursor = await self._connection.execute(statement, values)
        return await cursor.fetchall()

    async def number(self, statement: Query, values: Mapping[str, object] | None = None) -> int:
        """Read the only number of a statement."""
        [row] = await self.rows(statement, values)
        return int(next(iter(row.values())) or 0)

    async def stream(
        self, statement: Query, values: Mapping[str, object] | None = None
    ) -> AsyncIterator[Row]:
        """Read rows some thousand at a time, so that a large table costs no memory."""
        self._cursors += 1
        cursor = self._connection.cursor(name=f"audit_{self._cursors}")
        cursor.itersize = _FETCHED
        try:
            await cursor.execute(statement, values)
            async for row in cursor:
                yield row
        finally:
            await _let_go(cursor)

    @asynccontextmanager
    async def guarded(self) -> AsyncIterator[None]:
        """Let what fails inside leave the snapshot usable."""
        async with self._connection.transaction():
            yield


async def _let_go(cursor: AsyncServerCursor[DictRow]) -> None:
    try:
        await cursor.close()
    except OperationalError:
        # The database went away. Now the connection knows, and closing asks it nothing more.
        await cursor.close()


@asynccontextmanager
async def snapshots(
    dsns: Mapping[str, str], *, statement_timeout: timedelta
) -> AsyncIterator[dict[str, Snapshot]]:
    """Take a snapshot of each database, all as near to one instant as they can be."""
    async with AsyncExitStack() as stack:
        connections = {}
        for name, dsn in dsns.items():
            connection = await _connect(dsn, statement_timeout)
            connections[name] = await stack.enter_async_context(connection)
        taken = await asyncio.gather(*(_begin(each) for each in connections.values()))
        yield dict(zip(connections, taken, strict=True))


async def _connect(dsn: str, statement_timeout: timedelta) -> AsyncConnection[DictRow]:
    connection = await AsyncConnection.connect(dsn, row_factory=dict_row, autocommit=True)
    milliseconds = str(int(statement_timeout.total_seconds() * 1000))
    await connection.execute(_SESSION, (milliseconds, _NAME))
    await connection.set_autocommit(False)
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    await connection.set_read_only(True)
    return connection


async def _begin(connection: AsyncConnection[DictRow]) -> Snapshot:
    cursor = await connection.execute("SELECT clock_timestamp() AS at")
    row = await cursor.fetchone()
    if row is None:
        raise psycopg.OperationalError("the database told no time")
    return Snapshot(connection, row["at"])
