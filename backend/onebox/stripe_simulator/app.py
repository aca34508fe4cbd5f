"""The simulator's application: the API, the hosted page, the operator's page, two background tasks.

`create_app(settings)`; the application owns its pool, its HTTP client and its tasks.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from itertools import count

import httpx2
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from backend.kit.database import Database
from backend.kit.tasks import end
from backend.onebox.stripe_simulator.dashboard import Dashboard
from backend.onebox.stripe_simulator.deliveries import Bell, Deliveries
from backend.onebox.stripe_simulator.door import Door
from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.faults import Faults, release
from backend.onebox.stripe_simulator.hosted import Hosted
from backend.onebox.stripe_simulator.inspection import Inspection
from backend.onebox.stripe_simulator.operations import OPERATIONS, Operation
from backend.onebox.stripe_simulator.pages import Pages
from backend.onebox.stripe_simulator.passing import Passing
from backend.onebox.stripe_simulator.settings import SimulatorSettings
from backend.onebox.stripe_simulator.switches import Switches

ROUNDS_BETWEEN_FORGETTING = 1_000
_log = logging.getLogger(__name__)


def create_app(
    settings: SimulatorSettings, *, transport: httpx2.AsyncBaseTransport | None = None
) -> Starlette:
    """Make the application; tests give the transport that carries its webhooks."""
    database = Database(settings.dsn)
    bell = Bell()
    pages = Pages()
    faults = Faults()
    return Starlette(
        routes=_routes(settings, database, bell=bell, pages=pages, faults=faults),
        exception_handlers={
            HTTPException: _unrecognized,
            OperationalError: pages.busy,
            PoolTimeout: pages.busy,
        },
        lifespan=_life(settings, database, faults=faults, bell=bell, transport=transport),
    )


def _life(
    settings: SimulatorSettings,
    database: Database,
    *,
    faults: Faults,
    bell: Bell,
    transport: httpx2.AsyncBaseTransport | None,
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Make the lifespan that opens the database and runs the two tasks."""
    passing = Passing(settings, database)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await database.open()
        async with database.connection() as connection:
            if settings.allows_faults:
                await faults.load(connection)
            else:
                await release(connection, now=settings.clock())
        limit = settings.webhook_limit.total_seconds()
        async with httpx2.AsyncClient(
            timeout=limit, trust_env=False, transport=transport
        ) as client:
            deliveries = Deliveries(settings, database, client, faults)
            app.state.passing = passing
            app.state.deliveries = deliveries
            tasks = []
            if settings.works_by_itself:
                tasks.append(asyncio.create_task(_post(settings, bell, deliveries)))
                tasks.append(asyncio.create_task(_pass(settings, passing)))
            try:
                yield
            finally:
                await end(*tasks)
                await database.close()

    return lifespan


def _routes(
    settings: SimulatorSettings, database: Database, *, bell: Bell, pages: Pages, faults: Faults
) -> list[BaseRoute]:
    door = Door(settings, database, bell, faults)

    async def is_ready(_request: Request) -> Response:
        status = 200 if await database.is_up() else 503
        return JSONResponse({"status": "ready" if status == 200 else "waiting"}, status)

    return [
        Route("/health/live", _is_live),
        Route("/health/ready", is_ready),
        *(
            Route(each.path, partial(_call, door, each), methods=[each.method])
            for each in OPERATIONS
        ),
        *Hosted(settings, database, bell, pages).routes(),
        *Inspection(settings, database, pages).routes(),
        *Switches(settings, database, bell, faults).routes(),
        *Dashboard(settings, database, bell).routes(),
        *pages.routes(),
    ]


async def _post(settings: SimulatorSettings, bell: Bell, deliveries: Deliveries) -> None:
    """Post what is to be posted, until cancelled."""
    while True:
        if not await _guarded(deliveries.post_due):
            await bell.wait(settings.poll_every)


async def _pass(settings: SimulatorSettings, passing: Passing) -> None:
    """Do what is due, until cancelled; apart from the posts, which may wait for a slow shop."""
    for turn in count():
        await _guarded(passing.do_due)
        if turn % ROUNDS_BETWEEN_FORGETTING == 0:
            await _guarded(passing.forget)
        await asyncio.sleep(settings.poll_every.total_seconds())


async def _guarded(work: Callable[[], Awaitable[int]]) -> int:
    try:
        return await work()
    except Exception:  # noqa: BLE001 -- guard of the loops: the database may be away for a while
        _log.exception("the simulator's background work failed")
        return 0


async def _call(door: Door, operation: Operation, request: Request) -> Response:
    return await door.answer(operation, request)


async def _is_live(_request: Request) -> Response:
    return JSONResponse({"status": "live"})


async def _unrecognized(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if not request.url.path.startswith("/v1/"):
        return PlainTextResponse("There is nothing here.", status)
    refusal = StripeError(
        f"Unrecognized request URL ({request.method}: {request.url.path}). "
        "The simulator has no such call.",
        status=404,
    )
    return JSONResponse(refusal.body, 404)
