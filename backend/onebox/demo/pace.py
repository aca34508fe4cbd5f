"""Keeps the demo's work from slowing the site down: it rests as long as the process was busy."""

import asyncio
import time
from collections.abc import Awaitable, Callable

_LONGEST_REST_S = 2.0


class Pace:
    """Holds everything that rests here below a share of one processor, over the whole process.

    Guests count too: the busier the site is, the less the demo does.
    """

    def __init__(
        self,
        share: float,
        *,
        spent: Callable[[], float] = time.process_time,
        passed: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._share = share
        self._spent = spent
        self._passed = passed
        self._sleep = sleep
        self._one_at_a_time = asyncio.Lock()
        self._mark()

    async def rest(self) -> None:
        """Wait until the work since the last rest is only the share of the time since then."""
        async with self._one_at_a_time:
            owed = (self._spent() - self._spent_before) / self._share
            owed -= self._passed() - self._passed_before
            if owed > 0:
                await self._sleep(min(owed, _LONGEST_REST_S))
            self._mark()

    def _mark(self) -> None:
        self._spent_before = self._spent()
        self._passed_before = self._passed()
