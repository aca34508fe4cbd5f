"""One read for many: what is answered was read after it was asked for."""

import asyncio
from collections.abc import Sequence

import pytest

from backend.kit.gathering import Gathering


class Source:
    """Something that changes, and takes its time to be read."""

    def __init__(self) -> None:
        self.value = 0
        self.reads: list[list[str]] = []
        self.error: Exception | None = None
        self.go = asyncio.Event()

    async def read(self, keys: Sequence[str]) -> dict[str, int]:
        self.reads.append(sorted(keys))
        value, error = self.value, self.error
        await self.go.wait()
        if error is not None:
            raise error
        return {key: value for key in keys if key != "unknown"}


async def test_who_asks_during_a_read_waits_for_the_next_one():
    source = Source()
    gathering = Gathering("test", source.read)
    first = asyncio.create_task(gathering.get("a"))
    await asyncio.sleep(0.01)
    source.value = 1
    later = [asyncio.create_task(gathering.get(key)) for key in ("a", "b", "a", "unknown")]
    await asyncio.sleep(0.01)

    source.go.set()

    assert await first == 0
    assert await asyncio.gather(*later) == [1, 1, 1, None]
    assert source.reads == [["a"], ["a", "b", "unknown"]]


async def test_error_reaches_all_who_waited_and_nobody_after():
    source = Source()
    gathering = Gathering("test", source.read)
    source.error = OSError("away")
    source.go.set()

    failed = await asyncio.gather(gathering.get("a"), gathering.get("b"), return_exceptions=True)
    source.error = None

    assert [type(error) for error in failed] == [OSError, OSError]
    assert await gathering.get("a") == 0


async def test_who_gives_up_costs_the_others_nothing():
    source = Source()
    gathering = Gathering("test", source.read)
    leaving, staying = (asyncio.create_task(gathering.get("a")) for _ in range(2))
    await asyncio.sleep(0.01)
    leaving.cancel()

    source.go.set()

    assert await staying == 0
    with pytest.raises(asyncio.CancelledError):
        await leaving
