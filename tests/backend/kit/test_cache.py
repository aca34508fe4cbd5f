"""The cache port's contract, which every adapter passes, and what only the one in process does."""

import asyncio
from abc import ABC, abstractmethod

import pytest

from backend.kit import cache
from backend.kit.cache import Cache, InProcessCache


class CacheContract(ABC):
    """What a cache must do. An adapter's tests subclass this and say how it is made."""

    @pytest.fixture
    @abstractmethod
    def cache(self) -> Cache:
        """Return an empty cache."""

    @abstractmethod
    async def pass_time(self, seconds: float) -> None:
        """Let this much time pass for the cache."""

    async def test_value_is_kept_and_replaced(self, cache):
        await cache.put("a", b"1", ttl_s=60)
        await cache.put("a", b"2", ttl_s=60)

        assert (await cache.get("a"), await cache.get("b")) == (b"2", None)

    async def test_value_ends_with_its_time(self, cache):
        await cache.put("short", b"1", ttl_s=1)
        await cache.put("long", b"2", ttl_s=60)
        await self.pass_time(1.5)

        assert (await cache.get("short"), await cache.get("long")) == (None, b"2")

    async def test_add_keeps_the_first_value_while_it_lives(self, cache):
        assert await cache.add("a", b"1", ttl_s=1) is True
        assert await cache.add("a", b"2", ttl_s=60) is False
        assert await cache.get("a") == b"1"

        await self.pass_time(1.5)
        assert await cache.add("a", b"3", ttl_s=60) is True

    async def test_only_one_caller_adds(self, cache):
        kept = await asyncio.gather(*(cache.add("a", b"%d" % n, ttl_s=60) for n in range(20)))

        assert kept.count(True) == 1

    async def test_only_one_caller_takes(self, cache):
        await cache.put("a", b"1", ttl_s=60)

        taken = await asyncio.gather(*(cache.take("a") for _ in range(20)))

        assert sorted(filter(None, taken)) == [b"1"]
        assert await cache.get("a") is None

    async def test_forgotten_value_is_gone(self, cache):
        await cache.put("a", b"1", ttl_s=60)
        await cache.forget("a")
        await cache.forget("never there")

        assert await cache.get("a") is None

    async def test_counter_counts_everybody_and_ends_after_its_first_use(self, cache):
        counts = await asyncio.gather(*(cache.count("a", ttl_s=2) for _ in range(5)))
        assert sorted(counts) == [1, 2, 3, 4, 5]

        await self.pass_time(1.5)
        assert await cache.count("a", ttl_s=2) == 6
        await self.pass_time(1.0)
        assert await cache.count("a", ttl_s=2) == 1


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


class TestInProcessCache(CacheContract):
    """The adapter of one process."""

    @pytest.fixture(autouse=True)
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Clock:
        self.time = Clock()
        monkeypatch.setattr(cache, "time", self.time)
        return self.time

    @pytest.fixture
    def cache(self) -> Cache:
        return InProcessCache(largest=20)

    async def pass_time(self, seconds: float) -> None:
        self.time.now += seconds

    async def test_full_cache_drops_the_dead_first(self, cache):
        for n in range(15):
            await cache.put(f"short {n}", b"", ttl_s=1)
        await cache.put("long", b"1", ttl_s=60)
        await self.pass_time(2)

        for n in range(10):
            await cache.put(f"new {n}", b"", ttl_s=60)

        assert await cache.get("long") == b"1"

    async def test_full_cache_drops_the_oldest_and_stays_bounded(self, cache):
        for n in range(100):
            await cache.put(f"auth:attempt:{n}", b"", ttl_s=60)
            await cache.put("auth:attempt:99", b"", ttl_s=60)

        kept = [n for n in range(100) if await cache.get(f"auth:attempt:{n}") is not None]
        assert kept[-1] == 99
        assert 18 <= len(kept) <= 20
        assert kept == list(range(kept[0], 100)) or kept[:-1] == list(range(kept[0], 99))

    async def test_what_is_used_again_counts_as_new(self, cache):
        for n in range(100):
            await cache.put(f"auth:session:{n}", b"", ttl_s=60)
            await cache.put("auth:session:regular", b"1", ttl_s=60)

        assert await cache.get("auth:session:regular") == b"1"

    async def test_sign_ins_without_end_sign_nobody_out(self, cache):
        await cache.put("auth:session:ana", b"1", ttl_s=60)
        for n in range(1_000):
            await cache.put(f"auth:attempt:{n}", b"", ttl_s=60)
            await cache.count(f"auth:lookups:2001:db8:{n:x}::/64", ttl_s=60)

        attempts = [await cache.get(f"auth:attempt:{n}") for n in range(1_000)]
        assert await cache.get("auth:session:ana") == b"1"
        assert len([one for one in attempts if one is not None]) <= 20
