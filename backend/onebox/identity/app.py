"""The provider as an ASGI application with Keycloak's paths."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.kit.border import Border
from backend.kit.logs import logger
from backend.kit.metrics import Metrics
from backend.kit.tasks import end
from backend.onebox.identity import static_files
from backend.onebox.identity.endpoints import (
    authorize,
    discovery,
    login,
    logout,
    mailed,
    recovery,
    registration,
    token,
    verification,
)
from backend.onebox.identity.housekeeping import keep_house
from backend.onebox.identity.parts import assemble, parts_of
from backend.onebox.identity.post import Post
from backend.onebox.identity.problem_pages import (
    LastGuard,
    on_database,
    on_http,
    on_oauth,
    on_page,
)
from backend.onebox.identity.problems import OAuthProblem, PageProblem
from backend.onebox.identity.settings import REALM, IdentitySettings
from backend.onebox.typeface import typeface_route

_LARGEST_FORM = 65_536
_REALM_PATH = f"/realms/{REALM}"
_PROTOCOL = f"{_REALM_PATH}/protocol/openid-connect"
_ACTIONS = f"{_REALM_PATH}/login-actions"

_log = logger(__name__)


def create_app(settings: IdentitySettings, *, post: Post | None = None) -> Starlette:
    """Make the application; its database must be migrated. Mails go by SMTP unless told else."""
    parts = assemble(settings, post)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await parts.database.open()
        try:
            await parts.keys.open()
            await parts.clients.store(settings.clients)
            keeper = asyncio.create_task(keep_house(parts), name="identity housekeeping")
            try:
                yield
            finally:
                await end(keeper)
        finally:
            parts.passwords.close()
            await parts.database.close()

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        middleware=[
            Middleware(Border, metrics=Metrics(), largest=_LARGEST_FORM),
            Middleware(LastGuard),
        ],
        exception_handlers={
            OAuthProblem: on_oauth,
            PageProblem: on_page,
            HTTPException: on_http,
            psycopg.OperationalError: on_database,
            PoolTimeout: on_database,
        },
    )
    app.state.parts = parts
    return app


def _routes() -> list[Route]:
    return [
        Route(f"{_REALM_PATH}/.well-known/openid-configuration", discovery.configuration),
        Route(f"{_PROTOCOL}/certs", discovery.certificates),
        Route(f"{_PROTOCOL}/auth", authorize.authorize, methods=["GET", "POST"]),
        Route(f"{_PROTOCOL}/registrations", authorize.registrations),
        Route(f"{_PROTOCOL}/token", token.token, methods=["POST"]),
        Route(f"{_PROTOCOL}/revoke", token.revoke, methods=["POST"]),
        Route(f"{_PROTOCOL}/userinfo", token.userinfo, methods=["GET", "POST"]),
        Route(f"{_PROTOCOL}/logout", logout.logout, methods=["GET", "POST"]),
        Route(logout.CONFIRM, logout.confirm, methods=["POST"]),
        Route(f"{_ACTIONS}/authenticate", login.show),
        Route(f"{_ACTIONS}/authenticate", login.submit, methods=["POST"]),
        Route(f"{_ACTIONS}/registration", registration.show),
        Route(f"{_ACTIONS}/registration", registration.submit, methods=["POST"]),
        Route(f"{_ACTIONS}/required-action", verification.show),
        Route(f"{_ACTIONS}/required-action", verification.resend, methods=["POST"]),
        Route(f"{_ACTIONS}/reset-credentials", recovery.show),
        Route(f"{_ACTIONS}/reset-credentials", recovery.submit, methods=["POST"]),
        Route(f"{_ACTIONS}/action-token", mailed.show),
        Route(f"{_ACTIONS}/action-token", mailed.submit, methods=["POST"]),
        Route("/resources/{version}/{name}", static_files.serve),
        Route("/favicon.ico", static_files.serve_icon),
        typeface_route(),
        Route("/health/live", _live),
        Route("/health/ready", _ready),
    ]


async def _live(_request: Request) -> Response:
    return JSONResponse({"status": "UP"})


async def _ready(request: Request) -> Response:
    is_up = await parts_of(request).database.is_up()
    return JSONResponse({"status": "UP" if is_up else "DOWN"}, status_code=200 if is_up else 503)
