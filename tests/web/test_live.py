"""One stream from movies serves every viewer of a screening, and ends when nobody looks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import httpx2
import pytest

from backend.client.errors import Unreachable
from backend.contracts.problems import Problem, TooMany
from backend.contracts.problems_orders import OrderMissing, ScreeningMissing
from tests.web.builders import session
from web.live import Live

SCREENING = UUID("00000000-0000-7000-8000-000000000001")
OTHER = UUID("00000000-0000-7000-8000-000000000002")
_END = object()


class Upstream:
    """Movies' streams: each opened one gets what the test sends, until it ends or breaks."""

    def __init__(self) -> None:
        self.opened: list[UUID] = []
        self.open: dict[UUID, asyncio.Queue[object]] = {}
        self.refusal: Problem | None = None
        self.changed = asyncio.Event()

    def follow_seats(self, screening: UUID):
        return self._follow(screening)

    @asynccontextmanager
    async def _follow(self, screening: UUID) -> AsyncIterator[AsyncIterator[str]]:
        self.opened.append(screening)
        self.changed.set()
        if self.refusal is not None:
            raise self.refusal
        queue = self.open[screening] = asyncio.Queue()
        try:
            yield self._lines(queue)
        finally:
            del self.open[screening]
            self.changed.set()

    async def _lines(self, queue: asyncio.Queue[object]) -> AsyncIterator[str]:
        while (said := await queue.get()) is not _END:
            if isinstance(said, Problem):
                raise said
            for line in str(said).split("\n"):
                yield line

    async def send(self, said: object, screening: UUID = SCREENING) -> None:
        await self.until(lambda: screening in self.open)
        self.open[screening].put_nowait(f"event: seats\ndata: {said}\n" if is_text(said) else said)

    async def until(self, holds) -> None:
        while not holds():
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 5)


def is_text(said: object) -> bool:
    return isinstance(said, str)


def event(text: str) -> bytes:
    return f"event: seats\ndata: {text}\n\n".encode()


def _get(path: str) -> dict[str, object]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost:8081")],
        "client": ("203.0.113.9", 1),
        "server": ("localhost", 8081),
    }


@pytest.fixture
def upstream():
    return Upstream()


@pytest.fixture
def live(upstream):
    return Live(upstream, pauses_s=(0.0,))


async def test_many_viewers_share_one_stream(live, upstream):
    viewers = [live.seats(SCREENING) for _ in range(20)]
    firsts = [asyncio.ensure_future(anext(viewer)) for viewer in viewers]
    await upstream.send("one")
    assert await asyncio.gather(*firsts) == [event("one")] * 20

    seconds = [asyncio.ensure_future(anext(viewer)) for viewer in viewers]
    await upstream.send("two")

    assert await asyncio.gather(*seconds) == [event("two")] * 20
    assert (upstream.opened, live.upstreams) == ([SCREENING], 1)
    for viewer in viewers:
        await viewer.aclose()


async def test_late_viewer_gets_the_map_at_once(live, upstream):
    async with aclosing(live.seats(SCREENING)) as early, aclosing(live.seats(SCREENING)) as late:
        first = asyncio.ensure_future(anext(early))
        await upstream.send("one")
        await first

        assert await anext(late) == event("one")


async def test_screenings_have_streams_of_their_own(live, upstream):
    async with aclosing(live.seats(SCREENING)) as one, aclosing(live.seats(OTHER)) as other:
        firsts = [asyncio.ensure_future(anext(one)), asyncio.ensure_future(anext(other))]
        await upstream.send("mine", SCREENING)
        await upstream.send("yours", OTHER)

        assert await asyncio.gather(*firsts) == [event("mine"), event("yours")]


async def test_stream_ends_with_its_last_viewer(live, upstream):
    viewers = [live.seats(SCREENING) for _ in range(2)]
    firsts = [asyncio.ensure_future(anext(viewer)) for viewer in viewers]
    await upstream.send("one")
    await asyncio.gather(*firsts)

    await viewers[0].aclose()
    assert live.upstreams == 1
    await viewers[1].aclose()

    await upstream.until(lambda: not upstream.open)
    assert (live.upstreams, upstream.opened) == (0, [SCREENING])


@pytest.mark.parametrize("breaks", [_END, Unreachable()])
async def test_broken_stream_is_opened_again_and_viewers_stay(live, upstream, breaks):
    async with aclosing(live.seats(SCREENING)) as viewer:
        first = asyncio.ensure_future(anext(viewer))
        await upstream.send("one")
        await first
        second = asyncio.ensure_future(anext(viewer))
        await upstream.send(breaks)
        await upstream.until(lambda: len(upstream.opened) == 2)
        await upstream.send("two")

        assert await second == event("two")


async def test_screening_that_is_none_is_refused(live, upstream):
    upstream.refusal = ScreeningMissing()

    with pytest.raises(ScreeningMissing):
        await anext(live.seats(SCREENING))

    assert live.upstreams == 0


async def test_stop_ends_every_stream(live, upstream):
    viewer = live.seats(SCREENING)
    first = asyncio.ensure_future(anext(viewer))
    await upstream.send("one")
    await first
    rest = asyncio.ensure_future(anext(viewer, None))

    await live.stop()

    assert await rest is None
    assert upstream.open == {}


async def test_viewers_beyond_the_most_are_told_to_wait(upstream):
    live = Live(upstream, pauses_s=(0.0,), most_viewers=1)
    async with aclosing(live.seats(SCREENING)) as viewer:
        first = asyncio.ensure_future(anext(viewer))
        await upstream.send("one")
        await first

        with pytest.raises(TooMany):
            await anext(live.seats(OTHER))


async def test_browser_that_leaves_frees_the_stream(site, live, upstream):
    app = site()
    app.state.parts = replace(app.state.parts, live=live)
    left, sent = asyncio.Event(), []

    async def receive():
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if message.get("body"):
            left.set()

    serving = asyncio.ensure_future(app(_get(f"/live/screenings/{SCREENING}"), receive, send))
    await upstream.send("one")
    await serving

    assert [message["body"] for message in sent if message.get("body")] == [event("one")]
    assert (live.upstreams, upstream.opened) == (0, [SCREENING])


async def test_browser_gets_the_refusal_with_its_status(browser, services):
    services.say("GET", f"movies/screenings/{SCREENING}/seats/live", ScreeningMissing())

    answer = await browser.get(f"/live/screenings/{SCREENING}")

    assert (answer.status_code, answer.json()["error"]) == (404, "ScreeningMissing")


async def test_order_is_followed_with_the_token_of_its_owner(browser, services):
    order = uuid4()
    told = b'event: order\ndata: {"state":"PAID","version":4}\n\n'
    services.say("GET", "auth/internal/session", session(access_token="mine"))
    services.say("GET", f"movies/orders/{order}/live", httpx2.Response(200, content=told))

    answer = await browser.get(f"/live/orders/{order}")

    assert (answer.headers["content-type"], answer.content) == (
        "text/event-stream; charset=utf-8",
        told,
    )
    (asked,) = services.asked_at(f"movies/orders/{order}/live")
    assert asked.headers["authorization"] == "Bearer mine"


async def test_order_of_somebody_else_is_missing(browser, services):
    order = uuid4()
    services.say("GET", f"movies/orders/{order}/live", OrderMissing())

    answer = await browser.get(f"/live/orders/{order}")

    assert (answer.status_code, answer.json()["error"]) == (404, "OrderMissing")
