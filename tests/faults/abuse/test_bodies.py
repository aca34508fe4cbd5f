"""A6: bodies of every size and shape, and heads: refused at once, and none of it is kept.

The server's own work is measured by its processor time, its memory by what it has resident.
"""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from random import Random
from typing import Any
from uuid import uuid4

import psutil
import pytest

from tests.faults.abuse.contracts import Operation
from tests.faults.abuse.knocking import connect, hang_up, head, knock, read
from tests.faults.abuse.world import HERE, World
from tests.faults.amounts import SEED, amount, is_full
from tests.faults.rig.wire import Answer

pytestmark = pytest.mark.fault("A6")
_CHUNK = b"x" * 65_536
_MB = 1_000_000
# What a server may keep for good of all that was thrown at it, and the work on one throw.
_KEPT = 40 * _MB
_WORK_S = 1.0

SHAPES: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" " * 100_000,
    "half an object": b'{"lines": [',
    "not JSON": b"<xml/>",
    "a word": b'"order"',
    "a number": b"1" * 5_000,
    "nothing at all": b"null",
    "a list": b"[]",
    "deep lists": b"[" * 100_000,
    "deep lists that end": b"[" * 40_000 + b"]" * 40_000,
    "deep objects": b'{"a":' * 100_000,
    "deep in a field": b'{"lines": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a hundred thousand fields": json.dumps({f"f{n}": n for n in range(60_000)}).encode(),
    "the same field": b'{"a": 1' + b', "a": 1' * 90_000 + b"}",
    "not UTF-8": b'{"email": "\xff\xfe"}',
    "NUL": b'{"email": "a\\u0000@b.example"}',
    "a raw NUL": b'{"email": "a\x00@b.example"}',
    "a lone surrogate": b'{"email": "a\\ud800@b.example"}',
    "a lone surrogate in a name": b'{"\\udc00": 1}',
    "no number": b'{"lines": NaN}',
    "no end": b'{"lines": -Infinity}',
    "a great exponent": b'{"lines": 1e999999}',
    "gzip": gzip.compress(b"{}" * 100),
    "a bomb": gzip.compress(b"\x00" * 50 * _MB),
}


async def test_body_of_any_shape_is_refused_at_once(world: World):
    server = psutil.Process(world.open.pid)
    every = _with_bodies(world)
    chosen = every if is_full() else Random(SEED).sample(every, 4)
    wrong = [line for one in chosen for line in await _shaped(world, one, server)]
    # What an allocator keeps for the next time is kept by now: from here on it must be flat.
    before = server.memory_info().rss
    for operation in chosen[:3]:
        wrong += await _shaped(world, operation, server)

    assert wrong == []
    assert server.memory_info().rss - before < _KEPT


@pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "in chunks"])
async def test_body_of_any_size_is_refused_and_not_kept(world: World, is_announced):
    server = psutil.Process(world.open.pid)
    wrong, peak = [], 0
    for operation in _with_bodies(world):
        before = server.memory_info().rss
        for size in (1_000_001, 16 * _MB):
            answer = await _pour(world, operation, size, is_announced=is_announced)
            if answer is not None and answer.status != 413:
                wrong.append(f"{operation}, {size:,} bytes: {answer.status}")
        peak = max(peak, server.memory_info().rss - before)
    [order] = [one for one in world.operations if str(one) == "movies POST /orders"]
    before = server.memory_info().rss
    answer = await _pour(world, order, amount("A6 MB") * _MB, is_announced=is_announced)

    assert wrong == []
    assert answer is None or answer.status == 413
    assert max(peak, server.memory_info().rss - before) < _KEPT


async def test_largest_body_that_is_taken_is_read(world: World):
    """The control: what is refused above is refused for its size."""
    wrong = []
    for operation in _with_bodies(world):
        content = json.dumps(world.body(operation) or {}).encode()
        answer = await _send(world, operation, content + b" " * 900_000, [])
        if answer.status in {401, 413} or answer.status >= 500:
            wrong.append(f"{operation}: {answer.status}")

    assert wrong == []


@pytest.mark.parametrize(
    "headers",
    [
        [("x-more", "1")] * 10_000,
        [(f"x-{number}", "1") for number in range(10_000)],
        [("x-long", "x" * 1_000_000)],
        [("cookie", "a=b; " * 100_000)],
    ],
    ids=["one name", "many names", "one long", "a jar of cookies"],
)
async def test_ten_thousand_headers_are_refused(world: World, headers):
    server = psutil.Process(world.open.pid)
    began = _worked_s(server)
    found = set()
    for address in ("movies", "payment", "ticket", "auth", "web", "identity", "simulator"):
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            answer = await knock(world.open.addresses[address], "GET", "/", headers=headers)
            found.add(answer.status)

    assert found <= {431}
    assert _worked_s(server) - began < 7 * _WORK_S
    assert (await knock(world.open.addresses["movies"], "GET", "/health/live")).status == 200


async def test_header_that_is_no_text_harms_nobody(world: World):
    values = ["\xff\xfe", "é", "a\tb", "%00", "\u00a0", "=?utf-8?q?x?=", "' OR 1=1 --"]
    names = ("authorization", "idempotency-key", "traceparent", "accept-language", "cookie")
    wrong = []
    for operation in world.operations:
        for value in values:
            answer = await knock(
                world.address(operation),
                operation.method,
                world.target(operation),
                headers=[("content-type", "application/json"), *((one, value) for one in names)],
                body=b"{}" if operation.content else b"",
            )
            if answer.status >= 500:
                wrong.append(f"{operation}, {value!r}: {answer.status}")

    assert wrong == []


async def _shaped(world: World, operation: Operation, server: psutil.Process) -> list[str]:
    """Send every shape to an operation and return what was wrong."""
    wrong = []
    for name, content in SHAPES.items():
        for more in _encodings(name):
            began = _worked_s(server)
            answer = await _send(world, operation, content, more)
            worked_s = _worked_s(server) - began
            if answer.status not in {400, 413, 415, 422} or worked_s > _WORK_S:
                wrong.append(f"{operation}, {name} {more}: {answer.status}, {worked_s:.2f} s")
    return wrong


def _with_bodies(world: World) -> list[Operation]:
    return [one for one in world.operations if one.schema is not None]


def _encodings(name: str) -> list[list[tuple[str, str]]]:
    return [[], [("content-encoding", "gzip")]] if name in {"gzip", "a bomb"} else [[]]


def _headers(world: World, operation: Operation) -> list[tuple[str, str]]:
    found = [("content-type", "application/json"), ("idempotency-key", uuid4().hex)]
    if operation.permission is not None:
        token = world.callers.opener(operation.permission, operation.service, (HERE,))
        found.append(("authorization", f"Bearer {token}"))
    return found


async def _send(
    world: World, operation: Operation, content: bytes, more: list[tuple[str, str]]
) -> Answer:
    return await knock(
        world.address(operation),
        operation.method,
        world.target(operation),
        headers=[*_headers(world, operation), *more],
        body=content,
    )


async def _pour(
    world: World, operation: Operation, size: int, *, is_announced: bool
) -> Answer | None:
    """Send a body of this size without ever having it; None when the server hung up before."""
    address = world.address(operation)
    headers = _headers(world, operation)
    headers.append(
        ("content-length", str(size)) if is_announced else ("transfer-encoding", "chunked")
    )
    reader, writer = await connect(address)
    try:
        async with asyncio.timeout(60):
            writer.write(head(address, operation.method, world.target(operation), headers=headers))
            pouring = asyncio.create_task(_poured(writer, size, _framed(is_announced=is_announced)))
            try:
                return await read(reader)
            except (ConnectionError, asyncio.IncompleteReadError):
                return None
            finally:
                pouring.cancel()
                await asyncio.gather(pouring, return_exceptions=True)
    finally:
        await hang_up(writer)


async def _poured(
    writer: asyncio.StreamWriter, size: int, framed: Callable[[bytes], bytes]
) -> None:
    async for chunk in _chunks(size):
        writer.write(framed(chunk))
        await writer.drain()


async def _chunks(size: int) -> AsyncIterator[bytes]:
    for at in range(0, size, len(_CHUNK)):
        yield _CHUNK[: size - at]


def _framed(*, is_announced: bool) -> Callable[[bytes], bytes]:
    if is_announced:
        return lambda chunk: chunk
    return lambda chunk: b"%x\r\n%s\r\n" % (len(chunk), chunk)


def _worked_s(server: psutil.Process) -> float:
    """Return the processor time that the server has used so far."""
    used: Any = server.cpu_times()
    return float(used.user + used.system)
