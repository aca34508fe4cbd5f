"""The background work: each kind in a loop of its own, when woken and by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from backend.kit.logs import logger
from backend.kit.tasks import end

_log = logger(__name__)


@dataclass(slots=True)
class _Kind:
    name: str
    act: Callable[[], Awaitable[int]]
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Work:
    """Runs what is due; a slow kind of work does not hold up the others."""

    def __init__(self, every: timedelta) -> None:
        self._every_s = every.total_seconds()
        self._kinds: list[_Kind] = []
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, name: str, act: Callable[[], Awaitable[int]]) -> None:
        """Add a kind of work: it does what is due and returns how much it did."""
        self._kinds.append(_Kind(name, act))

    def wake(self) -> None:
        """Look now."""
        for kind in self._kinds:
            kind.wake.set()

    async def start(self) -> None:
        """Begin the rounds."""
        self._tasks = [
            asyncio.create_task(self._run(kind), name=f"payment work: {kind.name}")
            for kind in self._kinds
        ]

    async def stop(self) -> None:
        """End the rounds; what was begun is due again when its lease is over."""
        await end(*self._tasks)
        self._tasks = []

    async def round(self) -> int:
        """Do once whatever is due; return how much that was."""
        return sum([await kind.act() for kind in self._kinds])

    async def _run(self, kind: _Kind) -> None:
        while True:
            kind.wake.clear()
            done = 0
            try:
                done = await kind.act()
            except Exception as error:  # noqa: BLE001 -- the guard of the loop: it must go on
                _log.warning("round of work failed", work=kind.name, error=repr(error))
            if not done:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._every_s):
                        await kind.wake.wait()
