"""Open seat maps: many streams of one screening, and when each of them heard of each version.

`python -m bench.load.streams` reads where and how many; it reports at the next line it gets.
"""

import asyncio
import json
import re
import sys
import time
from typing import Any

import uvloop

from bench.load.plans import request

_VERSION = re.compile(rb'"version":\s*(\d+)')
# Longer than what a version's number can be cut into between two readings of the socket.
_TAIL = 64


class Stream(asyncio.Protocol):
    """One open map."""

    def __init__(self, path: str, opened: asyncio.Semaphore) -> None:
        self._path = path
        self._opened = opened
        self._tail = b""
        self.heard: list[tuple[int, float]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        asked = request("GET", self._path, headers={"Accept": "text/event-stream"})
        transport.write(asked)  # type: ignore[attr-defined]  # -- uvloop's streams write

    def data_received(self, data: bytes) -> None:
        """Note the time of every version that is new here."""
        now = time.time()
        received = self._tail + data
        for match in _VERSION.finditer(received):
            version = int(match[1])
            if not self.heard:
                self._opened.release()
            if not self.heard or version > self.heard[-1][0]:
                self.heard.append((version, now))
        self._tail = received[-_TAIL:]


async def listen(plan: dict[str, Any]) -> dict[str, Any]:
    """Open every stream, wait for a line, and tell when each version was heard by each."""
    loop = asyncio.get_running_loop()
    opened = asyncio.Semaphore(0)
    streams = [Stream(plan["path"], opened) for _ in range(plan["connections"])]
    for stream in streams:
        await loop.create_connection(
            lambda stream=stream: stream,  # type: ignore[misc]  # -- each its own
            plan["host"],
            plan["port"],
        )
    for _ in range(plan["connections"]):
        await opened.acquire()
    print("ready", flush=True)  # noqa: T201 -- the line that the measurer waits for
    cpu = time.process_time()
    await asyncio.to_thread(sys.stdin.readline)
    heard = [stream.heard for stream in streams]
    return {"heard": heard, "cpu_s": time.process_time() - cpu}


def main() -> None:
    """Carry out the plan of the first line."""
    plan = json.loads(sys.stdin.readline())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(listen(plan))), flush=True)  # noqa: T201 -- the report


if __name__ == "__main__":
    main()
