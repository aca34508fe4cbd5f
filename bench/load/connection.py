"""One keep-alive connection that reads just enough of HTTP to know when an answer is whole."""

import asyncio
from collections.abc import Callable
from typing import cast

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "
Answered = Callable[["Connection", int, bytes], None]


class Connection(asyncio.Protocol):
    """Sends prepared bytes and calls back with status and body.

    Our servers always say how long a body is; anything else is an error of the measurement.
    """

    def __init__(self, answered: Answered) -> None:
        self._answered = answered
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self.sent_at = 0.0
        self.number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        # uvloop's streams do not inherit from asyncio's, but do the same.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note it: a request in hand has no answer then."""
        del exc
        self._transport = None

    def send(self, content: bytes, number: int, at: float) -> None:
        """Send a request that is due at `at`."""
        self.number, self.sent_at = number, at
        if self._transport is None:
            raise ConnectionError("the server closed a connection")
        self._transport.write(content)

    def data_received(self, data: bytes) -> None:
        """Look whether the answer is whole."""
        received = self._received + data if self._received else data
        head = received.find(_END)
        if head < 0:
            self._received = received
            return
        begin = head + len(_END)
        size = _size(received[:begin])
        if len(received) < begin + size:
            self._received = received
            return
        self._received = b""
        self._answered(self, int(received[9:12]), received[begin : begin + size])

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _size(head: bytes) -> int:
    at = head.find(_LENGTH)
    if at < 0:
        at = head.lower().find(_LENGTH)
    if at < 0:
        raise ValueError(f"an answer without a length: {head[:200]!r}")
    return int(head[at + len(_LENGTH) : head.index(b"\r\n", at)])
