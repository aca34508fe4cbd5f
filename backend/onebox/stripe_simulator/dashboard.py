"""What people do in the provider's dashboard, and what enemies send: one call, POST /_dashboard.

Refunds, disputes and captures that the shop did not ask for, sessions that are not what was asked
for, and forged events. Only where the settings allow the fault switches.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, RootModel, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.kit.database import Database
from backend.onebox.stripe_simulator import disputes, intents, objects, refunds, sessions
from backend.onebox.stripe_simulator.cards import Refunding
from backend.onebox.stripe_simulator.deliveries import Bell, Deliveries
from backend.onebox.stripe_simulator.errors import StripeError, wrong_state
from backend.onebox.stripe_simulator.events import API_VERSION
from backend.onebox.stripe_simulator.fault_sets import Strict
from backend.onebox.stripe_simulator.objects import Body, Kind, new_id
from backend.onebox.stripe_simulator.settings import SimulatorSettings
from backend.onebox.stripe_simulator.switches import body_of
from backend.onebox.stripe_simulator.work import Ask, Work


class Refund(Strict):
    """Give money back: all that is left, or an amount; the bank may take its time, or fail."""

    action: Literal["refund"]
    intent: str
    amount: Annotated[int, Field(gt=0)] | None = None
    outcome: Literal["at_once", "pending", "fails_later"] = "at_once"


class FailRefund(Strict):
    """Let a refund that seemed done fail now."""

    action: Literal["fail_refund"]
    refund: str


class Dispute(Strict):
    """Let the buyer's bank take the money back."""

    action: Literal["dispute"]
    intent: str


class Capture(Strict):
    """Take reserved money, as an account does that captures by itself."""

    action: Literal["capture"]
    intent: str


class Alter(Strict):
    """Make a session, and its intent, other than it was asked for."""

    action: Literal["alter"]
    session: str
    amount: Annotated[int, Field(gt=0)] | None = None
    currency: Annotated[str, Field(min_length=3, max_length=3)] | None = None
    livemode: bool | None = None


class Forge(Strict):
    """Post an event that never happened, or one that did, signed well, badly, or long ago.

    One that `is_made` is kept as the provider's own: it only comes before what it tells of.
    """

    action: Literal["event"]
    event: str | None = None
    type: str = ""
    object: dict[str, Any] | None = None
    livemode: bool = False
    is_made: bool = False
    secret: str | None = None
    age_s: Annotated[int, Field(ge=-100_000, le=1_000_000)] = 0

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.event is None) == (self.object is None):
            raise ValueError("give either the id of an event, or a type and an object")
        return self


Action: TypeAlias = Refund | FailRefund | Dispute | Capture | Alter | Forge


class Wanted(RootModel[Annotated[Action, Field(discriminator="action")]]):
    """One action."""


class Dashboard:
    """Does to the provider's objects what no call of the shop does."""

    def __init__(self, settings: SimulatorSettings, database: Database, bell: Bell) -> None:
        self._settings = settings
        self._database = database
        self._bell = bell

    def routes(self) -> list[Route]:
        return [Route("/_dashboard", self.act, methods=["POST"])]

    async def act(self, request: Request) -> Response:
        try:
            wanted = (await body_of(request, Wanted, self._settings)).root
            if isinstance(wanted, Forge):
                return JSONResponse(await self._forge(wanted, request.app.state.deliveries))
            async with self._work() as work:
                return JSONResponse(await _ACTIONS[type(wanted)](work, wanted))
        except StripeError as refusal:
            return JSONResponse(refusal.body, refusal.status)

    @asynccontextmanager
    async def _work(self) -> AsyncIterator[Work]:
        async with self._database.transaction() as connection:
            work = Work(connection, self._settings, self._settings.clock())
            yield work
        if work.emitted:
            self._bell.ring()

    async def _forge(self, wanted: Forge, deliveries: Deliveries) -> Body:
        """Post it to every endpoint, and return what each one answered."""
        async with self._work() as work:
            event = await _event(work, wanted)
        at = self._settings.clock() - timedelta(seconds=wanted.age_s)
        answers = {
            endpoint.url: (
                await deliveries.send(endpoint.url, event, wanted.secret or endpoint.secret, at=at)
            )[1]
            for endpoint in self._settings.webhook_endpoints
        }
        return {"event": event["id"], "answers": answers}


async def _event(work: Work, wanted: Forge) -> Body:
    if wanted.event is not None:
        found = await objects.fetch(work.connection, Kind.EVENT, wanted.event, param="event")
        return found | {"livemode": wanted.livemode}
    event: Body = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": work.now - wanted.age_s,
        "data": {"object": wanted.object},
        "livemode": wanted.livemode,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": wanted.type,
    }
    if wanted.is_made:
        await objects.insert(work.connection, Kind.EVENT, event)
    return event


async def _charge(work: Work, intent_id: str) -> Body:
    intent = await objects.fetch(work.connection, Kind.INTENT, intent_id, param="intent")
    if intent["latest_charge"] is None:
        raise wrong_state("This PaymentIntent has no charge.", payment_intent=intent)
    return await objects.fetch(work.connection, Kind.CHARGE, intent["latest_charge"], lock=True)


async def _refund(work: Work, wanted: Refund) -> Body:
    charge = await _charge(work, wanted.intent)
    return await refunds.make(work, charge, wanted.amount, refunding=Refunding(wanted.outcome))


async def _fail_refund(work: Work, wanted: FailRefund) -> Body:
    await refunds.fail(work, wanted.refund)
    return await objects.fetch(work.connection, Kind.REFUND, wanted.refund)


async def _dispute(work: Work, wanted: Dispute) -> Body:
    charge = await _charge(work, wanted.intent)
    if not charge["captured"]:
        raise wrong_state("This charge has not been captured.", charge=charge["id"])
    await disputes.open_for(work, charge["id"])
    return await objects.fetch(work.connection, Kind.CHARGE, charge["id"])


async def _capture(work: Work, wanted: Capture) -> Body:
    return await intents.capture(work, Ask(wanted.intent))


async def _alter(work: Work, wanted: Alter) -> Body:
    session, _hidden = await sessions.locked(work, wanted.session)
    named = {"currency": wanted.currency, "livemode": wanted.livemode}
    changes = {name: value for name, value in named.items() if value is not None}
    amount = {} if wanted.amount is None else {"amount": wanted.amount}
    if session["payment_intent"] is not None:
        intent = await objects.fetch(
            work.connection, Kind.INTENT, session["payment_intent"], lock=True
        )
        await objects.save(work.connection, Kind.INTENT, intent | changes | amount)
    total = {f"{name}_total": value for name, value in amount.items()}
    return await objects.save(work.connection, Kind.SESSION, session | changes | total)


_ACTIONS: dict[type[Strict], Callable[[Work, Any], Awaitable[Body]]] = {
    Refund: _refund,
    FailRefund: _fail_refund,
    Dispute: _dispute,
    Capture: _capture,
    Alter: _alter,
}
