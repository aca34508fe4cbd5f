"""What every service's application has: problems, trace ids, limits, health, metrics and docs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from backend.contracts.problems import Unavailable
from backend.kit import errors
from backend.kit.access import AccessLog
from backend.kit.border import Border
from backend.kit.documents import operations_page
from backend.kit.hot import HotRoutes
from backend.kit.metrics import Metrics
from backend.kit.openapi import PROBLEM
from backend.kit.tokens.verifier import Verifier

Ready = Callable[[], Awaitable[bool]]


class Part(Protocol):
    """Something that runs beside the requests."""

    async def start(self) -> None:
        """Begin."""
        ...

    async def stop(self) -> None:
        """End; called once, after `start`."""
        ...


class Service(FastAPI):
    """An application with a short way to its hot routes; the layer around both is the same."""

    def __init__(self, *, metrics: Metrics, **about: Any) -> None:
        super().__init__(**about)
        self.hot = HotRoutes()
        self._short_way = Border(self.hot, metrics)
        self.add_middleware(Border, metrics=metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self.hot.takes(scope):
            scope["app"] = self
            await self._short_way(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def service_app(
    title: str,
    *,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    verifier: Verifier | None,
    is_ready: Ready,
    description: str = "",
    access: AccessLog | None = None,
) -> Service:
    """Make an application; its features add their routers."""
    access = access or AccessLog(None, title)
    metrics = Metrics()

    @asynccontextmanager
    async def whole(app: FastAPI) -> AsyncIterator[None]:
        async with running(access), lifespan(app):
            yield

    app = Service(
        metrics=metrics,
        title=title,
        description=description,
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=whole,
        responses=PROBLEM,
    )
    app.state.metrics = metrics
    app.state.verifier = verifier
    app.state.access = access
    errors.install(app)
    _add_plain_routes(app, metrics, is_ready)
    return app


def _add_plain_routes(app: FastAPI, metrics: Metrics, is_ready: Ready) -> None:
    """Add what every service answers and its documents leave out."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_request: Request) -> Response:
        if not await is_ready():
            return errors.answer(Unavailable())
        return JSONResponse({"status": "ready"})

    async def figures(_request: Request) -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    async def documents(_request: Request) -> Response:
        return operations_page(app.openapi())

    for path, endpoint in {
        "/health/live": live,
        "/health/ready": ready,
        "/metrics": figures,
        "/docs": documents,
    }.items():
        app.add_route(path, endpoint, include_in_schema=False)


@asynccontextmanager
async def running(*parts: Part) -> AsyncIterator[None]:
    """Start parts in order and stop them in the reverse one, also when one of them fails."""
    async with AsyncExitStack() as stack:
        for part in parts:
            await part.start()
            stack.push_async_callback(part.stop)
        yield
