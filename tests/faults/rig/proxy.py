"""A proxy between a client and a service that cuts the connection where it is told to.

It knows requests only by their heads and lengths, and passes bytes as they came.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Self

from backend.kit.tasks import end

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LIMIT = 256 * 1024


class Cut(StrEnum):
    """What becomes of a request: nothing happens to the first one."""

    NONE = "none"
    BEFORE = "before it was sent on"
    AFTER = "after the answer came, so after the commit"
    WITHIN = "in the middle of the answer"
    AT_ONCE = "when it was sent on, while it is worked on"


class CuttingProxy:
    """Listens on a port of its own; `choose` says what becomes of each request."""

    def __init__(self, port: int, choose: Callable[[], Cut]) -> None:
        self.cuts: Counter[Cut] = Counter()
        self._port = port
        self._choose = choose
        self._server: asyncio.Server | None = None
        self._carriers: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where clients reach it."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LIMIT)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await end(*self._carriers)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrier = asyncio.current_task()
        assert carrier is not None
        self._carriers.add(carrier)
        try:
            # Who was cut off is gone; the service may still be at work for it.
            with suppress(OSError, EOFError, asyncio.IncompleteReadError):
                while await self._carry(reader, writer):
                    pass
        finally:
            self._carriers.discard(carrier)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Carry one request; return whether the connection stays."""
        request = await _message(reader)
        cut = self._choose()
        self.cuts[cut] += 1
        if cut is Cut.BEFORE:
            return False
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._port, limit=_LIMIT)
        try:
            up_writer.write(request)
            await up_writer.drain()
            if cut is Cut.AT_ONCE:
                writer.close()
            answer = await _message(up_reader)
        finally:
            up_writer.close()
        if cut in {Cut.AFTER, Cut.AT_ONCE}:
            return False
        writer.write(answer[: len(answer) // 2] if cut is Cut.WITHIN else answer)
        await writer.drain()
        return cut is Cut.NONE


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")
