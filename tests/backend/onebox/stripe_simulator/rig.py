"""A simulator in this process, the SDK in front of it, and a clock and webhooks under control."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import stripe
from starlette.applications import Starlette

from backend.onebox.stripe_simulator.app import create_app
from backend.onebox.stripe_simulator.settings import SimulatorSettings, WebhookEndpoint

KEY = "sk_test_of_the_rig"
SECRET = "whsec_of_the_rig"
ADDRESS = "http://simulator.test"
HOOK = "http://payment.test/webhooks/stripe"


class InProcess(stripe.HTTPClient):
    """Carries the SDK's calls over an httpx2 client."""

    name = "in-process"

    def __init__(self, client: httpx2.AsyncClient) -> None:
        super().__init__()
        self._client = client
        self.answers: list[httpx2.Response] = []

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        reply = await self._client.request(method, url, headers=headers, content=post_data)
        self.answers.append(reply)
        return reply.content, reply.status_code, reply.headers


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class Hooks:
    """The other end of the webhooks: keeps what it hears, answers as told."""

    status: int = 200
    heard: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.heard.append(request)
        return httpx2.Response(self.status)

    def events(self) -> list[stripe.Event]:
        """Return what was heard, each checked and read by the SDK."""
        return [
            stripe.Webhook.construct_event(
                request.content, request.headers["stripe-signature"], SECRET, tolerance=10**10
            )
            for request in self.heard
        ]


@dataclass
class Rig:
    """Everything that a test of the simulator needs."""

    app: Starlette
    clock: Clock
    hooks: Hooks
    web: httpx2.AsyncClient
    carrier: InProcess
    stripe: Any
    dsn: str

    async def settle(self) -> None:
        """Do what is due and post every webhook, until nothing is left."""
        while await self.app.state.passing.do_due() + await self.app.state.deliveries.post_due():
            pass

    async def session(self, **changes: Any) -> Any:
        return await self.stripe.v1.checkout.sessions.create_async(session_params(**changes))

    async def press(self, session: Any, card: str, **fields: str) -> httpx2.Response:
        """Press a card's button on the hosted page."""
        return await self.web.post(f"/c/pay/{session.id}", data={"card": card, **fields})

    async def paid_session(self, card: str = "success", **changes: Any) -> Any:
        """Return a session whose buyer has paid, with its intent and charge expanded."""
        session = await self.session(**changes)
        await self.press(session, card)
        return await self.fetch(session)

    async def fetch(self, session: Any) -> Any:
        return await self.stripe.v1.checkout.sessions.retrieve_async(
            session.id, {"expand": ["payment_intent", "payment_intent.latest_charge"]}
        )

    async def events(self) -> list[str]:
        """Return the types of every event, oldest first."""
        found = await self.stripe.v1.events.list_async({"limit": 100})
        return [str(event.type) for event in found.data][::-1]

    async def intent(self, method: str | None = None, **changes: Any) -> Any:
        params: Any = {"amount": 5000, "currency": "ron", **changes}
        if method is not None:
            params |= {"payment_method": method, "confirm": True}
        return await self.stripe.v1.payment_intents.create_async(params)


def session_params(**changes: Any) -> Any:
    return {
        "mode": "payment",
        "success_url": "http://cinema.test/done?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://cinema.test/back",
        "client_reference_id": "order.1",
        "customer_email": "ana@example.com",
        "metadata": {"order": "order", "attempt": "1"},
        "payment_intent_data": {"capture_method": "manual", "metadata": {"order": "order"}},
        "line_items": [
            {
                "quantity": 2,
                "price_data": {
                    "currency": "ron",
                    "unit_amount": 2500,
                    "product_data": {"name": "Nosferatu, A1 & A2"},
                },
            }
        ],
        **changes,
    }


def line(amount: int, currency: str = "ron") -> dict[str, Any]:
    product = {"name": "Seat"}
    price = {"currency": currency, "unit_amount": amount, "product_data": product}
    return {"quantity": 1, "price_data": price}


@asynccontextmanager
async def rig_on(dsn: str, **changes: Any) -> AsyncIterator[Rig]:
    """Start a simulator over a database; it does nothing by itself."""
    clock, hooks = Clock(), Hooks()
    given: dict[str, Any] = {
        "dsn": dsn,
        "public_url": ADDRESS,
        "secret_keys": (KEY,),
        "webhook_endpoints": (WebhookEndpoint(HOOK, SECRET),),
        "clock": clock,
        "works_by_itself": False,
        **changes,
    }
    app = create_app(SimulatorSettings(**given), transport=httpx2.MockTransport(hooks))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=ADDRESS) as web,
    ):
        carrier = InProcess(web)
        client = stripe.StripeClient(
            KEY, base_addresses={"api": ADDRESS}, http_client=carrier, max_network_retries=0
        )
        yield Rig(app, clock, hooks, web, carrier, client, dsn)
