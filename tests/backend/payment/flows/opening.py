"""Opens the cinema of the rig: three databases, three applications, one bus."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
from pydantic import SecretStr

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.nudges import InProcessNudges
from backend.movies.app import create_app
from backend.movies.settings import MoviesSettings
from tests.backend.payment.flows.rig import MOVIES, Cinema, Tickets
from tests.backend.payment.identity import identity
from tests.backend.payment.provider import provider_on
from tests.backend.payment.rig import PAYMENT, payment_settings, service_on
from tests.backend.payment.wire import Wire
from tests.support import keys
from tests.support.cinema import small_cinema


@asynccontextmanager
async def cinema_on(database_of: Callable[[str], str]) -> AsyncIterator[Cinema]:
    """Open the cinema on fresh databases; nothing in it runs by itself."""
    wire, tickets, broker = Wire(), Tickets(), InProcessBroker()
    broker.subscribe(tickets.subscription())
    wire.apps["localhost"] = identity()
    settings = payment_settings(database_of("backend.payment"))
    async with (
        provider_on(database_of("backend.onebox.stripe_simulator"), wire) as provider,
        httpx2.AsyncClient(transport=wire) as http,
    ):
        app = create_app(
            _movies_settings(database_of("backend.movies")),
            broker=broker,
            nudges=InProcessNudges(),
            http=http,
        )
        wire.apps["movies.test"] = app
        living = service_on(settings, broker, wire)
        cinema = Cinema(
            wire=wire,
            provider=provider,
            tickets=tickets,
            movies=app.state.parts,
            movies_app=app,
            client=MoviesClient(ServiceHttp(http, MOVIES)),
            place=None,  # type: ignore[arg-type]  # -- built when the database is open
            broker=broker,
            payment=await living.__aenter__(),
        )

        async def again() -> None:
            nonlocal living
            await living.__aexit__(None, None, None)
            # The old consumer went with its process.
            broker._subscriptions[:] = [
                each for each in broker._subscriptions if each.consumer != "payment"
            ]
            living = service_on(settings, broker, wire)
            cinema.payment = await living.__aenter__()

        cinema._again = again
        await app.state.parts.database.open()
        await broker.start()
        try:
            cinema.place = await small_cinema(app.state.parts.database)
            yield cinema
        finally:
            await app.state.parts.database.close()
            await living.__aexit__(None, None, None)


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
