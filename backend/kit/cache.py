"""The cache port: things that may vanish at any moment. Nothing that matters is decided by it."""

import time
from typing import Protocol


class Cache(Protocol):
    """Bytes by key, each with its own time to live."""

    async def get(self, key: str) -> bytes | None:
        """Return the value while it lives."""
        ...

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep a value for so many seconds."""
        ...

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """Keep a value unless there is one; say whether it was kept."""
        ...

    async def take(self, key: str) -> bytes | None:
        """Return the value and forget it, so that only one caller gets it."""
        ...

    async def forget(self, key: str) -> None:
        """Drop a value."""
        ...

    async def count(self, key: str, *, ttl_s: float) -> int:
        """Add one to a counter that ends `ttl_s` after its first use; return its value."""
        ...


class InProcessCache:
    """The cache of one process; the largest number of keys bounds its memory."""

    def __init__(self, *, largest: int = 50_000) -> None:
        self._values: dict[str, tuple[float, bytes]] = {}
        self._largest = largest

    async def get(self, key: str) -> bytes | None:
        """Return the value while it lives."""
        until, value = self._values.get(key, (0.0, b""))
        if until > time.monotonic():
            return value
        self._values.pop(key, None)
        return None

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep a value for so many seconds."""
        if key not in self._values and len(self._values) >= self._largest:
            self._make_room()
        self._values[key] = (time.monotonic() + ttl_s, value)

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """Keep a value unless there is one."""
        if await self.get(key) is not None:
            return False
        await self.put(key, value, ttl_s=ttl_s)
        return True

    async def take(self, key: str) -> bytes | None:
        """Return the value and forget it."""
        value = await self.get(key)
        self._values.pop(key, None)
        return value

    async def forget(self, key: str) -> None:
        """Drop a value."""
        self._values.pop(key, None)

    async def count(self, key: str, *, ttl_s: float) -> int:
        """Add one to a counter."""
        until, value = self._values.get(key, (0.0, b"0"))
        if until <= time.monotonic():
            await self.put(key, b"1", ttl_s=ttl_s)
            return 1
        total = int(value) + 1
        self._values[key] = (until, str(total).encode())
        return total

    def _make_room(self) -> None:
        now = time.monotonic()
        self._values = {key: kept for key, kept in self._values.items() if kept[0] > now}
        # A tenth at once, oldest first: a full cache must not sweep at every put.
        excess = len(self._values) - self._largest * 9 // 10
        for key in list(self._values)[: max(0, excess)]:
            del self._values[key]
