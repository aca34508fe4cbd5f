"""Live changes for browsers: server-sent events, one upstream stream per screening for all.

Every message about a screening is its whole map, so a viewer only ever needs the newest one.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from backend.client.movies import MoviesClient
from backend.contracts.problems import Missing, Problem, TooMany, Unavailable, Unsigned
from backend.contracts.problems_orders import OrderMissing
from web.own_orders import tokens_for
from web.visitors import visitor_of

_HEARTBEAT = b": still here\n\n"
_HEARTBEAT_S = 15.0
_PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_MOST_VIEWERS = 5_000
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class _Channel:
    """What the viewers of one screening share."""

    def __init__(self) -> None:
        self.latest: bytes | None = None
        self.problem: Problem | None = None
        self.viewers: set[asyncio.Event] = set()
        self.task: asyncio.Task[None] | None = None

    def tell(self, message: bytes | None, problem: Problem | None = None) -> None:
        """Wake every viewer for a message, or for the end."""
        self.latest, self.problem = message, problem
        for viewer in self.viewers:
            viewer.set()


class Live:
    """The streams of one process; `stop` ends them all, so that a server can drain."""

    def __init__(
        self,
        movies: MoviesClient,
        *,
        pauses_s: tuple[float, ...] = _PAUSES_S,
        most_viewers: int = _MOST_VIEWERS,
    ) -> None:
        self._movies = movies
        self._pauses_s = pauses_s
        self._most_viewers = most_viewers
        self._channels: dict[UUID, _Channel] = {}
        self._stopped = asyncio.Event()

    @property
    def upstreams(self) -> int:
        """How many screenings are being watched."""
        return len(self._channels)

    async def start(self) -> None:
        """Begin anew."""
        self._stopped = asyncio.Event()

    async def stop(self) -> None:
        """End every stream."""
        self._stopped.set()
        channels = list(self._channels.values())
        for channel in channels:
            channel.tell(channel.latest, Unavailable())
            if channel.task is not None:
                channel.task.cancel()
        for channel in channels:
            if channel.task is not None:
                with suppress(asyncio.CancelledError):
                    await channel.task

    async def seats(self, screening: UUID) -> AsyncGenerator[bytes]:
        """Yield a screening's map now and after each change; raises its problem at the start."""
        if sum(len(channel.viewers) for channel in self._channels.values()) >= self._most_viewers:
            raise TooMany(retry_after_s=30)
        channel, woken = self._join(screening)
        sent: bytes | None = None
        try:
            while True:
                if channel.problem is not None:
                    if sent is None:
                        raise channel.problem
                    return
                if channel.latest is not None and channel.latest is not sent:
                    sent = channel.latest
                    yield sent
                elif not await _woken(woken):
                    yield _HEARTBEAT
                woken.clear()
        finally:
            self._leave(screening, channel, woken)

    async def order(self, order: UUID, token: str) -> AsyncGenerator[bytes]:
        """Yield an order's changes from a stream of its own, because it is its owner's alone."""
        async with self._movies.follow_order(order, token=token) as lines:
            async for message in _messages(lines):
                yield message
                if self._stopped.is_set():
                    return

    def _join(self, screening: UUID) -> tuple[_Channel, asyncio.Event]:
        channel = self._channels.get(screening)
        if channel is None:
            channel = self._channels[screening] = _Channel()
            channel.task = asyncio.create_task(
                self._follow(screening, channel), name=f"live {screening}"
            )
        woken = asyncio.Event()
        channel.viewers.add(woken)
        return channel, woken

    def _leave(self, screening: UUID, channel: _Channel, woken: asyncio.Event) -> None:
        channel.viewers.discard(woken)
        if not channel.viewers:
            self._forget(screening, channel)
            if channel.task is not None:
                channel.task.cancel()

    async def _follow(self, screening: UUID, channel: _Channel) -> None:
        """Keep one stream open until nobody looks, or movies refuses it."""
        failures = 0
        while True:
            try:
                async with self._movies.follow_seats(screening) as lines:
                    async for message in _messages(lines):
                        failures = 0
                        if message != _HEARTBEAT:
                            channel.tell(message)
            except Unavailable:
                failures += 1
            except Problem as problem:
                self._forget(screening, channel)
                channel.tell(None, problem)
                return
            await asyncio.sleep(self._pauses_s[min(failures, len(self._pauses_s) - 1)])

    def _forget(self, screening: UUID, channel: _Channel) -> None:
        if self._channels.get(screening) is channel:
            del self._channels[screening]


async def follow_screening(request: Request) -> Response:
    """Stream a screening's map to one viewer."""
    live: Live = request.app.state.parts.live
    return await _stream(live.seats(request.path_params["screening_id"]))


async def follow_order(request: Request) -> Response:
    """Stream an order to its owner, or to whoever looked it up."""
    live: Live = request.app.state.parts.live
    order_id: UUID = request.path_params["order_id"]
    for token in tokens_for(await visitor_of(request), order_id):
        try:
            return await _stream(live.order(order_id, token))
        except (Missing, Unsigned):
            continue
    raise OrderMissing


async def _stream(messages: AsyncGenerator[bytes]) -> Response:
    """Wait for the first message, so that a refusal still has its status."""
    try:
        first = await anext(messages)
    except StopAsyncIteration:
        raise Unavailable from None

    async def whole() -> AsyncIterator[bytes]:
        # A viewer who leaves in the middle is let go at once, not when the garbage is collected.
        async with aclosing(messages):
            yield first
            async for message in messages:
                yield message

    return StreamingResponse(whole(), media_type="text/event-stream", headers=_HEADERS)


async def _messages(lines: AsyncIterator[str]) -> AsyncIterator[bytes]:
    """Put the lines of a stream together to its messages."""
    held: list[str] = []
    async for line in lines:
        if line:
            held.append(line)
        elif held:
            yield ("\n".join(held) + "\n\n").encode()
            held = []


async def _woken(woken: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(_HEARTBEAT_S):
            await woken.wait()
    except TimeoutError:
        return False
    return True
