"""Opens the cinema of the rig: three databases, three applications, one bus."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.nudges import InProcessNudges
from backend.movies.app import create_app
from backend.movies.settings import MoviesSettings
from tests.backend.payment.flows.rig import MOVIES, Cinema, Tickets
from tests.backend.payment.identity import identity
from tests.backend.payment.lives import PAYMENT, Lives, payment_settings
from tests.backend.payment.provider import provider_on
from tests.backend.payment.wire import Wire
from tests.support import keys
from tests.support.cinema import small_cinema


@asynccontextmanager
async def cinema_on(database_of: Callable[[str], str]) -> AsyncIterator[Cinema]:
    """Open the cinema on fresh databases; nothing in it runs by itself."""
    wire, tickets, broker = Wire(), Tickets(), InProcessBroker()
    wire.apps["localhost"] = identity()
    broker.subscribe(tickets.subscription())
    payment = Lives(payment_settings(database_of("backend.payment")), wire)
    async with (
        provider_on(database_of("backend.onebox.stripe_simulator"), wire) as provider,
        httpx2.AsyncClient(transport=wire) as http,
        _movies_on(database_of("backend.movies"), broker, http) as app,
    ):
        wire.apps["movies.test"] = app
        cinema = Cinema(
            wire=wire,
            provider=provider,
            tickets=tickets,
            movies=app.state.parts,
            movies_app=app,
            client=MoviesClient(ServiceHttp(http, MOVIES)),
            place=await small_cinema(app.state.parts.database),
            broker=broker,
            payment=await payment.begin(broker),
            lives=payment,
        )
        await broker.start()
        try:
            yield cinema
        finally:
            await payment.end()


@asynccontextmanager
async def _movies_on(
    dsn: str, broker: InProcessBroker, http: httpx2.AsyncClient
) -> AsyncIterator[FastAPI]:
    settings = _movies_settings(dsn)
    app = create_app(settings, broker=broker, nudges=InProcessNudges(), http=http)
    await app.state.parts.database.open()
    try:
        yield app
    finally:
        await app.state.parts.database.close()


def _movies_settings(dsn: str) -> MoviesSettings:
    given: dict[str, Any] = {
        "dsn": SecretStr(dsn),
        "oidc_issuer": keys.ISSUER,
        "oidc_internal_url": keys.ISSUER,
        "guest_keys": keys.GUEST_KEYS,
        "service_keys": keys.TRUSTED,
        "signing_key": keys.private("movies"),
        "lookup_secret": SecretStr("look-up"),
        "public_url": "http://cinema.test",
        "payment_url": PAYMENT,
        "reopened_hold": timedelta(minutes=2),
    }
    return MoviesSettings(**given)
