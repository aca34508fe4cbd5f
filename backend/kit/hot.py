"""The short way to the routes that a service lives by: found by one look-up, not by every router.

A hot route is declared like any other, so documents and tests see it; here its function is called
with the same Request, and what it raises becomes the same answer. What it leaves out is the walk
through routers, dependency solving and the layers of the framework.
"""

from collections.abc import Awaitable, Callable

from fastapi.routing import APIRoute, APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backend.kit.errors import rendered

Endpoint = Callable[[Request], Awaitable[Response]]


class HotRequest(Request):
    """A request whose body is read without a stream: most come in one piece."""

    async def body(self) -> bytes:
        """Return the body; raises ClientDisconnect."""
        if not hasattr(self, "_body"):
            pieces: list[bytes] = []
            is_whole = False
            while not is_whole:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                pieces.append(message.get("body", b""))
                is_whole = not message.get("more_body", False)
            self._body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        return self._body


class HotRoutes:
    """An ASGI application of some routes; `takes` must be asked before each call."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, int], list[_Hot]] = {}

    def add(self, router: APIRouter, endpoint: Endpoint) -> None:
        """Take a route of a router, found by its function; raises LookupError."""
        for route in router.routes:
            if isinstance(route, APIRoute) and route.endpoint is endpoint:
                hot = _Hot(route)
                for method in route.methods or ():
                    self._routes.setdefault((method, len(hot.parts)), []).append(hot)
                return
        raise LookupError(endpoint)

    def takes(self, scope: Scope) -> bool:
        """Say whether a hot route answers this request, and note it in the scope."""
        parts = scope["path"].split("/")
        for hot in self._routes.get((scope["method"], len(parts)), ()):
            found = hot.matches(parts)
            if found is not None:
                scope["route"] = hot.route
                scope["endpoint"] = hot.route.endpoint
                scope["path_params"] = found
                return True
        return False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = HotRequest(scope, receive, send)
        try:
            response: Response = await scope["endpoint"](request)
        # As the framework does: what no handler knows goes on to the guard of the request.
        except Exception as error:
            known = await rendered(request, error)
            if known is None:
                raise
            response = known
        await response(scope, receive, send)


class _Hot:
    """A route's path in parts; those that begin with a brace are parameters."""

    def __init__(self, route: APIRoute) -> None:
        self.route = route
        self.parts = route.path.split("/")
        self._fixed = [(n, part) for n, part in enumerate(self.parts) if not part.startswith("{")]
        self._named = [(n, part[1:-1]) for n, part in enumerate(self.parts) if part.startswith("{")]

    def matches(self, parts: list[str]) -> dict[str, str] | None:
        """Return the parameters of a path of as many parts, or None if it is another route's."""
        if any(parts[n] != part for n, part in self._fixed):
            return None
        named = {name: parts[n] for n, name in self._named}
        return None if "" in named.values() else named
