"""Nudges: "something changed, look again", sent after a commit. They carry no truth.

A lost nudge costs a second, because every listener also looks by itself.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol


class Nudges(Protocol):
    """Tells every process that listens to a topic."""

    def send(self, topic: str) -> None:
        """Nudge whoever listens; never waits and never fails."""
        ...

    def listen(self, topic: str) -> AbstractAsyncContextManager[asyncio.Event]:
        """Yield an event that each nudge sets, until the listener leaves."""
        ...


class InProcessNudges:
    """Nudges within one process."""

    def __init__(self) -> None:
        self._events: dict[str, set[asyncio.Event]] = {}

    def send(self, topic: str) -> None:
        """Set the event of each listener."""
        for event in self._events.get(topic, ()):
            event.set()

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator[asyncio.Event]:
        """Yield an event until the listener leaves."""
        event = asyncio.Event()
        self._events.setdefault(topic, set()).add(event)
        try:
            yield event
        finally:
            listeners = self._events[topic]
            listeners.discard(event)
            if not listeners:
                del self._events[topic]
