"""The ASGI layer around each service: trace id, body limit, headers, figures, last guard."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.contracts.problems import Internal, Problem, TooLarge
from backend.kit import access, trace
from backend.kit.errors import answer
from backend.kit.logs import logger
from backend.kit.metrics import Metrics

_log = logger(__name__)
_LARGEST = 1_000_000
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
_TRACE_ID = b"x-trace-id"


class BodyTooLarge(Exception):  # noqa: N818 -- a fact, and private to this layer
    """More bytes came than the service reads."""


class Border:
    """Pure ASGI on plain headers, because it wraps every request of the hot routes."""

    def __init__(self, app: ASGIApp, metrics: Metrics, largest: int = _LARGEST) -> None:
        self._app = app
        self._metrics = metrics
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        exchange = _Exchange(scope, receive, send, self._largest)
        await exchange.serve(self._app)
        access.note(scope, exchange.status)
        route = getattr(scope.get("route"), "path", "-")
        self._metrics.answered(route, exchange.status, time.perf_counter() - began)


class _Exchange:
    """One request and its answer."""

    __slots__ = (
        "_has_begun", "_is_too_large", "_left", "_receive", "_scope", "_send", "_trace_id", "status"
    )  # fmt: skip

    def __init__(self, scope: Scope, receive: Receive, send: Send, largest: int) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._left = largest
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        self._trace_id = trace.begin(_first(headers, b"traceparent"))
        length = _first(headers, b"content-length")
        # Digits of other scripts pass isdigit() and fail int().
        is_number = length is None or (length.isascii() and length.isdigit())
        self._is_too_large = not is_number or int(length or 0) > largest
        self._has_begun = False
        self.status = 500

    async def serve(self, app: ASGIApp) -> None:
        """Run the application; whatever it raises becomes a problem."""
        if self._is_too_large:
            await self._refuse(TooLarge())
            return
        try:
            await app(self._scope, self._bounded, self._answered)
        except BodyTooLarge:
            pass
        # The request's guard: the caller gets a sentence and a trace id, the log gets the rest.
        except Exception:  # noqa: BLE001 -- the guard of the request
            _log.exception("request failed", path=self._scope["path"])
            await self._refuse(Internal())
        if self._is_too_large:
            # Also where something between took the exception for an unreadable body.
            await self._refuse(TooLarge())

    async def _refuse(self, problem: Problem) -> None:
        if not self._has_begun:
            await answer(problem)(self._scope, self._receive, self._stamped)

    async def _bounded(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self._is_too_large = True
            raise BodyTooLarge
        return message

    async def _answered(self, message: Message) -> None:
        """Send what the application says, unless the body turned out to be too large before."""
        if self._has_begun or not self._is_too_large:
            await self._stamped(message)

    async def _stamped(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._has_begun = True
            self.status = message["status"]
            message["headers"] = _with_ours(message.get("headers", ()), self._trace_id)
        await self._send(message)


def _first(headers: list[tuple[bytes, bytes]], wanted: bytes) -> str | None:
    """Return the first header of a name, as servers hand them over: in lower case."""
    for name, value in headers:
        if name == wanted:
            return value.decode("latin-1")
    return None


def _with_ours(headers: list[tuple[bytes, bytes]], trace_id: str) -> list[tuple[bytes, bytes]]:
    """Add the trace id, in place of any other, and what the answer does not say itself."""
    names = {name.lower() for name, _ in headers}
    kept = list(headers)
    if _TRACE_ID in names:
        kept = [pair for pair in kept if pair[0].lower() != _TRACE_ID]
    kept.append((_TRACE_ID, trace_id.encode()))
    kept += [(name, value) for name, value in _HEADERS.items() if name not in names]
    return kept
