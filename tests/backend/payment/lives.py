"""The payment service on a database and a bus: it lives, dies and lives again; movies listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from backend.client.http import ServiceHttp
from backend.client.payment import PaymentClient
from backend.contracts.messages import MESSAGES, Envelope, Message
from backend.kit.messaging.broker import ACCEPTED, Broker, Receipt, Subscription
from backend.payment.app import create_app
from backend.payment.settings import PaymentSettings
from tests.backend.onebox.stripe_simulator.rig import ADDRESS, KEY, SECRET
from tests.backend.payment.wire import Wire
from tests.support import keys

PAYMENT = "http://payment.test"
OLD_SECRET = "whsec_before_the_rotation"


def payment_settings(dsn: str, **changes: Any) -> PaymentSettings:
    """Return settings under which nothing comes due before a test says so."""
    given: dict[str, Any] = {
        "dsn": SecretStr(dsn),
        "oidc_issuer": "http://localhost/realms/moviemesh",
        "oidc_internal_url": "http://localhost/realms/moviemesh",
        "service_keys": keys.TRUSTED,
        "stripe_key": SecretStr(KEY),
        "stripe_address": ADDRESS,
        "webhook_secrets": (SecretStr(SECRET), SecretStr(OLD_SECRET)),
        "environment": "test",
        "look_first": timedelta(hours=1),
        "look_last": timedelta(hours=1),
        **changes,
    }
    return PaymentSettings(**given)


@dataclass
class Heard:
    """Movies' place at the bus: what payment said."""

    messages: list[Message] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def subscription(self) -> Subscription:
        types = frozenset(name for name in MESSAGES if name.startswith("payment."))
        return Subscription("listener", types, self._receive)

    async def _receive(self, envelope: Envelope) -> Receipt:
        if not envelope.type.endswith("_requested.v1"):
            self.messages.append(MESSAGES[envelope.type].model_validate(envelope.payload))
            self._news.set()
        return ACCEPTED

    async def until(self, what: str) -> None:
        """Wait for a service that works by itself to say something."""
        async with asyncio.timeout(30):
            while what not in self.types():
                self._news.clear()
                await self._news.wait()

    def types(self) -> list[str]:
        """Name what was heard, in order: opened, authorised, …"""
        return [message.TYPE.split(".")[1] for message in self.messages]

    def one(self, kind: type[Message]) -> Any:
        """Return the only message of a kind."""
        (found,) = [message for message in self.messages if isinstance(message, kind)]
        return found


@dataclass
class Service:
    """The payment service, put together but not running: `round` does what it would do."""

    app: FastAPI
    http: httpx2.AsyncClient
    client: PaymentClient

    @property
    def parts(self) -> Any:
        return self.app.state.parts

    async def round(self) -> int:
        """Do once whatever is due, and send what was put into the outbox."""
        return int(await self.parts.work.round() + await self.parts.relay.send_due())


@asynccontextmanager
async def service_on(
    settings: PaymentSettings, broker: Broker, wire: Wire, *, is_running: bool = False
) -> AsyncIterator[Service]:
    """Make the service over a database and a bus; one that is running works by itself."""
    async with httpx2.AsyncClient(transport=wire) as out:
        app = create_app(settings, broker=broker, http=out)
        wire.apps["payment.test"] = app
        inside = httpx2.ASGITransport(app=app)
        living = app.router.lifespan_context(app) if is_running else _opened(app)
        async with living, httpx2.AsyncClient(transport=inside, base_url=PAYMENT) as http:
            yield Service(app, http, PaymentClient(ServiceHttp(http, PAYMENT)))


class Lives:
    """The lives of a service on one database: one ends, another begins."""

    def __init__(self, settings: PaymentSettings, wire: Wire, *, is_running: bool = False) -> None:
        self._settings = settings
        self._wire = wire
        self._is_running = is_running
        self._life: AbstractAsyncContextManager[Service] | None = None

    async def begin(self, broker: Broker) -> Service:
        """Start a service."""
        self._life = service_on(self._settings, broker, self._wire, is_running=self._is_running)
        return await self._life.__aenter__()

    async def end(self) -> None:
        """Drop it, whatever it was about to do."""
        if self._life is not None:
            await self._life.__aexit__(None, None, None)
            self._life = None


@asynccontextmanager
async def _opened(app: FastAPI) -> AsyncIterator[None]:
    await app.state.parts.database.open()
    try:
        yield
    finally:
        await app.state.parts.database.close()
