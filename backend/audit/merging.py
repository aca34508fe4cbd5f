"""Walks two sorted streams side by side, so that databases are compared without being loaded.

Both must be sorted by the key as Python compares it: text with COLLATE "C", numbers and UUIDs as
they are.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from backend.audit.sources import Row


@dataclass(slots=True)
class Pair:
    """The rows of one key on either side."""

    key: Any
    left: list[Row] = field(default_factory=list)
    right: list[Row] = field(default_factory=list)


async def merged(
    left: AsyncIterator[Row], right: AsyncIterator[Row], key: str
) -> AsyncIterator[Pair]:
    """Yield every key of either side, in order, with its rows on both."""
    lefts, rights = _Groups(left, key), _Groups(right, key)
    await lefts.advance()
    await rights.advance()
    while lefts.rows or rights.rows:
        lowest = min(side.key for side in (lefts, rights) if side.rows)
        pair = Pair(lowest)
        if lefts.rows and lefts.key == lowest:
            pair.left = lefts.rows
            await lefts.advance()
        if rights.rows and rights.key == lowest:
            pair.right = rights.rows
            await rights.advance()
        yield pair


async def interleaved(key: str, *streams: AsyncIterator[Row]) -> AsyncIterator[Row]:
    """Yield the rows of several sorted streams as one sorted stream."""
    heads = [(await anext(stream, None), stream) for stream in streams]
    while waiting := [pair for pair in heads if pair[0] is not None]:
        row, stream = min(waiting, key=lambda pair: (pair[0] or {})[key])
        yield row or {}
        heads = [(row, one) for row, one in waiting if one is not stream]
        heads.append((await anext(stream, None), stream))


class _Groups:
    """Cuts a sorted stream where its key changes."""

    def __init__(self, rows: AsyncIterator[Row], key: str) -> None:
        self._rows = rows
        self._name = key
        self._next: Row | None = None
        self._has_begun = False
        self.rows: list[Row] = []

    @property
    def key(self) -> Any:
        return self.rows[0][self._name]

    async def advance(self) -> None:
        """Read the next group; an empty one means that the stream is over."""
        if not self._has_begun:
            self._has_begun = True
            self._next = await anext(self._rows, None)
        self.rows = []
        while self._next is not None:
            if self.rows and self._next[self._name] != self.key:
                return
            self.rows.append(self._next)
            self._next = await anext(self._rows, None)
