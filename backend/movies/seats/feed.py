"""Seat changes pushed to whoever looks: one watcher per screening, however many look.

A nudge makes the watcher reread; a sweep each second covers nudges that were lost. Each message
is the whole map, so a gap does no harm.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from uuid import UUID

import psycopg

from backend.kit.nudges import Nudges
from backend.movies.seats.maps import SeatMaps

_SWEEP_S = 1.0
_HEARTBEAT_S = 15.0


def topic(screening: UUID) -> str:
    """Name the nudges of a screening."""
    return f"seats:{screening}"


class SeatFeed:
    """Streams of one process."""

    def __init__(self, maps: SeatMaps, nudges: Nudges) -> None:
        self._maps = maps
        self._nudges = nudges

    async def events(self, screening: UUID) -> AsyncGenerator[bytes, None]:
        """Yield server-sent events: the map now, then after each change, and heartbeats."""
        last = b""
        idle_s = 0.0
        async with self._nudges.listen(topic(screening)) as nudged:
            while True:
                nudged.clear()
                try:
                    body = await self._maps.body(screening)
                except (psycopg.Error, OSError):
                    return  # the database is away: the stream ends, and its reader comes again
                if body != last:
                    last, idle_s = body, 0.0
                    yield b"event: seats\ndata: " + body + b"\n\n"
                elif idle_s >= _HEARTBEAT_S:
                    idle_s = 0.0
                    yield b": still here\n\n"
                with suppress(TimeoutError):
                    async with asyncio.timeout(_SWEEP_S):
                        await nudged.wait()
                idle_s += _SWEEP_S
