"""The outbox: messages committed with their cause, and the relay that sends them.

The relay takes rows that nobody else holds, never "all after the last id": ids commit out of
order. It is woken by its own process after a commit and looks by itself each second. A row that is
no message, or that no consumer is bound to, becomes a dead letter here and holds up no other.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from backend.contracts.messages import Envelope, Message
from backend.kit import trace
from backend.kit.database import Connection, Database
from backend.kit.logs import logger
from backend.kit.messaging.broker import Broker, Receipt
from backend.kit.tasks import end

_log = logger(__name__)
_WINDOW = 100
_POLL_S = 1.0

_PUT = """
    INSERT INTO outbox (type, aggregate_id, version, trace_id, payload)
    VALUES (%s, %s, %s, %s, %s)
"""
_DUE = """
    SELECT seq, id, type, aggregate_id, version, created_at, trace_id, payload
    FROM outbox
    WHERE published_at IS NULL AND not_before <= clock_timestamp()
    ORDER BY seq
    FOR UPDATE SKIP LOCKED
    LIMIT %s
"""
_SENT = "UPDATE outbox SET published_at = clock_timestamp() WHERE seq = ANY(%s)"
_PARK = """
    INSERT INTO dead_letter (consumer, message_id, envelope, error, tries)
    VALUES (%s, %s, %s, %s, 1) ON CONFLICT DO NOTHING
"""
# Whose dead letters these are: those of the outbox itself.
SENDER = "outbox"
_LATER = "UPDATE outbox SET not_before = clock_timestamp() + %s WHERE seq = %s"


async def put(connection: Connection, message: Message, *, version: int) -> None:
    """Write a message into the caller's transaction; wake the relay after its commit."""
    await connection.execute(
        _PUT,
        (
            message.TYPE,
            message.order_id,
            version,
            trace.current(),
            Jsonb(message.model_dump(mode="json")),
        ),
    )


class Relay:
    """Sends one service's outbox to the broker, for as long as it runs."""

    def __init__(self, database: Database, broker: Broker) -> None:
        self._database = database
        self._broker = broker
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look now: something was committed."""
        self._wake.set()

    async def start(self) -> None:
        """Begin to send in the background."""
        self._task = asyncio.create_task(self._run(), name="outbox relay")

    async def stop(self) -> None:
        """Stop; rows not yet marked are sent again at the next start."""
        if self._task is not None:
            await end(self._task)
            self._task = None

    async def send_due(self) -> int:
        """Send one window of due messages; return how many are done with."""
        async with self._database.transaction() as connection:
            rows = await (await connection.execute(_DUE, (_WINDOW,))).fetchall()
            if not rows:
                return 0
            good: list[tuple[DictRow, Envelope]] = []
            for row in rows:
                try:
                    good.append((row, _envelope(row)))
                except ValidationError:
                    await _park(connection, row, "it is no message")
            receipts = await self._broker.publish([envelope for _, envelope in good])
            sent = await _mark(connection, [row for row, _ in good], receipts)
            return sent + len(rows) - len(good)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                while await self.send_due():
                    pass
            except (psycopg.Error, OSError) as error:
                _log.warning("outbox waits", error=str(error))
            # The guard of the loop: whatever a broker raises must not end all later sending.
            except Exception:  # noqa: BLE001 -- the guard of the loop
                _log.exception("outbox could not be sent")
            # Not wait_for: on Python 3.11 it loses a cancellation that comes with the wake-up.
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_S):
                    await self._wake.wait()


def _envelope(row: DictRow) -> Envelope:
    return Envelope(
        id=row["id"],
        type=row["type"],
        aggregate_id=row["aggregate_id"],
        version=row["version"],
        occurred_at=row["created_at"],
        trace_id=row["trace_id"],
        payload=row["payload"],
    )


async def _mark(
    connection: Connection, rows: Sequence[DictRow], receipts: Sequence[Receipt]
) -> int:
    """Write down what became of each message; return how many need not be sent again."""
    pairs = list(zip(rows, receipts, strict=True))
    sent = [row["seq"] for row, receipt in pairs if receipt.is_accepted]
    unheard = [row for row, receipt in pairs if receipt.is_unheard]
    if sent:
        await connection.execute(_SENT, (sent,))
    for row in unheard:
        await _park(connection, row, "nobody hears it")
    for row, receipt in pairs:
        if not receipt.is_accepted and not receipt.is_unheard:
            await connection.execute(_LATER, (timedelta(seconds=receipt.retry_in_s), row["seq"]))
    return len(sent) + len(unheard)


async def _park(connection: Connection, row: DictRow, error: str) -> None:
    """Keep a message that cannot be delivered, with its reason, and send it no more."""
    kept = {
        "id": row["id"],
        "type": row["type"],
        "aggregate_id": row["aggregate_id"],
        "version": row["version"],
        "occurred_at": row["created_at"],
        "trace_id": row["trace_id"],
        "payload": row["payload"],
    }
    await connection.execute(_PARK, (SENDER, row["id"], Jsonb(to_jsonable_python(kept)), error))
    await connection.execute(_SENT, ([row["seq"]],))
    _log.error("dead letter", consumer=SENDER, type=row["type"], error=error)
