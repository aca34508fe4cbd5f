"""One request on a connection of its own, as raw as the abuse needs it; streams are not read."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from tests.faults.rig.wire import Answer

_LONGEST_HEAD = 256 * 1024
Headers = Iterable[tuple[str, str]]


async def knock(
    address: str,
    method: str,
    target: str,
    *,
    headers: Headers = (),
    body: bytes = b"",
    timeout_s: float = 20.0,
) -> Answer:
    """Send a request and return the answer; of a stream, only its head."""
    async with asyncio.timeout(timeout_s):
        reader, writer = await connect(address)
        try:
            writer.write(head(address, method, target, headers=headers, length=len(body)) + body)
            return await read(reader)
        finally:
            await hang_up(writer)


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection."""
    # Not by name: the look-up would cost more than the request.
    port = urlsplit(address).port
    return await asyncio.open_connection("127.0.0.1", port, limit=_LONGEST_HEAD)


def head(
    address: str, method: str, target: str, *, headers: Headers = (), length: int | None = None
) -> bytes:
    """Write a request's head; a length of None is left to the headers."""
    lines = [f"{method} {target} HTTP/1.1", f"host: {urlsplit(address).netloc}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if length is not None and (length or method != "GET"):
        lines.append(f"content-length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def read(reader: asyncio.StreamReader) -> Answer:
    """Read an answer whose length is said; of any other, the head."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in filter(None, lines[1:]):
        name, _, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(lines[0].split(" ", 2)[1]), headers, body)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a connection, whatever the other side did with it."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
