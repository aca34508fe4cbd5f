"""One read for everybody who waits: an answer is never older than its question.

Whoever asks waits for a read that begins after they asked; those who ask while one is running
share the next one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Gathering(Generic[Key, Value]):
    """Reads many keys at once. `read` leaves out the keys that it does not find."""

    def __init__(
        self, name: str, read: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Value]]]
    ) -> None:
        self._name = name
        self._read = read
        self._waiting: dict[Key, list[asyncio.Future[Value | None]]] = {}
        self._round: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Value | None:
        """Return what a read that begins after this call finds; raises what the read raises."""
        future: asyncio.Future[Value | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        if self._round is None:
            self._round = asyncio.create_task(self._rounds(), name=self._name)
        return await future

    async def _rounds(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                try:
                    found = await self._read(list(waiting))
                # Whoever waits gets the error; the next round starts anew.
                except Exception as error:  # noqa: BLE001 -- handed to every waiter
                    _end(waiting, error)
                    continue
                for key, futures in waiting.items():
                    value = found.get(key)
                    for future in futures:
                        if not future.done():
                            future.set_result(value)
        finally:
            self._round = None


def _end(waiting: Mapping[Key, list[asyncio.Future[Value | None]]], error: Exception) -> None:
    for futures in waiting.values():
        for future in futures:
            if not future.done():
                future.set_exception(error)
