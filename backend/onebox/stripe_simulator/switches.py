"""The fault switches over HTTP: what goes wrong is put on, read and ended at /_faults.

Only where the settings allow it: a simulator that somebody sells tickets with has no faults.
"""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.kit.database import Database
from backend.onebox.stripe_simulator.deliveries import Bell
from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.fault_sets import FaultSet
from backend.onebox.stripe_simulator.faults import Faults
from backend.onebox.stripe_simulator.settings import SimulatorSettings

Model = TypeVar("Model", bound=BaseModel)

LARGEST = 100_000
_STATES = "SELECT state, count(*) AS number FROM delivery GROUP BY state"


class Switches:
    """Puts faults on and off."""

    def __init__(
        self, settings: SimulatorSettings, database: Database, bell: Bell, faults: Faults
    ) -> None:
        self._settings = settings
        self._database = database
        self._bell = bell
        self._faults = faults

    def routes(self) -> list[Route]:
        return [
            Route("/_faults", self.replace, methods=["POST"]),
            Route("/_faults", self.read, methods=["GET"]),
            Route("/_faults", self.end, methods=["DELETE"]),
        ]

    async def replace(self, request: Request) -> Response:
        """Put this set on in the place of the one before."""
        try:
            wanted = await body_of(request, FaultSet, self._settings)
        except StripeError as refusal:
            return JSONResponse(refusal.body, refusal.status)
        async with self._database.transaction() as connection:
            released = await self._faults.replace(connection, wanted, now=self._settings.clock())
        self._bell.ring()
        return JSONResponse({"released": released})

    async def read(self, _request: Request) -> Response:
        """Show the set with what it has struck, and how the webhooks stand."""
        if (refusal := refused(self._settings)) is not None:
            return JSONResponse(refusal.body, refusal.status)
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_STATES)).fetchall()
        faults = self._faults
        return JSONResponse(
            {
                "faults": faults.current.model_dump(mode="json"),
                "calls": dict(faults.calls),
                "strikes": [faults.strikes[place] for place in range(len(faults.current.calls))],
                "webhooks": {row["state"].lower(): row["number"] for row in rows},
            }
        )

    async def end(self, _request: Request) -> Response:
        """Let nothing go wrong any more, and let go what was held back."""
        if (refusal := refused(self._settings)) is not None:
            return JSONResponse(refusal.body, refusal.status)
        async with self._database.transaction() as connection:
            released = await self._faults.end(connection, now=self._settings.clock())
        self._bell.ring()
        return JSONResponse({"released": released})


def refused(settings: SimulatorSettings) -> StripeError | None:
    """Return the refusal of a simulator that has no switches."""
    if settings.allows_faults:
        return None
    return StripeError(
        "This simulator has no fault switches. Start the onebox with MM_SIMULATOR_FAULTS=yes, "
        "for tests only.",
        status=403,
    )


async def body_of(request: Request, kind: type[Model], settings: SimulatorSettings) -> Model:
    """Read a JSON body; raises StripeError when it is none, or not allowed at all."""
    if (refusal := refused(settings)) is not None:
        raise refusal
    # Pages of other sites can send forms and text here, but no JSON.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise StripeError("The body must be application/json.", status=415)
    encoded = bytearray()
    async for chunk in request.stream():
        encoded += chunk
        if len(encoded) > LARGEST:
            raise StripeError("The body is too large.", status=413)
    try:
        return kind.model_validate_json(bytes(encoded))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise StripeError(f"{where or 'body'}: {first['msg']}", status=422, param=where) from None
