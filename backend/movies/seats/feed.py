"""Seat changes pushed to whoever looks: one watcher per screening, however many look.

A nudge makes the watcher reread; a sweep each second covers nudges that were lost. Each message
is the whole map, encoded once for all, so a gap does no harm.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from uuid import UUID

import psycopg

from backend.contracts.problems import Problem
from backend.kit.nudges import Nudges
from backend.kit.tasks import end
from backend.movies.seats.maps import SeatMaps

_SWEEP_S = 1.0
_HEARTBEAT_S = 15.0
_HEARTBEAT = b": still here\n\n"


def topic(screening: UUID) -> str:
    """Name the nudges of a screening."""
    return f"seats:{screening}"


class SeatFeed:
    """Streams of one process."""

    def __init__(self, maps: SeatMaps, nudges: Nudges) -> None:
        self._maps = maps
        self._nudges = nudges
        self._watchers: dict[UUID, _Watcher] = {}

    async def events(self, screening: UUID) -> AsyncGenerator[bytes, None]:
        """Yield server-sent events: the map now, then after each change, and heartbeats.

        Ends when the database is away: then its reader comes again.
        """
        watcher = self._watchers.get(screening)
        if watcher is None or watcher.is_over:
            watcher = self._watchers[screening] = _Watcher(self._maps, self._nudges, screening)
        follower = watcher.join()
        try:
            while (event := await follower.next()) is not None:
                yield event
        finally:
            if watcher.leave(follower) and self._watchers.get(screening) is watcher:
                del self._watchers[screening]
                await watcher.stop()


class _Follower:
    """Somebody who looks. Who is slow misses states, never the newest."""

    __slots__ = ("_pending", "_shown", "_waiting", "is_over")

    def __init__(self) -> None:
        self._shown: bytes | None = None
        self._pending: bytes | None = None
        self._waiting: asyncio.Future[None] | None = None
        self.is_over = False

    def show(self, event: bytes) -> None:
        """Send this map, unless it was the last one sent."""
        if event is not self._shown:
            self._shown = self._pending = event
            self.wake()

    def beat(self) -> None:
        """Show that the stream lives, unless something waits to be sent."""
        if self._pending is None:
            self._pending = _HEARTBEAT
            self.wake()

    def wake(self) -> None:
        """Let the follower look at what there is."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def next(self) -> bytes | None:
        """Return what to send next, or None at the end."""
        while self._pending is None and not self.is_over:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        event, self._pending = self._pending, None
        return event


class _Watcher:
    """Reads one screening's map for all its followers, until the last one leaves."""

    def __init__(self, maps: SeatMaps, nudges: Nudges, screening: UUID) -> None:
        self._maps = maps
        self._nudges = nudges
        self._screening = screening
        self._followers: dict[_Follower, None] = {}
        self._nudged: asyncio.Event | None = None
        self._task = asyncio.create_task(self._run(), name="seat watcher")

    @property
    def is_over(self) -> bool:
        """Whether nobody can join any more."""
        return self._task.done()

    def join(self) -> _Follower:
        """Begin to follow; the first event is of a read that begins from now on."""
        follower = _Follower()
        self._followers[follower] = None
        if self._nudged is not None:
            self._nudged.set()
        return follower

    def leave(self, follower: _Follower) -> bool:
        """End following; say whether that was the last one."""
        self._followers.pop(follower, None)
        return not self._followers

    async def stop(self) -> None:
        """End watching."""
        await end(self._task)

    async def _run(self) -> None:
        try:
            async with self._nudges.listen(topic(self._screening)) as self._nudged:
                await self._watch(self._nudged)
        except (psycopg.Error, OSError, Problem):
            return  # the database is away, or the screening
        finally:
            for follower in self._followers:
                follower.is_over = True
                follower.wake()

    async def _watch(self, nudged: asyncio.Event) -> None:
        shown = event = b""
        idle_s = 0.0
        while True:
            nudged.clear()
            # Who comes while this is read waits for the next one.
            present = list(self._followers)
            body = await self._maps.body(self._screening)
            if body != shown:
                shown, idle_s = body, 0.0
                event = b"event: seats\ndata: " + body + b"\n\n"
            for follower in present:
                follower.show(event)
            if idle_s >= _HEARTBEAT_S:
                idle_s = 0.0
                for follower in present:
                    follower.beat()
            with suppress(TimeoutError):
                async with asyncio.timeout(_SWEEP_S):
                    await nudged.wait()
            idle_s += _SWEEP_S
