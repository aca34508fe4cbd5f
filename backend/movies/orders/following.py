"""An order that updates itself: server-sent events from nudges, and a look each second."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from uuid import UUID

import psycopg

from backend.kit.database import Database
from backend.kit.nudges import Nudges

_SWEEP_S = 1.0
_HEARTBEAT_S = 15.0
_LOOK = "SELECT state, version FROM orders WHERE id = %s"


def topic(order_id: UUID) -> str:
    """Name the nudges of an order."""
    return f"order:{order_id}"


async def events(database: Database, nudges: Nudges, order_id: UUID) -> AsyncGenerator[bytes, None]:
    """Yield the order's state and version now, then after each change."""
    last: tuple[str, int] | None = None
    idle_s = 0.0
    async with nudges.listen(topic(order_id)) as nudged:
        while True:
            nudged.clear()
            try:
                async with database.connection() as connection:
                    row = await (await connection.execute(_LOOK, (order_id,))).fetchone()
            except (psycopg.Error, OSError):
                return  # the database is away: the stream ends, and its reader comes again
            if row is None:
                return
            seen = (row["state"], row["version"])
            if seen != last:
                last, idle_s = seen, 0.0
                body = f'{{"state":"{seen[0]}","version":{seen[1]}}}'
                yield f"event: order\ndata: {body}\n\n".encode()
            elif idle_s >= _HEARTBEAT_S:
                idle_s = 0.0
                yield b": still here\n\n"
            with suppress(TimeoutError):
                async with asyncio.timeout(_SWEEP_S):
                    await nudged.wait()
            idle_s += _SWEEP_S
