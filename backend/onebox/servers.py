"""Several HTTP servers in one event loop, with one owner of signals.

uvicorn's own handling would cancel every server at the first Ctrl-C; here the launcher says when,
and servers stop one after the other: the site first, so that nothing new begins.
"""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import uvicorn

from backend.onebox.guard import Guard

_DRAIN_S = 5


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: the launcher owns them."""
        yield


class Served:
    """One application on its bound sockets."""

    def __init__(
        self, name: str, app: Any, sockets: Sequence[socket.socket], guard: Guard | None = None
    ) -> None:
        self.name = name
        self._guard = guard or Guard()
        self._sockets = list(sockets)
        self._server = _Server(
            uvicorn.Config(
                app,
                http=cast("type[asyncio.Protocol]", self._guard.protocol),
                loop="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                # Nothing stands before these servers: callers may not name an address.
                proxy_headers=False,
                # Longer than our clients keep idle connections: they never meet a closed one.
                timeout_keep_alive=30,
                timeout_graceful_shutdown=_DRAIN_S,
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start; returns when the application answers. Raises ServerFailed."""
        self._task = asyncio.create_task(
            self._server.serve(sockets=self._sockets), name=f"server {self.name}"
        )
        await self._guard.start()
        while not self._server.started:
            if self._task.done():
                raise ServerFailed(self.name) from self._task.exception()
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Take no more requests, let those in hand end, stop the application's parts."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self._guard.stop()


class ServerFailed(Exception):  # noqa: N818 -- a fact for the person at the terminal
    """A service did not start; the log has the reason."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The {name} service did not start. Its reason is in the log.")
