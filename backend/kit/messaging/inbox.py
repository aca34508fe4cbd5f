"""The inbox: a consumer that acts on each message once, however often it comes.

The inbox row is written first in the consumer's transaction, together with the effect. A failure
is counted in a transaction of its own; after eight tries the message is a dead letter, kept with
its error until somebody replays it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import psycopg
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from backend.contracts.messages import MESSAGES, Envelope, Message
from backend.kit import trace
from backend.kit.database import Connection, Database, retrying
from backend.kit.logs import logger
from backend.kit.messaging.broker import ACCEPTED, Receipt, Subscription

_log = logger(__name__)
_TRIES = 8
_LONGEST_S = 300.0

Handler = Callable[[Connection, Message, Envelope], Awaitable[None]]
Kind = TypeVar("Kind", bound=Message)


def handler(kind: type[Kind], act: Callable[[Connection, Kind], Awaitable[None]]) -> Handler:
    """Make a handler of a function that takes one kind of message."""

    async def handle(connection: Connection, message: Message, _envelope: Envelope) -> None:
        if not isinstance(message, kind):
            reason = f"{type(message).__name__} came where {kind.__name__} belongs"
            raise Poison(reason)
        await act(connection, message)

    return handle


class Poison(Exception):  # noqa: N818 -- a fact about a message, like the problems
    """A message that no retry can help: it goes to the dead letters at once."""


class Consumer:
    """Receives the messages of one consumer. `after` is called after each commit."""

    def __init__(
        self,
        database: Database,
        name: str,
        handlers: Mapping[type[Message], Handler],
        *,
        after: Callable[[Envelope], None],
    ) -> None:
        self._database = database
        self._name = name
        self._handlers = {kind.TYPE: handler for kind, handler in handlers.items()}
        self._after = after
        self._slots = asyncio.Semaphore(8)

    def subscription(self) -> Subscription:
        """Return the binding that a broker takes."""
        return Subscription(self._name, frozenset(self._handlers), self.receive)

    async def receive(self, envelope: Envelope) -> Receipt:
        """Act on a message once; never raises, a failure is in the receipt."""
        trace.resume(envelope.trace_id)
        async with self._slots:
            try:
                await retrying(lambda: self._act(envelope))
            except (ValidationError, Poison) as error:
                return await self._give_up(envelope, error, tries=1)
            # The consumer loop's guard: whatever a handler raises is counted, kept and retried.
            except Exception as error:  # noqa: BLE001 -- the guard of the consumer loop
                return await self._count(envelope, error)
        self._after(envelope)
        return ACCEPTED

    async def _act(self, envelope: Envelope) -> None:
        message = MESSAGES[envelope.type].model_validate(envelope.payload)
        async with self._database.transaction() as connection:
            fresh = await connection.execute(
                "INSERT INTO inbox (consumer, message_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (self._name, envelope.id),
            )
            if fresh.rowcount:
                await self._handlers[envelope.type](connection, message, envelope)

    async def _count(self, envelope: Envelope, error: Exception) -> Receipt:
        try:
            async with self._database.transaction() as connection:
                row = await (
                    await connection.execute(
                        "INSERT INTO inbox_failure (consumer, message_id, tries, error)"
                        " VALUES (%s, %s, 1, %s) ON CONFLICT (consumer, message_id) DO UPDATE"
                        " SET tries = inbox_failure.tries + 1, failed_at = clock_timestamp(),"
                        " error = excluded.error RETURNING tries",
                        (self._name, envelope.id, _told(error)),
                    )
                ).fetchone()
        except (psycopg.Error, OSError):
            # The database itself is away: that is no fault of the message and is not counted.
            return Receipt(is_accepted=False, retry_in_s=1.0)
        tries = int(row["tries"]) if row else 1
        _log.warning(
            "message failed",
            consumer=self._name,
            type=envelope.type,
            tries=tries,
            error=_told(error),
        )
        if tries >= _TRIES:
            return await self._give_up(envelope, error, tries=tries)
        return Receipt(is_accepted=False, retry_in_s=_delay(tries))

    async def _give_up(self, envelope: Envelope, error: Exception, *, tries: int) -> Receipt:
        try:
            async with self._database.transaction() as connection:
                await connection.execute(
                    "INSERT INTO dead_letter (consumer, message_id, envelope, error, tries)"
                    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (consumer, message_id) DO UPDATE"
                    " SET error = excluded.error, tries = excluded.tries, replayed_at = NULL,"
                    " died_at = clock_timestamp()",
                    (
                        self._name,
                        envelope.id,
                        Jsonb(envelope.model_dump(mode="json")),
                        _told(error),
                        tries,
                    ),
                )
        except (psycopg.Error, OSError):
            return Receipt(is_accepted=False, retry_in_s=1.0)
        _log.error("dead letter", consumer=self._name, type=envelope.type, error=_told(error))
        return ACCEPTED


def _told(error: Exception) -> str:
    """Say what went wrong; a wrong field is named, never quoted: it may be somebody's address."""
    if isinstance(error, ValidationError):
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors()]
        return "; ".join(wrong)[:500]
    return repr(error)[:500]


def _delay(tries: int) -> float:
    """Grow from 1 s to 5 min, with up to a fifth of jitter."""
    return float(min(_LONGEST_S, 3.0 ** (tries - 1)) * random.uniform(1.0, 1.2))  # noqa: S311 -- jitter
