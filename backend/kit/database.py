"""A service's PostgreSQL: a pool of autocommit connections for single statements, and transactions.

Hot paths send one prepared statement or function call on `connection()`; everything that needs
more than one statement runs inside `transaction()`, which commits at its end.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Result = TypeVar("Result")
_TRIES = 3


class Connection(AsyncConnection[DictRow]):
    """A connection, with the messages that its borrower wrote into the outbox.

    None where nobody in this process sends them.
    """

    written: list[int] | None = None


class Database:
    """Owns the pool; made once per service and passed down.

    `on_written` is told which messages a borrower wrote, once its transactions are over.
    """

    on_written: Callable[[list[int]], None] | None = None

    def __init__(self, dsn: str, *, largest: int = 12, smallest: int = 1) -> None:
        self.dsn = dsn
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            dsn,
            min_size=smallest,
            max_size=largest,
            open=False,
            timeout=5.0,
            connection_class=Connection,
            kwargs={"autocommit": True, "row_factory": dict_row, "prepare_threshold": 2},
            configure=_configure,
            check=None,
        )

    async def open(self) -> None:
        """Open the pool; raises PoolTimeout when the database does not answer in 10 s."""
        await self._pool.open(wait=True, timeout=10.0)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection on which each statement commits by itself."""
        async with self._pool.connection() as connection:
            tell = self.on_written
            connection.written = None if tell is None else []
            try:
                yield connection
            finally:
                written, connection.written = connection.written, None
                if tell is not None and written:
                    tell(written)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection inside one transaction: committed at the end, rolled back on error."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def is_up(self) -> bool:
        """Say whether the database answers now."""
        try:
            async with self._pool.connection(timeout=2.0) as connection:
                await connection.execute("SELECT 1")
        except (psycopg.Error, OSError):
            return False
        return True


async def _configure(connection: Connection) -> None:
    await connection.execute(
        "SELECT set_config('timezone', 'UTC', false), set_config('lock_timeout', '2s', false),"
        " set_config('plan_cache_mode', 'force_generic_plan', false)"
    )


async def retrying(work: Callable[[], Awaitable[Result]]) -> Result:
    """Run a transaction again when it lost a race for locks: three tries, with jitter."""
    for attempt in range(1, _TRIES):
        try:
            return await work()
        except (DeadlockDetected, LockNotAvailable, SerializationFailure):
            await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 -- jitter
    return await work()
