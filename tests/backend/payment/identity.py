"""The identity provider's public keys, and nothing else of it."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support import keys


def identity() -> Starlette:
    """Return an application that publishes the keys of `person_token`."""

    async def certs(_request: Request) -> Response:
        return JSONResponse(keys.certs())

    path = "/realms/moviemesh/protocol/openid-connect/certs"
    return Starlette(routes=[Route(path, certs)])
