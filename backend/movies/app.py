"""The movies service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI

from backend.client.http import ServiceHttp
from backend.client.payment import PaymentClient
from backend.kit.access import AccessLog
from backend.kit.app import Service, running, service_app
from backend.kit.database import Database
from backend.kit.differences import Reconciler
from backend.kit.keys import Once, Replies
from backend.kit.messaging.broker import Broker
from backend.kit.messaging.housekeeping import Housekeeping
from backend.kit.messaging.outbox import Relay
from backend.kit.nudges import Nudges
from backend.kit.rounds import Rounds
from backend.kit.tokens.keyring import Keyring, fetched_by
from backend.kit.tokens.signer import ServiceSigner
from backend.kit.tokens.verifier import Verifier
from backend.movies.cinemas import endpoints as cinemas
from backend.movies.consumers import consumer
from backend.movies.films import endpoints as films
from backend.movies.orders import endpoints as orders
from backend.movies.orders.checkouts import Checkouts
from backend.movies.orders.offers import Offers
from backend.movies.orders.placing import Placing
from backend.movies.orders.reaper import Reaper
from backend.movies.orders.retention import Retention
from backend.movies.parts import Parts
from backend.movies.prices import endpoints as prices
from backend.movies.reconciliation import endpoints as reconciliation
from backend.movies.reconciliation.service import checks
from backend.movies.rooms import endpoints as rooms
from backend.movies.screenings import endpoints as screenings
from backend.movies.screenings.programmes import Programmes
from backend.movies.seats import endpoints as seats
from backend.movies.seats.feed import SeatFeed
from backend.movies.seats.maps import SeatMaps
from backend.movies.settings import MoviesSettings

_FEATURES = (
    cinemas.router,
    films.router,
    rooms.router,
    prices.router,
    screenings.router,
    seats.router,
    orders.router,
    reconciliation.router,
)


def create_app(
    settings: MoviesSettings, *, broker: Broker, nudges: Nudges, http: httpx2.AsyncClient
) -> FastAPI:
    """Make the application; its parts start and stop with its lifespan."""
    parts = _parts(settings, broker=broker, nudges=nudges, http=http)
    broker.subscribe(consumer(parts).subscription())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await parts.database.open()
        try:
            async with running(
                parts.relay,
                Rounds("reaper", Reaper(parts).round, settings.reap_every),
                Rounds("housekeeping", Housekeeping(parts.database).round, Housekeeping.EVERY),
                Rounds("retention", _retention(parts).round, Retention.EVERY),
                Rounds("reconciliation", reconciler.round, settings.reconcile_every),
            ):
                yield
        finally:
            await parts.database.close()

    app = service_app(
        "Movies",
        lifespan=lifespan,
        verifier=Verifier(settings.trust("movies"), Keyring(settings.jwks_url, fetched_by(http))),
        is_ready=parts.database.is_up,
        description="Films, rooms, screenings, prices, seats and orders.",
        access=AccessLog(settings.access_log, "movies"),
    )
    app.state.parts = parts
    reconciler = app.state.reconciler = Reconciler(
        parts.database,
        checks(parts),
        alarm_after=settings.alarm_after,
        registry=app.state.metrics.registry,
    )
    _add_features(app)
    return app


def _add_features(app: Service) -> None:
    for router in _FEATURES:
        app.include_router(router)
    app.hot.add(orders.router, orders.create_order)
    app.hot.add(seats.router, seats.read_map)
    app.hot.add(seats.router, seats.follow_map)
    app.hot.add(screenings.router, screenings.read_programme)


def _retention(parts: Parts) -> Retention:
    return Retention(parts.database, parts.settings.contacts_keep)


def _parts(
    settings: MoviesSettings, *, broker: Broker, nudges: Nudges, http: httpx2.AsyncClient
) -> Parts:
    database = Database(settings.dsn.get_secret_value())
    offers = Offers(database)
    maps = SeatMaps(database, offers)
    return Parts(
        settings=settings,
        database=database,
        once=Once(database),
        replies=Replies(database),
        relay=Relay(database, broker),
        nudges=nudges,
        offers=offers,
        maps=maps,
        feed=SeatFeed(maps, nudges),
        placing=Placing(database, largest=settings.orders_per_batch, placed=maps.placed),
        programmes=Programmes(database),
        checkouts=Checkouts(
            PaymentClient(ServiceHttp(http, settings.payment_url)),
            ServiceSigner("movies", settings.signing_key),
            settings.payment_answers_within,
        ),
    )
