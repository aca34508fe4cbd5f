"""Attempts in the database."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.contracts.payments import AttemptState, CheckoutOpen, CheckoutRead
from backend.contracts.problems_payment import AttemptMissing
from backend.kit.database import Connection

_READ = "SELECT * FROM attempt WHERE order_id = %s AND attempt = %s"
_LOCK = "SELECT * FROM attempt WHERE order_id = %s AND attempt = %s FOR UPDATE"
_TAKE_DUE = """
    UPDATE attempt SET due_at = clock_timestamp() + %s, looks = looks + 1
    WHERE (order_id, attempt) IN (
        SELECT order_id, attempt FROM attempt WHERE due_at <= clock_timestamp()
        ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED
    ) RETURNING *
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as read."""

    order_id: UUID
    attempt: int
    state: AttemptState
    version: int
    row: dict[str, Any]

    @property
    def reference(self) -> str:
        """What the provider knows the attempt by."""
        return f"{self.order_id}.{self.attempt}"

    def __getattr__(self, name: str) -> Any:
        """Read a column."""
        try:
            return self.row[name]
        except KeyError:
            raise AttributeError(name) from None


def _attempt(row: dict[str, Any]) -> Attempt:
    return Attempt(row["order_id"], row["attempt"], AttemptState(row["state"]), row["version"], row)


async def make(connection: Connection, checkout: CheckoutOpen, request: dict[str, Any]) -> bool:
    """Commit an attempt with its exact request before any call; say whether it is new."""
    cursor = await connection.execute(
        "INSERT INTO attempt (order_id, attempt, state, currency, amount_minor, request, due_at)"
        " VALUES (%s, %s, 'CREATED', %s, %s, %s, clock_timestamp() + interval '10 seconds')"
        " ON CONFLICT (order_id, attempt) DO NOTHING",
        (
            checkout.order_id,
            checkout.attempt,
            checkout.currency,
            checkout.amount_minor,
            Jsonb(request),
        ),
    )
    if cursor.rowcount:
        await connection.execute(
            "INSERT INTO attempt_event (order_id, attempt, version, state)"
            " VALUES (%s, %s, 1, 'CREATED')",
            (checkout.order_id, checkout.attempt),
        )
    return cursor.rowcount == 1


async def find(connection: Connection, order_id: UUID, attempt: int) -> Attempt:
    """Read an attempt; raises AttemptMissing."""
    return await _one(connection, _READ, order_id, attempt)


async def lock(connection: Connection, order_id: UUID, attempt: int) -> Attempt:
    """Read an attempt and lock it; raises AttemptMissing."""
    return await _one(connection, _LOCK, order_id, attempt)


async def _one(
    connection: Connection, statement: LiteralString, order_id: UUID, attempt: int
) -> Attempt:
    row = await (await connection.execute(statement, (order_id, attempt))).fetchone()
    if row is None:
        raise AttemptMissing
    return _attempt(row)


async def find_by_provider(
    connection: Connection, session_id: str | None, intent_id: str | None
) -> Attempt | None:
    """Read the attempt of a session or an intent."""
    row = await (
        await connection.execute(
            "SELECT * FROM attempt WHERE session_id = %s OR intent_id = %s LIMIT 1",
            (session_id, intent_id),
        )
    ).fetchone()
    return None if row is None else _attempt(row)


async def take_due(connection: Connection, lease: timedelta) -> list[Attempt]:
    """Take attempts that are due; nobody else gets them until the lease ends."""
    cursor = await connection.execute(_TAKE_DUE, (lease,))
    return [_attempt(row) for row in await cursor.fetchall()]


async def look_again(connection: Connection, attempt: Attempt, after: timedelta | None) -> None:
    """Say when somebody looks next; None: never."""
    await connection.execute(
        "UPDATE attempt SET due_at = clock_timestamp() + %s WHERE order_id = %s AND attempt = %s",
        (after, attempt.order_id, attempt.attempt),
    )


async def store_fetch(connection: Connection, attempt: Attempt, facts: dict[str, Any]) -> int:
    """Keep what was fetched; return its number."""
    row = await (
        await connection.execute(
            "INSERT INTO provider_fetch (order_id, attempt, facts) VALUES (%s, %s, %s)"
            " RETURNING id",
            (attempt.order_id, attempt.attempt, Jsonb(facts)),
        )
    ).fetchone()
    number: int = (row or {})["id"]
    return number


async def change(
    connection: Connection,
    attempt: Attempt,
    state: AttemptState,
    *,
    fetch_id: int | None = None,
) -> Attempt:
    """Move a locked attempt to a state and log it."""
    row = await (
        await connection.execute(
            "UPDATE attempt SET state = %s, version = version + 1, changed_at = clock_timestamp()"
            " WHERE order_id = %s AND attempt = %s AND version = %s RETURNING *",
            (state, attempt.order_id, attempt.attempt, attempt.version),
        )
    ).fetchone()
    if row is None:
        message = f"attempt {attempt.reference} was changed without its lock"
        raise RuntimeError(message)
    await connection.execute(
        "INSERT INTO attempt_event (order_id, attempt, version, state, fetch_id)"
        " VALUES (%s, %s, %s, %s, %s)",
        (attempt.order_id, attempt.attempt, row["version"], state, fetch_id),
    )
    return _attempt(row)


def checkout_read(attempt: Attempt) -> CheckoutRead:
    """Render an attempt for movies."""
    return CheckoutRead(
        order_id=attempt.order_id,
        attempt=attempt.attempt,
        state=attempt.state,
        version=attempt.version,
        url=attempt.url,
        failure=attempt.failure,
        captured_minor=attempt.captured_minor,
        refunded_minor=attempt.refunded_minor,
    )
