"""Bounds what one connection may cost: uvicorn alone waits for ever for the rest of a request.

Whoever sends a request's head or body too slowly, sends a head without end, or does not read the
answer, is cut off; a house that is full lets those go first who have not asked for anything yet.
Nobody is cut off for waiting: streams may be silent for hours.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backend.kit.tasks import end

_EVERY_S = 1.0
_MOST_FILES = 65_536
_HEAD_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one connection may take, in seconds, bytes and requests; and how many there may be."""

    head_s: float = 10.0
    body_s: float = 20.0
    reading_s: float = 30.0
    head_bytes: int = 65_536
    ahead: int = 16
    most: int = 4_096


class Turn(Enum):
    """Whose turn it is on a connection, and for what."""

    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
    IDLE = auto()


class Guard:
    """Knows every connection of a server and looks at them each second."""

    def __init__(self, bounds: Bounds | None = None, *, every_s: float = _EVERY_S) -> None:
        self.bounds = bounds or Bounds()
        self.now = time.monotonic()
        # In the order in which they came.
        self.open: dict[Guarded, None] = {}
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._watch(), name="guard of the connections")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            await end(self._task)

    def protocol(self, *args: Any, **options: Any) -> "Guarded":
        """Make the protocol of a new connection, as uvicorn makes its own."""
        return Guarded(self, *args, **options)

    def has_room(self) -> bool:
        """Say whether one more may come, after somebody who asked for nothing made room."""
        if len(self.open) < self.bounds.most:
            return True
        silent = next((one for one in self.open if one.turn in {Turn.HEAD, Turn.IDLE}), None)
        if silent is not None:
            silent.cut_off()
        return silent is not None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            self.now = time.monotonic()
            for one in [each for each in self.open if each.is_late(self.now, self.bounds)]:
                one.cut_off()


class Guarded(HttpToolsProtocol):
    """A connection that notes whose turn it is, by the guard's clock."""

    def __init__(self, guard: Guard, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._guard = guard
        self.turn = Turn.HEAD
        self._since = guard.now
        self._head_bytes = 0
        self._is_head_too_large = False
        self._full_since: float | None = None

    def is_late(self, now: float, bounds: Bounds) -> bool:
        """Say whether the client takes longer than it may."""
        if self._full_since is not None and now - self._full_since > bounds.reading_s:
            return True
        longest = {Turn.HEAD: bounds.head_s, Turn.BODY: bounds.body_s}.get(self.turn)
        is_paused = self.flow is not None and self.flow.read_paused
        return longest is not None and not is_paused and now - self._since > longest

    def cut_off(self) -> None:
        """End the connection without a word."""
        self._guard.open.pop(self, None)
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # -- as uvicorn has it
        """Take a new connection in, if there is room."""
        has_room = self._guard.has_room()
        super().connection_made(transport)
        if has_room:
            self._guard.open[self] = None
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._guard.open.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless this head never ends."""
        if self.turn is Turn.BODY:
            self._since = self._guard.now
        else:
            self._head_bytes += len(data)
        super().data_received(data)
        if self.turn is Turn.HEAD and self._head_bytes > self._guard.bounds.head_bytes:
            self._refuse_head()

    def on_message_begin(self) -> None:
        """Note that the client begins a request."""
        self.turn, self._since = Turn.HEAD, self._guard.now
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the head is whole; raises ValueError, which ends the parsing, for too much."""
        self.turn, self._since = Turn.BODY, self._guard.now
        if self._head_bytes > self._guard.bounds.head_bytes:
            # A part of the body may have come in the same breath.
            size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            self._is_head_too_large = size > self._guard.bounds.head_bytes
        self._head_bytes = 0
        if self._is_head_too_large:
            raise ValueError("the head is too large")
        if len(self.pipeline) >= self._guard.bounds.ahead:
            raise ValueError("too many requests were sent ahead")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that it is our turn."""
        self.turn = Turn.ANSWER
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Read no rest of a body that the answer did not wait for."""
        is_last = self.cycle.response_complete  # else the client has sent the next request already
        if is_last and self.turn is Turn.BODY:
            self.transport.close()
        elif self.turn is Turn.ANSWER and is_last:
            self.turn = Turn.IDLE
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, or one whose head is too large."""
        if self._is_head_too_large:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        """Note that the client does not read."""
        self._full_since = self._guard.now
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that it reads again."""
        self._full_since = None
        super().resume_writing()

    def _refuse_head(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()


def raise_file_limit() -> None:
    """Let this process have as many connections as the system allows it to ask for."""
    try:
        import resource  # noqa: PLC0415 -- not on Windows, which has no such limit
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # macOS allows less than it names.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
