"""The door of every operation: reads the Authorization header and asks for the permission."""

from typing import Any

from fastapi import Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from backend.contracts.problems import Unsigned
from backend.kit.access import AccessLog
from backend.kit.tokens.principal import Principal
from backend.kit.tokens.verifier import Verifier

TOKEN = "token"  # noqa: S105 -- the scheme's name in the contracts


async def caller(request: Request, operation: str) -> Principal:
    """Return the caller if its token is good and a role of it opens the operation."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unsigned
    verifier: Verifier = request.app.state.verifier
    principal = await verifier.principal(token.strip())
    principal.demand(operation)
    access: AccessLog = request.app.state.access
    access.let_in(request.scope, principal, operation)
    return principal


def allowed(operation: str) -> Any:
    """Make a dependency that lets only permitted callers in, and says so in the contract."""
    return Security(_Door(operation), scopes=[operation])


class _Door(SecurityBase):
    """Asks for one permission. The contract shows it as the role of a bearer token."""

    scheme_name = TOKEN
    model = HTTPBearer(
        bearerFormat="JWT",
        description="A token of a person, a device, a guest or a service, made for this service.",
    )

    def __init__(self, operation: str) -> None:
        self._operation = operation

    async def __call__(self, request: Request) -> Principal:
        """Return the caller; raises Unsigned or Denied."""
        return await caller(request, self._operation)
