"""Attempts in the database. A changed state is a new version and an event, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.contracts.payments import AttemptState, CheckoutOpen, CloseReason
from backend.contracts.problems_payment import AttemptMissing
from backend.kit.database import Connection

_READ = "SELECT *, clock_timestamp() - made_at AS age FROM attempt"
_ONE = _READ + " WHERE order_id = %s AND attempt = %s"
_TAKE_DUE = """
    UPDATE attempt SET due_at = clock_timestamp() + %s, looks = looks + 1
    WHERE (order_id, attempt) IN (
        SELECT order_id, attempt FROM attempt WHERE due_at <= clock_timestamp()
        ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED
    ) RETURNING *, clock_timestamp() - made_at AS age
"""
_CHANGE = """
    UPDATE attempt SET state = %s, version = version + 1, changed_at = clock_timestamp()
    WHERE order_id = %s AND attempt = %s AND version = %s
    RETURNING *, clock_timestamp() - made_at AS age
"""
_NOTE_FACTS = """
    UPDATE attempt SET session_id = %(session_id)s, url = %(url)s, failure = %(failure)s,
        intent_id = coalesce(%(intent_id)s, intent_id),
        charge_id = coalesce(%(charge_id)s, charge_id),
        is_disputed = is_disputed OR %(is_disputed)s,
        is_refunded = is_refunded OR %(is_refunded)s
    WHERE order_id = %(order_id)s AND attempt = %(attempt)s
"""
_STORE_FETCH = """
    WITH last AS (
        SELECT id, facts FROM provider_fetch
        WHERE order_id = %(order_id)s AND attempt = %(attempt)s ORDER BY id DESC LIMIT 1
    ), made AS (
        INSERT INTO provider_fetch (order_id, attempt, facts)
        SELECT %(order_id)s, %(attempt)s, %(facts)s
        WHERE NOT EXISTS (SELECT FROM last WHERE facts = %(facts)s)
        RETURNING id
    )
    SELECT coalesce((SELECT id FROM made), (SELECT id FROM last)) AS id
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as read. `age` and `due_at` are by the database's clock."""

    order_id: UUID
    attempt: int
    state: AttemptState
    version: int
    session_id: str | None
    intent_id: str | None
    charge_id: str | None
    url: str | None
    currency: str
    amount_minor: int
    request: dict[str, Any]
    captured_minor: int
    refunded_minor: int
    wants_close: CloseReason | None
    failure: str | None
    review: str | None
    is_disputed: bool
    is_refunded: bool
    is_stray: bool
    made_at: datetime
    changed_at: datetime
    due_at: datetime | None
    looks: int
    key_turn: int
    age: timedelta = field(compare=False)

    @property
    def key(self) -> tuple[UUID, int]:
        """Its primary key."""
        return (self.order_id, self.attempt)

    @property
    def reference(self) -> str:
        """What the provider knows the attempt by."""
        return f"{self.order_id}.{self.attempt}"


_FIELDS = [each.name for each in fields(Attempt)]


def _attempt(row: Mapping[str, Any]) -> Attempt:
    values = {name: row[name] for name in _FIELDS}
    return Attempt(**values | {"state": AttemptState(row["state"])})


async def make(
    connection: Connection, checkout: CheckoutOpen, request: dict[str, Any], *, due: timedelta
) -> bool:
    """Write an attempt down with its exact request, before any call; say whether it is new.

    It is not while another one of the order is open, nor when it was written down before.
    """
    cursor = await connection.execute(
        "INSERT INTO attempt (order_id, attempt, state, currency, amount_minor, request, due_at)"
        " VALUES (%s, %s, 'CREATED', %s, %s, %s, clock_timestamp() + %s)"
        # Whichever index notices: two who write the same attempt at once may meet at either.
        " ON CONFLICT DO NOTHING",
        (
            checkout.order_id,
            checkout.attempt,
            checkout.currency,
            checkout.amount_minor,
            Jsonb(request),
            due,
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
    return await _one(connection, _ONE, (order_id, attempt))


async def lock(connection: Connection, order_id: UUID, attempt: int) -> Attempt:
    """Read an attempt and lock it; raises AttemptMissing."""
    return await _one(connection, _ONE + " FOR UPDATE", (order_id, attempt))


async def _one(connection: Connection, statement: LiteralString, key: tuple[UUID, int]) -> Attempt:
    row = await (await connection.execute(statement, key)).fetchone()
    if row is None:
        raise AttemptMissing
    return _attempt(row)


async def find_by_provider(
    connection: Connection,
    session_id: str | None,
    intent_id: str | None,
    key: tuple[UUID, int] | None,
) -> Attempt | None:
    """Read the attempt of a session or an intent, or the one that they claim to be for."""
    order_id, number = key or (None, None)
    row = await (
        await connection.execute(
            _READ + " WHERE session_id = %s OR intent_id = %s OR (order_id = %s AND attempt = %s)"
            " ORDER BY session_id = %s OR intent_id = %s DESC NULLS LAST LIMIT 1",
            (session_id, intent_id, order_id, number, session_id, intent_id),
        )
    ).fetchone()
    return None if row is None else _attempt(row)


async def find_open(connection: Connection, older_than: timedelta) -> list[Attempt]:
    """Read the attempts that have not ended, the oldest first."""
    cursor = await connection.execute(
        _READ + " WHERE state NOT IN ('CAPTURED', 'CANCELED', 'FAILED')"
        " AND made_at < clock_timestamp() - %s ORDER BY made_at LIMIT 500",
        (older_than,),
    )
    return [_attempt(row) for row in await cursor.fetchall()]


async def take_due(connection: Connection, lease: timedelta) -> list[Attempt]:
    """Take attempts that are due; nobody else gets them until the lease ends."""
    cursor = await connection.execute(_TAKE_DUE, (lease,))
    return [_attempt(row) for row in await cursor.fetchall()]


async def look_again(connection: Connection, taken: Attempt, after: timedelta) -> None:
    """Say when somebody looks next, unless somebody else has said so since it was taken."""
    await connection.execute(
        "UPDATE attempt SET due_at = clock_timestamp() + %s"
        " WHERE order_id = %s AND attempt = %s AND due_at = %s",
        (after, *taken.key, taken.due_at),
    )


async def look_in(connection: Connection, attempt: Attempt, after: timedelta) -> None:
    """Let the work take it after a while, and often at first, whoever has it now."""
    await connection.execute(
        "UPDATE attempt SET due_at = clock_timestamp() + %s, looks = 0"
        " WHERE order_id = %s AND attempt = %s",
        (after, *attempt.key),
    )


async def lease(connection: Connection, checkout: CheckoutOpen, lasts: timedelta) -> None:
    """Keep the work away from an attempt that its caller is opening now."""
    await connection.execute(
        "UPDATE attempt SET due_at = clock_timestamp() + %s"
        " WHERE order_id = %s AND attempt = %s AND session_id IS NULL AND due_at IS NOT NULL",
        (lasts, checkout.order_id, checkout.attempt),
    )


async def turn_key(connection: Connection, attempt: Attempt) -> None:
    """Let the attempt's next call have another key than the one it was seen with."""
    await connection.execute(
        "UPDATE attempt SET key_turn = %s + 1"
        " WHERE order_id = %s AND attempt = %s AND key_turn = %s",
        (attempt.key_turn, *attempt.key, attempt.key_turn),
    )


async def end(connection: Connection, attempt: Attempt) -> None:
    """Nobody needs to look any more."""
    await connection.execute(
        "UPDATE attempt SET due_at = NULL WHERE order_id = %s AND attempt = %s", attempt.key
    )


async def want_close(connection: Connection, attempt: Attempt, reason: CloseReason) -> None:
    """Note that an open attempt is to end; the first reason stays, but `void` wins."""
    await connection.execute(
        "UPDATE attempt SET due_at = clock_timestamp(), looks = 0, wants_close ="
        " CASE WHEN %s = 'void' THEN 'void' ELSE coalesce(wants_close, %s) END"
        " WHERE order_id = %s AND attempt = %s",
        (reason, reason, *attempt.key),
    )


async def note_facts(connection: Connection, attempt: Attempt, facts: dict[str, Any]) -> None:
    """Keep what a fetch says beside the state."""
    await connection.execute(
        _NOTE_FACTS, facts | {"order_id": attempt.order_id, "attempt": attempt.attempt}
    )


async def note_capture(connection: Connection, attempt: Attempt, captured_minor: int) -> None:
    """Keep how much was taken."""
    await connection.execute(
        "UPDATE attempt SET captured_minor = %s WHERE order_id = %s AND attempt = %s",
        (captured_minor, *attempt.key),
    )


async def note_failure(connection: Connection, attempt: Attempt, failure: str) -> None:
    """Keep why a call brought nothing."""
    await connection.execute(
        "UPDATE attempt SET failure = %s WHERE order_id = %s AND attempt = %s",
        (failure[:200], *attempt.key),
    )


async def note_review(
    connection: Connection, attempt: Attempt, what: str, facts: dict[str, Any]
) -> None:
    """Keep what differs, and whose it is; nobody looks by the clock any more, a person must."""
    await connection.execute(
        "UPDATE attempt SET review = %(what)s, due_at = NULL,"
        " session_id = coalesce(session_id, %(session_id)s),"
        " intent_id = coalesce(intent_id, %(intent_id)s),"
        " charge_id = coalesce(charge_id, %(charge_id)s)"
        " WHERE order_id = %(order_id)s AND attempt = %(attempt)s",
        facts | {"what": what, "order_id": attempt.order_id, "attempt": attempt.attempt},
    )


async def store_fetch(connection: Connection, attempt: Attempt, facts: dict[str, Any]) -> int:
    """Keep what was fetched, once for as long as it stays the same; return its number."""
    key = {"order_id": attempt.order_id, "attempt": attempt.attempt}
    cursor = await connection.execute(_STORE_FETCH, key | {"facts": Jsonb(facts)})
    row = await cursor.fetchone()
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
        await connection.execute(_CHANGE, (state, *attempt.key, attempt.version))
    ).fetchone()
    if row is None:
        message = f"attempt {attempt.reference} was changed without its lock"
        raise RuntimeError(message)
    await connection.execute(
        "INSERT INTO attempt_event (order_id, attempt, version, state, fetch_id)"
        " VALUES (%s, %s, %s, %s, %s)",
        (*attempt.key, row["version"], state, fetch_id),
    )
    return _attempt(row)
