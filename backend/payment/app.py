"""The payment service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx2
from fastapi import FastAPI

from backend.kit.access import AccessLog
from backend.kit.app import running, service_app
from backend.kit.database import Database
from backend.kit.differences import Reconciler
from backend.kit.messaging.broker import Broker
from backend.kit.messaging.housekeeping import Housekeeping
from backend.kit.messaging.outbox import Relay
from backend.kit.rounds import Rounds
from backend.kit.tokens.keyring import Keyring, fetched_by
from backend.kit.tokens.verifier import Verifier
from backend.payment.checkouts import endpoints as checkouts
from backend.payment.checkouts import steps
from backend.payment.consumers import consumer
from backend.payment.figures import Figures
from backend.payment.parts import Parts
from backend.payment.reconciliation import endpoints as reconciliation
from backend.payment.reconciliation.service import checks
from backend.payment.refunds import endpoints as refund_reads
from backend.payment.refunds import service as refunds
from backend.payment.settings import PaymentSettings
from backend.payment.stripe.gateway import Gateway
from backend.payment.webhooks import endpoints as webhooks
from backend.payment.webhooks import service as events
from backend.payment.work import Work


def create_app(settings: PaymentSettings, *, broker: Broker, http: httpx2.AsyncClient) -> FastAPI:
    """Make the application; its parts start and stop with its lifespan."""
    parts = _parts(settings, broker, http)
    database = parts.database
    broker.subscribe(consumer(parts).subscription())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await database.open()
        try:
            async with running(
                parts.relay,
                parts.work,
                Rounds("reconciliation", reconciler.round, settings.reconcile_every),
                Rounds("housekeeping", Housekeeping(database).round, Housekeeping.EVERY),
            ):
                yield
        finally:
            await database.close()

    app = service_app(
        "Payment",
        lifespan=lifespan,
        verifier=Verifier(settings.trust("payment"), Keyring(settings.jwks_url, fetched_by(http))),
        is_ready=database.is_up,
        description="Payment attempts, refunds, the ledger and the provider's webhooks.",
        access=AccessLog(settings.access_log, "payment"),
    )
    app.state.parts = parts
    figures = app.state.figures = Figures(app.state.metrics.registry)
    reconciler = app.state.reconciler = Reconciler(
        database,
        checks(parts, figures),
        alarm_after=settings.alarm_after,
        registry=app.state.metrics.registry,
    )
    for feature in (checkouts, refund_reads, webhooks, reconciliation):
        app.include_router(feature.router)
    return app


def _parts(settings: PaymentSettings, broker: Broker, http: httpx2.AsyncClient) -> Parts:
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
    parts.work.add("webhooks", partial(events.work, parts))
    parts.work.add("attempts", partial(steps.work, parts))
    parts.work.add("refunds", partial(refunds.work, parts))
    return parts
