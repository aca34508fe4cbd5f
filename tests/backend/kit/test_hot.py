"""The short way: whatever it serves is answered as on the long way, for good and ill."""

from typing import Any

import httpx2
import pytest
from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message

from backend.kit.hot import HotRoutes
from tests.backend.kit.service import calling, small_service, written_logs
from tests.support.keys import guest_token

WAYS = ("/long", "/short")


@pytest.fixture
async def http():
    with written_logs():
        async with calling(small_service()) as client:
            yield client


async def told(http: httpx2.AsyncClient, way: str, request: dict[str, Any]) -> tuple[Any, ...]:
    """Return what is the same on both ways: all but the trace id."""
    headers = {"authorization": f"Bearer {guest_token()}"} | request.get("headers", {})
    answer = await http.request(
        request.get("method", "POST"),
        f"{way}{request['path']}",
        content=request.get("content"),
        headers=headers,
    )
    trace_id = answer.headers.pop("x-trace-id")
    return answer.status_code, answer.text.replace(trace_id, "TRACE"), dict(answer.headers)


async def in_pieces():
    for _ in range(3):
        yield b"piece"


REQUESTS: dict[str, dict[str, Any]] = {
    "good": {"path": "/ana/twin", "content": b"hello"},
    "encoded": {"path": "/a%20b/twin"},
    "in pieces": {"path": "/ana/twin", "content": in_pieces},
    "unsigned": {"path": "/ana/twin", "headers": {"authorization": "Bearer no"}},
    "bug": {"path": "/bug/twin"},
    "database away": {"path": "/away/twin"},
    "too large": {"path": "/ana/twin", "headers": {"content-length": "2000000"}},
    "other method": {"path": "/ana/twin", "method": "GET"},
    "no name": {"path": "//twin"},
    "slash more": {"path": "/ana/twin/"},
    "elsewhere": {"path": "/ana/other"},
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
async def test_both_ways_answer_the_same(http: httpx2.AsyncClient, request_: dict[str, Any]):
    answers = []
    for way in WAYS:
        content = request_.get("content")
        sent = request_ | {"content": content() if callable(content) else content}
        status, text, headers = await told(http, way, sent)
        location = headers.get("location", "").replace(way, "")
        answers.append((status, text, headers | {"location": location}))

    assert answers[0] == answers[1]


async def test_short_way_is_counted_by_its_route(http: httpx2.AsyncClient):
    await told(http, "/short", {"path": "/ana/twin"})
    await told(http, "/short", {"path": "/away/twin"})

    figures = (await http.get("/metrics")).text
    assert 'mm_http_requests_total{route="/short/{name}/twin",status="200"} 1.0' in figures
    assert 'mm_http_requests_total{route="/short/{name}/twin",status="503"} 1.0' in figures
    assert 'mm_http_seconds_bucket{le="+Inf",route="/short/{name}/twin"} 2.0' in figures


async def test_only_declared_routes_have_a_short_way():
    async def nowhere(_request: Request) -> Response:
        return Response()

    with pytest.raises(LookupError):
        HotRoutes().add(APIRouter(), nowhere)


async def test_sender_who_leaves_is_not_taken_at_half_his_word():
    router, read = APIRouter(), []

    @router.post("/read")
    async def endpoint(request: Request) -> Response:
        read.append(await request.body())
        return Response()

    hot = HotRoutes()
    hot.add(router, endpoint)
    messages: list[Message] = [
        {"type": "http.request", "body": b"half", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_message: Message) -> None: ...

    scope = {"type": "http", "method": "POST", "path": "/read", "headers": []}
    assert hot.takes(scope)
    with pytest.raises(ClientDisconnect):
        await hot(scope, receive, send)
    assert read == []
