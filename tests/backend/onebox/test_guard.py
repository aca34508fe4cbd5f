"""The guard of the connections, over real sockets: who is slow, huge or silent, and who is not."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from backend.onebox.guard import Bounds, Guard
from backend.onebox.servers import Served

pytestmark = pytest.mark.integration
SHORT = Bounds(head_s=0.3, body_s=0.3, reading_s=0.3, head_bytes=4_096, most=8)
END_S = 10.0
GET = b"GET /hello HTTP/1.1\r\nhost: here\r\n\r\n"
GREETED = b"HTTP/1.1 200 OK"


async def _hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def _length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def _unread(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("no, thank you", 403)


async def _silence(_request: Request) -> Response:
    async def events() -> AsyncIterator[bytes]:
        yield b": begin\n\n"
        await asyncio.sleep(1.2)
        yield b": still here\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


async def _much(_request: Request) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536
            await asyncio.sleep(0)

    return StreamingResponse(chunks())


APP = Starlette(
    routes=[
        Route("/hello", _hello),
        Route("/length", _length, methods=["POST"]),
        Route("/unread", _unread, methods=["POST"]),
        Route("/silence", _silence),
        Route("/much", _much),
    ]
)


@asynccontextmanager
async def guarded(bounds: Bounds = SHORT) -> AsyncIterator[int]:
    door = socket.create_server(("127.0.0.1", 0))
    served = Served("test", APP, [door], Guard(bounds, every_s=0.05))
    await served.start()
    try:
        yield door.getsockname()[1]
    finally:
        await served.stop()


class Caller:
    """A connection and what came back on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def to_the_end(self) -> bytes:
        """Read until the other side is gone; a reset is an end too."""
        found = b""
        async with asyncio.timeout(END_S):
            try:
                while chunk := await self.reader.read(65_536):
                    found += chunk
            except ConnectionError:
                pass
        return found

    async def greeted(self) -> bool:
        """Ask properly; say whether that was answered."""
        try:
            async with asyncio.timeout(END_S):
                self.writer.write(GET)
                return (await self.reader.readuntil(b"hello")).startswith(GREETED)
        except (ConnectionError, asyncio.IncompleteReadError):
            return False


@asynccontextmanager
async def calling(port: int) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Caller(reader, writer)
    finally:
        writer.close()


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /hel",
        b"GET /hello HTTP/1.1\r\nhost: he",
        b"POST /length HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n\r\nabc",
        b"POST /length HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        GET + b"GET /again",
    ],
)
async def test_request_that_never_ends_is_cut_off(begun):
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(begun)
        answer = await caller.to_the_end()

    assert answer.count(b"HTTP/1.1 ") == begun.count(GET)


async def test_head_that_drips_is_cut_off():
    """A byte now and then is no progress: the head as a whole has its time."""
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(b"GET /hello HTTP/1.1\r\n")
        dripping = asyncio.create_task(_drip(caller.writer, b"x-drip: "))
        answer = await caller.to_the_end()
        dripping.cancel()

    assert answer == b""


async def test_body_that_comes_slowly_is_read():
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(b"POST /length HTTP/1.1\r\nhost: h\r\ncontent-length: 12\r\n\r\n")
        for _ in range(12):
            caller.writer.write(b"x")
            await asyncio.sleep(0.1)
        answer = await caller.reader.readuntil(b"\r\n\r\n12")

    assert answer.startswith(GREETED)


async def test_rest_of_a_body_that_nobody_wants_is_not_read():
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(
            b"POST /unread HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n"
        )
        answer = await caller.to_the_end()

    assert answer.startswith(b"HTTP/1.1 403 ")


async def test_answer_that_nobody_reads_is_cut_off():
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(b"GET /much HTTP/1.1\r\nhost: here\r\n\r\n")
        await caller.reader.readexactly(10)
        # The reader takes no more than its limit from the kernel until somebody reads from it.
        await asyncio.sleep(1.5)
        answer = await caller.to_the_end()

    assert answer != b""


async def test_stream_may_be_silent():
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(b"GET /silence HTTP/1.1\r\nhost: here\r\n\r\n")
        answer = await caller.reader.readuntil(b": still here")

    assert answer.startswith(GREETED)


async def test_connection_that_asked_once_may_wait_to_ask_again():
    async with guarded() as port, calling(port) as caller:
        first = await caller.greeted()
        await asyncio.sleep(1.0)
        again = await caller.greeted()

    assert (first, again) == (True, True)


@pytest.mark.parametrize("at_once", [True, False])
async def test_head_without_end_is_refused(at_once):
    head = b"GET /hello HTTP/1.1\r\nhost: here\r\n" + b"x-more: 123456789\r\n" * 1_000
    async with guarded() as port, calling(port) as caller:
        if at_once:
            caller.writer.write(head + b"\r\n")
        else:
            # No more than it takes: what comes after the refusal would reset the connection.
            for at in range(0, SHORT.head_bytes + 500, 500):
                caller.writer.write(head[at : at + 500])
                await asyncio.sleep(0.02)
        answer = await caller.to_the_end()

    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_many_requests_at_once_are_not_taken():
    """One after the other is how they are served, so whoever sends many keeps nobody waiting."""
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(GET * 2_000)
        answer = await caller.to_the_end()

    assert answer.count(GREETED) <= SHORT.ahead + 1


async def test_few_requests_at_once_are_all_answered():
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(GET * SHORT.ahead)
        for _ in range(SHORT.ahead):
            assert (await caller.reader.readuntil(b"hello")).startswith(GREETED)


async def test_body_beside_its_head_is_no_part_of_it():
    async with guarded() as port, calling(port) as caller:
        caller.writer.write(
            b"POST /length HTTP/1.1\r\nhost: h\r\ncontent-length: 20000\r\n\r\n" + b"x" * 20_000
        )
        answer = await caller.reader.readuntil(b"\r\n\r\n20000")

    assert answer.startswith(GREETED)


async def test_full_house_lets_those_go_who_asked_for_nothing():
    patient = Bounds(most=8)
    async with guarded(patient) as port:
        with crowd(port, SHORT.most) as silent:
            async with calling(port) as caller:
                assert await caller.greeted()
            gone = await asyncio.to_thread(silent[0].recv, 1)

    assert gone == b""


async def test_full_house_of_people_who_are_served_takes_nobody_in():
    patient = Bounds(most=8)
    async with guarded(patient) as port:
        with crowd(port, SHORT.most, b"GET /silence HTTP/1.1\r\nhost: here\r\n\r\n") as served:
            for one in served:
                assert await asyncio.to_thread(one.recv, 12) == b"HTTP/1.1 200"
            async with calling(port) as caller:
                assert await caller.greeted() is False


@contextmanager
def crowd(port: int, size: int, first_words: bytes = b"") -> Iterator[list[socket.socket]]:
    every = [socket.create_connection(("127.0.0.1", port), timeout=END_S) for _ in range(size)]
    try:
        for one in every:
            one.sendall(first_words)
        yield every
    finally:
        for one in every:
            one.close()


async def _drip(writer: asyncio.StreamWriter, content: bytes) -> None:
    for byte in content * 100:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.05)
