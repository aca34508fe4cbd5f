"""The door of every operation: reads the Authorization header and asks for the permission."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from backend.contracts.problems import Unsigned
from backend.kit.tokens.principal import Principal
from backend.kit.tokens.verifier import Verifier


async def caller(request: Request, operation: str) -> Principal:
    """Return the caller if its token is good and a role of it opens the operation."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unsigned
    verifier: Verifier = request.app.state.verifier
    principal = await verifier.principal(token.strip())
    principal.demand(operation)
    return principal


def allowed(operation: str) -> Callable[[Request], Awaitable[Principal]]:
    """Make a dependency that lets only permitted callers in."""

    async def check(request: Request) -> Principal:
        return await caller(request, operation)

    return check
