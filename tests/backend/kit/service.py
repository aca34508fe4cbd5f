"""A service made only of what the kit gives each, with a few routes that misbehave."""

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx2
import psycopg
import structlog
from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from backend.contracts.problems import TooMany
from backend.kit import logs
from backend.kit.app import Service, service_app
from backend.kit.bodies import body_of
from backend.kit.tokens.bearer import caller
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.verifier import Trust, Verifier
from tests.support import keys

SECRET = "do not tell"  # a word that no answer may hold


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    n: int


def small_service(*, is_ready: bool = True) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    async def ready() -> bool:
        return is_ready

    async def fetch(_url: str) -> Any:
        return keys.certs()

    trust = Trust("movies", keys.ISSUER, "moviemesh-auth", keys.GUEST_KEYS, keys.TRUSTED)
    app = service_app(
        "Small <service>",
        lifespan=lifespan,
        verifier=Verifier(trust, Keyring("http://issuer", fetch)),
        is_ready=ready,
        description="For tests & nothing else.",
    )
    _add_good_routes(app)
    _add_bad_routes(app)
    _add_short_ways(app)
    return app


def _add_good_routes(app: FastAPI) -> None:
    @app.post("/echo/{name}")
    async def echo(name: str, body: Body) -> Body:
        """Return the body."""
        logs.logger("test").info("echoed", name=name)
        return body

    @app.post("/read")
    async def read(request: Request) -> Response:
        return Response(str(len(await request.body())))

    @app.post("/hot")
    async def hot(request: Request) -> Response:
        return Response(str((await body_of(request, TypeAdapter(Body))).n))

    @app.get("/private")
    async def private(request: Request) -> Response:
        principal = await caller(request, "orders.read")
        logs.logger("test").info("seen", subject=principal.subject)
        return Response(principal.subject)


def _add_bad_routes(app: FastAPI) -> None:
    errors: dict[str, Exception] = {
        "bug": RuntimeError(SECRET),
        "own": _invalid(),
        "away": psycopg.OperationalError(SECRET),
        "conflict": psycopg.errors.UniqueViolation(SECRET),
        "unfit": psycopg.DataError(SECRET),
        "waiting": TooMany(retry_after_s=90.4),
        "teapot": HTTPException(418, SECRET),
    }

    @app.get("/raise/{name}")
    async def fail(name: str) -> Response:
        raise errors[name]

    @app.get("/half")
    async def half() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            raise RuntimeError(SECRET)

        return StreamingResponse(parts())


def _add_short_ways(app: Service) -> None:
    """Declare the same endpoints twice: one of each pair is hot."""
    errors = {"bug": RuntimeError(SECRET), "away": psycopg.OperationalError(SECRET)}
    router = APIRouter()

    async def twin(request: Request) -> Response:
        await caller(request, "orders.read")
        name = request.path_params["name"]
        if name in errors:
            raise errors[name]
        return Response(name.encode() + b" " + await request.body())

    async def hot_twin(request: Request) -> Response:
        return await twin(request)

    router.post("/long/{name}/twin")(twin)
    router.post("/short/{name}/twin")(hot_twin)
    app.include_router(router)
    app.hot.add(router, hot_twin)


def _invalid() -> Exception:
    """Return what a value of our own that does not fit raises: our fault, not the caller's."""
    try:
        Body.model_validate({"n": SECRET})
    except ValidationError as error:
        return error
    raise AssertionError


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://small") as http:
        yield http


@contextmanager
def written_logs() -> Iterator[list[dict[str, Any]]]:
    """Collect what is logged, one object a line, and put logging back as it was."""
    lines: list[dict[str, Any]] = []
    root = logging.getLogger()
    handlers, level, stream = root.handlers, root.level, io.StringIO()
    logs.configure(stream)
    try:
        yield lines
    finally:
        lines += [json.loads(line) for line in stream.getvalue().splitlines()]
        root.handlers, root.level = handlers, level
        structlog.reset_defaults()


def problem(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]
