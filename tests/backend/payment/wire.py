"""The wires between services and the provider in one process, with faults on purpose."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

Fault = Callable[[httpx2.Request, Callable[[], Any]], Any]


async def lost_request(request: httpx2.Request, _send: Callable[[], Any]) -> httpx2.Response:
    """The call never arrives."""
    raise httpx2.ConnectTimeout("lost on the way there", request=request)


async def lost_answer(request: httpx2.Request, send: Callable[[], Any]) -> httpx2.Response:
    """The call has its effect, and nobody hears of it."""
    await send()
    raise httpx2.ReadTimeout("lost on the way back", request=request)


def answers(status: int, *, is_replayed: bool = False, has_effect: bool = False) -> Fault:
    """Make a fault: the provider answers with an error of its own."""

    async def fault(_request: httpx2.Request, send: Callable[[], Any]) -> httpx2.Response:
        if has_effect:
            await send()
        body = {"error": {"type": "api_error", "message": "broken on purpose"}}
        headers = {"idempotent-replayed": "true"} if is_replayed else {}
        return httpx2.Response(status, json=body, headers=headers)

    return fault


@dataclass
class Killed(BaseException):
    """The process died in the middle of a call."""


async def killed_before(_request: httpx2.Request, _send: Callable[[], Any]) -> httpx2.Response:
    """The process dies before its call is sent."""
    raise Killed


async def killed_after(_request: httpx2.Request, send: Callable[[], Any]) -> httpx2.Response:
    """The process dies when its call had its effect."""
    await send()
    raise Killed


@dataclass
class Wire(httpx2.AsyncBaseTransport):
    """Brings each request to the application of its host, or lets a fault have it."""

    apps: dict[str, Any] = field(default_factory=dict)
    is_cut: bool = False
    watch: Callable[[], Awaitable[None]] | None = None
    calls: list[tuple[str, str, str | None]] = field(default_factory=list)
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    _faults: deque[tuple[str, str, Fault]] = field(default_factory=deque)

    def next(self, path: str, fault: Fault, *, times: int = 1, method: str = "POST") -> None:
        """Let the next calls whose path ends so meet a fault."""
        self._faults.extend([(method, path, fault)] * times)

    @property
    def is_troubled(self) -> bool:
        """Say whether a fault still waits for its call."""
        return bool(self._faults)

    def keys(self, path: str) -> list[str | None]:
        """Return the idempotency keys of the POSTs whose path ends so."""
        return [
            key for method, where, key in self.calls if method == "POST" and where.endswith(path)
        ]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        app = self.apps.get(request.url.host)
        if app is None or (self.is_cut and request.url.host == "simulator.test"):
            raise httpx2.ConnectError("nobody there", request=request)
        await request.aread()
        if self.watch is not None:
            await self.watch()
        path = request.url.path
        self.calls.append((request.method, path, request.headers.get("idempotency-key")))
        self.bodies.append((path, request.content))

        async def send() -> httpx2.Response:
            return await httpx2.ASGITransport(app=app).handle_async_request(request)

        for place, (method, wanted, fault) in enumerate(self._faults):
            if request.method == method and path.endswith(wanted):
                del self._faults[place]
                answer: httpx2.Response = await fault(request, send)
                return answer
        return await send()
