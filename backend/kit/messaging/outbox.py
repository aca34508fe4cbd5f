"""The outbox: messages committed with their cause, and the relay that sends them.

The relay takes rows that nobody else holds, never "all after the last id": ids commit out of
order. What its own process has committed is handed to it and for some seconds left to it; for all
else it looks by itself each second. A row that is no message, or that no consumer is bound to,
becomes a dead letter here and holds up no other.
"""

import asyncio
import time
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
# How long other relays leave a message to the one of the process that wrote it.
_OWN = timedelta(seconds=5)

_PUT = """
    INSERT INTO outbox (type, aggregate_id, version, trace_id, payload, not_before)
    VALUES (%s, %s, %s, %s, %s, clock_timestamp() + %s) RETURNING seq
"""
_ANY_DUE = """
    SELECT EXISTS (SELECT FROM outbox
                   WHERE published_at IS NULL AND not_before <= clock_timestamp()) AS is_any
"""
_DUE = """
    SELECT seq, id, type, aggregate_id, version, created_at, trace_id, payload
    FROM outbox
    WHERE published_at IS NULL AND not_before <= clock_timestamp()
    ORDER BY seq
    FOR UPDATE SKIP LOCKED
    LIMIT %s
"""
# Nobody else sends these now. What was rolled back after all is not found.
_HANDED = """
    SELECT seq, id, type, aggregate_id, version, created_at, trace_id, payload
    FROM outbox WHERE seq = ANY(%s) AND published_at IS NULL ORDER BY seq
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
    """Write a message into the caller's transaction; it is sent after the commit."""
    written = connection.written
    cursor = await connection.execute(
        _PUT,
        (
            message.TYPE,
            message.order_id,
            version,
            trace.current(),
            Jsonb(message.model_dump(mode="json")),
            timedelta() if written is None else _OWN,
        ),
    )
    row = await cursor.fetchone()
    if written is not None and row is not None:
        written.append(row["seq"])


class Relay:
    """Sends one service's outbox to the broker, for as long as it runs."""

    def __init__(self, database: Database, broker: Broker) -> None:
        self._database = database
        self._broker = broker
        self._handed: list[int] = []
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def hand_over(self, seqs: Sequence[int]) -> None:
        """Send these rows now: the transaction that wrote them is over."""
        self._handed += seqs
        self._wake.set()

    async def start(self) -> None:
        """Begin to send in the background."""
        self._database.on_written = self.hand_over
        self._task = asyncio.create_task(self._run(), name="outbox relay")

    async def stop(self) -> None:
        """Stop; rows not yet marked are sent again some seconds after the next start."""
        if self._task is not None:
            self._database.on_written = None
            await end(self._task)
            self._task = None

    async def send_due(self) -> int:
        """Send one window of what was handed over or is due; return how many are done with."""
        async with self._one_at_a_time:
            if self._handed:
                seqs, self._handed = self._handed[:_WINDOW], self._handed[_WINDOW:]
                return await self._send_handed(seqs)
            if not await self._is_any_due():
                return 0
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

    async def _is_any_due(self) -> bool:
        """Ask without a transaction: nearly always there is nothing."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_ANY_DUE)).fetchone()
        return bool(row and row["is_any"])

    async def _send_handed(self, seqs: list[int]) -> int:
        """Send without a lock or an open transaction: the rows are this relay's own for now."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_HANDED, (seqs,))).fetchall()
        if not rows:
            return 0
        receipts = await self._broker.publish([_envelope(row) for row in rows])
        is_plain = all(receipt.is_accepted for receipt in receipts)
        lent = self._database.connection() if is_plain else self._database.transaction()
        async with lent as connection:
            return await _mark(connection, rows, receipts)

    async def _run(self) -> None:
        looked_at = float("-inf")
        while True:
            self._wake.clear()
            try:
                while self._handed:
                    await self.send_due()
                if time.monotonic() - looked_at >= _POLL_S:
                    looked_at = time.monotonic()
                    while await self.send_due():
                        pass
            except (psycopg.Error, OSError) as error:
                _log.warning("outbox waits", error=str(error))
            # The guard of the loop: whatever a broker raises must not end all later sending.
            except Exception:  # noqa: BLE001 -- the guard of the loop
                _log.exception("outbox could not be sent")
            # Not wait_for: on Python 3.11 it loses a cancellation that comes with the wake-up.
            with suppress(TimeoutError):
                async with asyncio.timeout(looked_at + _POLL_S - time.monotonic()):
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
