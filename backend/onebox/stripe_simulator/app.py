"""The simulator's application: the API, the hosted page, the operator's page, two background tasks.

`create_app(settings)`; the application owns its pool, its HTTP client and its tasks.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from backend.kit.database import Database
from backend.onebox.stripe_simulator.deliveries import Bell, Deliveries
from backend.onebox.stripe_simulator.door import Door
from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.hosted import Hosted
from backend.onebox.stripe_simulator.inspection import Inspection
from backend.onebox.stripe_simulator.operations import OPERATIONS, Operation
from backend.onebox.stripe_simulator.pages import Pages
from backend.onebox.stripe_simulator.passing import Passing
from backend.onebox.stripe_simulator.settings import SimulatorSettings

ROUNDS_BETWEEN_FORGETTING = 1_000
_log = logging.getLogger(__name__)


def create_app(
    settings: SimulatorSettings, *, transport: httpx2.AsyncBaseTransport | None = None
) -> Starlette:
    """Make the application; tests give the transport that carries its webhooks."""
    database = Database(settings.dsn)
    bell = Bell()
    door = Door(settings, database, bell)
    pages = Pages()
    passing = Passing(settings, database)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await database.open()
        limit = settings.webhook_limit.total_seconds()
        async with httpx2.AsyncClient(
            timeout=limit, trust_env=False, transport=transport
        ) as client:
            deliveries = Deliveries(settings, database, client)
            app.state.passing = passing
            app.state.deliveries = deliveries
            tasks = []
            if settings.works_by_itself:
                rounds = _keep_going(settings, bell, passing, deliveries)
                tasks.append(asyncio.create_task(rounds))
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await database.close()

    async def is_ready(_request: Request) -> Response:
        status = 200 if await database.is_up() else 503
        return JSONResponse({"status": "ready" if status == 200 else "waiting"}, status)

    return Starlette(
        routes=[
            Route("/health/live", _is_live),
            Route("/health/ready", is_ready),
            *(
                Route(each.path, partial(_call, door, each), methods=[each.method])
                for each in OPERATIONS
            ),
            *Hosted(settings, database, bell, pages).routes(),
            *Inspection(settings, database, pages).routes(),
            *pages.routes(),
        ],
        exception_handlers={HTTPException: _unrecognized},
        lifespan=lifespan,
    )


async def _keep_going(
    settings: SimulatorSettings, bell: Bell, passing: Passing, deliveries: Deliveries
) -> None:
    """Do what is due and post what is to be posted, until cancelled."""
    rounds = 0
    while True:
        busy = 0
        try:
            busy = await passing.do_due() + await deliveries.post_due()
            if rounds % ROUNDS_BETWEEN_FORGETTING == 0:
                await passing.forget()
        except Exception:  # noqa: BLE001 -- guard of the loop: the database may be away for a while
            _log.exception("the simulator's background round failed")
        rounds += 1
        if not busy:
            await bell.wait(settings.poll_every)


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
