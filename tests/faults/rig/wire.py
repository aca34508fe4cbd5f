"""A small HTTP client that knows whether a request may have arrived: what was cut is in doubt."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_LONGEST_HEAD = 256 * 1024


class NotSent(Exception):  # noqa: N818 -- a fact about a request
    """Nobody listened: the request did not happen."""


class InDoubt(Exception):  # noqa: N818 -- a fact about a request
    """The connection ended, or the time, before the answer came: it may have happened."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body; an empty one is an empty object."""
        return json.loads(self.body) if self.body else {}


class Wire:
    """Connections to one address, kept open between requests."""

    def __init__(self, address: str, *, timeout_s: float = 20.0) -> None:
        parts = urlsplit(address)
        # Not by name: the look-up would cost more than the request.
        host = "127.0.0.1" if parts.hostname in {None, "localhost"} else str(parts.hostname)
        self._host, self._port = host, parts.port or 80
        self._timeout_s = timeout_s
        self._idle: deque[_Pair] = deque()

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer:
        """Send one request; raises NotSent or InDoubt."""
        pair = await self._connection()
        try:
            async with asyncio.timeout(self._timeout_s):
                pair[1].write(self._head(method, path, headers, len(body)) + body)
                answer = await _read(pair[0])
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            pair[1].close()
            raise InDoubt(repr(error)) from error
        except BaseException:
            pair[1].close()
            raise
        if answer.headers.get("connection", "") == "close":
            pair[1].close()
        else:
            self._idle.append(pair)
        return answer

    async def close(self) -> None:
        """Close every connection."""
        while self._idle:
            _, writer = self._idle.popleft()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connection(self) -> _Pair:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.open_connection(self._host, self._port, limit=_LONGEST_HEAD)
        except (OSError, TimeoutError) as error:
            raise NotSent(repr(error)) from error

    def _head(self, method: str, path: str, headers: Mapping[str, str], length: int) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"host: localhost:{self._port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if length or method != "GET":
            lines.append(f"content-length: {length}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    if headers.get("transfer-encoding") == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split(" ", 2)[1]), headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    found = bytearray()
    while length := int(await reader.readuntil(b"\r\n"), 16):
        found += await reader.readexactly(length)
        await reader.readuntil(b"\r\n")
    await reader.readuntil(b"\r\n")
    return bytes(found)
