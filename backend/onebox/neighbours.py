"""Calls between our services in one process: the same requests and answers, without the wire.

The broker, the cache and the nudges of a onebox are in the process; so are these calls. Whatever is
not a neighbour's (the card provider, the identity provider), and streams, go over loopback.
"""

import asyncio
import re
from collections.abc import Mapping
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any
from urllib.parse import unquote, urlencode

import httpx2
from starlette.types import ASGIApp, Message, Scope

from backend.client.http import pool_options

_FAILED = 500
# From 2.4 on an answer is not watched for a caller who hangs up; ours never do.
_ASGI = {"version": "3.0", "spec_version": "2.4"}
_CALLER = ("127.0.0.1", 0)
# What is asked in any other way goes over the wire, whose rules are the library's.
_OPTIONS = frozenset({"headers", "content", "params", "follow_redirects"})
_PLAIN = re.compile(r"[!-\"$-~]+")


class Neighbours(httpx2.AsyncClient):
    """The process's connections, and the applications that are nearer than any connection."""

    def __init__(self, **changes: Any) -> None:
        # Who is called is on loopback: the list of the world's authorities need not be read.
        options = {**pool_options(), "verify": SSLContext(PROTOCOL_TLS_CLIENT)}
        super().__init__(**{**options, **changes})
        self._apps: dict[str, ASGIApp] = {}

    def join(self, address: str, app: ASGIApp) -> None:
        """Let calls to an address such as http://127.0.0.1:5002 come straight to its application.

        It joins when it has started and leaves before it stops, so that nobody calls it unprepared.
        """
        self._apps[address] = app

    def leave(self, address: str) -> None:
        """Let calls go over the wire again."""
        self._apps.pop(address, None)

    async def request(self, method: str, url: Any, **options: Any) -> httpx2.Response:
        """Send a request; raises TransportError as it does over the wire."""
        app = self._near(url, options)
        if app is None:
            return await super().request(method, url, **options)
        return await _called(app, _Call(method, url, options), self.timeout.read)

    def _near(self, url: Any, options: Mapping[str, Any]) -> ASGIApp | None:
        if not isinstance(url, str) or not options.keys() <= _OPTIONS or not _PLAIN.fullmatch(url):
            return None
        return self._apps.get(_address(url))


class Joined:
    """An application's place among the neighbours while it runs."""

    def __init__(self, neighbours: Neighbours, address: str, app: ASGIApp) -> None:
        self._neighbours = neighbours
        self._address = address
        self._app = app

    async def start(self) -> None:
        """Begin to be called directly."""
        self._neighbours.join(self._address, self._app)

    async def stop(self) -> None:
        """Be called over the wire, whose server says that it is gone."""
        self._neighbours.leave(self._address)


async def _called(app: ASGIApp, call: "_Call", limit_s: float | None) -> httpx2.Response:
    # A task of its own: the callee has its own trace, and a caller who gives up ends nothing there.
    task = asyncio.create_task(call.made(app), name=f"call {call.scope['path']}")
    _, pending = await asyncio.wait((task,), timeout=limit_s)
    if pending:
        raise httpx2.ReadTimeout(f"{call.scope['path']} took longer than {limit_s} s")
    task.result()
    return httpx2.Response(call.status, headers=call.headers, content=b"".join(call.answer))


class _Call:
    """One request to an application, and its answer."""

    __slots__ = ("_asked", "_body", "_ended", "answer", "headers", "scope", "status")

    def __init__(self, method: str, url: str, options: Mapping[str, Any]) -> None:
        content = options.get("content")
        self._body: bytes = content.encode() if isinstance(content, str) else content or b""
        self._asked = False
        self._ended = asyncio.Event()
        self.scope = _scope(method, url, options, len(self._body))
        self.status = _FAILED
        self.headers: list[tuple[bytes, bytes]] = []
        self.answer: list[bytes] = []

    async def made(self, app: ASGIApp) -> None:
        """Have the application answer; its own guard makes an answer of whatever it raises."""
        try:
            await app(self.scope, self._receive, self._send)
        finally:
            self._ended.set()

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        else:
            self.answer.append(message.get("body", b""))


def _scope(method: str, url: str, options: Mapping[str, Any], length: int) -> Scope:
    address = _address(url)
    path, _, query = url[len(address) :].partition("?")
    params = options.get("params")
    if params:
        query = "&".join(filter(None, (query, urlencode(params))))
    host = address.partition("://")[2]
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path) if "%" in path else path,
        "raw_path": path.encode("ascii"),
        "root_path": "",
        "query_string": query.encode("ascii"),
        "headers": _headers(options.get("headers") or (), host, length),
        "client": _CALLER,
        "server": (host.partition(":")[0], int(host.partition(":")[2] or 80)),
        "state": {},
    }


def _headers(given: Any, host: str, length: int) -> list[tuple[bytes, bytes]]:
    pairs = given.items() if isinstance(given, Mapping) else given
    headers = [(_bytes(name).lower(), _bytes(value)) for name, value in pairs]
    headers.append((b"host", host.encode()))
    if length:
        headers.append((b"content-length", str(length).encode()))
    return headers


def _bytes(text: str | bytes) -> bytes:
    return text.encode("ascii") if isinstance(text, str) else text


def _address(url: str) -> str:
    """Return scheme, host and port of an address."""
    end = url.find("/", url.find("://") + 3)
    return url if end < 0 else url[:end]
