"""Who is visiting: asked of auth, and the cookie that auth wants set sent along.

Nobody becomes a guest by looking: `glimpse` asks only for browsers that bring a cookie.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.contracts.permissions import Role
from backend.contracts.problems import Problem, Unavailable
from backend.contracts.sessions import SessionRead

if TYPE_CHECKING:
    from web.parts import Parts

_STATE = "web_visitor"
_COOKIES = "web_set_cookies"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A guest or a person who signed in. The token never leaves the server."""

    session: SessionRead

    @property
    def token(self) -> str:
        """The access token for calls on the visitor's behalf."""
        return self.session.access_token

    @property
    def is_signed_in(self) -> bool:
        """Say whether this is a person with an account."""
        return self.session.kind == "person"

    @property
    def name(self) -> str:
        """How the page calls a person; empty for guests."""
        return self.session.name or self.session.email or ""

    def has_role(self, *roles: Role | str) -> bool:
        """Say whether the visitor has one of these roles."""
        return not {str(role) for role in roles}.isdisjoint(self.session.roles)


async def visitor_of(request: Request) -> Visitor:
    """Return the visitor; a guest's session is made where there is none. Raises Unreachable."""
    known = known_visitor(request)
    if known is not None:
        return known
    parts: Parts = request.app.state.parts
    session = await parts.sessions.find(request.headers.get("cookie", ""))
    if session.set_cookie is not None:
        send_cookie(request, session.set_cookie)
    visitor = Visitor(session)
    request.scope["state"][_STATE] = visitor
    return visitor


async def glimpse(request: Request) -> Visitor | None:
    """Return the visitor for pages that work without one: None without cookie or without auth."""
    if "cookie" not in request.headers:
        return None
    try:
        return await visitor_of(request)
    except Unavailable:
        return None
    except Problem as problem:
        # A cookie that auth does not like must never stand between a visitor and the programme.
        if problem.status in {401, 403}:
            return None
        raise


def known_visitor(request: Request) -> Visitor | None:
    """Return the visitor if this request has asked before."""
    visitor: Visitor | None = request.scope.setdefault("state", {}).get(_STATE)
    return visitor


def send_cookie(request: Request, set_cookie: str) -> None:
    """Have the answer to this request carry a Set-Cookie header as auth wrote it."""
    request.scope.setdefault("state", {}).setdefault(_COOKIES, []).append(set_cookie)


class CookieCarrier:
    """Adds the cookies of `send_cookie` to whatever answer the request gets, refusals too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def carrying(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for cookie in state.get(_COOKIES, ()):
                    headers.append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, carrying)
