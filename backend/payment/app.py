"""The payment service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI

from backend.kit.app import running, service_app
from backend.kit.database import Database
from backend.kit.messaging.broker import Broker
from backend.kit.messaging.outbox import Relay
from backend.kit.tokens.keyring import Keyring, fetched_by
from backend.kit.tokens.verifier import Verifier
from backend.payment.checkouts import commands
from backend.payment.checkouts import endpoints as checkouts
from backend.payment.consumers import consumer
from backend.payment.parts import Parts
from backend.payment.refunds import service as refunds
from backend.payment.settings import PaymentSettings
from backend.payment.stripe.gateway import Gateway
from backend.payment.webhooks import endpoints as webhooks
from backend.payment.webhooks import service as events
from backend.payment.work import Work


def create_app(settings: PaymentSettings, *, broker: Broker, http: httpx2.AsyncClient) -> FastAPI:
    """Make the application; its parts start and stop with its lifespan."""
    database = Database(settings.dsn.get_secret_value())
    parts = Parts(
        settings=settings,
        database=database,
        relay=Relay(database, broker),
        gateway=Gateway(
            http,
            settings.stripe_key,
            settings.stripe_address,
            settings.provider_answers_within.total_seconds(),
        ),
        work=Work(settings.works_every),
    )
    for due in (events.work, commands.work, refunds.work):
        parts.work.add(lambda due=due: due(parts))  # type: ignore[misc]  # -- binds the loop's own
    broker.subscribe(consumer(parts).subscription())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await database.open()
        try:
            async with running(parts.relay, parts.work):
                yield
        finally:
            await database.close()

    app = service_app(
        "Payment",
        lifespan=lifespan,
        verifier=Verifier(settings.trust("payment"), Keyring(settings.jwks_url, fetched_by(http))),
        is_ready=database.is_up,
        description="Payment attempts, refunds, the ledger and the provider's webhooks.",
    )
    app.state.parts = parts
    app.include_router(checkouts.router)
    app.include_router(webhooks.router)
    return app
