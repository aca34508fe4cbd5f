"""The auth service, put together: signs people in, knows guests, and opens looked-up orders.

A backend for the website: tokens of people stay here and on the website's server.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.auth.cookies import Cookies
from backend.auth.guests.tokens import GuestTokens
from backend.auth.lookups import endpoints as lookups
from backend.auth.lookups.service import Clock, LookupDesk
from backend.auth.parts import Parts
from backend.auth.provider.checks import TokenChecks
from backend.auth.provider.client import Provider
from backend.auth.sessions import endpoints as sessions
from backend.auth.sessions.csrf import CsrfTokens
from backend.auth.sessions.living import LivingSessions
from backend.auth.settings import AuthSettings
from backend.auth.signin import endpoints as signin
from backend.auth.signin.attempts import Attempts
from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.kit.app import service_app
from backend.kit.cache import Cache
from backend.kit.tokens.keyring import Keyring, fetched_by
from backend.kit.tokens.verifier import Verifier

_FEATURES = (signin.router, sessions.router, lookups.router)


class NoStore:
    """Lets nobody keep an answer: each of them is for one browser at one moment."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, marked)


def create_app(
    settings: AuthSettings, *, cache: Cache, http: httpx2.AsyncClient, clock: Clock | None = None
) -> FastAPI:
    """Make the application; it keeps nothing of its own but what is in the cache."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    async def is_ready() -> bool:
        return True

    keyring = Keyring(settings.jwks_url, fetched_by(http))
    app = service_app(
        "Auth",
        lifespan=lifespan,
        verifier=Verifier(settings.trust("auth"), keyring),
        is_ready=is_ready,
        description="Sign-in and sign-out, visitors' sessions, guests, and order look-up.",
    )
    app.add_middleware(NoStore)
    app.state.parts = _parts(settings, cache, http=http, keyring=keyring, clock=clock)
    for router in _FEATURES:
        app.include_router(router)
    return app


def _parts(
    settings: AuthSettings,
    cache: Cache,
    *,
    http: httpx2.AsyncClient,
    keyring: Keyring,
    clock: Clock | None,
) -> Parts:
    provider = Provider(settings, http)
    checks = TokenChecks(
        issuer=settings.oidc_issuer,
        client_id=settings.client_id,
        keyring=keyring,
        verifier=Verifier(settings.trust("movies"), keyring),
    )
    movies = MoviesClient(ServiceHttp(http, settings.movies_url))
    return Parts(
        settings=settings,
        cookies=Cookies(settings),
        provider=provider,
        checks=checks,
        attempts=Attempts(cache, settings.sign_in_within),
        sessions=LivingSessions(settings, cache, provider=provider, checks=checks),
        guests=GuestTokens(settings),
        csrf=CsrfTokens(settings),
        lookups=LookupDesk(settings, cache, movies, clock),
    )
