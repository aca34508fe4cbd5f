"""Forgets what has served its time: stored replies and messages are personal data, and pile up.

Replies are kept for 48 hours, because clients retry for 24; messages for 30 days. What still waits
(an unsent message, a dead letter that nobody has replayed) is kept however old it is.
"""

from datetime import timedelta

from psycopg import sql

from backend.kit.database import Database

_LARGEST = 5_000
_REPLIES = timedelta(hours=48)
_MESSAGES = timedelta(days=30)
# What is deleted: from which table, and the time from which its rows age.
_AGEING = (
    ("idempotency", "made_at", _REPLIES),
    ("inbox", "received_at", _MESSAGES),
    ("inbox_failure", "failed_at", _MESSAGES),
    ("outbox", "published_at", _MESSAGES),
    ("dead_letter", "replayed_at", _MESSAGES),
)
_FORGET = sql.SQL(
    "DELETE FROM {table} WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM {table} WHERE {column} < clock_timestamp() - %s LIMIT %s))"
)


class Housekeeping:
    """Tidies one service's keys and messages, some thousand rows at a time."""

    EVERY = timedelta(hours=1)

    def __init__(self, database: Database) -> None:
        self._database = database

    async def round(self) -> int:
        """Forget all that is old enough; return how many rows that was."""
        return sum([await self._forget(table, column, age) for table, column, age in _AGEING])

    async def _forget(self, table: str, column: str, age: timedelta) -> int:
        statement = _FORGET.format(table=sql.Identifier(table), column=sql.Identifier(column))
        forgotten, count = 0, _LARGEST
        while count == _LARGEST:
            async with self._database.connection() as connection:
                count = (await connection.execute(statement, (age, _LARGEST))).rowcount
            forgotten += count
        return forgotten
