"""The servers of the onebox, asked over a real socket."""

import socket

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from backend.onebox.servers import Served

pytestmark = pytest.mark.integration


async def _caller(request: Request) -> PlainTextResponse:
    assert request.client is not None
    return PlainTextResponse(f"{request.client.host} by {request.url.scheme}")


async def test_caller_cannot_claim_to_be_somebody_else():
    """Else the few tries of a look-up would count for whoever the caller names."""
    door = socket.create_server(("127.0.0.1", 0))
    served = Served("test", Starlette(routes=[Route("/", _caller)]), [door])
    await served.start()
    try:
        async with httpx2.AsyncClient() as http:
            answer = await http.get(
                f"http://127.0.0.1:{door.getsockname()[1]}/",
                headers={"x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https"},
            )
    finally:
        await served.stop()

    assert answer.text == "127.0.0.1 by http"
