"""The simulator as it really runs: a server on loopback, its own background task, the SDK as is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import stripe
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.onebox.stripe_simulator.app import create_app
from backend.onebox.stripe_simulator.settings import SimulatorSettings, WebhookEndpoint
from tests.backend.onebox.stripe_simulator.rig import KEY, SECRET, session_params

pytestmark = pytest.mark.integration


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 -- the server tells only by a flag
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task


async def test_webhook_of_an_expired_session_arrives_by_itself(dsn: str):
    arrived: asyncio.Queue[stripe.Event] = asyncio.Queue()

    async def hear(request: Request) -> Response:
        signature = request.headers["stripe-signature"]
        await arrived.put(stripe.Webhook.construct_event(await request.body(), signature, SECRET))
        return Response(status_code=204)

    shop = Starlette(routes=[Route("/webhooks/stripe", hear, methods=["POST"])])
    async with serving(shop) as shop_address:
        settings = SimulatorSettings(
            dsn=dsn,
            public_url="http://127.0.0.1",
            secret_keys=("sk_test_old", KEY),
            webhook_endpoints=(WebhookEndpoint(f"{shop_address}/webhooks/stripe", SECRET),),
        )
        async with serving(create_app(settings)) as address:
            client = stripe.StripeClient(KEY, base_addresses={"api": address})
            sessions = client.v1.checkout.sessions
            made = await asyncio.to_thread(sessions.create, session_params())
            await asyncio.to_thread(sessions.expire, made.id)

            event = await asyncio.wait_for(arrived.get(), 5)

    assert event.type == "checkout.session.expired"
    assert event.data.object["id"] == made.id
