"""A movies service on a database of its own, called in process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.kit.nudges import InProcessNudges
from backend.movies.app import create_app
from backend.movies.settings import MoviesSettings
from tests.backend.movies.payment import Neighbours
from tests.backend.movies.rig import Bus, Rig
from tests.support import keys
from tests.support.cinema import SmallCinema, small_cinema


@asynccontextmanager
async def service(
    dsn: str, cinema: SmallCinema | None = None, **settings_: Any
) -> AsyncIterator[Rig]:
    """Run the service on a database; without a cinema a small one is made."""
    settings = MoviesSettings(
        dsn=SecretStr(dsn),
        oidc_issuer=keys.ISSUER,
        oidc_internal_url=keys.ISSUER,
        guest_keys=keys.GUEST_KEYS,
        service_keys=keys.TRUSTED,
        signing_key=keys.private("movies"),
        lookup_secret=SecretStr("look-up"),
        public_url="http://localhost:8081",
        payment_url="http://payment",
        # The tests make the rounds themselves.
        reap_every=timedelta(hours=1),
        reconcile_every=timedelta(hours=1),
        **settings_,
    )
    bus, neighbours = Bus(), Neighbours()
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(neighbours)) as away:
        app = create_app(settings, broker=bus, nudges=InProcessNudges(), http=away)
        async with app.router.lifespan_context(app):
            made = cinema or await small_cinema(app.state.parts.database)
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://movies") as http:
                client = MoviesClient(ServiceHttp(http, "http://movies"))
                yield Rig(app, app.state.parts, made, http, client, bus, neighbours)


@pytest.fixture
def dsn(database_of: Callable[[str], str]) -> str:
    """A database with movies' schema."""
    return database_of("backend.movies")


@pytest.fixture
async def rig(dsn: str) -> AsyncIterator[Rig]:
    """A running service with a small cinema; payment answers with the page of its provider."""
    async with service(dsn) as made:
        yield made


@pytest.fixture
async def second(dsn: str, rig: Rig) -> AsyncIterator[Rig]:
    """Another process of the same service: the same database, nothing else shared."""
    async with service(dsn, rig.cinema) as made:
        yield made
