"""A bare Starlette application on the servers of the onebox: what an answer costs at least here.

`python -m bench.limit.hello` prints its port and answers until its input ends.
"""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.onebox.servers import Served
from bench.cpu import Meter
from bench.load.generator import Measured, measure
from bench.load.plans import Plan, request

_HELLO = [request("GET", "/hello")]


@dataclass(frozen=True, slots=True)
class Hello:
    """Where it answers, and its clock."""

    port: int
    meter: Meter

    def measure(self, *, connections: int, seconds: float) -> Measured:
        """Ask as fast as it answers."""
        plan = Plan(
            host="127.0.0.1",
            port=self.port,
            requests="",
            connections=connections,
            seconds=seconds,
            repeats=True,
        )
        return measure(self.meter, plan, _HELLO)


@contextmanager
def hello(postmaster: int) -> Iterator[Hello]:
    """Yield it in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.limit.hello"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield Hello(int(line), Meter(process.pid, postmaster))
    finally:
        process.kill()
        process.communicate()


async def _answer(_request: Request) -> Response:
    return Response(b"hello", media_type="text/plain")


async def _serve() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        listening.setblocking(False)
        served = Served("hello", Starlette(routes=[Route("/hello", _answer)]), [listening])
        await served.start()
        print(listening.getsockname()[1], flush=True)  # noqa: T201 -- who started it reads this
        await asyncio.to_thread(sys.stdin.read)
        await served.stop()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve())
