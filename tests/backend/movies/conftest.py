"""A movies service on a database of its own, called in process."""

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest
from pydantic import SecretStr

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.nudges import InProcessNudges
from backend.movies.app import create_app
from backend.movies.settings import MoviesSettings
from tests.backend.movies.rig import Rig
from tests.support import keys
from tests.support.cinema import small_cinema


@pytest.fixture
async def rig(database_of: Callable[[str], str]) -> AsyncIterator[Rig]:
    """A running service with a small cinema; payment does not answer."""
    settings = MoviesSettings(
        dsn=SecretStr(database_of("backend.movies")),
        oidc_issuer="http://localhost/realms/moviemesh",
        oidc_internal_url="http://localhost/realms/moviemesh",
        guest_keys=keys.GUEST_KEYS,
        service_keys=keys.TRUSTED,
        signing_key=keys.private("movies"),
        lookup_secret=SecretStr("look-up"),
        public_url="http://localhost:8081",
        payment_url="http://payment",
    )

    def nobody(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody there")

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(nobody)) as away:
        app = create_app(settings, broker=InProcessBroker(), nudges=InProcessNudges(), http=away)
        async with app.router.lifespan_context(app):
            parts = app.state.parts
            cinema = await small_cinema(parts.database)
            async with httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app), base_url="http://movies"
            ) as http:
                yield Rig(
                    app, parts, cinema, http, MoviesClient(ServiceHttp(http, "http://movies"))
                )
