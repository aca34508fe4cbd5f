"""Sorted streams side by side, without any database."""

from collections.abc import AsyncIterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.audit.merging import interleaved, merged

KEYS = st.lists(st.integers(0, 9)).map(sorted)


async def stream(keys: list[int], side: str) -> AsyncIterator[dict[str, Any]]:
    for place, key in enumerate(keys):
        yield {"key": key, "from": f"{side}{place}"}


def of(keys: list[int], side: str, key: int) -> list[str]:
    return [f"{side}{place}" for place, each in enumerate(keys) if each == key]


@given(KEYS, KEYS)
async def test_every_key_comes_once_with_all_its_rows(left: list[int], right: list[int]):
    pairs = [pair async for pair in merged(stream(left, "l"), stream(right, "r"), "key")]

    assert [pair.key for pair in pairs] == sorted({*left, *right})
    for pair in pairs:
        assert [row["from"] for row in pair.left] == of(left, "l", pair.key)
        assert [row["from"] for row in pair.right] == of(right, "r", pair.key)


@given(st.lists(KEYS, max_size=4))
async def test_streams_become_one_that_is_sorted(streams: list[list[int]]):
    given_streams = [stream(keys, "s") for keys in streams]

    rows = [row["key"] async for row in interleaved("key", *given_streams)]

    assert rows == sorted(key for keys in streams for key in keys)
