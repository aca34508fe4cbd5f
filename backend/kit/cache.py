"""The cache port: things that may vanish at any moment. Nothing that matters is decided by it."""

import time
from dataclasses import dataclass
from typing import Protocol


class Cache(Protocol):
    """Bytes by key, each with its own time to live.

    A key is `service:kind:name`. What is kept of one kind never pushes out another: else whoever
    begins sign-ins without end would sign everybody out.
    """

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
    """The cache of one process; the largest number of keys of a kind bounds its memory."""

    def __init__(self, *, largest: int = 50_000) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._largest = largest

    async def get(self, key: str) -> bytes | None:
        """Return the value while it lives."""
        kept = self._kind(key).living(key)
        return None if kept is None else kept.value

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep a value for so many seconds."""
        self._kind(key).keep(key, _Kept(time.monotonic() + ttl_s, value))

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """Keep a value unless there is one."""
        if await self.get(key) is not None:
            return False
        await self.put(key, value, ttl_s=ttl_s)
        return True

    async def take(self, key: str) -> bytes | None:
        """Return the value and forget it."""
        value = await self.get(key)
        await self.forget(key)
        return value

    async def forget(self, key: str) -> None:
        """Drop a value."""
        self._kind(key).drop(key)

    async def count(self, key: str, *, ttl_s: float) -> int:
        """Add one to a counter."""
        kind = self._kind(key)
        before = kind.living(key) or _Kept(time.monotonic() + ttl_s, b"0")
        total = int(before.value) + 1
        kind.keep(key, _Kept(before.until, str(total).encode()))
        return total

    def _kind(self, key: str) -> "_Kind":
        name = ":".join(key.split(":", 2)[:2])
        return self._kinds.setdefault(name, _Kind(self._largest))


@dataclass(frozen=True, slots=True)
class _Kept:
    """A value and the moment at which it is over."""

    until: float
    value: bytes


class _Kind:
    """The values of one kind, the one that was kept longest ago first."""

    def __init__(self, largest: int) -> None:
        self._values: dict[str, _Kept] = {}
        self._largest = largest

    def living(self, key: str) -> _Kept | None:
        """Return what is kept, unless it is over."""
        kept = self._values.get(key)
        if kept is None or kept.until > time.monotonic():
            return kept
        self.drop(key)
        return None

    def keep(self, key: str, kept: _Kept) -> None:
        """Keep a value as the newest."""
        self.drop(key)
        if len(self._values) >= self._largest:
            self._make_room()
        self._values[key] = kept

    def drop(self, key: str) -> None:
        """Forget a value."""
        self._values.pop(key, None)

    def _make_room(self) -> None:
        now = time.monotonic()
        self._values = {key: kept for key, kept in self._values.items() if kept.until > now}
        # A tenth at once, oldest first: a full cache must not sweep at every put.
        excess = len(self._values) - self._largest * 9 // 10
        for key in list(self._values)[: max(0, excess)]:
            del self._values[key]
