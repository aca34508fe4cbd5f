"""A call to a neighbour says and answers what it would over the wire, and ends like one there."""

import asyncio

import httpx2
import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from backend.client.http import ServiceHttp
from backend.kit import trace
from backend.onebox.neighbours import Joined, Neighbours

NEAR = "http://127.0.0.1:5002"


class Said(BaseModel):
    method: str
    path: str
    query: list[list[str]]
    headers: dict[str, str]
    body: str
    client: str


async def echo(request: Request) -> Response:
    said = Said(
        method=request.method,
        path=request.url.path,
        query=[list(pair) for pair in request.query_params.multi_items()],
        headers=dict(request.headers),
        body=(await request.body()).decode(),
        client=request.client.host if request.client else "",
    )
    return Response(said.model_dump_json(), headers={"X-Answer": "1"})


async def stream(_request: Request) -> Response:
    async def parts():
        for part in (b"one, ", b"two"):
            yield part

    return StreamingResponse(parts(), status_code=203)


def application(*routes: Route) -> Starlette:
    return Starlette(
        routes=[
            *routes,
            Route("/stream", stream),
            Route("/{path:path}", echo, methods=["GET", "POST"]),
        ]
    )


def far(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, text=f"far {request.url}")


@pytest.fixture
async def http():
    async with Neighbours(transport=httpx2.MockTransport(far)) as neighbours:
        neighbours.join(NEAR, application())
        yield neighbours


async def test_request_arrives_as_it_was_sent(http):
    answer = await http.request(
        "POST",
        f"{NEAR}/orders/7?a=1",
        headers={"Authorization": "Bearer t", "Idempotency-Key": "k"},
        content=b"{}",
        params={"party": 2, "name": "Ion & Ana"},
    )

    said = Said.model_validate_json(answer.content)
    assert (answer.status_code, answer.headers["x-answer"]) == (200, "1")
    assert said == Said(
        method="POST",
        path="/orders/7",
        query=[["a", "1"], ["party", "2"], ["name", "Ion & Ana"]],
        headers={
            "authorization": "Bearer t",
            "idempotency-key": "k",
            "host": "127.0.0.1:5002",
            "content-length": "2",
        },
        body="{}",
        client="127.0.0.1",
    )


async def test_typed_client_reads_a_neighbours_answer(http):
    said = await ServiceHttp(http, NEAR).call(Said, "GET", "/seats", params={"party": 2})

    assert (said.path, said.query, said.body) == ("/seats", [["party", "2"]], "")


async def test_headers_given_as_bytes_and_quoted_paths_pass(http):
    answer = await http.request(
        "GET", f"{NEAR}/a%20b", headers=[(b"X-Forwarded-For", b"198.51.100.1")]
    )

    said = Said.model_validate_json(answer.content)
    assert (said.path, said.headers["x-forwarded-for"]) == ("/a b", "198.51.100.1")


async def test_streamed_answer_is_put_together(http):
    answer = await http.request("GET", f"{NEAR}/stream")

    assert (answer.status_code, answer.text) == (203, "one, two")


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("http://127.0.0.1:5003/x", {}),
        ("http://localhost:5002/x", {}),
        (f"{NEAR}/x", {"timeout": 1.0}),
        (f"{NEAR}/ä", {}),
        (f"{NEAR}0/x", {}),
    ],
    ids=["another port", "another host", "another option", "another letter", "a longer port"],
)
async def test_everybody_else_is_called_over_the_wire(http, url, options):
    answer = await http.request("GET", url, **options)

    assert answer.text.startswith("far ")


async def test_application_is_near_only_while_it_runs():
    async with Neighbours(transport=httpx2.MockTransport(far)) as http:
        joined = Joined(http, NEAR, application())
        answers = [await http.request("GET", f"{NEAR}/stream")]
        await joined.start()
        answers.append(await http.request("GET", f"{NEAR}/stream"))
        await joined.stop()
        answers.append(await http.request("GET", f"{NEAR}/stream"))

    assert [answer.text for answer in answers] == [
        f"far {NEAR}/stream",
        "one, two",
        f"far {NEAR}/stream",
    ]


async def test_callee_has_a_trace_of_its_own():
    async def traced(_request: Request) -> Response:
        return JSONResponse({"trace": trace.begin()})

    trace.begin()
    mine = trace.current()
    async with Neighbours() as http:
        http.join(NEAR, application(Route("/trace", traced)))
        other = (await http.request("GET", f"{NEAR}/trace")).json()["trace"]

    assert (trace.current(), other == mine) == (mine, False)


async def test_caller_who_gives_up_ends_nothing_there():
    """As over the wire: an order that is being written is written, whoever has hung up."""
    ended = asyncio.Event()
    go_on = asyncio.Event()

    async def slow(_request: Request) -> Response:
        await go_on.wait()
        ended.set()
        return Response()

    async with Neighbours(timeout=0.01) as http:
        http.join(NEAR, application(Route("/slow", slow)))
        with pytest.raises(httpx2.ReadTimeout):
            await http.request("GET", f"{NEAR}/slow")
        caller = asyncio.create_task(http.request("GET", f"{NEAR}/slow"))
        await asyncio.sleep(0)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        go_on.set()
        async with asyncio.timeout(5):
            await ended.wait()
