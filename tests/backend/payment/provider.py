"""The provider: the real simulator on a database of its own, its time and webhooks in our hands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import stripe

from backend.onebox.stripe_simulator.app import create_app
from backend.onebox.stripe_simulator.deliveries import signature
from backend.onebox.stripe_simulator.settings import SimulatorSettings, WebhookEndpoint
from tests.backend.onebox.stripe_simulator.rig import ADDRESS, HOOK, KEY, SECRET, InProcess
from tests.backend.payment.wire import Wire


@dataclass
class Clock:
    """The real time, and what we add to it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Hooks:
    """Carries webhooks to payment, or keeps them for the test to send."""

    wire: Wire
    are_on: bool = True
    kept: list[bytes] = field(default_factory=list)

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.kept.append(request.content)
        if not self.are_on:
            return httpx2.Response(200)
        return await self.wire.handle_async_request(request)


@dataclass
class Provider:
    """What the buyer, the dashboard and the bank do."""

    app: Any
    clock: Clock
    hooks: Hooks
    web: httpx2.AsyncClient
    stripe: Any

    async def settle(self) -> int:
        """Do what is due, and post every webhook."""
        return int(
            await self.app.state.passing.do_due() + await self.app.state.deliveries.post_due()
        )

    async def pass_by(self, **time: float) -> None:
        """Let time pass at the provider."""
        self.clock.ahead += timedelta(**time)
        await self.settle()

    async def press(self, url: str | None, card: str = "success") -> httpx2.Response:
        """Press a card's button on the hosted page."""
        assert url is not None, "there is no page to pay on"
        return await self.web.post(url, data={"card": card})

    async def prove(self, url: str | None, *, approves: bool = True) -> None:
        """Press the card that wants a proof, and answer the bank's question."""
        page = await self.press(url, "challenge")
        verdict = "approve" if approves else "fail"
        await self.web.post(page.headers["location"], data={"answer": verdict})

    async def fault(self, **faults: Any) -> None:
        """Let calls or webhooks go wrong."""
        answer = await self.web.post("/_faults", json=faults)
        assert answer.status_code == 200, answer.text

    async def act(self, action: str, **facts: Any) -> Any:
        """Do something in the provider's dashboard."""
        answer = await self.web.post("/_dashboard", json={"action": action, **facts})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def sessions(self) -> list[Any]:
        """Return every session, the newest first."""
        found = await self.stripe.v1.checkout.sessions.list_async({"limit": 100})
        return list(found.data)

    async def intent(self, session: Any) -> Any:
        """Return a session's intent with its charge."""
        return await self.stripe.v1.payment_intents.retrieve_async(
            str(session.payment_intent), {"expand": ["latest_charge"]}
        )

    async def only_intent(self) -> Any:
        """Return the intent of the only session."""
        (session,) = await self.sessions()
        return await self.intent(session)

    async def balance(self) -> int:
        """Return what the provider owes us, fees taken off."""
        sums = await self.stripe.v1.balance.retrieve_async()
        return sum(each.amount for each in [*sums.available, *sums.pending])


def signed(payload: bytes, *, secret: str = SECRET, age_s: int = 0) -> dict[str, str]:
    """Return the headers of a webhook signed some time ago."""
    at = int(datetime.now(UTC).timestamp()) - age_s
    return {"stripe-signature": signature(payload, secret, at)}


@asynccontextmanager
async def provider_on(dsn: str, wire: Wire) -> AsyncIterator[Provider]:
    """Start the simulator; what it would do by itself waits for `settle`."""
    clock, hooks = Clock(), Hooks(wire)
    settings = SimulatorSettings(
        dsn=dsn,
        public_url=ADDRESS,
        secret_keys=(KEY,),
        webhook_endpoints=(WebhookEndpoint(HOOK, SECRET),),
        clock=clock,
        works_by_itself=False,
        slow_card_takes=timedelta(0),
        slow_refund_takes=timedelta(0),
        dispute_comes_after=timedelta(0),
        allows_faults=True,
    )
    app = create_app(settings, transport=httpx2.MockTransport(hooks))
    wire.apps["simulator.test"] = app
    direct = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS)
    async with app.router.lifespan_context(app), direct as web:
        client = stripe.StripeClient(
            KEY, base_addresses={"api": ADDRESS}, http_client=InProcess(web), max_network_retries=0
        )
        yield Provider(app, clock, hooks, web, client)
