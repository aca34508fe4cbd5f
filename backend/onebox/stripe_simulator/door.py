"""The one door of the API: every call is signed, read, run once per key and answered here.

Whatever can happen to any call (a delay, a lost answer, an error of the provider's) happens in
`Door.answer`, by the fault that strikes it.
"""

import hmac
import logging
from base64 import b64decode
from binascii import Error as BadBase64

from psycopg import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from backend.kit.database import Connection, Database
from backend.onebox.stripe_simulator import errors, forms, idempotency, strikes
from backend.onebox.stripe_simulator.deliveries import Bell
from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.events import API_VERSION
from backend.onebox.stripe_simulator.expansion import expand
from backend.onebox.stripe_simulator.fault_sets import CallFault
from backend.onebox.stripe_simulator.faults import Faults
from backend.onebox.stripe_simulator.idempotency import Kept, Key
from backend.onebox.stripe_simulator.objects import Body, new_id, rendered
from backend.onebox.stripe_simulator.operations import Operation
from backend.onebox.stripe_simulator.settings import SimulatorSettings
from backend.onebox.stripe_simulator.work import Ask, Work

LARGEST_BODY = 1_000_000
_log = logging.getLogger(__name__)


class Door:
    """Answers API calls; the bell wakes the deliveries when a call made events."""

    def __init__(
        self, settings: SimulatorSettings, database: Database, bell: Bell, faults: Faults
    ) -> None:
        self._settings = settings
        self._database = database
        self._bell = bell
        self._faults = faults

    async def answer(self, operation: Operation, request: Request) -> Response:
        request_id = new_id("req", 14)
        headers = {"request-id": request_id, "stripe-version": API_VERSION}
        key = request.headers.get("idempotency-key")
        if key and operation.method == "POST":
            headers["idempotency-key"] = key
        fault = self._faults.strike(operation.name)
        struck = await strikes.strike(fault, "before", headers)
        if struck is not None:
            return struck
        kept = await self._tried(operation, request, request_id, fault)
        struck = await strikes.strike(fault, "after", headers)
        if struck is not None:
            return struck
        if kept.request_id != request_id:
            headers |= {"idempotent-replayed": "true", "original-request": kept.request_id}
        return Response(kept.body, kept.status, headers=headers, media_type="application/json")

    async def _tried(
        self, operation: Operation, request: Request, request_id: str, fault: CallFault | None
    ) -> Kept:
        try:
            return await self._answered(operation, request, request_id, fault)
        except StripeError as error:
            return Kept(error.status, rendered(error.body), request_id)
        except (LockNotAvailable, DeadlockDetected):
            return Kept(429, rendered(errors.busy().body), request_id)
        except (PoolTimeout, OperationalError):
            _log.warning("the simulator's database does not answer")
            return Kept(503, rendered(errors.unreachable().body), request_id)

    async def _answered(
        self, operation: Operation, request: Request, request_id: str, fault: CallFault | None
    ) -> Kept:
        self._check_key(request)
        ask = await _ask(operation, request)
        if operation.method == "GET":
            if error := strikes.breaks(fault, "before") or strikes.breaks(fault, "after"):
                raise error
            async with self._database.connection() as connection:
                work = self._work(connection, request_id)
                return Kept(200, rendered(await _read(operation, work, ask)), request_id)
        key = None
        if sent := request.headers.get("idempotency-key"):
            key = idempotency.key_of(sent, request.url.path, ask.params)
        async with self._database.transaction() as connection:
            work = self._work(connection, request_id)
            kept = await _once(operation, work, ask, key=key, fault=fault)
        if work.emitted:
            self._bell.ring()
        return kept

    def _work(self, connection: Connection, request_id: str) -> Work:
        return Work(connection, self._settings, self._settings.clock(), request_id)

    def _check_key(self, request: Request) -> None:
        """Refuse a call that none of the secret keys signed."""
        header = request.headers.get("authorization", "")
        scheme, _, given = header.partition(" ")
        if scheme.lower() == "basic":
            given = _basic_user(given)
        if not given or scheme.lower() not in ("bearer", "basic"):
            raise errors.unauthorised(
                "You did not provide an API key. Send it in the Authorization header, as "
                "'Authorization: Bearer YOUR_SECRET_KEY'."
            )
        for key in self._settings.secret_keys:
            if hmac.compare_digest(key.encode(), given.encode()):
                return
        raise errors.unauthorised(f"Invalid API Key provided: {given[:7]}****{given[-4:]}")


def _basic_user(encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode("ascii").partition(":")[0]
    except (BadBase64, UnicodeDecodeError):
        return ""


async def _ask(operation: Operation, request: Request) -> Ask:
    encoded = bytearray(request.url.query.encode())
    if operation.method == "POST":
        if encoded:
            raise errors.wrong("Parameters belong into the body of a POST.", None)
        async for chunk in request.stream():
            encoded += chunk
            if len(encoded) > LARGEST_BODY:
                raise StripeError("The request body is too large.", status=413)
    params = operation.shape.read(forms.parse(bytes(encoded)))
    return Ask(request.path_params.get("identity", ""), params)


async def _read(operation: Operation, work: Work, ask: Ask) -> Body:
    body = await operation.handler(work, ask)
    if isinstance(body, StripeError):
        raise body
    return await expand(work, body, ask.params.get("expand", []))


async def _once(
    operation: Operation, work: Work, ask: Ask, *, key: Key | None, fault: CallFault | None
) -> Kept:
    if key is not None:
        work.idempotency_key = key.key
        if (kept := await idempotency.kept(work, key)) is not None:
            return kept
    answer = await _struck(operation, work, ask, fault)
    if key is not None and answer.status != 429:
        await idempotency.keep(work, key, answer)
    return answer


async def _struck(operation: Operation, work: Work, ask: Ask, fault: CallFault | None) -> Kept:
    """Run the handler, unless a fault breaks the call before; one after it leaves the effect."""
    request_id = work.request_id or ""
    if error := strikes.breaks(fault, "before"):
        return Kept(error.status, rendered(error.body), request_id)
    answer = await _done(operation, work, ask)
    if error := strikes.breaks(fault, "after"):
        return Kept(error.status, rendered(error.body), request_id)
    return answer


async def _done(operation: Operation, work: Work, ask: Ask) -> Kept:
    """Run the handler: an error that it raises leaves nothing, one that it returns stays."""
    request_id = work.request_id or ""
    try:
        async with work.connection.transaction():
            body = await operation.handler(work, ask)
            if isinstance(body, StripeError):
                return Kept(body.status, rendered(body.body), request_id)
            shown = await expand(work, body, ask.params.get("expand", []))
            return Kept(200, rendered(shown), request_id)
    except StripeError as error:
        return Kept(error.status, rendered(error.body), request_id)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 -- guard of the API: our fault is the provider's 500
        _log.exception("a call failed inside the simulator")
        return Kept(500, rendered(errors.broken().body), request_id)
