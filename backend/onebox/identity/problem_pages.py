"""What a failed request shows: a page to people, OAuth's JSON to programs, never a trace."""

import psycopg
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.kit.logs import logger
from backend.onebox.identity.endpoints.token import refusal
from backend.onebox.identity.pages import language_of
from backend.onebox.identity.parts import parts_of
from backend.onebox.identity.problems import OAuthProblem, PageProblem
from backend.onebox.identity.settings import REALM

_FOR_PROGRAMS = ("/token", "/revoke", "/userinfo", "/certs", "/health/ready")
_log = logger(__name__)


async def on_oauth(request: Request, error: Exception) -> Response:
    """Answer a refusal of the protocol; inside a form it is a broken form."""
    if not isinstance(error, OAuthProblem):
        raise error
    if f"/realms/{REALM}/login-actions/" in request.url.path:
        return await _page(request, "broken", error.status)
    return refusal(error)


async def on_page(request: Request, error: Exception) -> Response:
    """Show a refusal of a page."""
    if not isinstance(error, PageProblem):
        raise error
    return await _page(request, error.page, error.status)


async def on_http(request: Request, error: Exception) -> Response:
    """Show what the router refused."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return await _page(request, "missing" if status == 404 else "broken", status)


async def on_database(request: Request, error: Exception) -> Response:
    """Say that the database does not answer."""
    _log.warning("database", error=repr(error))
    response: Response
    if request.url.path.endswith(_FOR_PROGRAMS):
        body = {"error": "temporarily_unavailable", "error_description": "Try again shortly"}
        response = JSONResponse(body, status_code=503)
    else:
        response = await _page(request, "unavailable", 503)
    response.headers["Retry-After"] = "2"
    return response


async def _page(request: Request, page: str, status: int) -> Response:
    parts = parts_of(request)
    try:
        home_url = await parts.clients.home_url()
    except (psycopg.OperationalError, PoolTimeout):
        home_url = None
    context = {"page": page, "home_url": home_url}
    language = language_of(request)
    return parts.pages.render(request, "problem", context, language=language, status=status)


class LastGuard:
    """Shows a page for whatever nobody expected; the log gets the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        # The request's guard, as in the kit's border, which would answer JSON to a person.
        except Exception:
            _log.exception("request failed", path=scope["path"])
            if has_begun:
                raise
            response = await _page(Request(scope), "internal", 500)
            await response(scope, receive, send)
