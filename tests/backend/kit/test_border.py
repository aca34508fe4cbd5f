"""The layer around each service: limits, trace id, headers, figures; nothing leaks out of it."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message

from tests.backend.kit.service import calling, problem, small_service, written_logs

_ID = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
async def http():
    async with calling(small_service()) as client:
        yield client


async def test_answer_carries_the_trace_id_of_the_request(http):
    answer = await http.post(
        "/echo/a", json={"n": 1}, headers={"traceparent": f"00-{_ID}-b7ad6b7169203331-01"}
    )
    other = await http.post("/echo/a", json={"n": 1})

    assert answer.headers["x-trace-id"] == _ID
    assert re.fullmatch("[0-9a-f]{32}", other.headers["x-trace-id"])
    assert other.headers["x-trace-id"] != _ID


async def test_each_answer_has_the_headers_of_a_service(http):
    for path in ("/health/live", "/nowhere", "/raise/conflict"):
        headers = (await http.get(path)).headers

        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_body_up_to_the_limit_is_read_and_one_byte_more_is_not(http):
    most = await http.post("/read", content=b"x" * 1_000_000)
    more = await http.post("/read", content=b"x" * 1_000_001)

    assert (most.status_code, most.text) == (200, "1000000")
    assert problem(more) == (413, "TooLarge")


@pytest.mark.parametrize("address", ["/read", "/echo/ana"])
async def test_body_without_a_length_is_counted_as_it_comes(http, address):
    """Also where the framework reads it, who takes any failure for a body that cannot be read."""
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 100_000
            yield b"x" * 100_000

    kind = {"content-type": "application/json"}
    answer = await http.post(address, content=chunks(), headers=kind)

    assert problem(answer) == (413, "TooLarge")


@pytest.mark.parametrize("length", ["-1", "many", "1e3", "\u00b2", "", "9" * 40])
async def test_length_that_is_no_length_is_refused(http, length):
    answer = await http.post("/read", headers={"content-length": length.encode("latin-1")})

    assert problem(answer) == (413, "TooLarge")


async def test_failure_after_the_answer_began_cuts_it_off_and_tells_nothing():
    sent: list[Message] = []

    async def receive() -> Message:
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/half", "headers": [], "query_string": b""}
    with written_logs() as lines:
        await small_service()(scope, receive, send)

    # No last message: the server closes the connection, and the client sees a broken answer.
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert (sent[1]["body"], sent[1]["more_body"]) == (b"begun", True)
    assert [line["event"] for line in lines] == ["request failed"]


async def test_requests_are_counted_by_route_never_by_address(http):
    await http.post("/echo/ana", json={"n": 1})
    await http.post("/echo/ion", json={"n": 1})
    await http.post("/echo/ion", json={})
    await http.get("/nowhere/4242")

    figures = (await http.get("/metrics")).text

    assert 'mm_http_requests_total{route="/echo/{name}",status="200"} 2.0' in figures
    assert 'mm_http_requests_total{route="/echo/{name}",status="422"} 1.0' in figures
    assert 'mm_http_requests_total{route="-",status="404"} 1.0' in figures
    assert "4242" not in figures
